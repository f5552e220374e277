--- What items are: mbufs by who has them, malloc(9)'s by the types of that size.
local item = require "vmcore.kern.whatis.item"
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("items of " .. layout, function()
		it("that are mbufs say who has them", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local n, asker = sys.net, item.new(k, uma.new(k), error)
			local function of(m, state)
				return asker:of { name = "mbuf", item = m, state = state or "allocated" }
			end
			assert.equal(("socket 0x%x (tcp4 192.0.2.10:22 198.51.100.7:50022 ESTABLISHED), snd, packet 0")
			    :format(n.sockets.login), of(n.queued[n.sockets.login][2]))
			assert.equal("nothing leads to it", of(n.leaked))
			assert.equal(("it counts the references to the storage of mbuf 0x%x"):format(
			    n.queued[n.sockets.login][1]), of(n.holder))
			assert.is_nil(of(n.cached[1], "cached"))
			local text = asker:of { name = "socket", item = n.sockets.ssh4, state = "allocated" }
			assert.equal("tcp4 *:22 *:* LISTEN", text)
		end)
	end)

	describe("items of malloc(9) of " .. layout, function()
		it("say which types have some of that size", function()
			local sys = lab.system("memory " .. layout, { layout = layout, prepare = memstats.prepare(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local asker = item.new(k, uma.new(k), error)
			asker.flags = function() return 0x10 end
			assert.equal("malloc(9): one of 1 type with items of this size, temp",
			    asker:of { name = "malloc-64", zone = 1, size = 64, state = "allocated" })
			assert.equal("malloc(9): no type says that it has one of this size",
			    asker:of { name = "malloc-128", zone = 1, size = 128, state = "allocated" })
			asker.flags = function() return 0 end
			assert.is_nil(asker:of { name = "other", zone = 1, size = 64, state = "allocated" })
		end)
	end)
end

describe("an item that can't be read", function()
	it("raises a fault", function()
		local sys = net.system(13)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local asker = item.new(k, uma.new(k), error)
		assert.has_error(function()
			asker:of { name = "PROC", item = 0xfffffe0000123000, state = "allocated" }
		end)
	end)
end)
