--- What a C expression means in a dump: it is parsed (vmcore.expr), then its
-- operators run (vmcore.operators).
-- @module vmcore.eval

local cdecl = require "vmcore.cdecl"
local cvalue = require "vmcore.cvalue"
local expr = require "vmcore.expr"
local names = require "vmcore.names"
local operators = require "vmcore.operators"

local eval = {}

local function run(env, tree)
	local value = operators[tree.op](env, tree)
	return { value = cvalue.result(env, tree, value), type = value.type,
		unsigned = value.unsigned }
end

-- What was parsed, by handle: it is asked again and again in a loop.
local compilers = setmetatable({}, { __mode = "k" })
local KEPT <const> = 1000

local function compile(compiler, text)
	local kd, types = compiler.kd, compiler.types
	local tree, message, code = expr.parse(text, function(name)
		return kd:symbol(name) == nil and types:type("typedef", name) ~= nil
	end)
	if tree then
		if compiler.count >= KEPT then
			compiler.trees, compiler.count = {}, 0
		end
		compiler.trees[text], compiler.count = tree, compiler.count + 1
	end
	return tree, message, code
end

--- Evaluate a C expression in a dump, and tell its type too.
-- @tparam table k
-- @tparam string text
-- @tparam ?table options `vnet` (as in vmcore.kern.vnet, find()) and `cpu` (an
--   id): whose variables VNET(), PCPU() and DPCPU() mean when they don't say
-- @treturn[1] table value (as eval() returns it), type (nil of what no memory
--   holds), unsigned (of an integer)
-- @treturn[2] nil
-- @treturn[2] string message that shows the place
-- @treturn[2] string code
-- @raise a fault, when memory that the expression needs can't be read
function eval.typed(k, text, options)
	local compiler = compilers[k] or { kd = k.kd, k = k, types = names.types(k), trees = {}, count = 0 }
	compilers[k] = compiler
	local tree, message, code = compiler.trees[text]
	if tree == nil then
		tree, message, code = compile(compiler, text)
		if tree == nil then
			return nil, message, code
		end
	end
	local env = compiler
	if options then
		env = setmetatable({ vnet = options.vnet, cpu = options.cpu }, { __index = compiler })
	end
	local ok, result = pcall(run, env, tree)
	if ok then
		return result
	elseif type(result) == "table" and result.complaint then
		return nil, cdecl.complain(text, result.at, result.complaint), result.code
	end
	error(result, 0)
end

--- Evaluate a C expression in a dump.
-- @tparam table k
-- @tparam string text
-- @tparam ?table options as in typed()
-- @return[1] the value as reading a member gives it: number, boolean, string,
--   object, nil for a NULL pointer
-- @treturn[2] nil
-- @treturn[2] string message that shows the place
-- @treturn[2] string code
-- @raise a fault, when memory that the expression needs can't be read
function eval.eval(k, text, options)
	local result, message, code = eval.typed(k, text, options)
	if result == nil then
		return nil, message, code
	end
	return result.value
end

return eval
