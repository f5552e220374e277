--- What names mean in a dump: variables and types of the kernel and, where it
-- has none of that name, of its modules; variables of network stacks and CPUs.
-- @module vmcore.names

local kvm = require "kvm"

local names = {}

-- Parsers of type names by descriptor, for as long as it lives. Loading the
-- grammar costs milliseconds, which commands do without: most of what they ask
-- for is a tag.
local parsers = setmetatable({}, { __mode = "k" })
local TAGGED = { struct = true, union = true, enum = true }

--- A type of the kernel by its C name.
-- @tparam kvm.descriptor kd
-- @tparam string name
-- @treturn[1] kvm.type
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
function names.parse_type(kd, name)
	local kind, tag = name:match "^(%l+) ([%a_][%w_]*)$"
	if TAGGED[kind] then
		return kd:type(kind, tag)
	end
	local parser = parsers[kd]
	if parser == nil then
		parser = require "vmcore.ctype".parser(kd)
		parsers[kd] = parser
	end
	return parser(name)
end

local function klds_of(k)
	return require "vmcore.kern.kld".new(k)
end

--- A variable or function by name; "if_demo.ko:demo_softc" means that module's.
-- @tparam table k
-- @tparam string name
-- @treturn[1] table symbol
-- @treturn[1] ?kvm.type nil when it is not known
-- @treturn[1] ?string why not
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
function names.symbol(k, name)
	local kd = k.kd
	local symbol, message, code = kd:symbol(name)
	if symbol then
		return symbol, kd:type_of_symbol(name)
	end
	local klds = klds_of(k)
	local found, file = klds:find(name)
	if found then
		return found, klds:type_of(found, file)
	end
	return nil, message, code
end

local function set()
	error("a dead kernel's variables can't be set", 2)
end

local variables_meta = {
	__name = "vmcore.variables",
	__index = function(self, name)
		local symbol, t, why = names.symbol(self[1], name)
		if symbol == nil then
			error(t, 2)
		elseif t == nil then
			error(why, 2)
		end
		return kvm.object(t, symbol.value)
	end,
	__newindex = set,
}

--- The variables of the kernel and its modules, by name.
-- @tparam table k
-- @treturn table
function names.variables(k)
	return setmetatable({ k }, variables_meta)
end

local instance_meta = {
	__name = "vmcore.variables",
	__index = function(self, name)
		return self[1](self[2], name, self[3])
	end,
	__newindex = set,
}

--- The variables of a network stack (VNET), by name.
-- @tparam table k
-- @param which as in vmcore.kern.vnet, find()
-- @treturn table
-- @raise when there is no such stack
function names.of_vnet(k, which)
	local vnet = require "vmcore.kern.vnet"
	local stack = vnet.has(k) and vnet.find(k, which) or nil
	return setmetatable({ vnet.variable, k, stack }, instance_meta)
end

--- The dynamic variables of a CPU (DPCPU), by name.
-- @tparam table k
-- @tparam ?integer cpu the one that crashed when nil
-- @treturn table
-- @raise when there is no such CPU
function names.of_cpu(k, cpu)
	local pcpu = require "vmcore.kern.pcpu"
	cpu = cpu or pcpu.crashed(k)
	for id in pcpu.each(k) do
		if id == cpu then
			return setmetatable({ pcpu.variable, k, cpu }, instance_meta)
		end
	end
	error(("there is no CPU %s"):format(tostring(cpu)), 2)
end

local types_meta = {
	__index = {
		type = function(self, kind, name)
			return klds_of(self.k):type(kind, name, self.module)
		end,
		enumerator = function(self, name)
			return self.k.kd:enumerator(name)
		end,
	},
}

--- What vmcore.ctype asks for types: the kernel and its modules, or one of
-- them.
-- @tparam table k
-- @tparam ?string module
-- @treturn table with the methods of a descriptor that it needs
function names.types(k, module)
	return setmetatable({ k = k, module = module }, types_meta)
end

--- A type of a module by its C name.
-- @tparam table k
-- @tparam string name
-- @tparam string module "*": the kernel's, else that of any module
-- @treturn as parse_type()
function names.module_type(k, name, module)
	return require "vmcore.ctype".parser(names.types(k, module ~= "*" and module or nil))(name)
end

return names
