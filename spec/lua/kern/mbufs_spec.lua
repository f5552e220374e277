--- Every mbuf and cluster, and who has it.
local mbufs = require "vmcore.kern.mbufs"
local net = require "spec.support.net"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("all mbufs of " .. layout, function()
		it("are led to by queues, held, cached, or unknown", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local counts, all = {}, assert(mbufs.new(k, error))
			for s in all:each() do
				if s.m then
					counts[s.state] = (counts[s.state] or 0) + 1
				end
			end
			assert.same({ socket = 8, interface = 1, neighbour = 1, variable = 1, held = 1, cached = 5,
				unknown = 1 }, counts)
			assert.equal("unknown", all:of(sys.net.leaked).state)
		end)
	end)
end
