--- What a word at the prompt may become.
-- @module vmcore.prompt.complete

local chain = require "vmcore.prompt.chain"
local command = require "vmcore.prompt.command"
local instance = require "vmcore.instance"
local names = require "vmcore.prompt.names"

local complete = {}

local TAGS = { struct = true, union = true, enum = true }
local OWN = { "help", "quit" }

-- Names of members, those of anonymous structs inside as its own.
local function members(t, prefix, into)
	for _, m in ipairs(t:members()) do
		if m.name == "" then
			members(m.type:strip(), prefix, into)
		elseif m.name:sub(1, #prefix) == prefix then
			into[#into + 1] = m.name
		end
	end
	return into
end

local function of_type(t, prefix)
	local base = t:strip()
	base = base.kind == "pointer" and base.target:strip() or base
	if base.kind ~= "struct" and base.kind ~= "union" then
		return {}
	end
	return members(base, prefix, {})
end

-- Fields of a Lua value; behind ":" its functions only.
local function of_value(value, prefix, methods, into)
	if type(value) ~= "table" then
		return into
	end
	for name, field in next, value do
		if type(name) == "string" and name:sub(1, #prefix) == prefix
		    and (not methods or type(field) == "function") then
			into[#into + 1] = name
		end
	end
	local meta = getmetatable(value)
	return of_value(meta and meta.__index, prefix, methods, into)
end

local function behind(session, text, operator, word)
	local t, value = chain.type(session, text)
	if value ~= nil and value == session.k.var then
		return names.with(session.names.symbols, word)
	elseif t then
		return operator ~= ":" and of_type(t, word) or {}
	elseif type(value) == "string" then
		value = string
	end
	return of_value(value, word, operator == ":", {})
end

local function options(session, text, dashes, word)
	local name, path = command.find(session, text)
	local _, parser = command.load(name or "", path or "")
	local found = {}
	for _, option in ipairs(type(parser) == "table" and parser._options or {}) do
		for _, alias in ipairs(option._aliases) do
			local rest = alias:match("^" .. dashes:gsub("%-", "%%-") .. "([^%-].*)")
			if rest and rest:sub(1, #word) == word then
				found[#found + 1] = rest
			end
		end
	end
	return found
end

-- Names that stand for something by themselves.
local function plain(session, word, found)
	names.with(session:own_names(), word, found)
	if word ~= "" then
		names.with(session.names.symbols, word, found)
		names.with(session.names.types.typedef, word, found)
		for tag in pairs(TAGS) do
			if tag:sub(1, #word) == word then
				found[#found + 1] = tag
			end
		end
	end
	return found
end

local function commands(session, word)
	local found = {}
	for _, item in ipairs(session:commands()) do
		if item.name:sub(1, #word) == word then
			found[#found + 1] = item.name
		end
	end
	return found
end

--- Candidates for a word.
-- @tparam table session
-- @tparam string before what stands in front of the word in its line
-- @tparam string word letters, digits, underscores; may be empty
-- @treturn {string...}
-- @treturn boolean whether a blank should follow the only one
function complete.candidates(session, before, word)
	if before:find "^%s*%.$" then
		return names.with(OWN, word), true
	elseif before:find "^%s*%.help%s+$" then
		return commands(session, word), true
	elseif before:find "^%s*$" then
		local found = commands(session, word)
		return word == "" and found or plain(session, word, found), #found == 1
	end
	local dashes = before:match "%s(%-%-?)$"
	local chosen = dashes and command.find(session, before .. "x")
	if chosen then
		return options(session, before .. "x", dashes, word), true
	end
	local text, operator = before:match "^(.-)%s*(%->)%s*$"
	if text == nil then
		text, operator = before:match "^(.-)%s*([.:])%s*$"
	end
	if text then
		return behind(session, text, operator, word), false
	end
	local macro = before:match "([%a_][%w_]*)%s*%(%s*$"
	if macro and instance.is(macro) then
		return instance.names(session.k, macro, function(prefix)
			return names.with(session.names.symbols, prefix)
		end, word), false
	end
	local tag = before:match "([%a]+)%s+$"
	if TAGS[tag] then
		return names.with(session.names.types[tag], word), false
	end
	return plain(session, word, {}), false
end

return complete
