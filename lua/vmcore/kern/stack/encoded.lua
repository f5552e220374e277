--- Numbers as DWARF and the tables of exception handling spell them: LEB128
-- (DWARF 5, 7.6) and encoded pointers (Linux Standard Base, Core, 10.5.1).
--
-- Positions count from 1 in a string of bytes. What goes beyond its end
-- raises, as string.unpack() does.
-- @module vmcore.kern.stack.encoded

local encoded = {}

local unpack = string.unpack

local function byte_at(bytes, at)
	return bytes:byte(at) or error("a number beyond the end of the table", 0)
end

-- A LEB128 number without its sign, the position behind it, its bits.
local function leb(bytes, at)
	local value, bits = 0, 0
	local byte
	repeat
		byte = byte_at(bytes, at)
		value = value | (byte & 0x7f) << bits
		bits, at = bits + 7, at + 1
	until byte < 0x80
	return value, at, bits
end

--- An unsigned LEB128 number; of one with more than 64 bits, the low ones.
-- @tparam string bytes
-- @tparam integer at
-- @treturn integer
-- @treturn integer position behind it
function encoded.uleb(bytes, at)
	local value, behind = leb(bytes, at)
	return value, behind
end

--- A signed LEB128 number.
function encoded.sleb(bytes, at)
	local value, behind, bits = leb(bytes, at)
	if bytes:byte(behind - 1) & 0x40 ~= 0 then
		value = value | -1 << bits
	end
	return value, behind
end

-- DW_EH_PE_*: how a pointer is stored, in the low four bits; nil is a word of
-- the machine.
local FORMATS = { [0x2] = "I2", [0x3] = "I4", [0x4] = "I8",
	[0xa] = "i2", [0xb] = "i4", [0xc] = "i8" }
local ULEB, SLEB = 0x1, 0x9

local function stored(bytes, at, encoding, from)
	local kind = encoding & 0xf
	if kind == ULEB then
		return encoded.uleb(bytes, at)
	elseif kind == SLEB then
		return encoded.sleb(bytes, at)
	elseif kind ~= 0 and kind ~= 8 and FORMATS[kind] == nil then
		error(("pointers of encoding %#x"):format(encoding), 0)
	end
	return unpack(from.order .. (FORMATS[kind] or "I" .. from.word), bytes, at)
end

encoded.OMIT = 0xff

--- An encoded pointer.
-- @tparam string bytes
-- @tparam integer at
-- @tparam integer encoding DW_EH_PE_*; not OMIT
-- @tparam table from `order` ("<", ">"), `word` (bytes), `address` (of the
--   first byte), `data` (what DW_EH_PE_datarel counts from, if known)
-- @treturn integer
-- @treturn integer position behind it
-- @raise for an encoding that is not known, or relative to what is not
function encoded.pointer(bytes, at, encoding, from)
	local value, after = stored(bytes, at, encoding, from)
	local base = encoding & 0xf0
	if base == 0x10 then				-- DW_EH_PE_pcrel
		value = value + from.address + at - 1
	elseif base == 0x30 and from.data then		-- DW_EH_PE_datarel
		value = value + from.data
	elseif base ~= 0 then
		error(("pointers of encoding %#x"):format(encoding), 0)
	end
	return from.word == 4 and value & 0xffffffff or value, after
end

return encoded
