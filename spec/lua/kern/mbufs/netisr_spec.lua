--- What waits for a network thread.
local mbufqueues = require "spec.support.mbufqueues"
local netisr = require "vmcore.kern.mbufs.netisr"

describe("the queues of netisr", function()
	it("are found on every CPU, with the protocol", function()
		local k <close>, made = mbufqueues.open(13)
		local list = {}
		for queue in netisr.each(k, error) do
			list[#list + 1] = queue
		end
		assert.same({ { state = "netisr", owner = made.netisr_work, way = "ip CPU 1", mbuf = made.netisr,
			records = true } }, list)
	end)

	it("that can't be read are reported", function()
		local told, n = {}, 0
		local k <close> = mbufqueues.open(13, function(b)
			for _, symbol in ipairs(b.symbols) do
				if symbol.name == "dpcpu_off" then
					b.mem:ptr(symbol.addr, 0x123000)
				end
			end
		end)
		for _ in netisr.each(k, function(message) told[#told + 1] = message end) do
			n = n + 1
		end
		assert.same({ 1, 4 }, { n, #told })
		assert.matches("^netisr on CPU 0, protocol 0: ", told[1])
	end)
end)
