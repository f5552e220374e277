--- Connections that have no socket yet.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local syncache = require "vmcore.kern.syncache"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("the syncache of " .. layout, function()
		it("has its entries, per stack", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks, found = netstack.new(k), {}
			for _, stack in ipairs(stacks.list) do
				for s in syncache.each(k, stacks, stack, error) do
					found[#found + 1] = s
				end
			end
			assert.equal(1, #found)
			assert.same({ sys.net.syncache, "tcp", false, "\xc0\0\2\10", 22, "\xcb\0\113\9", 40000, 0 },
			    { found[1].entry, found[1].list, found[1].v6, found[1].local_address, found[1].local_port,
			    found[1].foreign_address, found[1].foreign_port, found[1].stack.jid })
		end)
	end)
end

describe("a syncache", function()
	it("is not believed when its size leads anywhere", function()
		local sys = net.system(13, "syncache size", function(s)
			s.sys.net:set(s.sys.net.stacks[1], "tcp_syncache", { hashsize = 0xffffffff })
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks, said, n = netstack.new(k), {}, 0
		for _ in syncache.each(k, stacks, stacks.list[1], function(message) said[#said + 1] = message end) do
			n = n + 1
		end
		assert.is_true(n >= 1 and #said < 1000)
		assert.matches("^tcp_syncache: %d+ of 1048576 buckets read, the rest is not believed$", said[#said])
	end)
end)
