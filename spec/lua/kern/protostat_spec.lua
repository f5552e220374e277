--- What protocols counted.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local protostat = require "vmcore.kern.protostat"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("protocol statistics of " .. layout, function()
		it("have the names of the struct", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			local list = {}
			for row in protostat.each(k, stacks, stacks.list[1], error) do
				list[#list + 1] = row
			end
			assert.equal(14, #list)
			assert.same({ "udp", "udps_ipackets", 7 }, { list[1].proto, list[1].counter, list[1].value })
			-- Those of the jail were never set up.
			for row in protostat.each(k, stacks, stacks.list[2], error) do
				assert.is_nil(row.value)
			end
		end)
	end)
end
