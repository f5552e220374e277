--- C's integers in Lua's: conversions and operators of fixed widths (C11
-- 6.3.1, 6.5.5 to 6.5.14). An integer is kept as the Lua integer of its
-- value; an unsigned one of 64 bits as its bit pattern.
-- @module vmcore.cnumber

local cnumber = {}

--- Convert to an integer of a width (6.3.1.3).
-- @tparam integer value
-- @tparam integer size in bytes: 1, 2, 4 or 8
-- @tparam boolean unsigned
-- @treturn integer
local function wrap(value, size, unsigned)
	if size >= 8 then
		return value
	end
	local bits = size * 8
	value = value & ((1 << bits) - 1)
	if not unsigned and value >> (bits - 1) ~= 0 then
		value = value - (1 << bits)
	end
	return value
end
cnumber.wrap = wrap

--- Convert a number with a fraction to an integer (6.3.1.4).
-- @tparam number value
-- @treturn integer, 0 where C leaves it undefined
function cnumber.truncate(value)
	local whole = value < 0 and math.ceil(value) or math.floor(value)
	return math.tointeger(whole) or 0
end

--- The type that both operands are converted to (6.3.1.8).
-- @tparam integer size1 of the promoted operand
-- @tparam boolean unsigned1
-- @tparam integer size2
-- @tparam boolean unsigned2
-- @treturn integer size
-- @treturn boolean unsigned
function cnumber.common(size1, unsigned1, size2, unsigned2)
	if size1 == size2 then
		return size1, unsigned1 or unsigned2
	elseif size1 > size2 then
		return size1, unsigned1
	end
	return size2, unsigned2
end

-- Lua's // and % round down, C's towards zero.
local function divide(a, b, unsigned)
	if b == 0 then
		return nil, "division by zero"
	elseif not unsigned then
		local q = a // b
		if q < 0 and q * b ~= a then
			q = q + 1
		end
		return q
	elseif b < 0 then		-- at least 2^63
		return math.ult(a, b) and 0 or 1
	end
	local q = ((a >> 1) // b) << 1
	if not math.ult(a - q * b, b) then
		q = q + 1
	end
	return q
end

local function remainder(a, b, unsigned)
	local q, message = divide(a, b, unsigned)
	if q == nil then
		return nil, message
	end
	return a - q * b
end

local function less(a, b, unsigned)
	if unsigned then
		return math.ult(a, b)
	end
	return a < b
end

local function truth(b)
	return b and 1 or 0
end

--- Operators whose operands are both of the common type. Each is a function
-- (a, b, unsigned) to a value that still has to be wrapped, or nil, message.
cnumber.arithmetic = {
	["+"] = function(a, b) return a + b end,
	["-"] = function(a, b) return a - b end,
	["*"] = function(a, b) return a * b end,
	["/"] = divide,
	["%"] = remainder,
	["&"] = function(a, b) return a & b end,
	["|"] = function(a, b) return a | b end,
	["^"] = function(a, b) return a ~ b end,
}

--- Comparisons: (a, b, unsigned) to 0 or 1.
cnumber.comparison = {
	["=="] = function(a, b) return truth(a == b) end,
	["!="] = function(a, b) return truth(a ~= b) end,
	["<"] = function(a, b, u) return truth(less(a, b, u)) end,
	[">"] = function(a, b, u) return truth(less(b, a, u)) end,
	["<="] = function(a, b, u) return truth(not less(b, a, u)) end,
	[">="] = function(a, b, u) return truth(not less(a, b, u)) end,
}

--- Shifts (6.5.7), of a promoted left operand.
-- @tparam string op `<<` or `>>`
-- @tparam integer a
-- @tparam integer count
-- @tparam integer size of a
-- @tparam boolean unsigned
-- @treturn ?integer nil when the count is not below the width
function cnumber.shift(op, a, count, size, unsigned)
	if count < 0 or count >= size * 8 then
		return nil
	elseif op == "<<" then
		return wrap(a << count, size, unsigned)
	elseif unsigned or a >= 0 then
		return a >> count
	end
	return ~(~a >> count)
end

return cnumber
