--- Zones and kegs: what they are.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

local function opened(sys, report)
	local k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	return k, assert(uma.new(k, report))
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("zones of " .. layout, function()
		it("are found by name and address, with their kegs", function()
			local sys = net.system(layout)
			local k <close>, view = opened(sys, error)
			local zones = sys.net.zones
			local mbuf, packet = view:find "mbuf", view:find(zones.mbuf_packet)
			assert.same({ 1, 1, 0 }, { #mbuf, #packet, #view:find "nosuch" })
			assert.same({ zones.mbuf, true, "mbuf" }, { mbuf[1].zone, mbuf[1].first, mbuf[1].name })
			assert.same({ mbuf[1].keg, false, "mbuf_packet" }, { packet[1].keg, packet[1].first, packet[1].name })
			assert.same({ 256, sys.net.per_slab }, { view.fields.keg_rsize(mbuf[1].keg),
				view.fields.keg_ipers(mbuf[1].keg) })
			assert.is_true(k:dump().page_size > 0)
		end)

		it("of no keg are there, too, and domains are counted", function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local _, view = opened(sys, error)
			local alone = view:find "cache only"[1]
			assert.is_nil(alone.keg)
			local n = 0
			for number, at in view:domains(alone.zone) do
				assert.equal(n, number)
				assert.is_true(math.ult(alone.zone, at))
				n = n + 1
			end
			assert.equal(2, n)
			assert.equal(5, view.fields.keg_free(view:find "mbuf"[1].keg))
		end)

		it("have flags by the names of their time", function()
			local _, view = opened(net.system(layout), error)
			assert.equal(layout == 12 and "PCPU,VTOSLAB,SECONDARY" or "VTOSLAB,PCPU,SECONDARY",
			    view:flag_names(uma.PCPU | uma.SECONDARY | (layout == 12 and 0x2000 or 0x800000)))
			assert.equal("", view:flag_names(0))
			local unnamed = layout == 12 and 0x40000000 or 0x80000000
			assert.equal(("NOFREE,0x%x"):format(unnamed), view:flag_names(0x20 | unnamed))
		end)
	end)
end

describe("damaged zones", function()
	it("cost what they lead to", function()
		local sys = net.system(13, "net zones", function(s)
			local set, n = s.sys.types, s.sys.net
			s.memory:ptr(n.zones.mbuf + set:offsetof("struct uma_zone", "uz_name"), 0xfffffe0000123000)
			s.memory:ptr(n.zones.mbuf_packet + set:offsetof("struct uma_zone", "uz_link"), 0xdeadc0dedeadc0de)
		end)
		local told = {}
		local k <close>, view = opened(sys, function(message) told[#told + 1] = message end)
		local names = {}
		for i, entry in ipairs(view:list()) do
			names[i] = entry.name or "?"
		end
		assert.equal("mbuf_cluster ?,mbuf_packet", names[1] .. " " .. table.concat(names, ",", 2))
		assert.equal(1, #told)
		assert.matches("poisoned", told[1])
		assert.is_nil(uma.new(k).fields.nothing)
	end)

	it("may be found by the kernel's variables where the list is broken", function()
		for layout, path in pairs { [12] = "uz_klink.kl_keg", [13] = "uz_keg", [15] = "uz_keg" } do
			local zone, keg
			local sys = lab.system("zones by variables " .. layout, { layout = layout,
				prepare = function(s)
					memstats.prepare(layout)(s)
					s:var("zone_first", "struct uma_zone *", 0)
					s:var("zone_wild", "struct uma_zone *", 0xdeadc0dedeadc0de)
				end,
				change = function(s)
					local head, set = s.sys.by_name.uma_kegs.addr, s.types
					keg = s.memory:get(head, 8)
					zone = s.memory:get(keg + set:offsetof("struct uma_keg", "uk_zones"), 8)
					s.memory:ptr(zone + set:offsetof("struct uma_zone", path), keg)
					s.memory:ptr(s.sys.by_name.zone_first.addr, zone)
					s.memory:ptr(head, 0xdeadc0dedeadc0de)
				end })
			local told = {}
			local _, view = opened(sys, function(message) told[#told + 1] = message end)
			local found = view:find(zone)[1]
			assert.same({ zone, keg, true }, { found.zone, found.keg, found.first })
			assert.is_string(found.name)
			assert.equal(1, #told)
		end
	end)
end)
