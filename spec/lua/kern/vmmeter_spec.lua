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
	return found
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
		assert.same({}, (values(lab.system("13", { layout = 13 }))))
	end)
end)
