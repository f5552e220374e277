--- Writes a kernel: an ELF file with sections, symbols and types.
--
--	local k = kernel.new{ types = set, symbols = {
--		{ name = "allproc", addr = 0xffffffff81000000, size = 8,
--		  ctype = "struct proclist" },
--		{ name = "sched_switch", addr = 0xffffffff80300000, size = 64,
--		  type = "func" } } }
--	k:write("build/kernel")
--
-- A symbol without a section goes to .text (functions) or .data; sections are
-- as large as their symbols ask for. Their contents are zeros unless given.
local arches = require "spec.support.arches"
local ctf = require "spec.support.ctf"
local dwarf = require "spec.support.dwarf"
local elf = require "spec.support.elf"

local kernel = {}
local image = {}
image.__index = image

local FLAGS = { [".text"] = "AX", [".rodata"] = "A", [".data"] = "WA",
	[".bss"] = "WA" }

--- A kernel to be filled.
-- @tparam table opts arch ("amd64": class, endian and machine; each may be
-- overridden), etype ("EXEC"), osabi, types (a set; nil: no CTF), ctf (3; 2,
-- false), compress (true), symbols, sections ({ { name, addr, size, data, type,
-- flags } }), dynsyms, strip (no .symtab), keep_order, ctf_options (of
-- ctf.encode), extern (CTF names that are symbols refer to .strtab), dwarf
-- (options of dwarf.encode: types as DWARF, too)
function kernel.new(opts)
	local arch = arches[opts.arch or "amd64"]
	local self = setmetatable({ arch = arch, opts = opts,
		symbols = {}, sections = {}, by_name = {} }, image)
	for _, s in ipairs(opts.sections or {}) do
		self:section(s)
	end
	for _, s in ipairs(opts.symbols or {}) do
		self:symbol(s)
	end
	return self
end

--- Add a section: name, addr, size or data, type, flags.
function image:section(s)
	s.flags = s.flags or FLAGS[s.name] or "WA"
	s.type = s.type or s.name == ".bss" and "NOBITS" or "PROGBITS"
	self.sections[#self.sections + 1] = s
	self.by_name[s.name] = s
	return s
end

--- Add a symbol: name, addr, size, type ("object"), bind, section, ctype.
function image:symbol(s)
	s.type = s.type or "object"
	s.section = s.section or s.type == "func" and ".text" or ".data"
	self.symbols[#self.symbols + 1] = s
	if type(s.section) == "string" and not elf.SHN[s.section] then
		self:cover(s)
	end
	return s
end

-- Make a symbol's section reach over it.
function image:cover(s)
	local sec = self.by_name[s.section] or
	    self:section{ name = s.section, grown = true }
	if not sec.grown then
		return
	end
	local first, last = s.addr, s.addr + math.max(s.size or 0, 1)
	sec.addr = sec.addr and math.ult(sec.addr, first) and sec.addr or first
	sec.last = sec.last and math.ult(last, sec.last) and sec.last or last
end

-- Give a grown section page-aligned bounds and zeros.
local function settle(s)
	if s.grown then
		s.addr = s.addr & ~0xfff
		s.size = (s.last - s.addr + 15) & ~15
	end
	if s.type ~= "NOBITS" and not s.data then
		s.data = ("\0"):rep(s.size)
	end
end

function image:image()
	local o, a = self.opts, self.arch
	local e = elf.new{ class = o.class or a.class,
		endian = o.endian or a.endian, machine = o.machine or a.machine,
		type = o.etype, osabi = o.osabi, flags = o.flags,
		keep_order = o.keep_order, entry = o.entry }
	for _, s in ipairs(self.sections) do
		settle(s)
	end
	table.sort(self.sections, function(x, y)
		return math.ult(x.addr or 0, y.addr or 0)
	end)
	for _, s in ipairs(self.sections) do
		e:section(s)
		if s.flags:find "A" and not o.no_segments then
			e:segment{ type = "LOAD", section = s.name,
				flags = s.flags:find "X" and "RX" or
				s.flags:find "W" and "RW" or "R" }
		end
	end
	if not o.strip then
		for _, s in ipairs(self.symbols) do
			e:symbol(s)
		end
	end
	for _, s in ipairs(o.dynsyms or {}) do
		s.table = ".dynsym"
		e:symbol(s)
	end
	self:add_types(e)
	return e
end

-- Where .strtab will have the names of symbols.
local function string_offsets(e)
	local add, at = elf.strings(), {}
	for _, s in ipairs(e:symbols()) do
		at[s.name] = add(s.name)
	end
	return function(name) return at[name] end
end

function image:add_dwarf(e)
	local how = { symbols = e:symbols() }
	for k, v in pairs(self.opts.dwarf) do
		how[k] = v
	end
	local info, abbrev, line = dwarf.encode(self.opts.types, how)
	e:section{ name = ".debug_info", flags = "", align = 1, data = info, compress = how.compress }
	e:section{ name = ".debug_abbrev", flags = "", align = 1, data = abbrev }
	e:section{ name = ".debug_line", flags = "", align = 1, data = line }
end

function image:add_types(e)
	local o = self.opts
	if o.types and o.dwarf then
		self:add_dwarf(e)
	end
	if not o.types or o.ctf == false then
		return
	end
	local c = { version = o.ctf or 3, compress = o.compress ~= false,
		symbols = not o.strip and e:symbols() or nil,
		endian = e.endian, extern = o.extern and string_offsets(e) }
	for k, v in pairs(o.ctf_options or {}) do
		c[k] = v
	end
	e:section{ name = ".SUNW_ctf", flags = "", align = 4,
		link = not o.strip and #self.symbols > 0 and #e.sections + 2 or
		    nil,
		data = ctf.encode(o.types, c) }
end

--- The file as a string.
function image:tostring()
	return (self:image():tostring())
end

--- Write the file; return its path.
function image:write(path)
	return self:image():write(path)
end

return kernel
