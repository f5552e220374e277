--- From the syntax tree of a C type name to a type of a kernel.
-- @module vmcore.ctype

local cdecl = require "vmcore.cdecl"

local ctype = {}

local resolve

local FLOATING = { float = true, double = true, ["long double"] = true,
	["float _Complex"] = true, ["double _Complex"] = true,
	["long double _Complex"] = true }

local makers = {}

function makers.base(kd, tree)
	local kind = "integer"
	if tree.name == "void" then
		kind = "void"
	elseif FLOATING[tree.name] then
		kind = "float"
	end
	return kd:type(kind, tree.name)
end

local function named(kd, tree)
	return kd:type(tree.kind, tree.name)
end
makers.struct, makers.union, makers.enum = named, named, named

-- In C a tag needs its keyword, which is easily forgotten.
function makers.typedef(kd, tree)
	local t, message, code = named(kd, tree)
	for _, kind in ipairs(t == nil and { "struct", "union", "enum" } or {}) do
		if kd:type(kind, tree.name) then
			return nil, ("%s; there is %s %s"):format(message, kind, tree.name), code
		end
	end
	return t, message, code
end

function makers.pointer(_, _, target)
	return target:pointer()
end

function makers.const(_, _, target)
	return target:const()
end

function makers.volatile(_, _, target)
	return target:volatile()
end

-- It says nothing about the object.
function makers.restrict(_, _, target)
	return target
end

function makers.array(kd, tree, element)
	local n = tree.n or 0
	if type(n) == "string" then
		local value, message, code = kd:enumerator(n)
		if value == nil then
			return nil, message, code
		end
		n = value
	end
	if element.kind == "function" or element.kind == "void" then
		return nil, "an array can't have elements of type '"
		    .. tostring(element) .. "'", "notype"
	end
	if n < 0 then
		return nil, "an array can't have " .. n .. " elements", "notype"
	end
	return element:array(n)
end

makers["function"] = function(kd, tree, result)
	local params = {}
	for i, param in ipairs(tree.params) do
		local t, message, code = resolve(kd, param)
		if t == nil then
			return nil, message, code
		end
		params[i] = t
	end
	return result:function_type(params, tree.variadic)
end

function resolve(kd, tree)
	local of
	if tree.of then
		local message, code
		of, message, code = resolve(kd, tree.of)
		if of == nil then
			return nil, message, code
		end
	end
	return makers[tree.kind](kd, tree, of)
end

--- The type that a syntax tree of vmcore.cdecl means in a kernel.
-- @function resolve
-- @tparam kvm.descriptor kd
-- @tparam table tree
-- @treturn[1] kvm.type
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
ctype.resolve = resolve

--- A function from C type names to types of one kernel, which remembers.
-- @tparam kvm.descriptor kd
-- @treturn function of a name; it returns the type, or nil, message, code
function ctype.parser(kd)
	local known = {}
	return function(name)
		local t = known[name]
		if t ~= nil then
			return t
		end
		local tree, message = cdecl.type_name(name)
		if tree == nil then
			return nil, message, "syntax"
		end
		local code
		t, message, code = resolve(kd, tree)
		if t == nil then
			return nil, message, code
		end
		known[name] = t
		return t
	end
end

return ctype
