--- The items of a zone.
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local umaitem = require "vmcore.kern.umaitem"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("items of " .. layout, function()
		it("are those that slabs gave away, and what caches hold", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, mbuf_keg, cached = assert(uma.new(k, error)), nil, nil
			for zone, keg in view:each() do
				if view.fields.name(zone) == "mbuf" then
					mbuf_keg, cached = keg, umaitem.cached(k, view, zone, error)
				end
			end
			local given = {}
			for item in umaitem.each(k, mbuf_keg, error) do
				given[#given + 1] = item
			end
			local made = {}
			for _, slab in ipairs(sys.net.slabs) do
				for i = 0, slab.used - 1 do
					made[#made + 1] = slab.page + i * 256
				end
			end
			table.sort(given)
			table.sort(made)
			assert.same(made, given)
			local n = 0
			for _, m in ipairs(sys.net.cached) do
				assert.matches("^CPU [01]$", cached[m])
				n = n + 1
			end
			assert.equal(5, n)
			assert.is_nil(cached[sys.net.leaked])
		end)
	end)
end
