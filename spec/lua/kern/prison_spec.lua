--- Jails.
local net = require "spec.support.net"
local prison = require "vmcore.kern.prison"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("jails of " .. layout, function()
		it("are all found, prison0 first", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local jails = assert(prison.new(k))
			local fields, found = jails.fields, {}
			for p in jails:addresses() do
				found[#found + 1] = { fields.jid(p), fields.name(p), fields.path(p), fields.hostname(p),
					fields.vnet(p), fields.owns_vnet(p) }
			end
			assert.same({ { 0, "0", "/", "demo.example.org", sys.net.stacks[1].vnet, true },
				{ 1, "www", "/jails/www", "www.example.org", sys.net.stacks[2].vnet, true } }, found)
		end)
	end)
end
