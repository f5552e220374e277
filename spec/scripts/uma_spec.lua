--- `vmcore uma`: zones, one zone in depth, items; whole and damaged.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local net = require "spec.support.net"

local NOWHERE = 0xfffffe0000123000

local function run(sys, ...)
	return lab.vmcore("-M", sys.core, "-N", sys.kernel, "uma", ...)
end

local function memory(layout)
	return lab.system("memory " .. layout, { layout = layout, prepare = memstats.prepare(layout) })
end

local function break_it(s)
	local set, n = s.sys.types, s.sys.net
	s.memory:ptr(n.zones.mbuf + set:offsetof("struct uma_zone", "uz_frees"), NOWHERE)
	s.memory:ptr(n.zones.mbuf_cluster + set:offsetof("struct uma_zone", "uz_name"), NOWHERE)
	s.memory:ptr(n.zones.mbuf_packet + set:offsetof("struct uma_zone", "uz_link"), 0xdeadc0dedeadc0de)
	-- The first slab's link leads nowhere.
	local header = n.slabs[1].page + 4096 - 96
	s.memory:ptr(header + set:offsetof("struct uma_slab", "us_link"), NOWHERE)
end

describe("uma", function()
	it("prints all zones, one in depth, and its items", function()
		local sys = net.system(13)
		local text = { (run(memory(13))) }
		for i, words in ipairs { { "mbuf" }, { "-i", "cached", "mbuf" }, { "-i", "free", "mbuf" } } do
			local out, err, status = run(sys, table.unpack(words))
			assert.equal("", err)
			assert.equal(0, status)
			text[i + 1] = out
		end
		lab.golden("uma", table.concat(text))
	end)

	it("prints what is left of damaged ones", function()
		local sys = net.system(13, "net uma damaged", break_it)
		local out, err, status = run(sys)
		local more, err2, status2 = run(sys, "mbuf")
		assert.same({ 1, 1 }, { status, status2 })
		lab.golden("uma-damaged", out .. "--- standard error\n" .. err .. more .. "--- standard error\n" .. err2)
	end)

	for _, layout in ipairs { 12, 13, 15 } do
		it("agrees with vmstat -z on " .. layout, function()
			local sys = memory(layout)
			local found = lab.by(lab.rows(sys, "uma"), "item")
			local rows = lab.rows(sys, "vmstat", "-z")
			assert.equal(4, #rows)
			for _, row in ipairs(rows) do
				local zone = found[row.item]
				local free = zone.free == lab.null and 0 or zone.free
				assert.same({ row.size, row.used, row.free }, { zone.size, zone.used, zone.cached + free })
			end
		end)
	end

	it("describes items", function()
		local sys, found = net.system(13), {}
		for _, row in ipairs(lab.rows(sys, "uma", "-d", "-i", "allocated", "mbuf")) do
			found[row.addr] = row.detail
		end
		assert.equal("nothing leads to it", found[("0x%x"):format(sys.net.leaked)])
		assert.matches("^neighbour 0x%x+, packet 0$", found[("0x%x"):format(sys.net.waiting)])
	end)

	it("finds a zone by its address, and says when there is none", function()
		local sys = net.system(15)
		local zone = ("0x%x"):format(sys.net.zones.mbuf_packet)
		local rows = lab.rows(sys, "uma", zone)
		assert.same({ "mbuf_packet", "zone", "address", zone },
		    { rows[1].item, rows[1].part, rows[1].key, rows[1].value })
		local _, err, status = run(sys, "nosuch")
		assert.matches("there is no zone 'nosuch'", err)
		assert.equal(1, status)
	end)

	it("tells what it can where slabs have no type", function()
		local out, err, status = run(memory(13), "mbuf")
		assert.same({ "", 0 }, { err, status })
		assert.matches("zone         used            40\n", out)
		assert.matches("^ADDRESS[^\n]*\n$", (run(memory(13), "-i", "all", "mbuf")))
	end)

	it("says what the kernel does not tell", function()
		local _, err, status = run(lab.system("no types", { layout = 13, no_ctf = true }))
		assert.matches("the kernel file does not tell", err)
		assert.equal(1, status)
	end)
end)
