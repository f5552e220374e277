--- netstat(1): network memory.
-- @module vmcore.netstat.memory

local part = require "vmcore.netstat.part"
local uma = require "vmcore.kern.uma"

local memory = {}

function memory.columns()
	return part.columns { { "item", "Item", "left", width = 14 }, { "current", "Current", width = 9 },
		{ "cache", "Cache", width = 9 }, { "total", "Total", width = 9 }, { "max", "Max", width = 9 },
		{ "size", "Size", width = 6 }, { "bytes", "Bytes", width = 12 }, { "denied", "Denied" },
		{ "delayed", "Delayed" } }
end

-- Zones of sys/mbuf.h by what netstat(1) calls them.
local ZONES = { { "mbuf", "mbufs" }, { "mbuf_cluster", "clusters" }, { "mbuf_packet", "packets" },
	{ "mbuf_jumbo_page", "jumbo page" }, { "mbuf_jumbo_9k", "jumbo 9k" },
	{ "mbuf_jumbo_16k", "jumbo 16k" } }

local function memory_of(fields, zone, keg, first)
	return { current = fields.used(zone), size = fields.size(zone), max = fields.limit(zone, keg),
		cache = fields.cached(zone) + (first and keg and fields.keg_free(keg) or 0),
		denied = fields.fails(zone), delayed = fields.sleeps(zone) }
end

-- A packet is an mbuf with a cluster: the mbuf zone counts neither, the cluster
-- zone counts its cluster as in use, also while the packet waits in a cache.
local function attribute(found)
	local mbufs, clusters, packets = found.mbuf, found.mbuf_cluster, found.mbuf_packet
	if packets and mbufs then
		mbufs.current = mbufs.current + packets.current
		mbufs.cache = mbufs.cache + packets.cache
	end
	if packets and clusters then
		clusters.current = clusters.current - packets.cache
		clusters.cache = clusters.cache + packets.cache
	end
end

function memory.rows(k, _, report)
	local view = part.known(uma.new(k, report), "uma_zone")
	local found, i = {}, 0
	for zone, keg, first in view:each() do
		local ok, fault = pcall(function()
			local name = view.fields.name(zone)
			if name:find "^mbuf" then
				found[name] = memory_of(view.fields, zone, keg, first)
			end
		end)
		if not ok then
			report(("the zone at %#x: %s"):format(zone, tostring(fault)))
		end
	end
	attribute(found)
	return function()
		i = i + 1
		while ZONES[i] and found[ZONES[i][1]] == nil do
			i = i + 1
		end
		local row = ZONES[i] and found[ZONES[i][1]]
		if row then
			row.item, row.total = ZONES[i][2], row.current + row.cache
			row.bytes = row.total * row.size
		end
		return row or nil
	end
end

return memory
