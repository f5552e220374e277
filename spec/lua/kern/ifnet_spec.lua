--- Network interfaces.
local ifnet = require "vmcore.kern.ifnet"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("interfaces of " .. layout, function()
		it("have names, flags, counters and addresses", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			local view = assert(ifnet.new(k, stacks))
			local fields, found, em = view.fields, {}, nil
			for _, stack in ipairs(stacks.list) do
				for ifp in view:each(stack, error) do
					found[#found + 1] = fields.name(ifp)
					em = fields.name(ifp) == "em0" and ifp or em
				end
			end
			assert.same({ "lo0", "em0", "lo0" }, found)
			assert.same({ 1500, 2, "UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST", "up", 1000, 4, 128000 },
			    { fields.mtu(em), fields.index(em), ifnet.flag_names(fields.flags(em)), fields.link(em),
			    fields.ipackets(em), fields.iqdrops(em), fields.obytes(em) })
			assert.same({ "VLAN_MTU,LINKSTATE", "uplink", { "egress" } },
			    { ifnet.option_names(fields.options(em)), fields.description(em), view:groups(em, error) })
			local name_of = ifnet.namer(k, stacks)
			assert.same({ "lo0", "em0" }, { name_of(stacks.list[1], 1), name_of(stacks.list[1], 2) })
			assert.is_nil(name_of(stacks.list[2], 2))
			local addresses = {}
			for ifa in view:addresses(em, error) do
				addresses[#addresses + 1] = { ifa.network, ifa.address, ifa.prefix, ifa.peer, ifa.opackets }
			end
			assert.same({ { "<Link#2>", "02:00:5e:10:00:01" },
				{ "192.0.2.0/24", "192.0.2.10", 24, "192.0.2.255", 4 } }, addresses)
		end)
	end)
end
