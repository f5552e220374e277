--- `vmcore sleepq`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local types = require "spec.support.types"

-- As kernels with INVARIANTS have it.
local INVARIANTS = [[
struct sleepqueue { struct threadqueue sq_blocked[2]; unsigned int sq_blockedcnt[2];
	struct { struct sleepqueue *le_next; struct sleepqueue **le_prev; } sq_hash;
	struct { struct sleepqueue *lh_first; } sq_free; void *sq_wchan; int sq_type;
	struct lock_object *sq_lock[2]; };
]]

local function break_it(s)
	locks.place(s)
	s.memory:struct(s.truth.processes[640].threads[1].addr, "struct thread",
	    { td_wmesg = 0xfffffe0000123000 })
	local link = s.types:offsetof("struct thread", "td_slpq")
	s.memory:ptr(s.truth.processes[710].threads[1].addr + link, 0xfffffe0000123000)
	s.memory:ptr(s.truth.sleepqueue + s.types:offsetof("struct sleepqueue", "sq_wchan"), 0)
end

describe("sleepq", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every queue and who sleeps there, of " .. layout, function()
			local sys = lab.system("locks " .. layout, { layout = layout,
				prepare = locks.prepare, change = locks.place })
			local rows, err, status = lab.rows(sys, "sleepq")
			assert.equal("", err)
			assert.equal(0, status)
			assert.equal(3, #rows)
			local by = lab.by(rows, "wmesg")
			local function tid(pid)
				return sys.truth.processes[pid].threads[1].tid
			end
			assert.same({ "sx", 1, ("%d"):format(tid(612)), "alpha_sx" },
			    { by.alpha.type, by.alpha.threads, by.alpha.tids, by.alpha.symbol })
			assert.same({ "condvar", 2, ("%d %d"):format(tid(710), tid(640)) },
			    { by.select.type, by.select.threads, by.select.tids })
			assert.same({ "lockmgr", 1 }, { by.ufs.type, by.ufs.threads })
			assert.equal(1, #lab.rows(sys, "sleepq", "-w", "select"))
		end)
	end

	it("has a row for each thread, and the seconds since it fell asleep", function()
		local sys = lab.system("sleepq slept", { layout = 13, prepare = locks.prepare, change = function(s)
			locks.place(s)
			-- 42 seconds, at 100 ticks each, before an uptime of 3723.
			s.memory:struct(s.truth.processes[612].threads[1].addr, "struct thread",
			    { td_slptick = (3723 - 42) * 100 })
		end })
		local rows, err, status = lab.rows(sys, "sleepq", "-l")
		assert.equal("", err)
		assert.equal(0, status)
		local by = lab.by(rows, "comm")
		assert.equal(4, #rows)
		for comm, wmesg in pairs { cron = "alpha", sshd = "select", dd = "ufs" } do
			assert.equal(wmesg, by[comm].wmesg)
		end
		assert.equal(42, by.cron.slept)
		assert.equal(sys.truth.processes[612].threads[1].tid, by.cron.tid)
	end)

	it("names the lock that sleepers gave up, where the kernel noted it", function()
		local sys = lab.system("sleepq INVARIANTS", { layout = 13, prepare = function(sys)
			locks.prepare(sys)
			types.parse(INVARIANTS, nil, sys.types)
		end, change = function(s)
			locks.place(s)
			s.memory:ptr(s.truth.sleepqueue + s.types:offsetof("struct sleepqueue", "sq_lock"),
			    s.sys.by_name.Giant.addr)
		end })
		local by = lab.by(lab.rows(sys, "sleepq"), "wmesg")
		assert.equal("Giant", by.alpha.interlock)
		assert.equal(lab.null, by.ufs.interlock)
	end)

	it("prints a healthy system", function()
		local sys = lab.system("locks 13", { layout = 13, prepare = locks.prepare,
			change = locks.place })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sleepq")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("sleepq", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("sleepq damaged", { layout = 13, prepare = locks.prepare,
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sleepq")
		assert.equal(1, status)
		lab.golden("sleepq-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says so when the kernel does not tell where they are", function()
		local sys = lab.system("13", { layout = 13 })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sleepq")
		assert.matches("where sleep queues are", err)
	end)
end)
