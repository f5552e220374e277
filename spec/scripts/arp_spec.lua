--- `vmcore arp`: the neighbours of interfaces.
local lab = require "spec.support.lab"
local net = require "spec.support.net"

describe("arp", function()
	it("prints a whole system", function()
		local sys = net.system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "arp")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("arp", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = net.system(13, "arp damaged", function(s)
			local n, BAD = s.sys.net, 0xfffffe0000123000
			s.memory:struct(n.neighbour, "struct llentry", { ["lle_next.cle_next"] = BAD, ll_addr = BAD })
		end)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "arp")
		assert.equal(1, status)
		lab.golden("arp-damaged", out .. "--- standard error\n" .. err)
	end)

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			net.same_rows(layout, "arp")
		end)
	end

	it("shows what is asked for", function()
		assert.same({}, (lab.rows(net.system(13), "arp", "-6")))
		assert.same({}, (lab.rows(net.system(13), "arp", "-j", "1")))
		local row = lab.rows(net.system(13), "arp", "-j", "0")[1]
		assert.same({ "192.0.2.1", "02:00:5e:10:00:fe", "em0", 277 },
		    { row.address, row.lladdr, row.netif, row.expire })
	end)
end)
