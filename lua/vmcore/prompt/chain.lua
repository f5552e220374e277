--- The type of what stands in front of a "." or "->", without reading memory:
-- a chain of members and indices that begins with a variable of Lua, a symbol
-- or a cast.
-- @module vmcore.prompt.chain

local kvm = require "kvm"
local instance = require "vmcore.instance"
local names = require "vmcore.names"

local chain = {}

local INDEX = {}

-- The last step of a chain, and what is in front of it.
local function last_step(text)
	local rest = text:match "^(.-)%s*%b[]$"
	if rest and rest ~= "" then
		return rest, INDEX
	end
	local front, member = text:match "^(.-)%s*%->%s*([%a_][%w_]*)$"
	if front == nil then
		front, member = text:match "^(.-)%s*%.%s*([%a_][%w_]*)$"
	end
	if front and front:find "[%w_%]%)]$" then
		return front, member
	end
	return nil
end

-- Root and steps of the chain that a text ends with.
local function split(text)
	local steps = {}
	while true do
		text = text:gsub("%s+$", "")
		local front, step = last_step(text)
		if front == nil then
			break
		end
		table.insert(steps, 1, step)
		text = front
	end
	local call = text:match "[%w_]%s*%b()$"
	return not call and text:match "%b()$" or text:match "%u+%s*%b()$"
	    or text:match "([%a_][%w_]*)$", steps
end

local function member_type(t, step)
	local base = t:strip()
	if step == INDEX then
		return base.target
	end
	base = base.kind == "pointer" and base.target:strip() or base
	local member = base:member(step)
	return member and member.type
end

-- Follow steps through Lua's values as far as they are tables.
local function through_tables(value, steps)
	local at = 1
	while type(value) == "table" and type(steps[at]) == "string" do
		value = value[steps[at]]
		at = at + 1
	end
	return value, at
end

-- What a root is in Lua; never what a strict environment would raise.
local function lua_value(session, root)
	local env = session.env
	local value = rawget(env, root)
	if value == nil and (_G[root] ~= nil or session.lua_names[root]) then
		value = env[root]
	end
	return value
end

local find

local function of_parentheses(session, text)
	local inner = text:sub(2, -2):gsub("^[%s*&]+", "")
	local cast = inner:match "^%s*(%b())"
	local t = cast and session.k:type(cast:sub(2, -2)) or nil
	return t or find(session, inner)
end

local function of_root(session, root, steps)
	if root:sub(1, 1) == "(" then
		return of_parentheses(session, root), 1
	end
	local macro, name = root:match "^(%u+)%s*%(%s*([%a_][%w_]*)"
	if not macro then
		macro, name = "VNET", root:match "^V_(.+)"
	end
	local t = name and instance.type(session.k, macro, name)
	if t then
		return t, 1
	end
	local value, at = lua_value(session, root), 1
	if value ~= nil then
		value, at = through_tables(value, steps)
	else
		local symbol, of = names.symbol(session.k, root)
		if symbol then
			return of, 1
		end
	end
	if kvm.type_of(value) == "object" then
		return kvm.typeof(value), at
	end
	return nil, at, value
end

-- A type; or nil and a value of Lua.
function find(session, text)
	local root, steps = split(text)
	if root == nil then
		return nil
	end
	local t, at, value = of_root(session, root, steps)
	for i = at, #steps do
		t = t and member_type(t, steps[i])
	end
	return t, at > #steps and value or nil
end

--- The type of the chain that a text ends with.
-- @tparam table session
-- @tparam string text
-- @treturn ?kvm.type
-- @return ?the value, when it is one of Lua
function chain.type(session, text)
	local ok, t, value = pcall(find, session, text)
	if ok then
		return t, value
	end
	return nil
end

return chain
