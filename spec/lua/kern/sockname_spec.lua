--- Sockets of every family by name.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local sockname = require "vmcore.kern.sockname"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("names of sockets of " .. layout, function()
		it("are those of both ends", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(sockname.new(k, netstack.new(k)))
			local fields = view.fields
			local function of(name)
				local s = { so = sys.net.sockets[name] }
				return { fields.proto(s), fields.local_name(s), fields.foreign_name(s), fields.jid(s),
					fields.waits(s) }
			end
			assert.same({ "tcp4", "192.0.2.10:22", "198.51.100.7:50022", 0, false }, of "login")
			assert.same({ "tcp6", "*:22", "*:*", 0, true }, of "ssh6")
			assert.same({ "udp6", "[fe80::1%lo0]:123", "*:*", 0, true }, of "ntp6")
			assert.same({ "tcp4", "*:80", "*:*", 1, true }, of "web")
			assert.same({ "dgram", nil, "-> /var/run/log", 0, false }, of "cron")
			assert.equal(sys.net.sockets.pair_b, fields.unnamed_peer { so = sys.net.sockets.pair_a })
			assert.is_nil(fields.unnamed_peer { so = sys.net.sockets.cron })
			assert.is_nil(fields.unnamed_peer { so = sys.net.sockets.login })
			assert.same({ "stream", nil, ("-> 0x%x"):format(sys.net.sockets.pair_b), 0, false }, of "pair_a")
		end)

		it("are those of the protocol when the control block is gone", function()
			local sys = net.system(layout, "detached " .. layout, function(s)
				for _, name in ipairs { "login", "ssh6", "cron" } do
					s.memory:struct(s.sys.net.sockets[name], "struct socket", { so_pcb = 0 })
				end
			end)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local fields = assert(sockname.new(k, netstack.new(k))).fields
			local function of(name)
				local s = { so = sys.net.sockets[name] }
				return { fields.proto(s), fields.proto(s), fields.local_name(s) or "-", fields.state(s) or "-",
					fields.local_port(s) or "-", fields.jid(s) }
			end
			assert.same({ "tcp4", "tcp4", "-", "-", "-", 0 }, of "login")
			assert.same({ "tcp6", "tcp6", "-", "-", "-", 0 }, of "ssh6")
			assert.same({ "dgram", "dgram", "-", "-", "-", 0 }, of "cron")
		end)

		it("are asked of everything that protocols know", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(sockname.new(k, netstack.new(k)))
			local found, without = {}, 0
			for so in view:each(error) do
				found[so] = true
				without = without + (so and 0 or 1)
			end
			for name, so in pairs(sys.net.sockets) do
				assert.is_true(so == 0 or found[so], name)
			end
			assert.equal(2, without)
		end)
	end)
end
