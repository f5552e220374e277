--- Threads of three releases.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"

local STATES = { [0] = "inactive", [2] = "can_run", [3] = "runq", [4] = "running" }
local INHIBITORS = { [1] = "suspended", [2] = "sleep", [8] = "lock", [16] = "iwait" }

for _, layout in ipairs { 12, 13, 15 } do
	describe("threads of " .. layout, function()
		it("have every field that was made", function()
			local sys = lab.system(tostring(layout), { layout = layout })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local fields = assert(proc.new(k)).threads.fields
			for tid, truth in pairs(sys.truth.threads) do
				for _, key in ipairs { "tid", "name", "oncpu", "lastcpu", "pri", "addr", "pcb",
				    "kstack" } do
					assert.equal(truth[key], fields[key](truth.addr), key .. " of " .. tid)
				end
				assert.equal(truth.wmesg or "", fields.wmesg(truth.addr))
				assert.equal(truth.wmesg and truth.addr + 0x100, fields.wchan(truth.addr))
				assert.equal(STATES[truth.state] or INHIBITORS[truth.inhibitors],
				    fields.state(truth.addr))
			end
		end)
	end)
end

describe("a thread", function()
	local sys

	setup(function()
		sys = lab.system("threads", { layout = 13, change = function(s)
			local function set(pid, members)
				s.memory:struct(s.truth.processes[pid].threads[1].addr, "struct thread", members)
			end
			set(700, { td_name = "" })
			set(480, { td_inhibitors = 3 })
			set(612, { td_inhibitors = 0x80 })
			set(640, { td_state = 77 })
		end })
	end)

	local function field(pid, key)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		return proc.new(k).threads.fields[key](sys.truth.processes[pid].threads[1].addr)
	end

	it("without a name has its process's", function()
		assert.equal("login", field(700, "name"))
	end)

	it("with several inhibitors is said to sleep first", function()
		assert.equal("sleep", field(480, "state"))
	end)

	it("in a state that nobody knows says so", function()
		assert.equal("inhibited", field(612, "state"))
		assert.equal("77", field(640, "state"))
	end)
end)
