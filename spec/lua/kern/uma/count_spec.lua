--- Zones and what they count.
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("zones of " .. layout, function()
		it("sum up what the zone, the CPUs and the domains have", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(uma.new(k, error))
			local fields, found = view.fields, {}
			for zone, keg, first in view:each() do
				found[fields.name(zone)] = { zone, fields.size(zone), fields.allocs(zone),
					fields.frees(zone), fields.used(zone), fields.cached(zone), fields.fails(zone),
					fields.sleeps(zone), fields.limit(zone, keg) or 0, fields.keg_free(keg), first }
			end
			local zones = sys.net.zones
			assert.same({
				mbuf = { zones.mbuf, 256, 130, 46, 84, 5, 1, 0, 0, 7, true },
				mbuf_packet = { zones.mbuf_packet, 256, 60, 16, 44, 11, 0, 0, 0, 7, false },
				mbuf_cluster = { zones.mbuf_cluster, 2048, 80, 11, 69, 5, 0, 2, 1000, 1, true },
			}, found)
		end)
	end)
end
