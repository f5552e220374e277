--- Every mbuf and cluster, and who has it.
local lab = require "spec.support.lab"
local mbuf = require "vmcore.kern.mbuf"
local mbufs = require "vmcore.kern.mbufs"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

-- A slab of two clusters: the storage of a socket's first mbuf, and one that
-- nothing points to.
local function plant(sys)
	local set, mem, n = sys.types, sys.mem, sys.net
	local zone = n.zones.mbuf_cluster
	local keg = mem:get(sys.by_name.uma_kegs.addr, 8)
	local link = set:offsetof("struct uma_keg", "uk_zones")
	while mem:get(keg + link, 8) ~= zone do
		keg = mem:get(keg + set:offsetof("struct uma_keg", "uk_link"), 8)
	end
	local page = mem:alloc(8192, { pages = true })
	mem:struct(keg, "struct uma_keg", { uk_pgoff = 4096, uk_ipers = 2, uk_rsize = 2048, uk_ppera = 2 })
	if set:has("struct uma_slab", "us_data") then
		mem:struct(page + 4096, "struct uma_slab", { us_data = page })
	end
	mem:ptr(keg + set:sizeof "struct uma_keg" + set:offsetof("struct uma_domain", "ud_full_slab"), page + 4096)
	mem:struct(n.queued[n.sockets.login][1], "struct mbuf", { m_data = page })
	mem:set(n.queued[n.sockets.login][1], "struct mbuf", "m_ext.ext_buf", page)
	n.clusters = { page, page + 2048 }
end

local function opened(layout, name, change)
	local sys = net.system(layout, name, change)
	return assert(vmcore.open { core = sys.core, kernel = sys.kernel }), sys.net
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("all mbufs of " .. layout, function()
		it("are led to by queues, held, cached, or unknown", function()
			local k <close>, n = opened(layout)
			local counts, all = {}, assert(mbufs.new(k, error))
			for s in all:each() do
				counts[s.state] = (counts[s.state] or 0) + 1
				assert.same({ "mbuf", 256 }, { s.zone == "mbuf_packet" and "mbuf" or s.zone, s.size })
			end
			assert.same({ socket = 8, interface = 1, neighbour = 1, variable = 1, held = 1, cached = 5,
				unknown = 1 }, counts)
			assert.equal("unknown", all:of(n.leaked).state)
		end)

		it("have clusters, whose owner is the mbuf's", function()
			local sys = lab.system("net clusters " .. layout, { layout = layout, prepare = function(sys)
				net.prepare(layout)(sys)
				plant(sys)
			end })
			local n = sys.system.sys.net
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local all, found = assert(mbufs.new(k, error)), {}
			for s in all:each() do
				if s.cluster then
					found[#found + 1] = s
				end
			end
			local first = n.queued[n.sockets.login][1]
			assert.same({ { cluster = n.clusters[1], storage_of = first, state = "socket", way = "rcv",
				owner = n.sockets.login, zone = "mbuf_cluster", size = 2048 },
			    { cluster = n.clusters[2], state = "unknown", zone = "mbuf_cluster", size = 2048 } }, found)
			assert.equal(n.sockets.login, assert(mbufs.new(k, error)):of_cluster(n.clusters[1]).owner)
		end)
	end)
end

describe("the mbufs of a damaged system", function()
	it("are there as far as slabs and queues can be read", function()
		local k <close>, n = opened(13, "net mbufs damaged", function(s)
			local set, mem, found = s.sys.types, s.memory, s.sys.net
			mem:set(found.queued[found.sockets.login][1], "struct mbuf", "m_ext.ext_cnt", 0xdeadc0dedeadc0de)
			mem:struct(found.queued[found.sockets.pair_a][1], "struct mbuf", { m_next = 0xfffffe0000123000 })
			mem:ptr(found.slabs[1].page + 4096 - 96 + set:offsetof("struct uma_slab", "us_link"), 0xdeadc0dedeadc0de)
		end)
		local told, counts = {}, {}
		local all = assert(mbufs.new(k, function(message) told[#told + 1] = message end))
		for s in all:each() do
			counts[s.state] = (counts[s.state] or 0) + 1
		end
		assert.equal("socket", all:of(n.queued[n.sockets.pair_a][1]).state)
		assert.is_true(counts.unknown >= 1)
		local text = table.concat(told, "\n")
		assert.matches("us_link: .*poisoned", text)
		assert.matches("the chain from 0x%x+: stopped", text)
	end)
end)

describe("queues that damaged links join", function()
	it("are walked once: each mbuf has one owner", function()
		local k <close>, n = opened(13, "net mbufs joined", function(s)
			local found = s.sys.net
			local first = found.queued[found.sockets.pair_a][1]
			-- Two sockets' buffers begin with what a third one has.
			for _, name in ipairs { "login", "request" } do
				s.memory:struct(found.sockets[name], "struct socket", { ["so_rcv.sb_mb"] = first })
			end
		end)
		local told, owners = {}, {}
		local view = mbuf.new(k)
		local queues = mbufs.queues(k, netstack.new(k), error)
		for s in mbufs.of_queues(view, queues, function(message) told[#told + 1] = message end) do
			assert.is_nil(owners[s.m])
			owners[s.m] = s.owner
		end
		assert.is_truthy(owners[n.queued[n.sockets.pair_a][2]])
		assert.equal(2, #told)
		assert.matches("it leads into another queue, to 0x", told[1])
	end)
end)
