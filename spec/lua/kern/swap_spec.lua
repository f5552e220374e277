--- Swap devices, and a kernel without.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local swap = require "vmcore.kern.swap"
local vmcore = require "vmcore"

describe("swap", function()
	it("has the devices in their order", function()
		local sys = lab.system("memory 13", { layout = 13, prepare = memstats.prepare(13) })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local each, fields = swap.each(k, error)
		local found = {}
		for sp in each do
			found[#found + 1] = fields.device(sp)
		end
		assert.same({ "/dev/ada0p3", "/dev/md7" }, found)
	end)

	it("may be a device whose provider has no name", function()
		local sys = lab.system("swap without a name", { layout = 13, prepare = memstats.prepare(13),
			change = function(s)
				s.memory:struct(s.sys.stats.providers[1], "struct g_provider", { name = 0 })
			end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local each, fields = swap.each(k, error)
		assert.is_nil(fields.device((each())))
		assert.equal("/dev/md7", fields.device((each())))
	end)

	it("is nil where the kernel does not tell", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil(swap.each(k, error))
	end)
end)
