--- `vmcore runq`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local runqs = require "spec.support.runqs"

local function break_it(s)
	runqs.place(s)
	-- A load that nobody accounts for, a list in a circle, and a lost CPU.
	s.memory:struct(runqs.tdq(s, 0), "struct tdq", { tdq_load = 9 })
	local td = s.truth.processes[8].threads[1].addr
	s.memory:ptr(td + s.types:offsetof("struct thread", "td_runq"), -1)
	local lost = s.truth.processes[655].threads[1].addr
	s.memory:struct(lost, "struct thread", { td_proc = 0xfffffe0000123000 })
end

describe("runq", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has who runs and who waits, of " .. layout, function()
			local sys = lab.system("runq " .. layout, { layout = layout, prepare = runqs.prepare,
				change = runqs.place })
			local rows, err, status = lab.rows(sys, "runq")
			assert.equal("", err)
			assert.equal(0, status)
			local waiting, running = {}, {}
			for _, row in ipairs(rows) do
				if row.queue == "running" then
					running[row.cpu] = row.comm
				else
					waiting[#waiting + 1] = ("%d %s %d %s"):format(row.cpu, row.queue, row.list, row.comm)
				end
			end
			assert.same({ [0] = "crasher", "spinner" }, running)
			table.sort(waiting)
			local expected = table.move(sys.truth.runq, 1, #sys.truth.runq, 1, {})
			table.sort(expected)
			assert.same(expected, waiting)
			assert.equal(3, #lab.rows(sys, "runq", "-c", "1"))
		end)
	end

	it("prints a healthy system", function()
		local sys = lab.system("runq 13", { layout = 13, prepare = runqs.prepare, change = runqs.place })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "runq")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("runq", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("runq script damaged", { layout = 13, prepare = runqs.prepare,
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "runq")
		assert.equal(1, status)
		lab.golden("runq-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says so when the kernel does not tell where they are", function()
		local sys = lab.system("13", { layout = 13 })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "runq")
		assert.matches("where run queues are", err)
	end)
end)
