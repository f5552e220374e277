--- malloc(9) types of three releases.
local lab = require "spec.support.lab"
local malloc = require "vmcore.kern.malloc"
local memstats = require "spec.support.memstats"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("malloc types of " .. layout, function()
		it("count what every CPU took and gave back", function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, i = assert(malloc.new(k)), 0
			for ks in view:each(error) do
				i = i + 1
				local truth, f = sys.system.sys.stats.types[i], view.fields
				assert.equal(truth.at, ks)
				assert.same({ truth.name, truth.used, truth.memory, truth.used + 5, 5 },
				    { f.name(ks), f.used(ks), f.memory(ks), f.allocs(ks), f.frees(ks) })
			end
			assert.equal(2, i)
		end)
	end)
end
