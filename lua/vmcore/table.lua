--- Rows of columns as text, JSON Lines or CSV.
--
-- A column is { KEY, HEADER, ALIGN, ... }: the key in records and in JSON,
-- what stands above it, and "left" or "right"; then by name
--
--	width	columns of the screen, at least that of the header
--	format	"address": an integer printed as 0x..., in JSON as that string;
--		"hex": an integer, in text as hexadecimal digits
--		"time": seconds since the epoch, in text as date and time in UTC
--	text	function (value, record): what text shows instead
--	wide	true: of any length; in text it stands at the end of the line
--
-- A record is anything that is indexed by the keys; nil is no value: null in
-- JSON, "-" in text, nothing in CSV.
-- @module vmcore.table

local cells = require "vmcore.cells"
local escape = require "vmcore.escape"

local table_module = {}

local format, concat = string.format, table.concat

-- What stands before, between and behind the cells of a row.
local frame = {}

function frame.json(columns)
	local between = {}
	for i, column in ipairs(columns) do
		between[i] = (i == 1 and "{" or ",") .. escape.json(column[1]) .. ":"
	end
	between[#columns + 1] = "}\n"
	return between
end

local function separated(columns, by, ending)
	local between = { "" }
	for i = 2, #columns do
		between[i] = by
	end
	between[#columns + 1] = ending
	return between
end

function frame.csv(columns)
	return separated(columns, ",", "\r\n")
end

function frame.text(columns)
	return separated(columns, " ", "\n")
end

function frame.line(columns)
	return separated(columns, " ", "\n")
end

local function joined(between, row)
	local parts = {}
	for i, cell in ipairs(row) do
		parts[#parts + 1] = between[i]
		parts[#parts + 1] = cell
	end
	parts[#parts + 1] = between[#row + 1]
	return concat(parts)
end

local header = {}

function header.json()
	return ""
end

function header.line()
	return ""
end

-- Above the columns stand their names, for CSV their keys.
local function names(columns, mode, field)
	local row = {}
	for i, cell in ipairs(cells.of(columns, mode)) do
		row[i] = cell[columns[i][field]]
	end
	return joined(frame[mode](columns), row)
end

function header.csv(columns)
	return names(columns, "csv", 1)
end

-- Without any title there is no line, as in ps(1): -o pid=.
function header.text(columns)
	local line = names(columns, "text", 2)
	return line:find "%S" and line or ""
end

-- Whether a cell shows something else than the value.
local function shown(column, mode)
	return column.text and mode ~= "json" and mode ~= "csv"
end

-- Ten thousand rows are to be printed before one wonders what takes so long:
-- the loop over columns is written out, into the source of a function
-- (record, subject) to a line. source(i) reads the value of column i.
local function unrolled(columns, mode, source)
	local between, parts, locals = frame[mode](columns), {}, {}
	for i, column in ipairs(columns) do
		local value = source(i)
		if shown(column, mode) then
			value = format("shown[%d](%s, record)", i, value)
		end
		locals[i] = "cell" .. i
		parts[i] = format("%q .. cell%d[%s] .. ", between[i], i, value)
	end
	return assert(load("local read, shown, cells = ...\nlocal " .. concat(locals, ", ")
	    .. " = table.unpack(cells)\nreturn function(record, subject)\nreturn "
	    .. concat(parts, "\n") .. format("%q\nend", between[#columns + 1]),
	    "=row", "t", { table = table }))
end

local function each(columns, fn)
	local list = {}
	for i, column in ipairs(columns) do
		list[i] = fn(column)
	end
	return list
end

-- One row, quick: any fault goes to the caller. Records of vmcore.record are
-- not asked for their columns, but their fields are called.
local function row_writer(columns, mode, cell)
	local texts = each(columns, function(column) return column.text or false end)
	local plain = unrolled(columns, mode, function(i)
		return format("record[%q]", columns[i][1])
	end)(nil, texts, cell)
	local known, quick
	return function(record)
		local meta = getmetatable(record)
		if meta == nil or meta.fields == nil then
			return plain(record)
		elseif meta ~= known then
			known = meta
			quick = unrolled(columns, mode, function(i)
				return format("read[%d](subject)", i)
			end)(each(columns, function(column)
				return meta.fields[column[1]] or function() return nil end
			end), texts, cell)
		end
		return quick(record, record[1])
	end
end

local function fault_text(fault)
	local at = type(fault) ~= "string" and fault.address
	return at and format("<fault 0x%x>", at) or "<fault>"
end

-- The text of one cell, or nil and the fault that it met.
local function try_cell(column, mode, cell, record)
	local ok, text = pcall(function()
		local value = record[column[1]]
		if shown(column, mode) then
			value = column.text(value, record)
		end
		return cell[value]
	end)
	if ok then
		return text
	end
	return nil, text
end

-- One row, cell by cell: what can't be read says so.
local function faulty_writer(columns, mode, cell)
	local between = frame[mode](columns)
	return function(record)
		local row, first = {}, nil
		for i, column in ipairs(columns) do
			local text, fault = try_cell(column, mode, cell[i], record)
			first = first or fault
			row[i] = text or mode == "json" and "null" or cell[i][fault_text(fault)]
		end
		local line = joined(between, row)
		if first and mode == "json" then
			line = line:sub(1, -3) .. ',"fault":' .. escape.json(tostring(first)) .. "}\n"
		end
		return line, first
	end
end

local function printer(columns, mode)
	local cell = cells.of(columns, mode)
	return {
		header = function() return header[mode](columns) end,
		row = row_writer(columns, mode, cell),
		faulty = faulty_writer(columns, mode, cell),
	}
end

-- In text, what is of any length comes last.
local function arranged(columns)
	local order = {}
	for _, wide in ipairs { false, true } do
		for _, column in ipairs(columns) do
			if (column.wide or false) == wide then
				order[#order + 1] = column
			end
		end
	end
	return order
end

--- A printer of rows.
-- @tparam table columns
-- @tparam string mode `text`, `json`, `csv`
-- @treturn table with the strings to print as results of `header()`,
--   `row(record)`, which raises what reading the record raises, and
--   `faulty(record)`, which doesn't, and also returns the first fault if there
--   is one: for the row that row() raised at
function table_module.printer(columns, mode)
	return printer(mode == "text" and arranged(columns) or columns, mode)
end

--- A printer of one column's text, a line a row, without a header.
-- @tparam table columns one
-- @treturn table as printer()
function table_module.lines(columns)
	return printer(columns, "line")
end

--- A printer of "Header: value" lines, values below each other; what has no
-- value is left out.
-- @tparam table columns
-- @treturn table as printer()
function table_module.fields(columns)
	local width, cell = 0, cells.of(columns, "field")
	for _, column in ipairs(columns) do
		width = math.max(width, #column[2] + 1)
	end
	local function faulty(record)
		local parts, first = {}, nil
		for i, column in ipairs(columns) do
			local text, fault = try_cell(column, "text", cell[i], record)
			first = first or fault
			text = text or fault_text(fault)
			if text ~= "-" then
				parts[#parts + 1] = format("%-" .. width .. "s %s\n", column[2] .. ":", text)
			end
		end
		return concat(parts), first
	end
	return {
		header = function() return "" end,
		row = function(record)
			local text, fault = faulty(record)
			if fault ~= nil then
				error(fault, 0)
			end
			return text
		end,
		faulty = faulty,
	}
end

return table_module
