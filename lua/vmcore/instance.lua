--- Variables of which there are many, in C expressions: VNET(x), PCPU(member)
-- and DPCPU(x), as the kernel's macros VNET, PCPU_GET and DPCPU_GET have them.
-- A second argument says whose: of VNET a jail's id, its name as a string, or a
-- pointer to struct vnet; of the others a CPU's id. Without it, it is the
-- system's own network stack and the CPU that crashed, or what the evaluation
-- was told (`vnet`, `cpu`).
-- @module vmcore.instance

local cvalue = require "vmcore.cvalue"
local names = require "vmcore.names"

local complain = cvalue.complain

local instance = {}

-- What a function that raises a text says is an error at a node; faults stay.
local function ask(node, fn, ...)
	local results = table.pack(pcall(fn, ...))
	if results[1] then
		return table.unpack(results, 2, results.n)
	elseif type(results[2]) == "string" then
		complain(node, "nosym", "%s", results[2])
	end
	error(results[2], 0)
end

-- The number that an argument is; of a pointer what it holds.
local function number_of(node, value)
	if value.kind ~= "int" and value.kind ~= "pointer" then
		complain(node, "notype", "'%s' is no number", cvalue.spelled(value))
	end
	return value.value
end

local function place(name, address, t)
	return { kind = "place", addr = address, name = name, type = t }
end

--- A variable of a network stack.
-- @tparam table env of vmcore.eval
-- @tparam table node that complaints are about
-- @tparam string name
-- @param which whose; by default env's
-- @treturn table value of vmcore.cvalue: a place
function instance.of_vnet(env, node, name, which)
	local vnet = require "vmcore.kern.vnet"
	local address, t = ask(node, vnet.address, env.k, name, which or env.vnet)
	return place(name, address, t)
end

local macros = { VNET = instance.of_vnet }

function macros.DPCPU(env, node, name, cpu)
	local pcpu = require "vmcore.kern.pcpu"
	local address, t = ask(node, pcpu.address, env.k, name, cpu or env.cpu)
	return place(name, address, t)
end

function macros.PCPU(env, node, name, cpu)
	local t = env.kd:type("struct", "pcpu")
	if t == nil then
		complain(node, "notype", "the kernel file does not tell what a struct pcpu is")
	end
	-- PCPU_GET() leaves the prefix out.
	local m = t:member(name) or t:member("pc_" .. name)
	if m == nil then
		complain(node[2], "notype", "struct pcpu has no member '%s'", name)
	end
	local pc = ask(node, require "vmcore.kern.pcpu".of, env.k, cpu or env.cpu)
	return place(name, require "kvm".toaddress(pc) + m.offset, m.type)
end

local PREFIX = { VNET = "vnet_entry_", DPCPU = "pcpu_entry_" }

-- What symbols have in front of the name. With one network stack only, its
-- variables are plain ones.
local function prefix_of(k, macro)
	if macro == "VNET" and not require "vmcore.kern.vnet".has(k) then
		return ""
	end
	return PREFIX[macro]
end

-- Those of some names that begin with a prefix, without it.
local function cut(all, prefix, into)
	for _, name in ipairs(all) do
		if name:sub(1, #prefix) == prefix then
			into[#into + 1] = name:sub(#prefix + 1)
		end
	end
	return into
end

--- What can stand in one of these macros.
-- @tparam table k
-- @tparam string macro
-- @tparam function with the symbols that begin with a prefix, in a list
-- @tparam string word what the names begin with
-- @treturn {string...}
function instance.names(k, macro, with, word)
	local prefix = prefix_of(k, macro)
	if prefix then
		return cut(with(prefix .. word), prefix, {})
	end
	local t, all = k.kd:type("struct", "pcpu"), {}
	for i, m in ipairs(t and t:members() or {}) do
		all[i] = m.name
	end
	local found = {}
	for _, name in ipairs(cut(all, "pc_", {})) do
		found[#found + 1] = name:sub(1, #word) == word and name or nil
	end
	return found
end

--- The type of what one of these macros gives; nothing is read.
-- @tparam table k
-- @tparam string macro
-- @tparam string name
-- @treturn ?kvm.type
function instance.type(k, macro, name)
	local prefix = prefix_of(k, macro)
	if prefix then
		local symbol, t = names.symbol(k, prefix .. name)
		return symbol and t
	end
	local pcpu = macro == "PCPU" and k.kd:type("struct", "pcpu")
	local m = pcpu and (pcpu:member(name) or pcpu:member("pc_" .. name))
	return m and m.type
end

--- Whether a name is one of these macros.
-- @tparam string name
-- @treturn boolean
function instance.is(name)
	return macros[name] ~= nil
end

--- Expand a call of one of them.
-- @tparam table env of vmcore.eval: k, kd, and vnet and cpu, whose variables are
--   meant by default
-- @tparam table node of the call
-- @tparam function operand of vmcore.eval
-- @treturn table value of vmcore.cvalue: a place
function instance.expand(env, node, operand)
	local macro, variable, which = node[1].name, node[2], node[3]
	if variable == nil or variable.op ~= "name" or #node > 3 then
		complain(variable or node, "syntax", "%s() takes the name of a variable, and whose it is", macro)
	elseif env.k == nil then
		complain(node, "notsup", "%s() is not known here", macro)
	end
	local name = (variable.module and variable.module .. "`" or "") .. variable.name
	if which and which.op == "string" and macro == "VNET" then
		which = which.text
	elseif which then
		which = number_of(which, operand(env, which))
	end
	return macros[macro](env, node, name, which)
end

return instance
