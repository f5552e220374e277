--- Internet protocol control blocks.
local inpcb = require "vmcore.kern.inpcb"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("inpcbs of " .. layout, function()
		it("are found in each stack, with both ends", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(inpcb.new(k, netstack.new(k)))
			local fields, found = view.fields, {}
			for s in view:each(error) do
				found[s.inp or "syncache"] = { s.stack.jid, fields.proto(s), fields.local_addr(s),
					fields.local_port(s), fields.foreign_addr(s), fields.foreign_port(s), fields.state(s) }
			end
			local pcbs = sys.net.pcbs
			assert.same({ 0, "tcp4", "192.0.2.10", 22, "198.51.100.7", 50022, "ESTABLISHED" }, found[pcbs.login])
			assert.same({ 0, "tcp6", "*", 22, "*", 0, "LISTEN" }, found[pcbs.ssh6])
			assert.same({ 0, "tcp4", "192.0.2.10", 22, "198.51.100.7", 50020, "TIME_WAIT" }, found[pcbs.old])
			assert.same({ 0, "udp6", "fe80::1%lo0", 123, "*", 0 }, found[pcbs.ntp6])
			assert.same({ 0, "icm4", "*", 0, "*", 0 }, found[pcbs.ping])
			assert.same({ 1, "tcp4", "*", 80, "*", 0, "LISTEN" }, found[pcbs.web])
			assert.same({ 0, "tcp4", "192.0.2.10", 22, "203.0.113.9", 40000, "SYN_RCVD" }, found.syncache)
		end)

		it("know their sockets, if there is one", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(inpcb.new(k, netstack.new(k)))
			local login, old = { inp = sys.net.pcbs.login, list = "tcp" }, { inp = sys.net.pcbs.old, list = "tcp" }
			assert.equal(sys.net.sockets.login, view.fields.so(login))
			assert.equal(300, view.fields.rcv_cc(login))
			assert.is_nil(view.fields.so(old))
			assert.equal(0, view.fields.rcv_cc(old))
			assert.is_nil(view.fields.listening(old))
		end)
	end)
end
