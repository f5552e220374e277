--- `vmcore pstree`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"

-- A parent that is not there, two that are each other's parents.
local function break_it(s)
	local of, set = s.truth.processes, s.types
	s.memory:struct(of[701].addr, "struct proc", { p_pptr = 0xfffffe0000123000 })
	s.memory:struct(of[480].addr, "struct proc", { p_pptr = of[640].addr })
	s.memory:struct(of[640].addr, "struct proc", { p_pptr = of[480].addr })
	s.memory:write(of[723].addr + set:offsetof("struct proc", "p_comm"), "\27[2J\7\0")
end

describe("pstree", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every process below its parent, of " .. layout, function()
			local sys = lab.system(tostring(layout), { layout = layout })
			local rows, err, status = lab.rows(sys, "pstree")
			assert.equal("", err)
			assert.equal(0, status)
			local depths, n = {}, 0
			for _, row in ipairs(rows) do
				local truth = sys.truth.processes[row.pid]
				assert.same({ truth.ppid, truth.comm, #truth.threads, truth.jid },
				    { row.ppid, row.comm, row.threads, row.jid })
				assert.equal(row.pid == 0 and 0 or depths[row.ppid] + 1, row.depth)
				depths[row.pid], n = row.depth, n + 1
			end
			for pid in pairs(sys.truth.processes) do
				assert.is_not_nil(depths[pid], pid)
			end
		end)
	end

	it("has only what is below a process, with -p", function()
		local rows = lab.rows(lab.system("13", { layout = 13 }), "pstree", "-p", "710")
		assert.equal(710, rows[1].pid)
		assert.equal(0, rows[1].depth)
		local _, err, status = lab.rows(lab.system("13", { layout = 13 }), "pstree", "-p", "99")
		assert.equal(1, status)
		assert.matches("no process 99", err)
	end)

	it("prints a healthy system", function()
		local sys = lab.system("13", { layout = 13 })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "pstree")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("pstree", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("pstree damaged", { layout = 13, change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "pstree")
		assert.equal(1, status)
		lab.golden("pstree-damaged", out .. "--- standard error\n" .. err)
	end)
end)
