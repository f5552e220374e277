--- Values of C expressions over a dump, and C's operators on them.
--
-- A value is a table, one of
--
--	{ kind = "int", value, size, unsigned, bool, type }	an arithmetic value;
--		type is that of an enum
--	{ kind = "float", value, size }
--	{ kind = "pointer", value, type }	type is the pointer's
--	{ kind = "place", addr, type, why }	an lvalue; nothing is read yet; why
--		there is no type
--	{ kind = "bits", addr, type, of, name, width }	a bit-field of the struct at
--		addr
--	{ kind = "void" }
--
-- `env` says where: env.kd, and env.unevaluated while only types matter
-- (inside sizeof, which reads nothing). `node` says which part of the
-- expression to complain of.
-- @module vmcore.cvalue

local kvm = require "kvm"
local cnumber = require "vmcore.cnumber"

local cvalue = {}

local SIGNED = 0x1		-- CTF_INT_SIGNED, ctf(5)
local BOOL = 0x4		-- CTF_INT_BOOL
local INT_BITS = 32

--- Raise that something is wrong with the expression, as against the dump.
-- vmcore.eval catches it.
function cvalue.complain(node, code, format, ...)
	error({ complaint = format:format(...), at = node.at, code = code }, 0)
end
local complain = cvalue.complain

--- A value of an integer type; `int` if nothing else is said.
function cvalue.int(value, size, unsigned)
	return { kind = "int", value = value, size = size or 4, unsigned = unsigned or false }
end
local int = cvalue.int

--- An lvalue of type t at addr.
function cvalue.place(t, addr)
	return { kind = "place", type = t, addr = addr }
end

--- What to call a value in a complaint.
function cvalue.spelled(value)
	return value.type and tostring(value.type) or value.kind
end
local spelled = cvalue.spelled

-- The integer that a value of an arithmetic type is (6.3.1.1); a bit-field is an
-- int when that holds all its values.
local function of_integer(t, value, width)
	if type(value) == "boolean" then
		value = value and 1 or 0
	end
	local encoding = t.kind == "enum" and SIGNED or t.encoding
	local narrow = width and width < INT_BITS
	return { kind = "int", value = value, size = narrow and math.min(t.size, 4) or t.size,
	    unsigned = encoding & SIGNED == 0 and not narrow, bool = encoding & BOOL ~= 0 }
end

-- One scalar from the dump.
local function fetch(env, value, t)
	if env.unevaluated then
		return t.kind ~= "pointer" and 0 or nil
	elseif value.kind == "bits" then
		return kvm.object(value.of, value.addr)[value.name]
	end
	return kvm.object(value.type, value.addr)
end

--- Complain about a place whose type is not known.
-- @tparam table node
-- @tparam table value
function cvalue.untyped(node, value)
	complain(node, "notype", "'%s' has no type here: cast its address, as in *(int *)&%s%s",
	    value.name, value.name, value.why and " (" .. value.why .. ")" or "")
end

local function check_loadable(node, value)
	if value.type == nil then
		cvalue.untyped(node, value)
	end
	local t = value.type:strip()
	if t.kind == "forward" or t.kind == "void" then
		complain(node, "notype", "nothing is known of '%s'", tostring(value.type))
	end
	return t
end

--- An lvalue's value (6.3.2.1): arrays and functions become pointers, structs
-- stay what they are. Other values pass.
function cvalue.load(env, node, value)
	if value.kind ~= "place" and value.kind ~= "bits" then
		return value
	end
	local t = check_loadable(node, value)
	if t.kind == "array" then
		return { kind = "pointer", type = t.target:pointer(), value = value.addr }
	elseif t.kind == "function" then
		return { kind = "pointer", type = value.type:pointer(), value = value.addr }
	elseif t.kind == "struct" or t.kind == "union" then
		return value
	end
	local read = fetch(env, value, t)
	if t.kind == "pointer" then
		return { kind = "pointer", type = value.type,
		    value = read == nil and 0 or kvm.toaddress(read) }
	elseif t.kind == "float" then
		return { kind = "float", value = read, size = t.size }
	end
	return of_integer(t, read, value.width)
end

--- Integer promotions (6.3.1.1).
function cvalue.promote(value)
	if value.kind == "int" and value.size < 4 then
		return int(value.value, 4)
	end
	return value
end

--- A number as C's double.
local function as_float(value)
	if value.kind == "float" then
		return value.value
	elseif value.unsigned and value.value < 0 then
		return (value.value >> 1) * 2.0 + (value.value & 1)
	end
	return value.value + 0.0
end

-- What a pointer points to, and how far one step is: as the usual compilers
-- have it, void and functions step by bytes.
local function target(node, value)
	local t = value.type:strip().target
	local kind = t and t:strip().kind or "void"
	if kind == "forward" then
		complain(node, "notype", "nothing is known of '%s'", tostring(t))
	end
	return t, (kind == "void" or kind == "function") and 1 or t.size
end

local function wrap_address(env, addr)
	return cnumber.wrap(addr, env.kd:ptrsize(), true)
end

--- A pointer so many elements further.
local function moved(env, node, pointer, steps)
	local _, size = target(node, pointer)
	return { kind = "pointer", type = pointer.type,
	    value = wrap_address(env, pointer.value + steps * size) }
end
cvalue.moved = moved

local function difference(env, node, a, b)
	local _, size = target(node, a)
	local width = env.kd:ptrsize()
	if size == 0 then
		complain(node, "notype", "'%s' points to nothing that has a size", tostring(a.type))
	end
	return int(cnumber.wrap(a.value - b.value, width) // size, width)
end

--- What a pointer points to.
local function dereference(_, node, value)
	if value.kind ~= "pointer" then
		complain(node, "notype", "'%s' is no pointer", spelled(value))
	end
	return cvalue.place(target(node, value), value.value)
end
cvalue.dereference = dereference

local function two_pointers(env, node, a, b)
	if node.op == "-" then
		return difference(env, node, a, b)
	end
	local compare = cnumber.comparison[node.op]
	if compare == nil then
		complain(node, "notype", "pointers can't be operands of %s", node.op)
	end
	return int(compare(a.value, b.value, true))
end

local function pointer_and_integer(env, node, a, b)
	if node.op == "+" then
		if b.kind == "pointer" then
			a, b = b, a
		end
		return moved(env, node, a, b.value)
	elseif node.op == "-" and a.kind == "pointer" then
		return moved(env, node, a, -b.value)
	end
	return two_pointers(env, node, a, b)
end

local FLOAT = {
	["+"] = function(a, b) return a + b end,
	["-"] = function(a, b) return a - b end,
	["*"] = function(a, b) return a * b end,
	["/"] = function(a, b) return a / b end,
}

local function floats(node, a, b)
	local x, y = as_float(a), as_float(b)
	if FLOAT[node.op] then
		return { kind = "float", value = FLOAT[node.op](x, y), size = 8 }
	elseif cnumber.comparison[node.op] then
		return int(cnumber.comparison[node.op](x, y))
	end
	complain(node, "notype", "numbers with a fraction can't be operands of %s", node.op)
end

local function integers(env, node, a, b)
	local size, unsigned = cnumber.common(a.size, a.unsigned, b.size, b.unsigned)
	local x = cnumber.wrap(a.value, size, unsigned)
	local y = cnumber.wrap(b.value, size, unsigned)
	if cnumber.comparison[node.op] then
		return int(cnumber.comparison[node.op](x, y, unsigned))
	end
	local value, message = cnumber.arithmetic[node.op](x, y, unsigned)
	if value == nil and env.unevaluated then
		value = 0
	elseif value == nil then
		complain(node, "inval", "%s", message)
	end
	return int(cnumber.wrap(value, size, unsigned), size, unsigned)
end

--- A binary operator with the usual arithmetic conversions, or on pointers.
-- @tparam table env
-- @tparam table node of the operator; its operands are node[1] and node[2]
-- @tparam table a the left value
-- @tparam table b the right value
-- @treturn table value
function cvalue.binary(env, node, a, b)
	for i, value in ipairs { a, b } do
		if value.value == nil then
			complain(node[i], "notype", "'%s' can't be an operand of %s",
			    spelled(value), node.op)
		end
	end
	a, b = cvalue.promote(a), cvalue.promote(b)
	local kinds = a.kind .. " " .. b.kind
	if kinds == "int int" then
		return integers(env, node, a, b)
	elseif kinds == "pointer pointer" then
		return two_pointers(env, node, a, b)
	elseif kinds == "pointer int" or kinds == "int pointer" then
		return pointer_and_integer(env, node, a, b)
	elseif a.kind == "pointer" or b.kind == "pointer" then
		complain(node, "notype", "a pointer and a fraction don't go together")
	end
	return floats(node, a, b)
end

--- What the second or third operand of ?: is converted to for the other's sake
-- (6.5.15).
-- @tparam table value the operand that is taken
-- @tparam table other
-- @treturn table value
function cvalue.converted(value, other)
	local kinds = value.kind .. " " .. other.kind
	if kinds == "int int" then
		value, other = cvalue.promote(value), cvalue.promote(other)
		local size, unsigned = cnumber.common(value.size, value.unsigned, other.size, other.unsigned)
		return int(cnumber.wrap(value.value, size, unsigned), size, unsigned)
	elseif kinds == "int float" then
		return { kind = "float", value = as_float(value), size = other.size }
	elseif kinds == "int pointer" and value.value == 0 then
		return { kind = "pointer", type = other.type, value = 0 }
	end
	return value
end

local function to_integer(t, value)
	local whole = value.kind == "float" and cnumber.truncate(value.value) or value.value
	local result = of_integer(t, whole)
	if result.bool then
		result.value = value.value ~= 0 and 1 or 0
	else
		result.value = cnumber.wrap(whole, result.size, result.unsigned)
	end
	return result
end

--- A cast (6.5.4).
function cvalue.cast(env, node, to, value)
	local t = to:strip()
	if t.kind == "void" then
		return { kind = "void" }
	elseif value.value == nil then
		complain(node, "notype", "'%s' can't be cast", spelled(value))
	elseif t.kind == "integer" or t.kind == "enum" then
		local result = to_integer(t, value)
		result.type = t.kind == "enum" and to or nil
		return result
	elseif t.kind == "float" then
		return { kind = "float", value = as_float(value), size = t.size }
	elseif t.kind == "pointer" and value.kind ~= "float" then
		return { kind = "pointer", type = to, value = wrap_address(env, value.value) }
	end
	complain(node, "notype", "'%s' can't be cast to '%s'", spelled(value), tostring(to))
end

--- The Lua value or object of a value, as reading a member would give it.
function cvalue.result(env, node, value)
	if value.kind == "place" or value.kind == "bits" then
		local t = check_loadable(node, value)
		return fetch(env, value, t)
	elseif value.kind == "pointer" then
		return kvm.pointer(value.type, value.value)
	elseif value.bool then
		return value.value ~= 0
	end
	return value.value
end

return cvalue
