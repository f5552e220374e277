--- Single values as text: integers, addresses, strings, faults.
-- @module vmcore.scalar

local kvm = require "kvm"
local escape = require "vmcore.escape"

local scalar = {}

--- Text from the dump in quotes, at most max bytes of it.
-- @tparam string text
-- @tparam integer max
-- @treturn string
function scalar.quoted(text, max)
	local more = #text > max and "..." or ""
	return '"' .. escape.text(text:sub(1, max)):gsub('"', '\\"') .. '"' .. more
end

--- A fault in place of a value.
-- @param fault what pcall() gave
-- @treturn string
function scalar.fault(fault)
	if kvm.type_of(fault) == "fault" then
		return ("<fault 0x%x>"):format(fault.address or 0)
	end
	return "<" .. tostring(fault):gsub("^%S+:%d+: ", "") .. ">"
end

--- An address with the symbol that it belongs to: "0xffffffff80c09ade
-- panic+0x43"; only the address when there is none.
-- @tparam kvm.descriptor kd
-- @tparam integer address
-- @tparam ?function symbol_at instead of the kernel's: address to symbol, offset
-- @treturn string
function scalar.address(kd, address, symbol_at)
	local symbol, offset = (symbol_at or kd.symbol_at)(kd, address)
	local text = ("0x%x"):format(address)
	if symbol == nil then
		return text
	end
	local name = escape.text(symbol.name)
	return text .. " " .. name .. (offset ~= 0 and ("+0x%x"):format(offset) or "")
end

--- 64 bits that C has as unsigned, in decimal.
-- @tparam integer value
-- @treturn string
function scalar.unsigned(value)
	if value >= 0 then
		return ("%d"):format(value)
	end
	local tens = (value >> 1) // 5
	return ("%d%d"):format(tens, value - tens * 10)
end

--- An integer or boolean as C has it.
-- @tparam kvm.type t
-- @param value integer or boolean
-- @tparam integer base 10 or 16
-- @treturn string
function scalar.integer(t, value, base)
	if t.encoding & 0x4 ~= 0 then	-- CTF_INT_BOOL
		return value and value ~= 0 and "true" or "false"
	elseif type(value) ~= "number" then
		return tostring(value)
	end
	local signed = t.encoding & 0x1 ~= 0
	if base == 16 then
		local width = math.min(t.bits == 0 and 64 or t.bits, 64)
		return ("0x%x"):format(width < 64 and value & (1 << width) - 1 or value)
	end
	local text = signed and ("%d"):format(value) or scalar.unsigned(value)
	if signed and t.encoding & 0x2 ~= 0 and value >= 32 and value < 127 then	-- CTF_INT_CHAR
		text = text .. " '" .. string.char(value) .. "'"
	end
	return text
end

return scalar
