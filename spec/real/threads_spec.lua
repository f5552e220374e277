--- `vmcore threads` on real dumps.
local real = require "spec.support.real"

-- td_state and td_inhibitors of 13, sys/proc.h
local STATES = { ["0"] = "inactive", ["2"] = "can_run", ["3"] = "runq", ["4"] = "running" }
local INHIBITORS = { ["0x1"] = "suspended", ["0x2"] = "sleep", ["0x4"] = "swapped",
	["0x8"] = "lock", ["0x10"] = "iwait" }

describe("threads on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local rows, err, status

	setup(function()
		rows, err, status = real.rows(dump, "threads")
	end)

	it("has every field of every thread of the truth, in its order", function()
		assert.equal("", err)
		assert.equal(0, status)
		local i = 0
		for line in real.truth(dump, "truth.txt"):gmatch "[^\n]+" do
			local pid, tid, name, rest = line:match "^T (%d+) (%d+) '(.-)' (state=.*)"
			if pid then
				i = i + 1
				local want, row = {}, rows[i]
				for key, value in rest:gmatch "(%w+)=(%S+)" do
					want[key] = value
				end
				assert.same({ tonumber(pid), tonumber(tid), name,
				    STATES[want.state] or INHIBITORS[want.inh], rest:match "wmesg='(.-)'",
				    tonumber(want.lastcpu), tonumber(want.oncpu), want.td, want.pcb, want.kstack },
				    { row.pid, row.tid, row.name, row.state, row.wmesg, row.lastcpu, row.oncpu,
				    row.addr, row.pcb, row.kstack })
			end
		end
		assert.equal(120, i)
		assert.equal(120, #rows)
	end)

	it("agrees with kern.proc on first threads", function()
		local by_tid = real.by(rows, "tid")
		local kinfo = real.records(dump.types, "struct kinfo_proc",
		    real.truth(dump, "truth/kern.proc.proc"))
		for _, ki in ipairs(kinfo) do
			local row = by_tid[ki.ki_tid]
			assert.equal(ki.ki_pid, row.pid)
			assert.equal(ki.ki_comm, row.comm)
			assert.equal(("0x%x"):format(ki.ki_tdaddr), row.addr)
			assert.equal(("0x%x"):format(ki.ki_pcb), row.pcb)
			assert.equal(("0x%x"):format(ki.ki_kstack), row.kstack)
			-- The kernel's own threads, and what ran, moved on.
			if row.state == "sleep" and ki.ki_flag & 0x200 == 0 then
				assert.equal(("0x%x"):format(ki.ki_wchan), row.wchan, "tid " .. row.tid)
				assert.equal(ki["ki_pri.pri_level"], row.pri, "tid " .. row.tid)
			end
		end
	end)
end)

describe("threads on amd64-minidump", function()
	local dump = real.sparse "amd64-minidump"
	if dump == nil then
		return pending "amd64-minidump is not here"
	end

	it("lists them by the kernel's offset constants", function()
		local expected = {
			{ 800, 100670, "sysctl", 10 }, { 28, 100210, "dom0", 4 },
			{ 28, 100214, "laundry: dom0", -1 }, { 28, 100215, "uma", -1 },
		}
		for cpu = 0, 11 do
			expected[#expected + 1] = { 11, 100003 + cpu, "idle: cpu" .. cpu,
				(cpu == 4 or cpu == 10) and -1 or cpu }
		end
		local found = {}
		for i, row in ipairs((real.rows(dump, "threads"))) do
			found[i] = { row.pid, row.tid, row.name, row.oncpu }
			assert.equal(real.null, row.wmesg)
			assert.matches("^0xf", row.pcb)
		end
		assert.same(expected, found)
	end)
end)
