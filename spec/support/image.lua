--- A kernel's static part: functions, variables, and their symbols.
--
--	local sys = image.new{ types = set, memory = mem }
--	sys:fn("panic").addr
--	local at = sys:var("ticks", "int", 12345)
--	sys:kernel{}:write("kernel")
--
-- Sections are mapped by 2 MiB pages from KERNBASE + 2 MiB on, text first, to
-- the physical address kernphys. The ELF
-- file holds the same bytes as memory, save those of .bss.
local kernel = require "spec.support.kernel"
local values = require "spec.support.values"

local image = {}
local sys = {}
sys.__index = sys

local KERNBASE = 0xffffffff80000000
local PLACES = {
	{ ".text", 0xffffffff80200000, "rx" },
	{ ".rodata", 0xffffffff80400000, "r" },
	{ ".data", 0xffffffff80600000, "rw" },
	{ ".bss", 0xffffffff80800000, "rw" },
	{ nil, 0xffffffff80a00000, "rw" },
}
local FUNCTION = 256		-- bytes each

--- A static part in a memory.
-- @tparam table opts types, memory, kernphys (2 MiB)
function image.new(opts)
	local self = setmetatable({ types = opts.types, mem = opts.memory,
		functions = {}, symbols = {}, by_name = {}, next = {} }, sys)
	self.kernphys = opts.kernphys or 2 << 20
	for _, p in ipairs(PLACES) do
		self.mem:map(p[2], p[2] - PLACES[1][2] + self.kernphys, {
			size = 2 << 20, prot = p[3] })
		if p[1] then
			self.next[p[1]] = p[2] + 0x100
		end
	end
	self.start = self.next[".text"]
	self:symbol{ name = "kernbase", addr = KERNBASE, type = "notype",
		section = "ABS" }
	self:symbol{ name = "btext", addr = self.start, type = "notype",
		section = ".text" }
	return self
end

function sys:symbol(s)
	self.symbols[#self.symbols + 1] = s
	self.by_name[s.name] = s
	return s
end

-- push %rbp; mov %rsp,%rbp; then no-ops and a return.
local CODE = "\x55\x48\x89\xe5" .. ("\x90"):rep(FUNCTION - 6) .. "\x5d\xc3"

--- The function of a name, made when it is new: { addr, size }.
function sys:fn(name)
	local f = self.functions[name]
	if not f then
		local at = self.next[".text"]
		self.next[".text"] = at + FUNCTION
		self.mem:write(at, CODE)
		f = self:symbol{ name = name, addr = at, size = FUNCTION,
			type = "func", section = ".text",
			ctype = self.types.functions and
			    self.types.functions[name],
			bind = name:find "^sys_" and "global" or
			    #name % 3 == 0 and "local" or "global" }
		self.functions[name] = f
	end
	return f
end

--- Take room in a section.
function sys:reserve(section, size, align)
	align = align or 16
	local at = (self.next[section] + align - 1) & -align
	self.next[section] = at + size
	return at
end

-- A variable that is defined again is another one from then on.
local function forget(self, name)
	for i, s in ipairs(self.symbols) do
		if s == self.by_name[name] then
			return table.remove(self.symbols, i)
		end
	end
end

--- Define a variable and give it a value (values.lua).
-- @tparam string name
-- @tparam string ctype its type, spelled
-- @param[opt] value
-- @tparam[opt] table o section (".data"), bind, align, size, untyped, addr
-- @treturn integer its address
function sys:var(name, ctype, value, o)
	o = o or {}
	local id = self.types:id(ctype)
	local size = o.size or self.types:sizeof(id)
	local section = o.section or value == nil and ".bss" or ".data"
	local at = o.addr or self:reserve(section, size, o.align or
	    size >= 64 and 64 or 8)
	forget(self, name)
	self:symbol{ name = name, addr = at, size = size, section = section,
		bind = o.bind, ctype = not o.untyped and id or nil }
	if value ~= nil then
		values.put(self.mem, at, self.types:place(id, 0), value)
	end
	return at
end

--- Set members of a struct, leaving out those this kernel lacks.
function sys:fill(va, spelling, fields)
	local set, have = self.types, {}
	for path, value in pairs(fields) do
		if set:member(spelling, path) then
			have[path] = value
		end
	end
	return self.mem:struct(va, spelling, have)
end

--- Allocate a struct and fill it so.
function sys:make(spelling, fields, where)
	local va = self.mem:alloc(self.types:sizeof(spelling), where)
	return self:fill(va, spelling, fields or {})
end

--- Insert at a list's head: a LIST of sys/queue.h.
-- @tparam integer head the address of lh_first
-- @tparam integer at the element
-- @tparam string spelling its type
-- @tparam string link the entry's name
function sys:list_insert(head, at, spelling, link)
	local mem, offset = self.mem, self.types:offsetof(spelling, link)
	local first = mem:get(head, 8)
	mem:u64(at + offset, first)
	mem:u64(at + offset + 8, head)
	mem:u64(head, at)
	if first ~= 0 then
		mem:u64(first + offset + 8, at + offset)
	end
end

--- Append to a tail queue: tqh_first and tqh_last at head.
function sys:tailq_insert(head, at, spelling, link)
	local mem, offset = self.mem, self.types:offsetof(spelling, link)
	local last = mem:get(head + 8, 8)
	if last == 0 then
		last = head
	end
	mem:u64(at + offset, 0)
	mem:u64(at + offset + 8, last)
	mem:u64(last, at)
	mem:u64(head + 8, at + offset)
end

--- The kernel's ELF file; opts as for kernel.new.
function sys:kernel(opts)
	local o = { types = self.types, symbols = self.symbols, sections = {} }
	for k, v in pairs(opts or {}) do
		o[k] = v
	end
	if o.types == false then
		o.types = nil
	end
	self:symbol{ name = "etext", addr = self.next[".text"], type = "notype",
		section = ".text" }
	for i = 1, #PLACES - 1 do
		local name, addr = PLACES[i][1], PLACES[i][2]
		local size = self.next[name] - addr
		o.sections[i] = { name = name, addr = addr, size = size,
			data = name ~= ".bss" and self.mem:read(addr, size) or
			    nil }
	end
	return kernel.new(o)
end

return image
