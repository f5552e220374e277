--- Writes ELF files: either class, either byte order, any machine.
--
-- An image is filled piece by piece and laid out when it is written: header,
-- program headers, section contents in the order they were added, the symbol
-- tables, .shstrtab, section headers.
--
--	local e = elf.new{ machine = 62 }
--	e:section{ name = ".text", type = "PROGBITS", flags = "AX",
--	    addr = 0xffffffff80200000, data = code }
--	e:symbol{ name = "main", value = 0xffffffff80200000, size = 16,
--	    type = "func", section = ".text" }
--	e:write("kernel")
--
-- Numbers stand wherever a name does: type = 1, section = 0xfff1, link = 3.
local zlib = require "spec.support.zlib"

local elf = {}
local image = {}
image.__index = image

elf.ET = { REL = 1, EXEC = 2, DYN = 3, CORE = 4 }
elf.PT = { LOAD = 1, DYNAMIC = 2, NOTE = 4, DUMP_DELTA = 0x6fb5d000 }
elf.SHT = { NULL = 0, PROGBITS = 1, SYMTAB = 2, STRTAB = 3, RELA = 4, HASH = 5,
	DYNAMIC = 6, NOTE = 7, NOBITS = 8, REL = 9, DYNSYM = 11 }
elf.SHN = { UND = 0, ABS = 0xfff1, COMMON = 0xfff2 }
elf.STT = { notype = 0, object = 1, func = 2, section = 3, file = 4,
	common = 5, tls = 6, ifunc = 10 }
elf.STB = { ["local"] = 0, global = 1, weak = 2 }
local SHF = { W = 1, A = 2, X = 4, M = 16, S = 32, I = 64, G = 512,
	C = 2048 }
local PF = { X = 1, W = 2, R = 4 }

local function bits(text, names)
	if math.type(text) == "integer" then
		return text
	end
	local value = 0
	for letter in (text or ""):gmatch "." do
		value = value | names[letter]
	end
	return value
end

local function number(value, names, default)
	if value == nil then
		return default
	end
	return math.type(value) == "integer" and value or
	    names[value] or error("elf: unknown name " .. tostring(value), 3)
end

--- The bytes of an ELF header.
-- @tparam table h class, endian, type, machine, osabi, version, flags, entry,
-- phoff, phnum, shoff, shnum, shstrndx
function elf.header(h)
	local wide = h.class ~= 32
	local ident = string.pack("c4BBBBBxxxxxxx", "\x7fELF", wide and 2 or 1,
	    h.endian == ">" and 2 or 1, 1, h.osabi or 9, h.abiversion or 0)
	return ident .. string.pack((h.endian or "<") ..
	    (wide and "I2I2I4i8I8I8I4I2I2I2I2I2I2" or
	    "I2I2I4I4I4I4I4I2I2I2I2I2I2"),
	    h.type, h.machine, h.version or 1, h.entry or 0, h.phoff or 0,
	    h.shoff or 0, h.flags or 0, wide and 64 or 52, wide and 56 or 32,
	    h.phnum or 0, wide and 64 or 40, h.shnum or 0, h.shstrndx or 0)
end

--- The bytes of one program header.
function elf.program_header(class, endian, p)
	local kind, flags = number(p.type, elf.PT, 1), bits(p.flags or "R", PF)
	local memsz = p.memsz or p.filesz
	if class ~= 32 then
		return string.pack(endian .. "I4I4I8i8i8I8I8I8", kind, flags,
		    p.offset, p.vaddr or 0, p.paddr or 0, p.filesz, memsz,
		    p.align or 4096)
	end
	return string.pack(endian .. "I4I4I4I4I4I4I4I4", kind, p.offset,
	    p.vaddr or 0, p.paddr or 0, p.filesz, memsz, flags,
	    p.align or 4096)
end

--- A new, empty image.
-- @tparam table opts class (64), endian ("<"), machine (62), type ("EXEC"),
-- osabi (9), flags, entry, keep_order (symbols stay as given; default: locals
-- first, as ELF demands)
function elf.new(opts)
	local self = setmetatable({}, image)
	for k, v in pairs(opts) do
		self[k] = v
	end
	self.class, self.endian = self.class or 64, self.endian or "<"
	self.machine = self.machine or 62
	self.type = number(self.type, elf.ET, elf.ET.EXEC)
	self.sections, self.segments, self.tables = {}, {}, {}
	return self
end

--- Add a section.
-- @tparam table s name, type, flags, addr, data or size, align, link (name or
-- index), info, entsize, compress (SHF_COMPRESSED, stored)
-- @treturn integer its index
function image:section(s)
	local n = #self.sections + 1
	self.sections[n] = s
	s.index = n
	s.kind = number(s.type, elf.SHT, 1)
	s.bits = bits(s.flags, SHF)
	if s.compress and s.data then
		local wide = self.class ~= 32
		s.data = string.pack(self.endian .. (wide and "I4I4I8I8" or
		    "I4I4I4"), table.unpack(wide and { 1, 0, #s.data, 8 } or
		    { 1, #s.data, 8 })) .. zlib.store(s.data)
		s.bits = s.bits | SHF.C
	end
	return n
end

--- Add a program header.
-- @tparam table p type, vaddr, paddr, flags, align, and either section (its
-- place and size are taken) or data, or offset and filesz; memsz
function image:segment(p)
	self.segments[#self.segments + 1] = p
end

--- Add a symbol.
-- @tparam table s name, value, size, type ("notype"), bind ("global"), section
-- (a name, "ABS", "UND", "COMMON" or an index), other, table (".symtab")
function image:symbol(s)
	local name = s.table or ".symtab"
	local list = self.tables[name]
	if not list then
		list = {}
		self.tables[name] = list
		self.tables[#self.tables + 1] = name
	end
	list[#list + 1] = s
end

--- The symbols of a table in the order in which they are written, the null
-- symbol left out; each has its `order`.
function image:symbols(name)
	local list = self.tables[name or ".symtab"] or {}
	if self.keep_order then
		return list
	end
	local out = {}
	for pass = 1, 2 do
		for _, s in ipairs(list) do
			if (s.bind == "local" or s.bind == 0) == (pass == 1) then
				out[#out + 1] = s
			end
		end
	end
	return out
end

--- A string table under construction: add(text) returns its offset.
function elf.strings()
	local parts, at, length = { "\0" }, { [""] = 0 }, 1
	local function add(text)
		local offset = at[text]
		if not offset then
			offset = length
			at[text] = offset
			parts[#parts + 1] = text .. "\0"
			length = length + #text + 1
		end
		return offset
	end
	return add, function() return table.concat(parts) end
end

function image:section_index(name)
	if math.type(name) == "integer" then
		return name
	end
	if elf.SHN[name] then
		return elf.SHN[name]
	end
	for i, s in ipairs(self.sections) do
		if s.name == name then
			return i
		end
	end
	error("elf: no section " .. tostring(name))
end

function image:pack_symbol(s, name, shndx)
	local info = number(s.bind, elf.STB, 1) << 4 | number(s.type, elf.STT, 0)
	local value, size = s.value or s.addr or 0, s.size or 0
	if self.class ~= 32 then
		return string.pack(self.endian .. "I4BBI2i8I8", name, info,
		    s.other or 0, shndx, value, size)
	end
	return string.pack(self.endian .. "I4I4I4BBI2", name,
	    value & 0xffffffff, size, info, s.other or 0, shndx)
end

-- Turn the symbol lists into sections.
function image:add_tables()
	for _, name in ipairs(self.tables) do
		local add, finish = elf.strings()
		local wide = self.class ~= 32
		local out, nlocal, index = { ("\0"):rep(wide and 24 or 16) }, 1, {}
		for i, s in ipairs(self:symbols(name)) do
			local where = s.section or "ABS"
			index[where] = index[where] or self:section_index(where)
			out[i + 1] = self:pack_symbol(s, add(s.name), index[where])
			if s.bind == "local" or s.bind == 0 then
				nlocal = i + 1
			end
		end
		local dynamic = name == ".dynsym"
		local flags = dynamic and "A" or ""
		local n = self:section{ name = name, flags = flags,
			type = dynamic and "DYNSYM" or "SYMTAB", align = 8,
			data = table.concat(out), entsize = wide and 24 or 16,
			info = nlocal, link = #self.sections + 2 }
		self:section{ name = dynamic and ".dynstr" or ".strtab",
			flags = flags, type = "STRTAB", data = finish(), align = 1 }
		assert(self.sections[n].link == n + 1)
	end
end

function image:pack_section(s, name)
	local link = s.link and self:section_index(s.link) or 0
	return string.pack(self.endian ..
	    (self.class ~= 32 and "I4I4I8i8I8I8I4I4I8I8" or
	    "I4I4I4I4I4I4I4I4I4I4"), name, s.kind, s.bits,
	    self.class ~= 32 and (s.addr or 0) or (s.addr or 0) & 0xffffffff,
	    s.offset, s.size or #s.data, link, s.info or 0, s.align or 16,
	    s.entsize or 0)
end

-- Give every section its offset; return the pieces and the length so far.
function image:place(at)
	local out = {}
	local function put(data, align)
		local pad = -at % (align or 16)
		out[#out + 1] = ("\0"):rep(pad)
		out[#out + 1] = data
		at = at + pad + #data
		return at - #data
	end
	for _, s in ipairs(self.sections) do
		if #self.segments > 0 and s.bits & SHF.A ~= 0 then
			-- A loaded section lies in its page as in memory.
			put(("\0"):rep(((s.addr or 0) - at) % 4096), 1)
		end
		s.offset = put(s.kind ~= elf.SHT.NOBITS and s.data or "",
		    #self.segments > 0 and s.bits & SHF.A ~= 0 and 1 or s.align)
	end
	for _, p in ipairs(self.segments) do
		local s = p.section and
		    self.sections[self:section_index(p.section)]
		if s then
			p.offset, p.vaddr = s.offset, p.vaddr or s.addr
			p.filesz = p.filesz or s.data and #s.data or 0
			p.memsz = p.memsz or s.size or p.filesz
		elseif p.data then
			p.offset, p.filesz = put(p.data, p.align), #p.data
		end
	end
	return out, at, put
end

--- The whole file as a string.
function image:tostring()
	if not self.done then
		self:add_tables()
		local add, finish = elf.strings()
		self.names = {}
		local all = self:section{ name = ".shstrtab", type = "STRTAB",
			data = "", align = 1 }
		for i, s in ipairs(self.sections) do
			self.names[i] = add(s.name)
		end
		self.sections[all].data = finish()
		self.done = true
	end
	local wide = self.class ~= 32
	local ehsize, phsize = wide and 64 or 52, wide and 56 or 32
	local out, at, put = self:place(ehsize + phsize * #self.segments)
	local heads = { ("\0"):rep(wide and 64 or 40) }
	for i, s in ipairs(self.sections) do
		heads[i + 1] = self:pack_section(s, self.names[i])
	end
	local shoff = put(table.concat(heads), 8)
	local front = {}
	for i, p in ipairs(self.segments) do
		front[i] = elf.program_header(self.class, self.endian, p)
	end
	return elf.header{ class = self.class, endian = self.endian,
		type = self.type, machine = self.machine, osabi = self.osabi,
		flags = self.flags, entry = self.entry, version = self.version,
		phoff = #front > 0 and ehsize or 0, phnum = #front,
		shoff = shoff, shnum = #heads, shstrndx = #heads - 1 } ..
		table.concat(front) .. table.concat(out), at
end

--- Write the file.
function image:write(path)
	local f = assert(io.open(path, "wb"))
	assert(f:write((self:tostring())))
	assert(f:close())
	return path
end

return elf
