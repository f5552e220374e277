--- Rows of columns as text, JSON Lines or CSV.
--
-- A column is { KEY, HEADER, ALIGN, ... }: the key in records and in JSON,
-- what stands above it, and "left" or "right"; then by name
--
--	width	columns of the screen, at least that of the header
--	format	"address": an integer printed as 0x..., in JSON as that string;
--		"hex": an integer, in text as hexadecimal digits
--		"time": seconds since the epoch, in text as date and time in UTC
--	text	function (value, record): what text and CSV show instead
--
-- A record is anything that is indexed by the keys; nil is no value: null in
-- JSON, "-" in text, nothing in CSV.
-- @module vmcore.table

local escape = require "vmcore.escape"

local table_module = {}

local format, math_type, unpack = string.format, math.type, table.unpack
local concat = table.concat

local function address(value)
	return format("0x%x", value)
end

local function date(value)
	return os.date("!%Y-%m-%d %H:%M:%S", value)
end

local TEXT = {
	address = address,
	hex = function(value) return format("%x", value) end,
	time = date,
}

-- A number with a fraction that JSON can say.
local function finite(value)
	if value ~= value or value >= math.huge or value <= -math.huge then
		return "null"
	end
	return format("%.17g", value)
end

local function json_value(value)
	if math_type(value) == "integer" then
		return value
	end
	local t = type(value)
	if t == "string" then
		return escape.json(value)
	elseif t == "number" then
		return finite(value)
	elseif t == "boolean" then
		return value and "true" or "false"
	end
	return escape.json(tostring(value))
end

-- format() pads by bytes; give back what UTF-8 takes beyond characters.
local function padded(text, column)
	local missing = column.width - (utf8.len(text) or #text)
	if missing <= 0 then
		return text
	elseif column[3] == "right" then
		return (" "):rep(missing) .. text
	end
	return text .. (" "):rep(missing)
end

-- Encoders: (value, record) to what the row's format takes with %s.
local encoder = {}

function encoder.json(column)
	if column.format == "address" then
		return function(value)
			return value == nil and "null" or '"' .. address(value) .. '"'
		end
	end
	return function(value)
		if value == nil then
			return "null"
		end
		return json_value(value)
	end
end

local function as_text(column, escaped, nothing)
	local how, shown = TEXT[column.format], column.text
	return function(value, record)
		if shown then
			value = shown(value, record)
		end
		if value == nil then
			return nothing
		elseif math_type(value) == "integer" then
			return how and how(value) or value
		elseif type(value) == "number" then
			return format("%.14g", value)
		end
		return escaped(tostring(value))
	end
end

function encoder.text(column, escaped)
	local plain = as_text(column, escaped or escape.text, "-")
	return function(value, record)
		local text = plain(value, record)
		if type(text) == "string" and text:find "[\x80-\xff]" then
			return padded(text, column)
		end
		return text
	end
end

function encoder.csv(column)
	return as_text(column, escape.csv, "")
end

-- Formats: of a whole row, one %s per column.
local row_format = {}

function row_format.json(columns)
	local parts = {}
	for i, column in ipairs(columns) do
		parts[i] = escape.json(column[1]):gsub("%%", "%%%%") .. ":%s"
	end
	return "{" .. concat(parts, ",") .. "}\n"
end

function row_format.csv(columns)
	return ("%s,"):rep(#columns - 1) .. "%s\r\n"
end

local function screen_width(column)
	return math.max(column.width or 0, #column[2])
end

function row_format.text(columns)
	local parts = {}
	for i, column in ipairs(columns) do
		local last = i == #columns and column[3] ~= "right"
		parts[i] = last and "%s" or format("%%%s%ds", column[3] == "right" and "" or "-",
		    screen_width(column))
	end
	return concat(parts, " ") .. "\n"
end

local header = {}

function header.json()
	return ""
end

function header.csv(columns)
	local names = {}
	for i, column in ipairs(columns) do
		names[i] = escape.csv(column[1])
	end
	return concat(names, ",") .. "\r\n"
end

function header.text(columns, row)
	local names = {}
	for i, column in ipairs(columns) do
		names[i] = column[2]
	end
	return format(row, unpack(names))
end

-- One row, quick: any fault goes to the caller.
local function row_writer(columns, row, encoders)
	local n = #columns
	local keys, cells = {}, {}
	for i, column in ipairs(columns) do
		keys[i] = column[1]
	end
	return function(record)
		for i = 1, n do
			cells[i] = encoders[i](record[keys[i]], record)
		end
		return format(row, unpack(cells, 1, n))
	end
end

local function fault_text(fault)
	local at = type(fault) ~= "string" and fault.address
	return at and format("<fault 0x%x>", at) or "<fault>"
end

-- One row, cell by cell: what can't be read says so.
local function faulty_writer(columns, row, encoders, mode)
	return function(record)
		local cells, first = {}, nil
		for i, column in ipairs(columns) do
			local ok, cell = pcall(function()
				return encoders[i](record[column[1]], record)
			end)
			if not ok then
				first = first or cell
				cell = mode == "json" and "null" or fault_text(cell)
			end
			cells[i] = cell
		end
		local line = format(row, unpack(cells, 1, #columns))
		if first and mode == "json" then
			line = line:gsub("}\n$", function()
				return ',"fault":' .. escape.json(tostring(first)) .. "}\n"
			end)
		end
		return line, first
	end
end

local function setup(columns, mode, escaped)
	local encoders, widened = {}, {}
	for i, column in ipairs(columns) do
		widened[i] = setmetatable({ width = screen_width(column) }, { __index = column })
		encoders[i] = encoder[mode](widened[i], escaped)
	end
	return encoders
end

--- A printer of rows.
-- @tparam table columns
-- @tparam string mode `text`, `json`, `csv`
-- @treturn table with the strings to print as results of `header()`,
--   `row(record)`, which raises what reading the record raises, and
--   `faulty(record)`, which doesn't, and also returns the first fault: for
--   the row that row() raised at
function table_module.printer(columns, mode)
	local encoders = setup(columns, mode)
	local row = row_format[mode](columns)
	return {
		header = function() return header[mode](columns, row) end,
		row = row_writer(columns, row, encoders),
		faulty = faulty_writer(columns, row, encoders, mode),
	}
end

--- A printer of one column's text, a line a row, without a header.
-- @tparam table columns one
-- @treturn table as printer()
function table_module.lines(columns)
	local encoders = setup(columns, "text", escape.line)
	return {
		header = function() return "" end,
		row = row_writer(columns, "%s\n", encoders),
		faulty = faulty_writer(columns, "%s\n", encoders, "text"),
	}
end

--- A printer of "Header: value" lines, values below each other; what has no
-- value is left out.
-- @tparam table columns
-- @treturn table as printer()
function table_module.fields(columns)
	local width = 0
	for _, column in ipairs(columns) do
		width = math.max(width, #column[2] + 1)
	end
	local encoders = setup(columns, "text")
	local function lines(record, cell)
		local parts, first = {}, nil
		for i, column in ipairs(columns) do
			local text, fault = cell(encoders[i], record, column)
			first = first or fault
			if text ~= "-" then
				parts[#parts + 1] = format("%-" .. width .. "s %s\n", column[2] .. ":", text)
			end
		end
		return concat(parts), first
	end
	return {
		header = function() return "" end,
		row = function(record)
			return (lines(record, function(encode, r, column)
				return encode(r[column[1]], r)
			end))
		end,
		faulty = function(record)
			return lines(record, function(encode, r, column)
				local ok, text = pcall(function() return encode(r[column[1]], r) end)
				if ok then
					return text
				end
				return fault_text(text), text
			end)
		end,
	}
end

return table_module
