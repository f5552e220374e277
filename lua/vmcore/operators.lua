--- What each operator of C does in a dump: what vmcore.eval runs.
-- @module vmcore.operators

local cdecl = require "vmcore.cdecl"
local cnumber = require "vmcore.cnumber"
local ctype = require "vmcore.ctype"
local cvalue = require "vmcore.cvalue"
local instance = require "vmcore.instance"
local names = require "vmcore.names"

local complain, int = cvalue.complain, cvalue.int

-- Operators and operands: node.op, as vmcore.expr has it, to a function
-- (env, node) to a value of vmcore.cvalue. `env` has kd, k, types (see
-- vmcore.names), and vnet and cpu, whose variables are meant by default.
local operators = {}

local function evaluate(env, node)
	return operators[node.op](env, node)
end

-- Where types matter only.
local function unevaluated(env)
	return setmetatable({ unevaluated = true }, { __index = env })
end

local function operand(env, node)
	return cvalue.load(env, node, evaluate(env, node))
end

local function arithmetic(env, node)
	local value = cvalue.promote(operand(env, node))
	if value.kind ~= "int" and value.kind ~= "float" then
		complain(node, "notype", "a number is wanted here, not '%s'", cvalue.spelled(value))
	end
	return value
end

local function integral(env, node)
	local value = arithmetic(env, node)
	if value.kind ~= "int" then
		complain(node, "notype", "an integer is wanted here")
	end
	return value
end

local function truth(env, node)
	local value = operand(env, node)
	if value.value == nil then
		complain(node, "notype", "a number or pointer is wanted here, not '%s'",
		    cvalue.spelled(value))
	end
	return value.value ~= 0
end

local function resolved(env, node, tree)
	local built, message = cdecl.build(tree)
	if built == nil then
		complain(node, "syntax", "%s", message)
	end
	local t, why, code = ctype.resolve(env.types, built)
	if t == nil then
		complain(node, code, "%s", why)
	end
	return t
end

local function size_of_type(env, node, t)
	local kind = t:strip().kind
	if kind == "forward" or kind == "function" or kind == "void" then
		complain(node, "notype", "'%s' has no size", tostring(t))
	end
	return int(t.size, env.kd:ptrsize(), true)
end

-- 6.4.4.1 p5: the first type of the list that the number fits.
function operators.number(env, node)
	local value = node.value
	local suffix = node.suffix:lower()
	local unsigned = suffix:find "u" ~= nil
	local long = suffix:find "ll" and 8 or suffix:find "l" and env.kd:ptrsize() or 4
	if long == 4 then
		if value >= 0 and value <= 0x7fffffff or unsigned and value >= 0
		    and value <= 0xffffffff then
			return int(value, 4, unsigned)
		elseif not node.decimal and value >= 0 and value <= 0xffffffff then
			return int(value, 4, true)
		end
	end
	return int(value, 8, unsigned or value < 0)
end

function operators.float(_, node)
	return { kind = "float", value = node.value, size = 8 }
end

function operators.string(_, node)
	complain(node, "notsup", "a string has no address in a dead kernel")
end

-- Of a function it is enough to know that it is one.
local function place_of(kd, found, t, why)
	if t == nil and found.type == "func" then
		t = kd:type("void", "void"):function_type({}, true)
	end
	return { kind = "place", addr = found.value, name = found.name, type = t, why = why }
end

-- A variable of the selected network stack or CPU by its own name, or what
-- only a resolver knows.
local function looked_up(kd, name)
	local addr = kd:lookup(name)
	return addr and { kind = "place", addr = addr, name = name,
	    type = kd:type_of_symbol("vnet_entry_" .. name) or kd:type_of_symbol("pcpu_entry_" .. name) }
end

-- The kernel's, else a module's; V_x is VNET(x), as in the kernel's sources.
local function symbol(env, node)
	local kd, name = env.kd, node.name
	local found, t, why
	if node.module then
		found, t, why = names.symbol(env.k, node.module .. "`" .. name)
		return found and place_of(kd, found, t, why)
	end
	found, t = kd:symbol(name), kd:type_of_symbol(name)
	local other = not found and looked_up(kd, name)
	if not found and (not other or not other.type and (env.k.kernel or env.k.lost_kernel)) then
		found, t, why = names.symbol(env.k, name)
	end
	if found then
		return place_of(kd, found, t, why)
	elseif not other and name:find "^V_" then
		return instance.of_vnet(env, node, name:sub(3))
	end
	return other
end

-- C11 7.18; NULL is 7.19's.
local BOOLEANS = { ["true"] = 1, ["false"] = 0 }

function operators.name(env, node)
	local value = symbol(env, node)
	if value ~= nil then
		return value
	end
	local constant = env.kd:enumerator(node.name) or BOOLEANS[node.name]
	if constant then
		return int(constant, constant == cnumber.wrap(constant, 4) and 4 or 8)
	elseif node.name == "NULL" then
		return { kind = "pointer", type = env.kd:type("void", "void"):pointer(), value = 0 }
	end
	complain(node, "nosym", "no symbol or enumerator '%s'", node.name)
end

local function member(node, value)
	if value.kind == "place" and value.type == nil then
		cvalue.untyped(node, value)
	end
	local t = value.kind == "place" and value.type:strip()
	if not t or t.kind ~= "struct" and t.kind ~= "union" then
		complain(node, "notype", "'%s' is no struct or union", cvalue.spelled(value))
	end
	local m = t:member(node.name)
	if m == nil then
		complain(node, "notype", "%s has no member '%s'", tostring(value.type), node.name)
	elseif m.bits and m.bits ~= 0 then
		return { kind = "bits", type = m.type, addr = value.addr, of = value.type,
		    name = node.name, width = m.bits }
	end
	return cvalue.place(m.type, value.addr + m.offset)
end

function operators.member(env, node)
	return member(node, evaluate(env, node[1]))
end

function operators.arrow(env, node)
	return member(node, cvalue.dereference(env, node, operand(env, node[1])))
end

function operators.index(env, node)
	local a, b = operand(env, node[1]), operand(env, node[2])
	if b.kind == "pointer" then
		a, b = b, a
	end
	if a.kind ~= "pointer" or b.kind ~= "int" then
		complain(node, "notype", "[] takes a pointer or array and an integer")
	end
	return cvalue.dereference(env, node, cvalue.moved(env, node, a, b.value))
end

function operators.call(env, node)
	if node[1].op == "name" and instance.is(node[1].name) then
		return instance.expand(env, node, operand)
	end
	complain(node, "notsup", "a dead kernel can't be called")
end

function operators.cast(env, node)
	return cvalue.cast(env, node, resolved(env, node, node.type), operand(env, node[1]))
end

function operators.sizeof_type(env, node)
	return size_of_type(env, node, resolved(env, node, node.type))
end

function operators.sizeof(env, node)
	local value = evaluate(unevaluated(env), node[1])
	if value.kind == "bits" then
		complain(node, "notype", "a bit-field has no size")
	elseif value.type then
		return size_of_type(env, node, value.type)
	elseif value.size == nil then
		complain(node, "notype", "'%s' has no size", value.name or value.kind)
	end
	return int(value.size, env.kd:ptrsize(), true)
end

-- 7.19: the address of a member in an object that stands at 0.
function operators.offsetof(env, node)
	local value = evaluate(unevaluated(env), node[1])
	if value.kind == "bits" then
		complain(node, "notype", "a bit-field has no offset in bytes")
	end
	return int(value.addr, env.kd:ptrsize(), true)
end

function operators.absent(env, node)
	return cvalue.place(resolved(env, node, node.type), 0)
end

operators["u&"] = function(env, node)
	local value = evaluate(env, node[1])
	if value.kind ~= "place" then
		complain(node, "notype", value.kind == "bits" and "a bit-field has no address"
		    or "this is no place in memory")
	end
	local t = value.type or env.kd:type("void", "void")
	return { kind = "pointer", type = t:pointer(), value = value.addr }
end

operators["u*"] = function(env, node)
	return cvalue.dereference(env, node, operand(env, node[1]))
end

operators["u+"] = function(env, node)
	return arithmetic(env, node[1])
end

operators["u-"] = function(env, node)
	local value = arithmetic(env, node[1])
	if value.kind == "float" then
		return { kind = "float", value = -value.value, size = value.size }
	end
	return int(cnumber.wrap(-value.value, value.size, value.unsigned), value.size, value.unsigned)
end

operators["u~"] = function(env, node)
	local value = integral(env, node[1])
	return int(cnumber.wrap(~value.value, value.size, value.unsigned), value.size, value.unsigned)
end

operators["u!"] = function(env, node)
	return int(truth(env, node[1]) and 0 or 1)
end

for op in ("+ - * / % & | ^ == != < > <= >="):gmatch "%S+" do
	operators[op] = function(env, node)
		return cvalue.binary(env, node, operand(env, node[1]), operand(env, node[2]))
	end
end

local function shift(env, node)
	local a, b = integral(env, node[1]), integral(env, node[2])
	local value = cnumber.shift(node.op, a.value, b.value, a.size, a.unsigned)
	if value == nil and env.unevaluated then
		value = 0
	elseif value == nil then
		complain(node[2], "inval", "%d bits can't be shifted by %d", a.size * 8, b.value)
	end
	return int(value, a.size, a.unsigned)
end
operators["<<"], operators[">>"] = shift, shift

operators["&&"] = function(env, node)
	return int(truth(env, node[1]) and truth(env, node[2]) and 1 or 0)
end

operators["||"] = function(env, node)
	return int((truth(env, node[1]) or truth(env, node[2])) and 1 or 0)
end

-- 6.5.15 p5, p6: both operands have a say in the type of the result. The one
-- that is not taken need not be there in the dump.
operators["?:"] = function(env, node)
	local taken, other = node[2], node[3]
	if not truth(env, node[1]) then
		taken, other = other, taken
	end
	local value = operand(env, taken)
	local known, shadow = pcall(operand, unevaluated(env), other)
	return known and cvalue.converted(value, shadow) or value
end

operators[","] = function(env, node)
	evaluate(env, node[1])
	return operand(env, node[2])
end

return operators
