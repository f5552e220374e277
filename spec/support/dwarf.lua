--- Writes DWARF, versions 2 to 5, of either byte order: .debug_info and
-- .debug_abbrev of a type set and of symbols, and .debug_line:
-- the i-th function (by address) begins on line 100 * i of kern/forge.c,
-- and has a line for every 16 bytes.
--
--	local info, abbrev, line = dwarf.encode(set, { version = 4, symbols = list })
--
-- Constants are those of the DWARF standard, section 7. Types stand in a unit
-- of their own, once or several times; symbols in the last one.
local dwarf = {}

local TAG = { array = 0x01, enum = 0x04, param = 0x05, member = 0x0d, ptr = 0x0f, unit = 0x11,
	struct = 0x13, func = 0x15, typedef = 0x16, union = 0x17, variadic = 0x18, subrange = 0x21,
	base = 0x24, const = 0x26, enumerator = 0x28, subprogram = 0x2e, variable = 0x34,
	volatile = 0x35, restrict = 0x37 }
local AT = { location = 0x02, name = 0x03, byte_size = 0x0b, bit_offset = 0x0c, bit_size = 0x0d,
	stmt_list = 0x10, low_pc = 0x11, high_pc = 0x12, comp_dir = 0x1b, const_value = 0x1c,
	prototyped = 0x27, upper_bound = 0x2f, member_location = 0x38, declaration = 0x3c,
	encoding = 0x3e, external = 0x3f, type = 0x49, data_bit_offset = 0x6b }
local FORM = { addr = 0x01, block1 = 0x0a, data4 = 0x06, string = 0x08, flag = 0x0c, sdata = 0x0d,
	udata = 0x0f, ref4 = 0x13, sec_offset = 0x17, exprloc = 0x18 }
-- DW_ATE_*, by the flags of a CTF integer: signed 1, char 2, bool 4.
local ENCODING = { [0] = 7, 5, 8, 6, 2, 2, 2, 2 }
-- What a forward declaration of CTF is of.
local FORWARD = { [0] = "struct", [6] = "struct", [7] = "union", [8] = "enum" }

local writer = {}
writer.__index = writer

local function uleb(value)
	local out = {}
	repeat
		local byte = value & 0x7f
		value = value >> 7
		out[#out + 1] = string.char(value ~= 0 and byte | 0x80 or byte)
	until value == 0
	return table.concat(out)
end

local function sleb(value)
	local out = {}
	while true do
		local byte, rest = value & 0x7f, value // 128
		if rest == 0 and byte < 0x40 or rest == -1 and byte >= 0x40 then
			out[#out + 1] = string.char(byte)
			return table.concat(out)
		end
		out[#out + 1], value = string.char(byte | 0x80), rest
	end
end

function writer:pack(format, ...)
	return string.pack(self.endian .. format, ...)
end

function writer:put(text)
	self.out[#self.out + 1] = text
	self.length = self.length + #text
end

local PUT = {}

function PUT.string(w, value) w:put(value .. "\0") end
function PUT.flag(w) w:put "\1" end
function PUT.udata(w, value) w:put(uleb(value)) end
function PUT.sdata(w, value) w:put(sleb(value)) end
function PUT.addr(w, value) w:put(w:pack(w.set.ptrsize == 8 and "i8" or "I4",
    w.set.ptrsize == 8 and value or value & 0xffffffff)) end
function PUT.data4(w, value) w:put(w:pack("I4", value)) end
PUT.sec_offset = PUT.data4
function PUT.block1(w, value) w:put(string.char(#value) .. value) end
function PUT.exprloc(w, value) w:put(uleb(#value) .. value) end

-- References are filled in when all offsets are known.
function PUT.ref4(w, id)
	w.fixups[#w.fixups + 1] = { #w.out + 1, id }
	w:put "\0\0\0\0"
end

--- An entry: attributes are { name, form, value }, or false.
function writer:die(tag, children, ...)
	local shape, list = { TAG[tag] or tag, children and 1 or 0 }, {}
	for _, a in ipairs { ... } do
		if a then
			shape[#shape + 1], shape[#shape + 2] = AT[a[1]] or a[1], FORM[a[2]]
			list[#list + 1] = a
		end
	end
	local key = table.concat(shape, " ")
	if not self.abbrevs[key] then
		self.abbrevs[#self.abbrevs + 1] = shape
		self.abbrevs[key] = #self.abbrevs
	end
	self:put(uleb(self.abbrevs[key]))
	for _, a in ipairs(list) do
		PUT[a[2]](self, a[3])
	end
end

function writer:close()
	self:put "\0"
end

-- The type that a bit-field was declared with.
local function declared(set, id)
	local t = set.list[id]
	if t and t.k == "int" and t.e & 0xffff ~= 8 * t.s then
		return set.names[(t.n:gsub(" bitfield$", ""))], t
	end
	return id
end

-- An attribute that refers to a type; void is none at all.
local function type_of(w, id)
	local t = w.set.list[declared(w.set, id)]
	if t == nil or t.k == "?" or t.k == "int" and t.s == 0 then
		return false
	end
	return { "type", "ref4", declared(w.set, id) }
end

local function named(name)
	return name ~= nil and name ~= "" and { "name", "string", name }
end

local function member_at(w, byte)
	if w.version == 2 then
		return { "member_location", "block1", "\x23" .. uleb(byte) }
	end
	return { "member_location", "udata", byte }
end

-- A bit-field, as old and as new versions have it.
local function put_bits(w, m, t)
	local bits, bit = t.e & 0xffff, m[3] + (t.e >> 16 & 0xff)
	if w.version >= 4 then
		return w:die("member", false, named(m[1]), type_of(w, m[2]), { "bit_size", "udata", bits },
		    { "data_bit_offset", "udata", bit })
	end
	local byte = bit // (8 * t.s) * t.s
	local within = bit - 8 * byte
	w:die("member", false, named(m[1]), type_of(w, m[2]), { "byte_size", "udata", t.s },
	    { "bit_size", "udata", bits },
	    { "bit_offset", "sdata", w.endian == ">" and within or 8 * t.s - within - bits },
	    member_at(w, byte))
end

local EMIT = {}

local function record(w, t)
	w:die(t.k, true, named(t.n), { "byte_size", "udata", t.s })
	for _, m in ipairs(t.m) do
		local _, narrow = declared(w.set, m[2])
		if narrow then
			put_bits(w, m, narrow)
		else
			w:die("member", false, named(m[1]), type_of(w, m[2]),
			    t.k == "struct" and member_at(w, m[3] // 8))
		end
	end
	w:close()
end

EMIT.struct, EMIT.union = record, record

function EMIT.enum(w, t)
	w:die("enum", true, named(t.n), { "byte_size", "udata", t.s })
	for _, m in ipairs(t.m) do
		w:die("enumerator", false, named(m[1]), { "const_value", "sdata", m[2] })
	end
	w:close()
end

function EMIT.int(w, t)
	if t.s ~= 0 and t.e & 0xffff == 8 * t.s then
		w:die("base", false, named(t.n), { "byte_size", "udata", t.s },
		    { "encoding", "udata", ENCODING[t.e >> 24 & 7] })
	end
end

function EMIT.float(w, t)
	w:die("base", false, named(t.n), { "byte_size", "udata", t.s }, { "encoding", "udata", 4 })
end

function EMIT.fwd(w, t)
	w:die(FORWARD[t.r or 0], false, named(t.n), { "declaration", "flag" })
end

-- Arrays of arrays are one entry of several dimensions.
function EMIT.array(w, t)
	local elements, counts = t.a[1], { t.a[3] }
	while (w.set.list[elements] or t).k == "array" do
		counts[#counts + 1] = w.set.list[elements].a[3]
		elements = w.set.list[elements].a[1]
	end
	w:die("array", true, type_of(w, elements))
	for _, count in ipairs(counts) do
		w:die("subrange", false, count > 0 and { "upper_bound", "udata", count - 1 })
	end
	w:close()
end

local function put_params(w, p)
	for i, id in ipairs(p) do
		if id == 0 and i == #p then
			w:die("variadic", false)
		else
			w:die("param", false, type_of(w, id))
		end
	end
	w:close()
end

function EMIT.func(w, t)
	w:die("func", true, { "prototyped", "flag" }, type_of(w, t.r))
	put_params(w, t.p)
end

function EMIT.ptr(w, t)
	w:die("ptr", false, { "byte_size", "udata", w.set.ptrsize }, type_of(w, t.r))
end

for _, kind in ipairs { "typedef", "const", "volatile", "restrict" } do
	EMIT[kind] = function(w, t)
		w:die(kind, false, named(t.n), type_of(w, t.r or 0))
	end
end

local function put_symbol(w, s)
	local id = s.ctype and w.set:id(s.ctype)
	local t, addr = id and w.set.list[id], s.addr or s.value
	if s.type == "func" and t and t.k == "func" then
		w:die("subprogram", true, named(s.name), { "prototyped", "flag" }, type_of(w, t.r),
		    { "low_pc", "addr", addr }, { "high_pc", "addr", addr + (s.size or 1) })
		put_params(w, t.p)
	elseif t and s.type ~= "func" then
		local expression = "\3" .. w:pack(w.set.ptrsize == 8 and "i8" or "I4",
		    w.set.ptrsize == 8 and addr or addr & 0xffffffff)
		w:die("variable", false, named(s.name), type_of(w, id), { "external", "flag" },
		    { "location", w.version >= 4 and "exprloc" or "block1", expression })
	end
end

local function header(w, length)
	if w.version >= 5 then
		return w:pack("I4I2BBI4", length + 8, w.version, 1, w.set.ptrsize, 0)
	end
	return w:pack("I4I2I4B", length + 7, w.version, 0, w.set.ptrsize)
end

-- The functions among symbols, by address.
local function functions(symbols)
	local out = {}
	for _, s in ipairs(symbols or {}) do
		if s.type == "func" and (s.size or 0) > 0 then
			out[#out + 1] = s
		end
	end
	table.sort(out, function(a, b) return math.ult(a.addr, b.addr) end)
	return out
end

-- Special opcodes are not used: DW_LNS_advance_pc, _advance_line, _copy.
local function line_program(w, list)
	local out = {}
	for i, s in ipairs(list) do
		local advance = 100 * i - 1
		out[#out + 1] = "\0" .. uleb(1 + w.set.ptrsize) .. "\2" ..
		    w:pack(w.set.ptrsize == 8 and "i8" or "I4", s.addr) .. "\3" .. sleb(advance) .. "\1"
		for _ = 16, s.size - 1, 16 do
			out[#out + 1] = "\2" .. uleb(16) .. "\3" .. sleb(1) .. "\1"
		end
		out[#out + 1] = "\2" .. uleb(s.size % 16 == 0 and 16 or s.size % 16) .. "\0\1\1"
	end
	return table.concat(out)
end

local function line_table(w, list)
	local version = math.min(w.version, 4)
	local after = w:pack(version >= 4 and "BBBbBB" or "BBbBB",
	    table.unpack(version >= 4 and { 1, 1, 1, -5, 14, 10 } or { 1, 1, -5, 14, 10 })) ..
	    "\0\1\1\1\1\0\0\0\1" .. "kern\0\0" .. "forge.c\0\1\0\0\0"
	local rest = w:pack("I4", #after) .. after .. line_program(w, list)
	return w:pack("I4I2", #rest + 2, version) .. rest
end

-- Where the text of a unit is, and its lines.
local function text_of(w, list)
	if #list == 0 then
		return false
	end
	local last = list[#list]
	return { "low_pc", "addr", list[1].addr }, { "high_pc", "addr", last.addr + last.size },
	    { "stmt_list", w.version >= 4 and "sec_offset" or "data4", 0 }, { "comp_dir", "string", "/usr/src/sys" }
end

-- One unit with all types, and with symbols if they are given.
local function unit(w, symbols)
	local start = #header(w, 0)
	local where = {}
	w.out, w.fixups, w.length = {}, {}, 0
	w:die("unit", true, { "name", "string", "kern/forge.c" }, text_of(w, functions(symbols)))
	for id, t in ipairs(w.set.list) do
		where[id] = start + w.length
		if EMIT[t.k] then
			EMIT[t.k](w, t)
		end
	end
	for _, s in ipairs(symbols or {}) do
		put_symbol(w, s)
	end
	w:close()
	for _, fixup in ipairs(w.fixups) do
		w.out[fixup[1]] = w:pack("I4", where[fixup[2]])
	end
	return header(w, w.length) .. table.concat(w.out)
end

local function abbreviations(w)
	local out = {}
	for code, shape in ipairs(w.abbrevs) do
		out[#out + 1] = uleb(code) .. uleb(shape[1]) .. string.char(shape[2])
		for i = 3, #shape do
			out[#out + 1] = uleb(shape[i])
		end
		out[#out + 1] = "\0\0"
	end
	return table.concat(out) .. "\0"
end

--- Encode a type set.
-- @tparam table set see types.lua
-- @tparam[opt] table o version (4), symbols (see ctf.encode), copies (1: units
-- that the types stand in)
-- @treturn string the contents of .debug_info
-- @treturn string those of .debug_abbrev
-- @treturn string those of .debug_line
function dwarf.encode(set, o)
	o = o or {}
	local w = setmetatable({ set = set, endian = set.endian, version = o.version or 4,
		abbrevs = {} }, writer)
	local units, copies = {}, o.copies or 1
	for i = 1, copies do
		units[i] = unit(w, i == copies and o.symbols or nil)
	end
	return table.concat(units), abbreviations(w), line_table(w, functions(o.symbols))
end

return dwarf
