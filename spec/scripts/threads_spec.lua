--- `vmcore threads`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"

describe("threads", function()
	local sys

	local function break_it(s)
		local types, memory = s.types, s.memory
		local threads = s.truth.processes[740].threads
		memory:ptr(threads[2].addr + types:offsetof("struct thread", "td_plist.tqe_next"),
		    threads[1].addr)
		memory:struct(s.truth.processes[720].threads[1].addr, "struct thread",
		    { td_wmesg = 0xfffffe0000123000 })
		memory:struct(s.truth.processes[1].addr, "struct proc", { p_comm = "\xff\27" })
		memory:ptr(s.truth.processes[480].addr + types:offsetof("struct proc", "p_threads"),
		    0xfffffe0000123000)
	end

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	it("prints a healthy system", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "threads")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("threads", out)
	end)

	it("prints what is left of a damaged one", function()
		local damaged = lab.system("threads damaged", { layout = 13, change = break_it })
		local out, err, status = lab.vmcore("-M", damaged.core, "-N", damaged.kernel, "threads")
		assert.equal(1, status)
		lab.golden("threads-damaged", out .. "--- standard error\n" .. err)
	end)

	it("has every thread that was made, as JSON", function()
		local rows, err, status = lab.rows(sys, "threads")
		assert.equal("", err)
		assert.equal(0, status)
		local n = 0
		local by = lab.by(rows, "tid")
		for tid, truth in pairs(sys.truth.threads) do
			n = n + 1
			local row = by[tid]
			assert.equal(truth.pid, row.pid)
			assert.equal(sys.truth.processes[truth.pid].comm, row.comm)
			assert.equal(truth.name, row.name)
			assert.equal(("0x%x"):format(truth.pcb), row.pcb)
			assert.equal(("0x%x"):format(truth.kstack), row.kstack)
			assert.equal(truth.wmesg and ("0x%x"):format(truth.addr + 0x100) or lab.null, row.wchan)
		end
		assert.equal(n, #rows)
	end)

	it("says which processes there are not", function()
		local rows, err, status = lab.rows(lab.system("13", { layout = 13 }), "threads", "-p", "999,720,99")
		assert.equal("vmcore: no process 99\nvmcore: no process 999\n", err)
		assert.same({ 720, 1 }, { rows[1].pid, status })
	end)

	it("chooses by process id, name and jail", function()
		local function tids(...)
			local found = {}
			for i, row in ipairs((lab.rows(sys, "threads", ...))) do
				found[i] = row.name
			end
			return found
		end
		assert.same({ "threaded", "worker-1", "worker-2", "locked" }, tids("-p", "740"))
		assert.same({ "crasher" }, tids("-c", "crasher"))
		assert.same({ "nginx" }, tids("-J", "1"))
	end)
end)
