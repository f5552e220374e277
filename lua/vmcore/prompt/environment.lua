--- What Lua code finds at the prompt, behind -e and in programs: Lua's own
-- names, the dump `k`, `vmcore` and what it offers, and modules of kernel
-- knowledge as `kern.NAME`. At the prompt also the kernel's variables.
-- @module vmcore.prompt.environment

local escape = require "vmcore.escape"
local kvm = require "kvm"
local names = require "vmcore.names"

local environment = {}

-- Loaded when they are named.
local MODULES = { vmcore = "vmcore", kvm = "kvm", queue = "vmcore.queue", tree = "vmcore.tree",
	pctrie = "vmcore.pctrie", bits = "vmcore.bits", hash = "vmcore.hash" }
-- Functions of vmcore that need no "vmcore." in front.
local FUNCTIONS = { addressof = true, cast = true, container_of = true, format = true,
	has_member = true, istype = true, offsetof = true, sizeof = true, toaddress = true, typeof = true }

--- Text of more than one line, safe for a terminal.
-- @tparam string text
-- @treturn string
function environment.safe(text)
	return (text:gsub("[^\n]+", escape.line))
end

local function texts(...)
	local words = table.pack(...)
	for i = 1, words.n do
		words[i] = environment.safe(tostring(words[i]))
	end
	return table.concat(words, "\t", 1, words.n)
end

-- A name that neither Lua nor the kernel knows.
local undefined_meta = {
	__name = "vmcore.undefined",
	__tostring = function(self)
		return ("no variable '%s'"):format(self.name)
	end,
}

--- Whether an error says that a name is not known.
function environment.is_undefined(err)
	return getmetatable(err) == undefined_meta
end

-- A variable of the kernel or a module: true and its value, which is nil for
-- NULL.
local function variable(k, name)
	local symbol, t
	if k then
		symbol, t = names.symbol(k, name)
	end
	if symbol == nil or symbol.type == "func" or t == nil then
		return false
	end
	return true, kvm.object(t, symbol.value)
end

-- In front of `io`: what goes to a terminal is made safe.
local function guarded_io(write)
	local output = setmetatable({}, { __index = function(_, name)
		local file = io.output()
		return function(_, ...)
			return file[name](file, ...)
		end
	end })
	function output.write(self, ...)
		write(environment.safe(table.concat { ... }))
		return self
	end
	return setmetatable({
		stdout = output,
		write = function(...)
			return output:write(...)
		end,
	}, { __index = io })
end

local function knowledge()
	return setmetatable({}, { __index = function(_, name)
		return require("vmcore.kern." .. name)
	end })
end

-- What stands behind a name that was not assigned: true and its value.
local function known(options, name)
	if name == "k" then
		return true, options.handle()
	elseif MODULES[name] then
		return true, require(MODULES[name])
	elseif FUNCTIONS[name] then
		return true, require "vmcore"[name]
	elseif _G[name] ~= nil or not options.strict then
		return true, _G[name]
	end
	return variable(options.handle(), name)
end

--- Make an environment.
-- @tparam table options `handle`: function that returns the dump's handle, or
--   nil; `write`: function (text); `strict`: names that nobody knows raise,
--   and the kernel's variables are known; `terminal`: what io.write gets goes
--   to one
-- @treturn table
function environment.new(options)
	local env = { kern = knowledge() }
	env._G = env
	env.print = function(...)
		options.write(texts(...) .. "\n")
	end
	if options.terminal then
		env.io = guarded_io(options.write)
	end
	return setmetatable(env, { __index = function(self, name)
		local found, value = known(options, name)
		if not found then
			error(setmetatable({ name = name }, undefined_meta), 0)
		elseif MODULES[name] or FUNCTIONS[name] then
			rawset(self, name, value)
		end
		return value
	end })
end

--- The names that every environment has, for completion.
-- @treturn {string...}
function environment.names()
	local all = { "k", "kern", "print" }
	for _, from in ipairs { MODULES, FUNCTIONS, _G } do
		for name in pairs(from) do
			all[#all + 1] = name
		end
	end
	return all
end

return environment
