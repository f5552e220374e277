--- Totals: where a kernel does not count something there is no number.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local vmcore = require "vmcore"
local vmmeter = require "vmcore.kern.vmmeter"

local function values(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local found = {}
	for _, line in ipairs(vmmeter.lines(k)) do
		found[line.key] = line.value()
	end
	return found, vmmeter.interrupts(k)
end

describe("vmmeter", function()
	it("has nothing of what this kernel does not count", function()
		local found = values(lab.system("memory 15", { layout = 15,
			prepare = memstats.prepare(15) }))
		assert.is_nil(found.v_nofree_count)		-- a counter that is not set up
		assert.is_nil(found.ncs_long)
		assert.equal(1001, found.v_swtch)
	end)

	it("has nothing at all without the variables", function()
		local found, interrupts = values(lab.system("13", { layout = 13 }))
		assert.same({}, found)
		assert.is_nil(interrupts)
	end)

	it("names interrupts", function()
		local _, interrupts = values(lab.system("memory 12", { layout = 12,
			prepare = memstats.prepare(12) }))
		assert.same({ { name = "irq1: atkbd0", total = 37230 }, { name = "irq4: uart0", total = 0 },
			{ name = "cpu0:timer", total = 74460 } }, interrupts)
	end)
end)
