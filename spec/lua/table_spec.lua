--- Rows as text, JSON Lines and CSV.
local json = require "dkjson"
local output = require "vmcore.table"

local COLUMNS = {
	{ "pid", "PID", "right", width = 5 },
	{ "comm", "COMM", "left", width = 6 },
	{ "flags", "F", "right", format = "hex" },
	{ "addr", "ADDR", "left", format = "address", width = 18 },
	{ "start", "STARTED", "left", format = "time", width = 19 },
	{ "args", "COMMAND", "left", text = function(value, record)
		return value or "[" .. record.comm .. "]"
	end },
}
local ROW = { pid = 1, comm = "init", flags = 0x10004200, addr = -0x7fffffc6000, start = 0,
	args = "/sbin/init --" }

local function printed(mode, record)
	return output.printer(COLUMNS, mode).row(record)
end

-- A record that raises for some of its keys.
local function broken(fields, bad)
	return setmetatable({}, { __index = function(_, key)
		if bad[key] then
			error(setmetatable({ address = bad[key] }, { __tostring = function()
				return "broken " .. key
			end }))
		end
		return fields[key]
	end })
end

describe("text", function()
	it("stands in columns", function()
		local printer = output.printer(COLUMNS, "text")
		assert.equal("  PID COMM   F ADDR               STARTED             COMMAND\n", printer.header())
		assert.equal("    1 init   10004200 0xfffff8000003a000 1970-01-01 00:00:00 /sbin/init --\n",
		    printer.row(ROW))
	end)

	it("shows a dash for no value, and what a column makes of it", function()
		assert.equal("    2 sh     - -                  -                   [sh]\n",
		    printed("text", { pid = 2, comm = "sh" }))
	end)

	it("is safe, and aligned by characters", function()
		assert.equal("    3 \\x1b[m - -                  -                   x\n",
		    printed("text", { pid = 3, comm = "\27[m", args = "x" }))
		assert.equal("    3 ää     - -                  -                   x\n",
		    printed("text", { pid = 3, comm = "ää", args = "x" }))
	end)

	it("prints lines without a header, and fields below each other", function()
		local lines = output.lines { { "text", "TEXT", "left" } }
		assert.equal("", lines.header())
		assert.equal("a\tb 100%\n", lines.row { text = "a\tb 100%" })
		local fields = output.fields(COLUMNS)
		assert.equal("PID:     1\nCOMM:    sh\nCOMMAND: [sh]\n", fields.row { pid = 1, comm = "sh" })
	end)
end)

describe("JSON Lines", function()
	it("have the columns' keys in their order", function()
		assert.equal('{"pid":1,"comm":"init","flags":268452352,"addr":"0xfffff8000003a000",'
		    .. '"start":0,"args":"/sbin/init --"}\n', printed("json", ROW))
	end)

	it("say null, and keep 64 bits, booleans and fractions", function()
		local columns = { { "a", "A", "left" }, { "b", "B", "left" }, { "c", "C", "left" },
			{ "d", "D", "left" }, { "e", "E", "left" } }
		local line = output.printer(columns, "json").row { a = math.maxinteger, b = true, c = 0.1,
			e = 1 / 0 }
		assert.equal('{"a":9223372036854775807,"b":true,"c":0.10000000000000001,"d":null,"e":null}\n',
		    line)
	end)

	it("stay valid for keys and text with a % sign", function()
		local line = output.printer({ { "100%", "X", "left" } }, "json").row { ["100%"] = "5%s" }
		assert.same({ ["100%"] = "5%s" }, (json.decode(line)))
	end)
end)

describe("CSV", function()
	it("has a line of keys and ends lines as RFC 4180 does", function()
		local printer = output.printer(COLUMNS, "csv")
		assert.equal("pid,comm,flags,addr,start,args\r\n", printer.header())
		assert.equal('2,"a,b",,,,\r\n', printer.row { pid = 2, comm = "a,b" })
	end)
end)

describe("a time", function()
	it("that no calendar has is a number", function()
		local columns = { { "start", "STARTED", "left", format = "time" } }
		local printer = output.printer(columns, "text")
		assert.equal("2023-11-14 22:13:20\n", printer.row { start = 1700000000 })
		for _, seconds in ipairs { math.maxinteger, math.mininteger, 366 * 86400 << 31 } do
			assert.equal(("%d\n"):format(seconds), printer.row { start = seconds })
		end
	end)

	it("is what strftime(3) says, on every kind of day", function()
		local columns = { { "start", "STARTED", "left", format = "time" } }
		local line = output.printer(columns, "text").row
		for day = -25600, 1 << 18, 29 do
			for _, time in ipairs { day * 86400, day * 86400 + 86399 } do
				assert.equal(os.date("!%Y-%m-%d %H:%M:%S\n", time), line { start = time })
			end
		end
		for _, day in ipairs { "2000-02-29", "2023-03-01", "2024-02-29", "2100-02-28", "2100-03-01" } do
			local y, m, d = day:match "(%d+)-(%d+)-(%d+)"
			local noon = os.time { year = y, month = m, day = d, hour = 12 }
			assert.equal(day, line { start = noon }:match "%S+")
		end
	end)
end)

describe("a row with a fault", function()
	local record = broken({ pid = 7, comm = "x" }, { flags = 0x1234, args = 0xffff })

	it("raises first", function()
		for _, mode in ipairs { "text", "json", "csv" } do
			assert.has_error(function() printed(mode, record) end)
		end
	end)

	it("then prints what can be read", function()
		local line, first = output.printer(COLUMNS, "text").faulty(record)
		assert.equal("    7 x      <fault 0x1234> -                  -                   <fault 0xffff>\n",
		    line)
		assert.equal("broken flags", tostring(first))
		assert.equal('{"pid":7,"comm":"x","flags":null,"addr":null,"start":null,"args":null,'
		    .. '"fault":"broken flags"}\n', (output.printer(COLUMNS, "json").faulty(record)))
		assert.equal("7,x,<fault 0x1234>,,,<fault 0xffff>\r\n",
		    (output.printer(COLUMNS, "csv").faulty(record)))
		assert.equal("PID:     7\nCOMM:    x\nF:       <fault 0x1234>\nCOMMAND: <fault 0xffff>\n",
		    (output.fields(COLUMNS).faulty(record)))
	end)
end)
