--- `vmcore textdump`, and the other commands on a textdump.
local kdh = require "spec.support.kdh"
local lab = require "spec.support.lab"
local packed = require "spec.support.packed"
local textdump = require "spec.support.textdump"

local function put(path, bytes)
	local f = assert(io.open(path, "wb"))
	f:write(bytes)
	f:close()
	return path
end

describe("textdump", function()
	local dir, core

	setup(function()
		dir = lab.folder()
		core = put(dir .. "/textdump.tar.0", textdump.tar{
			{ "ddb.txt", "db> show pcpu\ncpuid = 0\27[31m\n" },
			{ "msgbuf.txt", "<2>panic: page fault\nUptime: 3s\n" },
			{ "panic.txt", "page fault" },
			{ "version.txt", packed.version } })
		put(dir .. "/info.0", kdh.info(packed.fields{ magic = "FreeBSD Text Dump" }))
	end)

	it("lists the files", function()
		for _, way in ipairs{ { "textdump", core }, { "-M", core, "textdump" } } do
			local out, err, status = lab.vmcore(table.unpack(way))
			assert.equal("", err)
			assert.equal("ddb.txt\nmsgbuf.txt\npanic.txt\nversion.txt\n", out)
			assert.equal(0, status)
		end
		local out = lab.vmcore("textdump", core, "--csv")
		assert.matches("panic.txt,10,", out)
	end)

	it("prints a healthy one, and what is left of a damaged one", function()
		local function text(file)
			return lab.vmcore("textdump", file) .. lab.vmcore("textdump", file, "msgbuf.txt")
		end
		lab.golden("textdump", text(core))
		-- Cut off in the second file, which begins at the third block.
		local cut = dir .. "/textdump.tar.1"
		os.execute(("head -c %d %s >%s"):format(3 * 512 + 12, core, cut))
		local _, err = lab.vmcore("textdump", cut, "msgbuf.txt")
		lab.golden("textdump-damaged", text(cut) .. "--- standard error\n" .. err)
	end)

	it("prints one, safe for a terminal", function()
		for _, way in ipairs{ { "textdump", core, "ddb.txt" },
			{ "-M", core, "textdump", "ddb.txt" } } do
			local out, err, status = lab.vmcore(table.unpack(way))
			assert.equal("", err)
			assert.equal("db> show pcpu\ncpuid = 0\\x1b[31m\n", out)
			assert.equal(0, status)
		end
	end)

	it("says when there is no such file, or no textdump", function()
		local out, err, status = lab.vmcore("textdump", core, "nothing.txt")
		assert.equal("", out)
		assert.matches("no file 'nothing.txt'", err)
		assert.equal(1, status)
		local machine = put(dir .. "/vmcore.9", packed.machine(20).bytes)
		out, err, status = lab.vmcore("textdump", machine)
		assert.equal("", out)
		assert.matches("no textdump", err)
		assert.equal(1, status)
	end)

	it("has a message buffer for dmesg", function()
		local out, err, status = lab.vmcore("-M", core, "dmesg")
		assert.equal("", err)
		assert.equal("panic: page fault\nUptime: 3s\n", out)
		assert.equal(0, status)
	end)

	it("is described by info", function()
		local out, err, status = lab.vmcore("info", core)
		assert.equal("", err)
		assert.equal(0, status)
		assert.matches("Kind: +text\n", out)
		assert.matches("Files: +ddb.txt msgbuf.txt panic.txt version.txt\n", out)
		assert.matches("Panic: +page fault\n", out)
		assert.matches("Version: +FreeBSD 13.2", out)
		assert.matches("Host name: +forged.example\n", out)
	end)

	it("holds no memory for commands that need it", function()
		local out, err, status = lab.vmcore("-M", core, "ps")
		assert.equal("", out)
		assert.matches("can't be read", err)
		assert.equal(3, status)
	end)
end)
