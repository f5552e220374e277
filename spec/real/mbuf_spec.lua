--- Network memory of freebsd13-amd64: every mbuf and cluster has an owner, and
-- there are as many as the zones count.
local real = require "spec.support.real"
local source = require "spec.support.source"

describe("mbuf on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	-- Count and bytes of rows by zone, of those that a cache has or not.
	local function sums(rows, cached)
		local counts, bytes = {}, {}
		for _, row in ipairs(rows) do
			if (row.state == "cached") == cached then
				counts[row.zone] = (counts[row.zone] or 0) + row.count
				bytes[row.zone] = (bytes[row.zone] or 0) + row.bytes
			end
		end
		return counts, bytes
	end

	it("-S has the totals of netstat -m, and nothing that is lost", function()
		local rows, err, status = real.rows(dump, "mbuf", "-S")
		assert.same({ "", 0 }, { err, status })
		for _, row in ipairs(rows) do
			assert.not_equal("unknown", row.state)
		end
		local memory = real.by(real.rows(dump, "netstat", "-m"), "item")
		local used, used_bytes = sums(rows, false)
		local cached = sums(rows, true)
		assert.equal(memory.mbufs.current, used.mbuf + used.mbuf_packet)
		assert.equal(memory.packets.current, used.mbuf_packet)
		assert.equal(memory.packets.cache, cached.mbuf_packet)
		assert.equal(memory.clusters.current, used.mbuf_cluster)
		assert.equal(memory.clusters.cache, cached.mbuf_cluster)
		assert.equal(memory["jumbo page"].current, used.mbuf_jumbo_page)
		assert.equal(memory["jumbo page"].cache, cached.mbuf_jumbo_page)
		assert.equal(memory["jumbo page"].current * 4096, used_bytes.mbuf_jumbo_page)
		-- What is free in slabs is in no cache.
		local free = 0
		for _, row in ipairs(real.rows(dump, "uma", "-i", "free", "mbuf")) do
			free = free + (row.state == "free" and 1 or 0)
		end
		assert.equal(memory.mbufs.cache, cached.mbuf + cached.mbuf_packet + free)
	end)

	it("-a has an owner for each that is in use", function()
		local n, clusters = 0, 0
		for _, row in ipairs(real.rows(dump, "mbuf", "-a")) do
			n = n + 1
			clusters = clusters + (row.zone:find "cluster" and 1 or 0)
			assert.is_true(row.state == "cached" or row.owner ~= real.null)
		end
		assert.equal(508, clusters)
		assert.equal(2032, n)
		assert.equal(0, #real.rows(dump, "mbuf", "-u"))
	end)

	it("writes the packets that wait for a neighbour", function()
		local path = os.tmpname()
		local rows, err = real.rows(dump, "mbuf", "-t", "neighbour", "--pcap", path)
		assert.equal("", err)
		local bytes = source.read(path)
		os.remove(path)
		assert.same({ { path = path, link = "ip", packets = 3, bytes = 180 } }, rows)
		-- What connects from 10.77.0.1 to port 9 of 10.77.0.99, where nobody answers.
		local count = 0
		for _ in bytes:gmatch "\x45\0\0\x3c....\x40\6..\10\77\0\1\10\77\0\99..\0\9" do
			count = count + 1
		end
		assert.equal(3, count)
	end)
end)
