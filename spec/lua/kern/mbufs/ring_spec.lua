--- What drivers hold: iflib's, virtio's and epair's, and rings of packets.
local mbufqueues = require "spec.support.mbufqueues"
local ring = require "vmcore.kern.mbufs.ring"

local function found_in(k, ifp, report)
	local list = {}
	for queue in ring.each(k, ifp, report) do
		assert.same({ "ring", ifp }, { queue.state, queue.owner })
		list[#list + 1] = ("%s %s %x"):format(queue.way, queue.cluster and "cluster" or "mbuf",
		    queue.cluster or queue.mbuf)
	end
	return list
end

describe("the rings of an interface", function()
	it("of iflib hold packets and clusters", function()
		local k <close>, made = mbufqueues.open(13)
		assert.same({ ("tx mbuf %x"):format(made.tx), ("queue mbuf %x"):format(made.queued),
			("rx mbuf %x"):format(made.rx), ("rx cluster %x"):format(made.cluster) },
		    found_in(k, made.iflib, error))
	end)

	it("of virtio hold packets", function()
		local k <close>, made = mbufqueues.open(13)
		assert.same({ ("rx mbuf %x"):format(made.vrx), ("tx mbuf %x"):format(made.vtx),
			("queue mbuf %x"):format(made.vqueued) }, found_in(k, made.vtnet, error))
	end)

	it("of epair hold packets; others are not known", function()
		local k <close>, made = mbufqueues.open(15)
		assert.same({ ("queue mbuf %x"):format(made.equeued) }, found_in(k, made.epair, error))
		assert.same({}, found_in(k, made.other, error))
	end)

	it("are walked in finite time, and complained about", function()
		local told = {}
		local k <close>, made = mbufqueues.open(13, function(b)
			b.mem:struct(b.made.br, "struct buf_ring", { br_prod_tail = 0xffffffff, br_prod_mask = -1,
				br_cons_head = 0 })
			local softc = b.types:offsetof("struct ifnet", "if_softc")
			b.mem:ptr(b.made.iflib + softc, 0xfffffe0000123000)
		end)
		assert.is_true(#found_in(k, made.vtnet, error) < 1 << 17)
		assert.same({}, found_in(k, made.iflib, function(message) told[#told + 1] = message end))
		assert.matches("^the rings of the interface at 0x%x+: .*not mapped", told[1])
	end)
end)
