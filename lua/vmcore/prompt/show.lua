--- Values as the prompt shows them.
-- @module vmcore.prompt.show

local kvm = require "kvm"
local escape = require "vmcore.escape"
local format = require "vmcore.format"
local scalar = require "vmcore.scalar"

local show = {}

-- From here on, hexadecimal tells more than decimal.
local LARGE = 4096
local ENTRIES = 1000

local function integer(value, unsigned)
	local text = unsigned and scalar.unsigned(value) or ("%d"):format(value)
	if value >= 0 and value < LARGE then
		return text
	end
	return ("%s (0x%x)"):format(text, value)
end

local function one(value, options)
	if kvm.type_of(value) == "object" or type(value) == "string" then
		return format.format(value, options)
	elseif math.type(value) == "integer" then
		return integer(value)
	end
	return escape.text(tostring(value))
end

local function is_plain(value)
	local meta = type(value) == "table" and getmetatable(value)
	return type(value) == "table" and not (meta and (meta.__tostring or meta.__name))
end

-- The entries of a table, one text each, in order. Tables in it are written
-- out, those in them are not.
local function entries(t, options, inside)
	local lines = {}
	for key, value in pairs(t) do
		local name = type(key) == "string" and escape.text(key) or ("[%s]"):format(one(key))
		local text
		if not is_plain(value) then
			text = one(value, options)
		elseif inside then
			text = "{...}"
		else
			text = "{" .. table.concat(entries(value, options, true), ", ") .. "}"
		end
		lines[#lines + 1] = { key = key, text = name .. " = " .. text }
		if #lines == ENTRIES then
			break
		end
	end
	table.sort(lines, function(a, b)
		if math.type(a.key) and math.type(b.key) then
			return a.key < b.key
		end
		return a.text < b.text
	end)
	for i, line in ipairs(lines) do
		lines[i] = line.text
	end
	return lines
end

--- The text of a Lua value.
-- @param value
-- @tparam ?table options of vmcore.format
-- @treturn string lines without the last newline
function show.value(value, options)
	if is_plain(value) then
		return next(value) ~= nil and table.concat(entries(value, options), "\n") or "{}"
	end
	return one(value, options)
end

--- The text of one of many values, in one line: of an object what it points to.
-- @param value
-- @treturn string
function show.item(value)
	if is_plain(value) then
		return "{" .. table.concat(entries(value, nil, true), ", ") .. "}"
	elseif kvm.type_of(value) == "object" then
		return escape.text(tostring(value))
	end
	return one(value)
end

--- The text of what a C expression gave.
-- @tparam table result of vmcore.eval, typed()
-- @tparam ?table options of vmcore.format
-- @treturn string
function show.result(result, options)
	local value, t = result.value, result.type
	local kind = t and t:strip().kind
	if math.type(value) == "integer" and (t == nil or kind == "integer") then
		return integer(value, result.unsigned)
	elseif kvm.type_of(value) == "object" or t == nil then
		return value == nil and "NULL" or show.value(value, options)
	end
	local with = { type = t }
	for key, option in pairs(options or {}) do
		with[key] = option
	end
	return format.format(value, with)
end

return show
