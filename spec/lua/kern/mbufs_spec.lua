--- Every mbuf, and who has it.
local mbuf = require "vmcore.kern.mbuf"
local mbufs = require "vmcore.kern.mbufs"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("all mbufs of " .. layout, function()
		it("are led to by queues, held, cached, or unknown", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local counts = {}
			for s in assert(mbufs.each(k, mbuf.new(k), netstack.new(k), error)) do
				counts[s.state] = (counts[s.state] or 0) + 1
			end
			assert.same({ socket = 8, interface = 1, neighbour = 1, variable = 1, held = 1, cached = 5,
				unknown = 1 }, counts)
		end)
	end)
end
