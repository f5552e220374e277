--- Link-level addresses of neighbours.
local inaddr = require "vmcore.kern.inaddr"
local lltable = require "vmcore.kern.lltable"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

describe("a neighbour's state", function()
	it("has a name by its family", function()
		assert.equal("verify", lltable.state_name(inaddr.AF_INET, 2))
		assert.equal("stale", lltable.state_name(inaddr.AF_INET6, 2))
		assert.equal("nostate", lltable.state_name(inaddr.AF_INET6, -2))
		assert.equal("17", lltable.state_name(inaddr.AF_INET, 17))
	end)
end)

for _, layout in ipairs { 12, 13, 15 } do
	describe("neighbours of " .. layout, function()
		it("are found in the buckets of their interface's table", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks, found = netstack.new(k), {}
			for _, stack in ipairs(stacks.list) do
				for entry in lltable.each(k, stacks, stack, inaddr.AF_INET, error) do
					found[#found + 1] = entry
				end
				assert.is_nil(lltable.each(k, stacks, stack, inaddr.AF_INET6, error)())
			end
			assert.equal(1, #found)
			assert.same({ "192.0.2.1", "02:00:5e:10:00:fe", "valid,linked", 4000, 2,
				sys.net.interfaces[2] }, { found[1].address, found[1].lladdr, found[1].flags,
				found[1].expire, found[1].state, found[1].ifp })
		end)
	end)
end
