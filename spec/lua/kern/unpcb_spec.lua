--- Unix sockets.
local net = require "spec.support.net"
local unpcb = require "vmcore.kern.unpcb"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("unix sockets of " .. layout, function()
		it("are all found, with names and peers", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(unpcb.new(k))
			local fields, found, n = view.fields, {}, 0
			for unp in view:addresses(error) do
				found[unp], n = true, n + 1
			end
			local pcbs = sys.net.pcbs
			for _, name in ipairs { "log", "cron", "devd", "pair_a", "pair_b" } do
				assert.is_true(found[pcbs[name]])
			end
			assert.equal(5, n)
			assert.same({ "/var/run/log", 0xfffff80001234000, "dgram", 29 }, { fields.path(pcbs.log),
				fields.vnode(pcbs.log), fields.type(pcbs.log), fields.rcv_cc(pcbs.log) })
			assert.equal(pcbs.cron, fields.refs(pcbs.log))
			assert.equal(pcbs.log, fields.conn(pcbs.cron))
			assert.equal("/var/run/log", fields.peer_path(pcbs.cron))
			assert.is_nil(fields.path(pcbs.cron))
			assert.is_nil(fields.conn(pcbs.log))
			assert.equal(pcbs.pair_b, fields.conn(pcbs.pair_a))
		end)
	end)
end
