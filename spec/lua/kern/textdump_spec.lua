--- The files of textdumps.
local packed = require "spec.support.packed"
local reader = require "vmcore.kern.textdump"
local textdump = require "spec.support.textdump"

describe("a textdump's files", function()
	local long = ("line of the debugger\n"):rep(1000)
	local tar = textdump.tar{ { "ddb.txt", long }, { "empty.txt", "" },
		{ "panic.txt", "page fault" } }

	it("are listed and read", function()
		local kd = assert(packed.open(tar))
		local list, message = reader.members(kd)
		assert.is_nil(message)
		assert.same({ "ddb.txt", "empty.txt", "panic.txt" },
		    { list[1].name, list[2].name, list[3].name })
		assert.equal(#long, list[1].size)
		assert.equal(1700000000, list[1].time)
		assert.equal(long, (reader.read(kd, "ddb.txt")))
		assert.equal("", (reader.read(kd, "empty.txt")))
		assert.equal("page fault", (reader.read(kd, "panic.txt")))
		local text, why = reader.read(kd, "config.txt")
		assert.is_nil(text)
		assert.matches("no file 'config.txt'", why)
	end)

	it("are read as far as they go", function()
		local kd = assert(packed.open(tar:sub(1, 5000)))
		local list, message = reader.members(kd)
		assert.equal(1, #list)
		assert.matches("cut off", message)
		local text, missing = reader.read(kd, "ddb.txt")
		assert.equal(long:sub(1, 5000 - 512), text)
		assert.matches("ddb.txt is cut off", missing)
	end)

	it("are not believed when they are damaged", function()
		math.randomseed(5)
		for _ = 1, 300 do
			local at = math.random(#tar)
			local kd = packed.open(tar:sub(1, at - 1) ..
			    string.char(math.random(0, 255)) .. tar:sub(at + 1))
			if kd then
				for _, member in ipairs((reader.members(kd))) do
					reader.read(kd, member.name)
				end
				kd:close()
			end
		end
		local wrong = tar:sub(1, 124) .. "77777777777 " .. tar:sub(137)
		local list, message = reader.members(assert(packed.open(wrong)))
		assert.equal(0, #list)
		assert.matches("damaged at 0", message)
	end)
end)
