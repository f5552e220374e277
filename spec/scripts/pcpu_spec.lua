--- `vmcore pcpu`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"

describe("pcpu", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has who ran where, of " .. layout, function()
			local sys = lab.system("pcpu " .. layout, { layout = layout,
				prepare = function(s) s:var("mp_maxid", "int", 1) end })
			local rows, err, status = lab.rows(sys, "pcpu")
			assert.equal("", err)
			assert.equal(0, status)
			local n = 0
			for _, truth in pairs(sys.truth.threads) do
				if truth.oncpu >= 0 then
					n = n + 1
					local row = rows[truth.oncpu + 1]
					assert.same({ truth.oncpu, truth.tid, truth.pid, ("0x%x"):format(truth.addr) },
					    { row.cpu, row.tid, row.pid, row.thread })
				end
			end
			assert.equal(n, #rows)
			assert.same({ "panic", "stopped" }, { rows[1].state, rows[2].state })
		end)
	end

	it("tells a CPU that did not stop", function()
		local sys = lab.system("pcpu running", { layout = 13,
			prepare = function(s) s:var("mp_maxid", "int", 1) end,
			change = function(s) s.memory:u64(s.sys.by_name.stopped_cpus.addr, 0) end })
		assert.equal("running", lab.rows(sys, "pcpu")[2].state)
	end)

	it("prints a healthy system", function()
		local sys = lab.system("pcpu 13", { layout = 13,
			prepare = function(s) s:var("mp_maxid", "int", 1) end })
		lab.golden("pcpu", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "pcpu")))
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("pcpu damaged", { layout = 13,
			prepare = function(s) s:var("mp_maxid", "int", 1) end,
			change = function(s)
				local at = s.memory:get(s.sys.by_name.cpuid_to_pcpu.addr + 8, 8)
				s.memory:struct(at, "struct pcpu", { pc_curthread = 0xfffffe0000123000 })
			end })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "pcpu")
		assert.equal(1, status)
		lab.golden("pcpu-damaged", out .. "--- standard error\n" .. err)
	end)
end)
