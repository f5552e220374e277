--- Files that the kernel's linker has loaded: the kernel itself and its
-- modules. sys/linker.h, kern/link_elf.c, kern/link_elf_obj.c.
--
--	local klds = kld.new(k)
--	local symbol, file = klds:find "if_demo.ko:demo_softc"
--	print(symbol.value, klds:type_of(symbol, file))
--
-- A module's symbols, types and sections are those of its file, where that is
-- found beside the kernel or in `klddir`. Without it, symbols are those that the
-- dump holds. Where there is no kernel file, the kernel's come from there too.
-- @module vmcore.kern.kld

local kvm = require "kvm"
local list = require "vmcore.kern.kld.list"
local lost = require "vmcore.kern.kld.lost"
local placed = require "vmcore.kern.kld.placed"
local scope = require "vmcore.kern.kld.scope"
local symtab = require "vmcore.kern.kld.symtab"

local kld = {}

local STRINGS_KEPT = 1 << 20	-- of the names of a module's symbols

-- Either file has a struct elf_file of its own, and both begin with struct
-- linker_file: the members tell which is which.
local KINDS = { elf = "dynamic", elf_obj = "progtab" }

local function elf_types(kd)
	local found = {}
	for t in kd:types() do
		if t.kind == "struct" and t.name == "elf_file" then
			for kind, own in pairs(KINDS) do
				found[kind] = found[kind] or t:member(own) and t or nil
			end
		end
	end
	return found
end

local methods = {}
local view_meta = { __index = methods }

--- The loaded files, in the order of the kernel's list; its first is the
-- kernel.
-- @treturn {table...} id refs flags size address name path kind ("elf",
--   "elf_obj", nil when not known) at (of struct linker_file)
-- @treturn ?string what of them could not be read
function methods:files()
	if self.list == nil then
		local files, broken = list.walk(self)
		self.list, self.broken = files or {}, broken
	end
	return self.list, self.broken
end

-- Where a file's symbols are, if it is of that kind.
local function place(ef, kind)
	local where = {
		symbols = list.address_of(ef.ddbsymtab), count = ef.ddbsymcnt,
		strings = list.address_of(ef.ddbstrtab), length = ef.ddbstrcnt,
		-- Those of link_elf_obj.c were relocated in place.
		base = kind == "elf" and list.address_of(ef.address) or 0,
	}
	return where.symbols ~= 0 and where.strings ~= 0 and symtab.plausible(where) and where or nil
end

-- A file's struct elf_file, and where its symbols are. Of which kind it is, its
-- symbols tell when its class does not.
local function locate(view, file)
	view.types = view.types or elf_types(view.k.kd)
	local ef, where
	for _, kind in ipairs(file.kind and { file.kind } or { "elf_obj", "elf" }) do
		local T = view.types[kind]
		ef = T and kvm.pointer(T:pointer(), file.at)
		where = ef and place(ef, kind)
		if where then
			file.kind = kind
			break
		end
	end
	return ef, where
end

local function open_module(view, file)
	local ef, where = locate(view, file)
	if file.kind == nil then
		return nil
	end
	return placed.open(view.k, file, ef, where)
end

--- The file of a module, which is looked for when it is first asked for.
-- @tparam table file of files()
-- @treturn[1] kvm.module with all its sections placed
-- @treturn[2] nil
-- @treturn[2] ?string what is wrong with the one that was found; nil when none
--   was found
function methods:module(file)
	if file.module == nil then
		local ok, m, message = pcall(open_module, self, file)
		file.module = ok and m or false
		file.trouble = ok and message or not ok and tostring(m) or nil
	end
	return file.module or nil, file.trouble
end

local function symbols_of(view, file)
	local m = view:module(file)
	if m then
		return symtab.of_module(m)
	end
	local _, where = locate(view, file)
	if where then
		return symtab.read(view.k.kd, where)
	end
	return {}, (file.name or "a module") .. " has no symbol table"
end

--- The symbols of a loaded file, by address.
-- @tparam table file of files()
-- @treturn {table...} name value size type bind index
-- @treturn ?string what could not be read
function methods:symbols(file)
	if file.symbols == nil then
		local ok, symbols, message = pcall(symbols_of, self, file)
		file.symbols = ok and symbols or {}
		file.lost = not ok and tostring(symbols) or message
	end
	return file.symbols, file.lost
end

-- The module that an address is in.
local function module_at(view, address)
	for i, file in ipairs((view:files())) do
		if i > 1 and math.ult(address - file.address, file.size) then
			return file
		end
	end
	return nil
end

--- The kernel's symbols as the dump holds them, for want of a kernel file.
-- @treturn {table...} by address
function methods:kernel_symbols()
	if self.recovered == nil then
		self.recovered = lost.symbols(self.k.kd)
	end
	return self.recovered
end

--- Take the kernel's symbols of another view of the same dump: they are looked
-- for in all of the kernel's memory.
-- @tparam table view
function methods:take_kernel_symbols(view)
	self.recovered = view:kernel_symbols()
end

--- The symbol that an address belongs to, of the kernel or a module.
-- @tparam integer address
-- @treturn ?table symbol: name value size type bind
-- @treturn ?integer offset
-- @treturn ?string name of the module; nil for the kernel
function methods:symbol_at(address)
	local file = module_at(self, address)
	if file == nil and self.k.kernel then
		return self.k.kd:symbol_at(address)
	elseif file == nil then
		return symtab.at(self:kernel_symbols(), address)
	end
	local m = self:module(file)
	local called = file.name or ("module at 0x%x"):format(file.address)
	local symbol, offset
	if m then
		symbol, offset = m:symbol_at(address)
	else
		symbol, offset = symtab.at(self:symbols(file), address)
	end
	if symbol == nil then
		symbol, offset = { name = called, value = file.address, size = 0,
			type = "notype", bind = "local" }, address - file.address
	end
	return symbol, offset, called
end

--- What an address is called: its symbol and how far behind it.
-- @tparam ?integer address
-- @treturn ?string "panic", "panic+0x43"; nil for none, and when no symbol
--   covers it
function methods:name_at(address)
	if address == nil or address == 0 then
		return nil
	end
	local symbol, offset = self:symbol_at(address)
	return symbol and symbol.name .. (offset ~= 0 and ("+%#x"):format(offset) or "")
end

--- All symbols, those of the kernel first.
-- @treturn function iterator of a symbol and the name of its module
function methods:each_symbol()
	return coroutine.wrap(function()
		if self.k.kernel then
			for symbol in self.k.kd:symbols() do
				coroutine.yield(symbol)
			end
		else
			for _, symbol in ipairs(self:kernel_symbols()) do
				coroutine.yield(symbol)
			end
		end
		for i, file in ipairs((self:files())) do
			for _, symbol in ipairs(i > 1 and self:symbols(file) or {}) do
				coroutine.yield(symbol, file.name)
			end
		end
	end)
end

--- Whether a module may have a symbol of a name: cheaper to ask than to look,
-- where most modules have none.
-- @tparam table file of files()
-- @tparam string name
-- @treturn boolean
function methods:may_have(file, name)
	if file.strings == nil then
		local ok, _, where = pcall(locate, self, file)
		local small = ok and where and where.length <= STRINGS_KEPT
		file.strings = small and self.k.kd:read(where.strings, where.length) or false
	end
	-- Linkers let a name be the end of another one.
	return not file.strings or file.strings:find(name .. "\0", 1, true) ~= nil
end

--- The section of a module that an address is in; its file must be there.
-- @tparam integer address
-- @treturn ?table section of kvm.module
-- @treturn ?string name of the module
function methods:section_at(address)
	local file = module_at(self, address)
	local m = file and self:module(file)
	for _, s in pairs(m and m:sections() or {}) do
		if s.placed and math.ult(address - s.addr, s.size) then
			return s, file.name
		end
	end
	return nil
end

for name, method in pairs(scope) do
	methods[name] = method
end

--- What can be known of a kernel's loaded files: one and the same for all who
-- ask.
-- @tparam table k
-- @treturn table
function kld.new(k)
	if k.klds == nil then
		k.klds = setmetatable({ k = k }, view_meta)
	end
	return k.klds
end

return kld
