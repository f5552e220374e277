--- Mbufs.
local mbuf = require "vmcore.kern.mbuf"
local net = require "spec.support.net"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("mbufs of " .. layout, function()
		it("have lengths, flags, storage and contents", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(mbuf.new(k))
			local fields = view.fields
			local list = sys.net.queued[sys.net.sockets.pair_a]
			assert.same({ 100, "data", "" }, { fields.len(list[1]), fields.type(list[1]), fields.flags(list[1]) })
			assert.is_nil(fields.ext(list[1]))
			assert.is_nil(fields.refs(list[1]))
			assert.same({ 4000, "EXT", "jumbop", 4096, 1 }, { fields.len(list[2]), fields.flags(list[2]),
				fields.ext(list[2]), fields.ext_size(list[2]), fields.refs(list[2]) })
			assert.equal(fields.data(list[2]), fields.ext_buf(list[2]))
			assert.equal("The quick brown fox", view:bytes(list[1]):sub(1, 19))
			assert.equal(4000, #view:bytes(list[2]))
			local chain = {}
			for m in view:chain(list[1], error) do
				chain[#chain + 1] = m
			end
			assert.same(list, chain)
		end)
	end)
end

describe("an unmapped mbuf", function()
	it("is put together from its header, its pages and its trailer", function()
		local at
		local sys = net.system(13, "net unmapped", function(s)
			local mem, pages = s.memory, s.sys.net.queued[s.sys.net.sockets.pair_a]
			at = s.sys.net.queued[s.sys.net.sockets.login][1]
			local data = mem:translate(mem:get(pages[2] + 16, 8))
			mem:struct(at, "struct mbuf", { m_flags = 0x101, m_data = 2, m_len = 12,
				m_epg_npgs = 1, m_epg_hdrlen = 4, m_epg_trllen = 3, m_epg_1st_off = 4,
				m_epg_last_len = 9, ["m_ext.extpg_hdr"] = "HEAD", ["m_ext.extpg_trail"] = "END",
				["m_ext.extpg_pa"] = { data } })
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal("ADquick broE", mbuf.new(k):bytes(at))
	end)
end)
