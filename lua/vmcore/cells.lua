--- The cells of a table's rows: what becomes of a value in text, JSON, CSV.
-- @module vmcore.cells

local escape = require "vmcore.escape"

local cells = {}

local format, math_type, find = string.format, math.type, string.find

-- strftime(3) is slow, and many rows are of one day.
local days = {}

local function date(value)
	local day = value // 86400
	if days.number ~= day then
		days.number, days.text = day, os.date("!%Y-%m-%d", day * 86400)
	end
	local second = value % 86400
	return format("%s %02d:%02d:%02d", days.text, second // 3600, second // 60 % 60, second % 60)
end

-- A number with a fraction that JSON can say.
local function finite(value)
	if value ~= value or value >= math.huge or value <= -math.huge then
		return "null"
	end
	return format("%.17g", value)
end

-- Functions of a column to a function of a value, to a string.
local encoder = {}

local INTEGER = { address = "0x%x", hex = "%x" }

function encoder.json(column)
	local integer = column.format == "address" and '"0x%x"' or "%d"
	return function(value)
		local t = type(value)
		if math_type(value) == "integer" then
			return format(integer, value)
		elseif t == "nil" then
			return "null"
		elseif t == "number" then
			return finite(value)
		elseif t == "boolean" then
			return tostring(value)
		end
		return escape.json(tostring(value))
	end
end

-- Numbers as they are, or as the column wants them; other values by `escaped`.
local function as_text(how, escaped, nothing)
	local integer = INTEGER[how] or "%d"
	return function(value)
		if value == nil then
			return nothing
		elseif math_type(value) == "integer" then
			return how == "time" and date(value) or format(integer, value)
		elseif type(value) == "number" then
			return format("%.14g", value)
		end
		return escaped(tostring(value))
	end
end

local SPACES = (" "):rep(256)

local function pad(text, missing, right)
	if missing <= 0 then
		return text
	elseif right then
		return SPACES:sub(1, missing) .. text
	end
	return text .. SPACES:sub(1, missing)
end

function encoder.text(column, last)
	local encode = as_text(column.format, escape.text, "-")
	local width, right = math.max(column.width or 0, #column[2]), column[3] == "right"
	if last and not right then
		return encode
	end
	local integer = column.format == nil and ("%%%s%dd"):format(right and "" or "-", width)
	return function(value)
		if integer and math_type(value) == "integer" then
			return format(integer, value)
		end
		local text = encode(value)
		local missing = width - #text
		-- By characters, not by bytes.
		if missing < width and not find(text, "^[ -~]*$") then
			missing = width - (utf8.len(text) or #text)
		end
		return pad(text, missing, right)
	end
end

function encoder.line()
	return as_text(nil, escape.line, "")
end

function encoder.field(column)
	return as_text(column.format, escape.text, "-")
end

-- CSV is for machines: values are those of JSON.
function encoder.csv(column)
	return as_text(column.format == "address" and "address" or nil, escape.csv, "")
end

-- Many values come again, in the next row: the first ones of each column are
-- remembered.
local MEMO_MAX = 1024

local function memoized(encode)
	local room = MEMO_MAX
	return setmetatable({}, { __index = function(memo, value)
		local text = encode(value)
		if room > 0 and value ~= nil and value == value then
			room = room - 1
			memo[value] = text
		end
		return text
	end })
end

--- The cells of columns: tables that are indexed by a value, and give the text
-- that stands in the row.
-- @tparam table columns
-- @tparam string mode `text`, `json`, `csv`, `line`, `field`
-- @treturn {table...}
function cells.of(columns, mode)
	local list = {}
	for i, column in ipairs(columns) do
		list[i] = memoized(encoder[mode](column, i == #columns))
	end
	return list
end

return cells
