--- Routing tables.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local route = require "vmcore.kern.route"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("routes of " .. layout, function()
		it("are those of the tree, in its order", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			local view, found = assert(route.new(k, stacks)), {}
			for _, stack in ipairs(stacks.list) do
				for hop in view:each(stack, error) do
					found[#found + 1] = { hop.destination, hop.gateway, route.letters(hop.flags), hop.ifp, hop.mtu }
				end
			end
			local lo, em = sys.net.interfaces[1], sys.net.interfaces[2]
			assert.same({ { "default", "192.0.2.1", "UGS", em, 1500 }, { "127.0.0.1", "link#1", "UH", lo, 1500 },
				{ "192.0.2.0/24", "link#2", "U", em, 1500 } }, found)
		end)
	end)
end

describe("routes with damage", function()
	it("are missed aloud", function()
		local sys = net.system(13, "routes out of reach", function(s)
			for _, stack in ipairs(s.sys.net.stacks) do
				s.memory:u64(s.sys.by_name.vnet_entry_rt_tables.addr + stack.base, 0xdeadc0dedeadc0de)
			end
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks = netstack.new(k)
		local said = {}
		for _ in assert(route.new(k, stacks)):each(stacks.list[1], function(message) said[#said + 1] = message end) do
			said[#said + 1] = "a route"
		end
		assert.equal(1, #said)
		assert.matches("^the routing tables: kvm_read 0xdeadc0de", said[1])
	end)
end)
