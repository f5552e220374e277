--- Addresses as a user writes them: numbers, symbols, C expressions.
-- @module vmcore.where

local kvm = require "kvm"
local eval = require "vmcore.eval"
local names = require "vmcore.names"

local where = {}

--- The address that a text means: a number, or the value of an expression; of
-- an expression that is a place in memory, its address.
-- @tparam table k
-- @tparam string text
-- @treturn integer
-- @treturn ?kvm.type of what is there, where the expression tells
-- @raise what is wrong with the text; a fault
function where.address(k, text)
	local number = math.tointeger(text)
	if number then
		return number
	end
	local symbol, t
	if text:find "^[%a_.][%w_.]*$" then
		symbol, t = names.symbol(k, text)
	end
	if symbol then
		return symbol.value, t
	end
	local result, message = eval.typed(k, text)
	if result == nil then
		error(message, 0)
	elseif math.type(result.value) == "integer" then
		return result.value
	elseif kvm.type_of(result.value) ~= "object" then
		error(("'%s' is no address"):format(text), 0)
	end
	t = result.type and result.type:strip()
	return kvm.toaddress(result.value), t and t.kind == "pointer" and t.target or result.type
end

return where
