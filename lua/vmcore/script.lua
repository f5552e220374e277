--- The contract of a script, and running one.
--
-- To add a command: put a file into scripts/, named as the command, that
-- returns a table; write spec/scripts/NAME_spec.lua; that is all. The table:
--
--	summary	one line, for --help
--	usage	function (parser): add the command's options to an argparse
--		parser (optional)
--	needs	"dump": works without a kernel file (optional)
--	columns	what a row has: see vmcore.table; or a function (options) that
--		returns it
--	layout	text as "table" (the default), "lines" (the first column only, no
--		header; the others are for JSON and CSV),
--		"fields" (one row, a line per column); or a function (options)
--	rows	function (k, options, report): returns an iterator of records
--	parts	function (options): a list of tables with columns, layout, rows,
--		instead of these; one with a `title` stands below it, and only if
--		it has rows. In JSON the rows follow each other, in CSV each
--		part has its own header
--
-- A record is anything indexed by the columns' keys; it may read the dump only
-- then, and raise a fault, or a table with `address` that tostring() explains:
-- the cell then shows <fault 0x...>, the walk goes on.
-- `report(message)` says that the answer is not complete. Either way the exit
-- status is 1.
-- @module vmcore.script

local kvm = require "kvm"
local output = require "vmcore.table"

local script = {}

local FIELDS = { summary = "string", columns = "table or function", rows = "function" }
local PARTED = { summary = "string", parts = "function" }

-- What is at a path, or part of the program.
local function compile(path)
	local embedded = package.loaded["vmcore.embedded"]
	local chunk = embedded and embedded.load(path)
	if chunk then
		return chunk
	end
	return loadfile(path)
end

--- Load a script.
-- @tparam string path of a file, or the name of a module that is part of the
--   program (vmcore.embedded)
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function script.load(path)
	local chunk, message = compile(path)
	if chunk == nil then
		return nil, message
	end
	local ok, command = pcall(chunk)
	if not ok then
		return nil, tostring(command)
	elseif type(command) ~= "table" then
		return nil, path .. ": no script: it returns no table"
	end
	for field, wanted in pairs(command.parts and PARTED or FIELDS) do
		if not wanted:find(type(command[field]), 1, true) then
			return nil, ("%s: no script: its '%s' is no %s"):format(path, field, wanted)
		end
	end
	return command
end

local LAYOUTS = {
	lines = function(columns) return output.lines { columns[1] } end,
	fields = output.fields,
}

-- Some things depend on the options.
local function given(value, options)
	if type(value) == "function" then
		return value(options)
	end
	return value
end

local function printer(part, options, mode)
	local columns = given(part.columns, options)
	local layout = mode == "text" and LAYOUTS[given(part.layout, options)]
	if layout then
		return layout(columns)
	end
	return output.printer(columns, mode)
end

-- A fault of kvm, or something like it: what was read can't be true.
local function is_fault(err)
	return kvm.type_of(err) == "fault" or type(err) == "table" and err.address ~= nil
end

-- The next record, or nil and the fault that the walk itself ran into.
local function step(rows, state, control)
	local ok, record = pcall(rows, state, control)
	if ok then
		return record
	elseif is_fault(record) then
		return nil, record
	end
	error(record, 0)
end

-- The line of a record, and the fault in it if there is one.
local function line_of(lines, record)
	local ok, line = pcall(lines.row, record)
	if ok then
		return line
	elseif is_fault(line) then
		return lines.faulty(record)
	end
	error(line, 0)
end

-- What stands above the rows of a part; `first` when nothing does.
local function heading(part, lines, mode, first)
	local gap = mode == "text" and "\n" or mode == "csv" and "\r\n" or ""
	local title = mode == "text" and part.title and part.title .. "\n" or ""
	return (first and "" or gap) .. title .. lines.header()
end

-- Print a part. Returns whether there is anything of it, and whether a reader
-- is still there; `count` gets the rows with faults.
local function run_part(part, arguments, mode, out, first, count)
	local k, options, report = table.unpack(arguments)
	local lines = printer(part, options, mode)
	local rows, state, control = part.rows(k, options, report)
	local begun = not part.title
	local written = not begun or out:write(heading(part, lines, mode, first))
	local record, broken = step(rows, state, control)
	-- Nobody reads on when a write fails: a pager was quit.
	while record ~= nil and written do
		local line, fault = line_of(lines, record)
		if fault ~= nil then
			count.faults = count.faults + 1
		end
		written = (begun or out:write(heading(part, lines, mode, first))) and out:write(line)
		begun = true
		record, broken = step(rows, state, record)
	end
	if broken ~= nil then
		report("stopped: " .. tostring(broken))
	end
	return begun, written
end

--- Run a script and print its rows.
-- @tparam table k handle of vmcore.open
-- @tparam table command
-- @tparam table options
-- @tparam string mode `text`, `json`, `csv`
-- @tparam file out
-- @tparam function complain called with messages for the user
-- @treturn boolean whether the answer is complete
-- @raise what is neither a fault nor said by report(): a mistake in the script
function script.run(k, command, options, mode, out, complain)
	local complete = true
	local function report(message)
		complete = false
		complain(message)
	end
	local first, count = true, { faults = 0 }
	out:setvbuf("full", 65536)
	for _, part in ipairs(command.parts and command.parts(options) or { command }) do
		local begun, written = run_part(part, { k, options, report }, mode, out, first, count)
		first = first and not begun
		if not written then
			break
		end
	end
	out:flush()
	local faults = count.faults
	if faults > 0 then
		report(("%d row%s could not be read completely"):format(faults, faults == 1 and "" or "s"))
	end
	return complete
end

return script
