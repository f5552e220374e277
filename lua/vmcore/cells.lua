--- The cells of a table's rows: what becomes of a value in text, JSON, CSV.
-- @module vmcore.cells

local escape = require "vmcore.escape"

local cells = {}

local format, math_type, find = string.format, math.type, string.find

-- A table that makes what it is asked for, once.
local function lazily(make)
	return setmetatable({}, { __index = function(made, key)
		made[key] = make(key)
		return made[key]
	end })
end

-- printf(3) is slow, and many rows are of one day.
local days = {}
local minutes = lazily(function(n) return format(" %02d:%02d:", n // 60, n % 60) end)
local seconds = lazily(function(n) return format("%02d", n) end)

-- The year is an int of struct tm.
local LAST_DAY <const> = 365 << 31

-- Years begin in March here, so that the day that some of them have more is
-- their last one; days before each month.
local MONTHS <const> = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337 }
local BEFORE_EPOCH <const> = 719468		-- days from March 1st of the year 0 to 1970

-- The year, month and day of a day since 1970. Not os.date(): strftime(3) reads
-- this host's time zone even where it does not use it.
local function calendar(day)
	day = day + BEFORE_EPOCH
	local cycle, left = day // 146097, day % 146097		-- of 400 years
	local century = math.min(left // 36524, 3)
	left = left - century * 36524
	local leap, rest = left // 1461, left % 1461		-- four years
	local year = math.min(rest // 365, 3)
	rest = rest - year * 365
	local month = 12
	while MONTHS[month] > rest do
		month = month - 1
	end
	year = year + 4 * leap + 100 * century + 400 * cycle + (month > 10 and 1 or 0)
	return year, (month + 1) % 12 + 1, rest - MONTHS[month] + 1
end

local function date(value)
	local day = value // 86400
	if day > LAST_DAY or day < -LAST_DAY then
		return format("%d", value)
	end
	if days.number ~= day then
		days.number, days.text = day, format("%d-%02d-%02d", calendar(day))
	end
	return days.text .. minutes[value % 86400 // 60] .. seconds[value % 60]
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

local PLAIN = "^[ -~]*$"

local spaces = lazily(function(n) return (" "):rep(n) end)

local function pad(text, missing, right)
	if missing <= 0 then
		return text
	end
	return right and spaces[missing] .. text or text .. spaces[missing]
end

-- What printf(3) pads by itself; nil where it does not.
local function integer_format(column, width, right)
	local flag = right and "" or "-"
	if column.format == nil then
		return ("%%%s%dd"):format(flag, width)
	elseif column.format == "hex" then
		return ("%%%s%dx"):format(flag, width)
	elseif column.format == "address" and not right and width > 2 then
		return ("0x%%-%dx"):format(width - 2)
	end
end

function encoder.text(column, last)
	local encode = as_text(column.format, escape.text, "-")
	local width, right = math.max(column.width or 0, #column[2]), column[3] == "right"
	if last and not right then
		return encode
	end
	local integer = integer_format(column, width, right)
	return function(value)
		if integer and math_type(value) == "integer" then
			return format(integer, value)
		elseif type(value) == "string" and find(value, PLAIN) then
			return pad(value, width - #value, right)
		end
		local text = encode(value)
		local missing = width - #text
		-- By characters, not by bytes.
		if missing < width and not find(text, PLAIN) then
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
	local room, latest, latest_text = MEMO_MAX, nil, nil
	return setmetatable({}, { __index = function(memo, value)
		-- The next column often has the same: a process and its group.
		if value == latest and value ~= nil then
			return latest_text
		end
		local text = encode(value)
		if room > 0 and value ~= nil and value == value then
			room = room - 1
			memo[value] = text
		end
		latest, latest_text = value, text
		return text
	end })
end

--- The cells of columns: tables that are indexed by a value, and give the text
-- that stands in the row.
-- @tparam table columns
-- @tparam string mode `text`, `json`, `csv`, `line`, `field`
-- @treturn {table...}
function cells.of(columns, mode)
	local list, made = {}, {}
	for i, column in ipairs(columns) do
		local last = i == #columns
		local kind = format("%s %s %d %d %s", column.format, column[3], column.width or 0,
		    #column[2], last)
		made[kind] = made[kind] or memoized(encoder[mode](column, last))
		list[i] = made[kind]
	end
	return list
end

return cells
