--- What a zone says of itself, and its items by state.
local detail = require "vmcore.kern.uma.detail"
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("a zone of " .. layout, function()
		local sys, k, view

		setup(function()
			sys = net.system(layout)
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			view = assert(uma.new(k, error))
		end)

		teardown(function()
			k:close()
		end)

		it("tells its sizes, slabs and buckets", function()
			local found = {}
			for fact in detail.each(view, view:find "mbuf"[1], error) do
				found[fact.part .. " " .. fact.key] = fact.value
			end
			assert.equal(("0x%x"):format(sys.net.zones.mbuf), found["zone address"])
			assert.same({ 256, 130, 46, 84, 5, 1 }, { found["zone size"], found["zone allocs"],
				found["zone frees"], found["zone used"], found["zone cached"], found["zone fails"] })
			assert.same({ 256, sys.net.per_slab }, { found["keg rsize"], found["keg ipers"] })
			local full = 0
			for _, slab in ipairs(sys.net.slabs) do
				full = full + (slab.used == sys.net.per_slab and 1 or 0)
			end
			assert.same({ full, #sys.net.slabs - full }, { found["domain 0 full slabs"],
				found["domain 0 part slabs"] })
			assert.matches("^2 of 0 at 0x%x+$", found["CPU 1 alloc bucket"])
		end)

		it("has its items by state, and those of the keg's others", function()
			local counts, given = {}, 0
			for _, state, where, name in detail.items(view, view:find "mbuf"[1]) do
				assert.equal(state == "cached", where ~= nil)
				assert.equal("mbuf", name)
				counts[state] = (counts[state] or 0) + 1
			end
			for _, slab in ipairs(sys.net.slabs) do
				given = given + slab.used
			end
			assert.same({ given - 5, 5, #sys.net.slabs * sys.net.per_slab - given },
			    { counts.allocated, counts.cached, counts.free })
			for _ in detail.items(view, view:find "mbuf_packet"[1]) do
				error "it caches nothing here"
			end
		end)
	end)
end

describe("a damaged zone", function()
	it("tells what can be read", function()
		local sys = net.system(13, "net detail", function(s)
			local set, n = s.sys.types, s.sys.net
			s.memory:ptr(n.zones.mbuf + set:offsetof("struct uma_zone", "uz_allocs"), 0xfffffe0000123000)
			local header = n.slabs[1].page + 4096 - 96
			s.memory:ptr(header + set:offsetof("struct uma_slab", "us_link"), header)
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local told, keys = {}, {}
		local function report(message) told[#told + 1] = message end
		local view = uma.new(k, report)
		for fact in detail.each(view, view:find "mbuf"[1], report) do
			keys[fact.key] = true
		end
		assert.is_nil(keys.allocs)
		assert.is_true(keys.frees and keys.rsize)
		local text = table.concat(told, "\n")
		assert.matches("zone: allocs: .*not mapped", text)
		assert.matches("runs in a circle", text)
	end)
end)
