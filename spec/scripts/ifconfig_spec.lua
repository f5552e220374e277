--- `vmcore ifconfig`: interfaces and their addresses.
local lab = require "spec.support.lab"
local net = require "spec.support.net"

describe("ifconfig", function()
	it("prints a whole system", function()
		local sys = net.system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ifconfig")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("ifconfig", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = net.system(13, "ifconfig damaged", function(s)
			local n, BAD = s.sys.net, 0xfffffe0000123000
			s.memory:struct(n.interfaces[1], "struct ifnet", { if_xname = "\27[2J" })
			s.memory:struct(n.interfaces[2], "struct ifnet", { ["if_addrhead.cstqh_first"] = BAD,
				if_description = BAD })
			s.memory:struct(n.interfaces[3], "struct ifnet", { ["if_groups.cstqh_first"] = BAD })
		end)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ifconfig")
		assert.equal(1, status)
		lab.golden("ifconfig-damaged", out .. "--- standard error\n" .. err)
	end)

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			net.same_rows(layout, "ifconfig")
		end)
	end

	it("says which interfaces there are not", function()
		local rows, err, status = lab.rows(net.system(13), "ifconfig", "em0", "em9")
		assert.same({ "vmcore: no interface 'em9'\n", 1, "em0" }, { err, status, rows[1].name })
	end)

	it("shows what is asked for", function()
		local rows = lab.rows(net.system(13), "ifconfig", "em0")
		assert.same({ "ether", "02:00:5e:10:00:01", "inet", "192.0.2.10" },
		    { rows[1].family, rows[1].address, rows[2].family, rows[2].address })
		assert.same({ 24, "192.0.2.255", 1500, 0x8843, "UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST" },
		    { rows[2].prefix, rows[2].peer, rows[2].mtu, rows[2].flags, rows[2].flag_names })
		assert.same({ 0x80008, "egress", "uplink" }, { rows[1].options, rows[1].groups, rows[1].description })
		assert.equal(2, #lab.rows(net.system(13), "ifconfig", "-j", "1"))
	end)
end)
