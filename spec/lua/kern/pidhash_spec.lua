--- The pid hash, whole and damaged.
local lab = require "spec.support.lab"
local pidhash = require "vmcore.kern.pidhash"
local vmcore = require "vmcore"

describe("the pid hash", function()
	local function walk(sys)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local found, messages = {}, {}
		for address in pidhash.addresses(k, k:type "struct proc", function(message)
			messages[#messages + 1] = message
		end) do
			found[address] = true
		end
		return found, table.concat(messages, "\n")
	end

	local function changed(name, change)
		return lab.system(name, { layout = 13, change = change })
	end

	it("has every process, zombies too", function()
		local sys = lab.system("13", { layout = 13 })
		local found, messages = walk(sys)
		for _, process in pairs(sys.truth.processes) do
			assert.is_true(found[process.addr])
			found[process.addr] = nil
		end
		assert.is_nil(next(found))
		assert.equal("", messages)
	end)

	it("is not believed when its mask is none", function()
		local found, messages = walk(changed("mask", function(s)
			s.memory:u64(s.sys.by_name.pidhash.addr, 0x123456)
		end))
		assert.is_nil(next(found))
		assert.matches("0x123456 is no mask", messages)
	end)

	it("is said to be unreadable", function()
		local found, messages = walk(changed("table", function(s)
			s.memory:u64(s.sys.by_name.pidhashtbl.addr, 0xfffffe0000123000)
		end))
		assert.is_nil(next(found))
		assert.matches("pid hash: ", messages)
	end)

	it("gives the other buckets when one is broken", function()
		local sys = changed("bucket", function(s)
			local first = s.truth.processes[1].addr
			s.memory:ptr(first + s.types:offsetof("struct proc", "p_hash.le_next"), 0xfffffe0000123000)
		end)
		local found, messages = walk(sys)
		assert.is_true(found[sys.truth.processes[1].addr])
		assert.is_true(found[sys.truth.processes[720].addr])
		assert.matches("p_hash: stopped", messages)
	end)
end)
