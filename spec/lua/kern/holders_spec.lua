--- Who holds a lock, of what is known of it.
local holders = require "vmcore.kern.holders"
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"
local waits = require "vmcore.kern.waits"
local witnesses = require "spec.support.witnesses"

describe("holders", function()
	it("of an exclusive lock are its owner; WITNESS says where", function()
		assert.same({ { td = 1, mode = "exclusive", recursed = 2 } },
		    holders.of { state = "exclusive", owner = 1, recursed = 2 })
		local noted = { { td = 1, file = "a.c", line = 3, after = { "Giant" } } }
		assert.same({ { td = 1, mode = "exclusive", recursed = 0, file = "a.c", line = 3,
			after = { "Giant" } } },
		    holders.of { state = "exclusive", owner = 1, recursed = 0, noted = noted })
	end)

	it("of an exclusive lock are not whom WITNESS contradicts", function()
		assert.same({ 1 }, holders.threads { state = "exclusive", owner = 1,
			noted = { { td = 2, file = "a.c", line = 3 } } })
		assert.same({}, holders.threads { state = "unlocked", noted = { { td = 2 } } })
	end)

	it("of a shared lock are known from WITNESS, of a rm lock from its trackers", function()
		assert.same({ 2, 3 }, holders.threads { state = "shared", readers = 3,
			noted = { { td = 2, recursed = 0 }, { td = 3, recursed = 0 } } })
		assert.same({ 4, 5 }, holders.threads { state = "shared", trackers = { 4, 5 } })
		assert.same({}, holders.threads { state = "shared", readers = 3 })
	end)

	it("may be among those who share locks of the same class", function()
		for _, layout in ipairs { 12, 13, 15 } do
			local sys = lab.system("locks " .. layout, { layout = layout, prepare = locks.prepare,
				change = locks.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local found = holders.sharers(k, assert(proc.new(k)))
			assert.same({ {}, {} }, { found.rw, found.sx })
			table.sort(found.lockmgr)
			assert.same({ sys.truth.processes[640].threads[1].addr,
				sys.truth.processes[701].threads[1].addr }, found.lockmgr)
		end
	end)

	it("of a range lock are those that were granted a request", function()
		local ranges = { entries = { { granted = true, owner = 7, mode = "exclusive", from = 0, to = 9 },
			{ granted = true, mode = "shared", from = 20, to = 30 },
			{ granted = false, owner = 8, mode = "exclusive", from = 0, to = 9 },
			{ granted = true, owner = 7, mode = "shared", from = 50, to = 60 } } }
		assert.equal(3, #holders.of { ranges = ranges })
		assert.same({ 7 }, holders.threads { ranges = ranges })
	end)
end)

it("holders of spin locks are not known where a CPU has no thread", function()
	local sys = lab.system("witness, no thread", { layout = 13, prepare = witnesses.prepare,
		change = function(s)
			witnesses.place(s)
			local pcpus = s.sys.by_name.cpuid_to_pcpu.addr
			s.memory:struct(s.memory:get(pcpus, 8), "struct pcpu", { pc_curthread = 0 })
			s.memory:struct(s.memory:get(pcpus + 8, 8), "struct pcpu", { pc_curthread = 0 })
		end })
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local said = {}
	local function report(message)
		said[#said + 1] = message
	end
	assert.is_table(holders.noted(assert(waits.new(k, report)), assert(proc.new(k)), report))
	assert.matches("the spin locks of the CPU at 0x%x+: it has no thread", table.concat(said, "; "))
end)
