--- `intr`: who handles which interrupt. Its counts are those of `vmstat -i`.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"

local function break_it(s)
	local at, mem = s.sys.dev.events, s.memory
	mem:set(at[1], "struct intr_event", "ie_thread", 0xfffffe0000123000)
	mem:set(at[3], "struct intr_event", "ie_handlers.cslh_first", 0xdeadc0dedeadc0de)
	mem:set(at[4], "struct intr_event", "ie_list.tqe_next", at[2])
end

local function sum(rows, key)
	local total = 0
	for _, row in ipairs(rows) do
		total = total + (row[key] ~= lab.null and row[key] or 0)
	end
	return total
end

describe("intr", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has the handlers of every event, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local rows, err, status = lab.rows(sys, "intr", "-a")
			assert.equal("", err)
			assert.equal(0, status)
			local list = {}
			for i, row in ipairs(rows) do
				list[i] = ("%s %s %s"):format(row.type, row.name, row.handler ~= lab.null and row.handler)
			end
			assert.same({ "hard irq1 atkbd0", "hard irq3 false", "hard irq16 ehci0", "hard irq16 em0\27[2J",
				"soft swi4 clock (0)", "counter stray irq1 false", "counter stray irq3 false",
				"counter stray irq16 false", "counter cpu0:timer false" }, list)
			assert.same({ "em_irq_fast", "em_handle_link", 8, "NET|MPSAFE", 1 }, { rows[4].filter, rows[4].func,
				rows[4].priority, rows[4].flags, rows[4].cpu })
			assert.equal(100777, rows[1].tid)
		end)

		it("counts what vmstat -i does, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			assert.equal(37230 + 2 + 512 + 74460, sum(lab.rows(sys, "vmstat", "-i"), "total"))
			assert.equal(37230 + 2 + 512 + 74460, sum(lab.rows(sys, "intr"), "count"))
		end)
	end

	it("prints a healthy system", function()
		local sys = lab.system("devices 13", { layout = 13, prepare = devices.prepare(13) })
		lab.golden("intr", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "intr")))
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("intr damaged", { layout = 13, prepare = devices.prepare(13),
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "intr")
		assert.equal(1, status)
		lab.golden("intr-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says so when the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "intr")
		assert.matches("where interrupts are", err)
	end)
end)
