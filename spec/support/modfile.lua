--- Files of kernel modules, relocatable ones and shared objects, and where a
-- kernel would have put them.
--
--	local f = modfile.new{ kind = "elf_obj", sections = {
--	    { name = ".text", flags = "AX", size = 0x200 } }, symbols = {
--	    { name = "demo_attach", section = ".text", offset = 0x100, size = 16,
--	      type = "func" } }, types = set }
--	f:place(0xffffffff82000000, { set_vnet = 0xffffffff80612340 })
--	f:write("if_demo.ko")
local ctf = require "spec.support.ctf"
local elf = require "spec.support.elf"

local modfile = {}
local file = {}
file.__index = file

local PAGE = 4096

local function round(at, align)
	return (at + align - 1) // align * align
end

-- A shared object is linked to 0, its sections one after the other.
local function link(f)
	local at = f.first or 0x1000
	for _, s in ipairs(f.sections) do
		at = round(at, s.align or 16)
		s.addr = at
		at = at + (s.size or #s.data)
	end
	f.size = round(at, PAGE)
end

local function add_symbols(f, e)
	for _, s in ipairs(f.symbols) do
		local section = f.by_name[s.section]
		e:symbol { name = s.name, size = s.size, type = s.type or "object", bind = s.bind,
			section = s.section, ctype = s.ctype,
			value = (s.offset or 0) + (f.kind == "elf" and section and section.addr or 0) }
	end
end

local function add_types(f, e)
	if not f.types then
		return
	end
	local options = { version = f.ctf or 3, compress = true, symbols = e:symbols() }
	for key, value in pairs(f.ctf_options or {}) do
		options[key] = value
	end
	e:section { name = ".SUNW_ctf", flags = "", align = 4, link = #e.sections + 2,
		data = ctf.encode(f.types, options) }
end

--- A file.
-- @tparam table o kind ("elf_obj", "elf"), sections ({ name, flags, type, size or
--   data, align }), symbols ({ name, section, offset, size, type, bind, ctype }),
--   types, ctf (version), ctf_options, class, endian, machine
function modfile.new(o)
	local f = setmetatable({ by_name = {} }, file)
	for key, value in pairs(o) do
		f[key] = value
	end
	for i, s in ipairs(f.sections) do
		local copy = {}
		for key, value in pairs(s) do
			copy[key] = value
		end
		copy.type = s.type or s.name:find "^%.bss" and "NOBITS" or "PROGBITS"
		copy.data = s.data or copy.type ~= "NOBITS" and ("\0"):rep(s.size) or nil
		f.sections = i == 1 and {} or f.sections
		f.sections[i], f.by_name[s.name] = copy, copy
	end
	if f.kind == "elf" then
		link(f)
	end
	local e = elf.new { type = f.kind == "elf" and "DYN" or "REL", class = f.class, endian = f.endian,
		machine = f.machine }
	for _, s in ipairs(f.sections) do
		e:section(s)
	end
	add_symbols(f, e)
	add_types(f, e)
	f.elf, f.bytes = e, (e:tostring())
	return f
end

--- The sections that memory has.
function file:loaded()
	local list = {}
	for _, s in ipairs(self.sections) do
		if s.flags:find "A" then
			list[#list + 1] = s
		end
	end
	return list
end

--- Put it into memory, as the kernel's linker does: `at` of each section.
-- @tparam integer address of the module
-- @tparam ?table sets where the sections set_vnet and set_pcpu go, by name
-- @treturn integer bytes that it takes up
function file:place(address, sets)
	local at = address
	for _, s in ipairs(self:loaded()) do
		if self.kind == "elf" then
			s.home = address + s.addr
		else
			at = round(at, s.align or 16)
			s.home = at
			at = at + (s.size or #s.data)
		end
		s.at = sets and sets[s.name] or s.home
	end
	self.address = address
	self.size = self.kind == "elf" and self.size or round(at - address, PAGE)
	return self.size
end

-- The section of the ELF file that was made of its symbols.
function file:table(name)
	for _, s in ipairs(self.elf.sections) do
		if s.name == name then
			return s.data
		end
	end
end

--- The symbol table as it lies in the kernel's memory, and its names.
function file:tables()
	local out, at, data = {}, 1, self:table ".symtab"
	while at <= #data do
		local name, info, other, section, value, size, after = string.unpack("<I4BBI2i8i8", data, at)
		local home = self.sections[section]
		if self.kind == "elf_obj" and home and home.at then
			value = value + home.at
		end
		out[#out + 1] = string.pack("<I4BBI2i8i8", name, info, other, section, value, size)
		at = after
	end
	return table.concat(out), self:table ".strtab"
end

--- The address of a symbol, set_vnet's and set_pcpu's as in the kernel's sets.
function file:address_of(name)
	for _, s in ipairs(self.symbols) do
		if s.name == name then
			return self.by_name[s.section].at + (s.offset or 0)
		end
	end
end

--- Write the file; return its path.
function file:write(path)
	local f <close> = assert(io.open(path, "wb"))
	assert(f:write(self.bytes))
	return path
end

return modfile
