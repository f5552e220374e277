--- `callout`: what the kernel was to do later.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"

local function break_it(s)
	local dev, mem = s.sys.dev, s.memory
	mem:ptr(dev.callouts[1], dev.callouts[1])
	mem:set(dev.callouts[2], "struct callout", "c_lock", 0xfffffe0000123000)
	mem:ptr(dev.wheels[1] + 3 * 8, 0xfffffe0000123000)
end

describe("callout", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has them by CPU and time, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local rows, err, status = lab.rows(sys, "callout")
			assert.equal("", err)
			assert.equal(0, status)
			local list = {}
			for i, row in ipairs(rows) do
				list[i] = ("%d %s %g %s"):format(row.cpu, row.state, row.due, row.func)
			end
			assert.same({ "0 due -0.25 sleepq_timeout", "0 pending 2.5 loadavg",
				"0 pending 7199.5 tcp_timer_keep", "1 running -1 softclock_demo", "1 pending 0.125 loadavg" }, list)
			assert.equal(2, #lab.rows(sys, "callout", "loadavg"))
		end)
	end

	it("prints a healthy system", function()
		local sys = lab.system("devices 13", { layout = 13, prepare = devices.prepare(13) })
		lab.golden("callout", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "callout")))
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("callout damaged", { layout = 13, prepare = devices.prepare(13),
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "callout")
		assert.equal(1, status)
		lab.golden("callout-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says so when the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "callout")
		assert.matches("where callouts are", err)
	end)
end)
