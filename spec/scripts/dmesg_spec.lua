--- `vmcore dmesg`: the message buffer, made safe for the terminal.
local json = require "dkjson"
local lab = require "spec.support.lab"

describe("dmesg", function()
	local sys

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	-- What is in the buffer, line by line: all, or what the kernel itself said.
	local function lines_of(all, priorities)
		local out = {}
		for line in sys.truth.message:gmatch "([^\n]*)\n" do
			if all or not line:find "^<%d%d" then
				out[#out + 1] = priorities and line or (line:gsub("^<%d+>", ""))
			end
		end
		return table.concat(out, "\n") .. "\n"
	end

	it("prints what the kernel said, and with -a the rest, with and without a kernel", function()
		local bare = lab.folder() .. "/vmcore.0"
		os.execute(("ln -s %s %s"):format(sys.core, bare))
		for _, options in ipairs { {}, { "-a" }, { "-a", "-p" }, { "-p" } } do
			local expected = lines_of(options[1] == "-a", options[#options] == "-p")
			for _, dump in ipairs { { "-M", sys.core, "-N", sys.kernel, "dmesg" }, { "-M", bare, "dmesg" } } do
				local arguments = table.move(options, 1, #options, #dump + 1, dump)
				local out, err, status = lab.vmcore(table.unpack(arguments))
				assert.equal("", err)
				assert.equal(0, status)
				assert.equal(expected, out)
			end
		end
		lab.golden("dmesg", lines_of(true, false))
	end)

	it("prints a line an object as JSON, fields as CSV", function()
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "dmesg", "--json")
		local first = json.decode(out:match "^[^\n]*")
		assert.same({ text = sys.truth.message:match "^[^\n]*", facility = "kern" }, first)
		local rows = lab.rows(sys, "dmesg", "-a")
		assert.same({ text = "Starting cron.", priority = 118, facility = "console", level = "info" },
		    lab.by(rows, "text")["Starting cron."])
		out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "dmesg", "--csv")
		assert.equal("text,priority,facility,level\r\n", out:match "^[^\n]*\n")
	end)

	it("obeys nothing in it", function()
		local evil = lab.system("dmesg evil", { layout = 13, change = function(s)
			s.memory:write(s.msgbuf.va, "\27[2Jx\tx\7")
		end })
		local out, _, status = lab.vmcore("-M", evil.core, "-N", evil.kernel, "dmesg")
		assert.equal(0, status)
		assert.equal("\\x1b[2Jx\tx\\x07", out:sub(1, 16):match "^.-x07")
	end)

	it("prints what is left of a damaged one", function()
		local dir = lab.folder()
		os.execute(("head -c 5000 %s >%s/vmcore.0"):format(sys.core, dir))
		local out, err, status = lab.vmcore("-M", dir .. "/vmcore.0", "-N", sys.kernel, "dmesg", "-a")
		lab.golden("dmesg-damaged", out .. "--- standard error\n" .. err)
		assert.equal(1, status)
	end)

	it("says when there is none", function()
		local gone = lab.system("dmesg gone", { layout = 13, dump = { msgbuf = false },
			change = function(s)
				s.memory:ptr(s.sys.by_name.msgbufp.addr, 0)
			end })
		local out, err, status = lab.vmcore("-M", gone.core, "-N", gone.kernel, "dmesg")
		assert.equal(1, status)
		assert.equal("", out)
		assert.matches("can't be read", err)
	end)
end)
