--- What waits in sockets.
local net = require "spec.support.net"
local sockbuf = require "vmcore.kern.sockbuf"
local socket = require "vmcore.kern.socket"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("socket buffers of " .. layout, function()
		it("lead to their first mbufs", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local find = sockbuf.finder(assert(socket.new(k)))
			for name, so in pairs(sys.net.sockets) do
				local list, found = sys.net.queued[so] or {}, so == 0 and {} or find(so)
				assert.equal(#list > 0 and list[1] or nil, found[1] and found[1].mbuf, name)
			end
			local login = find(sys.net.sockets.login)
			assert.same({ "rcv", "snd" }, { login[1].way, login[2].way })
		end)

		it("are asked once a socket", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, so = { sockets = assert(socket.new(k)) }, sys.net.sockets.login
			local list, i, n = { { so = so }, { so = so }, {}, { so = 0x1000 } }, 0, 0
			local said
			for queue in sockbuf.each(view, function()
				i = i + 1
				return list[i]
			end, function(message) said = message end) do
				assert.equal(so, queue.owner)
				n = n + 1
			end
			assert.equal(2, n)
			assert.matches("^the socket at 0x1000: ", said)
		end)
	end)
end
