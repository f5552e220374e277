--- Sockets.
local net = require "spec.support.net"
local socket = require "vmcore.kern.socket"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("sockets of " .. layout, function()
		it("have type, family, protocol and queues", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local fields = assert(socket.new(k)).fields
			local so = sys.net.sockets.login
			assert.same({ "stream", 2, 6, false, 300, 48, 65536, 524288 }, { fields.type(so),
				fields.family(so), fields.protocol(so), fields.listening(so), fields.rcv_cc(so),
				fields.snd_cc(so), fields.rcv_hiwat(so), fields.rcv_mbmax(so) })
			assert.is_nil(fields.qlen(so))
			assert.equal(sys.net.pcbs.login, fields.pcb(so))
			so = sys.net.sockets.ssh4
			assert.same({ true, 1, 2, 128, 0, 0, 65536 }, { fields.listening(so), fields.qlen(so),
				fields.incqlen(so), fields.qlimit(so), fields.rcv_cc(so), fields.snd_cc(so),
				fields.rcv_hiwat(so) })
		end)
	end)
end
