--- `vmcore dmesg`: the message buffer, made safe for the terminal.
local json = require "dkjson"
local lab = require "spec.support.lab"

describe("dmesg", function()
	local sys

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	it("prints the buffer, with and without a kernel", function()
		local expected = sys.truth.message:gsub("^<%d+>", ""):gsub("\n<%d+>", "\n")
		local bare = lab.folder() .. "/vmcore.0"
		os.execute(("ln -s %s %s"):format(sys.core, bare))
		for _, arguments in ipairs { { "-M", sys.core, "-N", sys.kernel, "dmesg" },
		    { "-M", bare, "dmesg" }, { "-M", bare, "dmesg", "-a" } } do
			local out, err, status = lab.vmcore(table.unpack(arguments))
			assert.equal("", err)
			assert.equal(0, status)
			assert.equal(expected, out)
		end
		lab.golden("dmesg", expected)
	end)

	it("prints a line an object as JSON, a field as CSV", function()
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "dmesg", "--json")
		local first = json.decode(out:match "^[^\n]*")
		assert.equal(sys.truth.message:match "^[^\n]*", first.text)
		out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "dmesg", "--csv")
		assert.equal("text\r\n", out:sub(1, 6))
	end)

	it("obeys nothing in it", function()
		local evil = lab.system("dmesg evil", { layout = 13, change = function(s)
			s.memory:write(s.msgbuf.va, "\27[2Jx\tx\7")
		end })
		local out, _, status = lab.vmcore("-M", evil.core, "-N", evil.kernel, "dmesg")
		assert.equal(0, status)
		assert.equal("\\x1b[2Jx\tx\\x07", out:sub(1, 16):match "^.-x07")
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
