--- Puts typed values into memory: mem:set and mem:struct.
--
-- A value is an integer, a boolean, a float, a string (the bytes of an array,
-- zero-padded), or a table: of members for a struct, of elements from 1 (or
-- from 0, when [0] is there) for an array. Names may be paths:
-- ["p_list.le_next"].
local values = {}

local SCALAR = { int = true, ptr = true, enum = true }

-- A bit-field: bits are counted from the least significant bit of byte 0 on
-- little-endian targets, from the most significant on big-endian ones.
local function put_bits(mem, va, bit, bits, value)
	for i = 0, bits - 1 do
		local n = bit + i
		local at, mask, on
		if mem.endian == "<" then
			mask, on = 1 << n % 8, value >> i & 1
		else
			mask, on = 0x80 >> n % 8, value >> bits - 1 - i & 1
		end
		at = va + n // 8
		local old = mem:get(at, 1)
		mem:u8(at, on == 1 and old | mask or old & ~mask)
	end
end

local function put_array(mem, va, m, value)
	local set = mem.types
	if type(value) == "string" then
		assert(#value <= m.size or m.size == 0,
		    "values: string too long for its array")
		mem:write(va, value .. ("\0"):rep(m.size - #value))
		return
	end
	local element = m.type.a[1]
	local place = set:place(element, 0)
	local base = value[0] ~= nil and 0 or 1
	for i, v in pairs(value) do
		values.put(mem, va + (i - base) * place.size, place, v)
	end
end

--- Store value at va as the place m (types.lua) says; m.bit is not added
-- unless it is a bit-field.
function values.put(mem, va, m, value)
	local kind = m.kind
	if m.bits then
		put_bits(mem, va, m.bit % 8, m.bits, value == true and 1 or value)
	elseif kind == "struct" or kind == "union" then
		values.struct(mem, va, m.id, value)
	elseif kind == "array" then
		put_array(mem, va, m, value)
	elseif kind == "float" then
		mem:write(va, string.pack(mem.endian ..
		    (m.size == 4 and "f" or "d"), value))
	else
		if value == true or value == false then
			value = value and 1 or 0
		end
		mem:put(va, m.size, value)
	end
end

--- Set one member: mem:set(va, "struct proc", "p_list.le_next", next).
function values.set(mem, va, spelling, path, value)
	local m = mem.types:member(spelling, path) or
	    error(("values: %s has no member %s"):format(spelling, path), 2)
	values.put(mem, va + m.bit // 8, m, value)
end

--- Set members of the struct at va; returns va.
function values.struct(mem, va, spelling, fields)
	local id = mem.types:id(spelling)
	local known = mem.types.members[id] or {}
	for path, value in pairs(fields or {}) do
		local m = known[path] or mem.types:member(id, path) or
		    error(("values: %s has no member %s"):format(
		    tostring(spelling), path), 2)
		if SCALAR[m.kind] and not m.bits and
		    math.type(value) == "integer" then
			mem:put(va + m.bit // 8, m.size, value)
		else
			values.put(mem, va + m.bit // 8, m, value)
		end
	end
	return va
end

return values
