--- netstat(1): network memory.
-- @module vmcore.netstat.memory

local counter = require "vmcore.kern.counter"
local malloc = require "vmcore.kern.malloc"
local part = require "vmcore.netstat.part"
local sentence = require "vmcore.netstat.sentence"
local uma = require "vmcore.kern.uma"

local memory = {}

function memory.layout(o)
	return not (o.json or o.csv) and "lines" or nil
end

function memory.columns(o)
	if not (o.json or o.csv) then
		return { { "line", "", "left" } }
	end
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

-- Rows of the zones that there are.
local function zones(k, report)
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

-- The lines of netstat(1): which numbers of which items stand in them.
local USE = {
	{ "mbufs", "current cache total", "mbufs in use (current/cache/total)" },
	{ "clusters", "current cache total max", "mbuf clusters in use (current/cache/total/max)" },
	{ "packets", "current cache", "mbuf+clusters out of packet secondary zone in use (current/cache)" },
	{ "jumbo page", "current cache total max",
		"%dk (page size) jumbo clusters in use (current/cache/total/max)" },
	{ "jumbo 9k", "current cache total max", "9k jumbo clusters in use (current/cache/total/max)" },
	{ "jumbo 16k", "current cache total max", "16k jumbo clusters in use (current/cache/total/max)" },
}
local REQUESTS = {
	{ "denied", "mbufs denied (mbufs/clusters/mbuf+clusters)", "mbufs", "clusters", "packets" },
	{ "delayed", "mbufs delayed (mbufs/clusters/mbuf+clusters)", "mbufs", "clusters", "packets" },
	{ "delayed", "jumbo clusters delayed (%dk/9k/16k)", "jumbo page", "jumbo 9k", "jumbo 16k" },
	{ "denied", "jumbo clusters denied (%dk/9k/16k)", "jumbo page", "jumbo 9k", "jumbo 16k" },
}
-- Members of struct sfstat, sys/sf_buf.h.
local SENDFILE = {
	{ "sf_syscalls", "{} sendfile syscall{s}" },
	{ "sf_noiocnt", "{} sendfile syscall{s} completed without I/O request" },
	{ "sf_iocnt", "{} request{s} for I/O initiated by sendfile" },
	{ "sf_pages_read", "{} page{s} read by sendfile as part of a request" },
	{ "sf_pages_valid", "{} page{s} were valid at time of a sendfile request" },
	{ "sf_pages_bogus", "{} page{s} were valid and substituted to bogus page" },
	{ "sf_rhpages_requested", "{} page{s} were requested for read ahead by applications" },
	{ "sf_rhpages_read", "{} page{s} were read ahead by sendfile" },
	{ "sf_busy", "{} time{s} sendfile encountered an already busy page" },
	{ "sf_allocfail", "{} request{s} for sfbufs denied" },
	{ "sf_allocwait", "{} request{s} for sfbufs delayed" },
}

-- Bytes in tags of packets.
local function tags(k, report)
	local view = malloc.new(k)
	for ks in view and view:each(report) or function() return nil end do
		local ok, name = pcall(view.fields.name, ks)
		if ok and name == "mbuf_tag" then
			return view.fields.memory(ks)
		end
	end
	return 0
end

-- A packet's parts are those of the mbuf and the cluster zone.
local function bytes_line(items, in_tags)
	local current, cache = in_tags, 0
	for name, row in pairs(items) do
		if name ~= "packets" then
			current, cache = current + row.current * row.size, cache + row.cache * row.size
		end
	end
	return ("%dK/%dK/%dK bytes allocated to network (current/cache/total)"):format(current // 1024,
	    cache // 1024, (current + cache) // 1024)
end

-- Values joined by slashes; nil when there is none of them.
local function joined(list, value)
	local any, texts = false, {}
	for i, item in ipairs(list) do
		local number = value(item)
		any, texts[i] = any or number ~= nil, tostring(number or "-")
	end
	return any and table.concat(texts, "/") or nil
end

local function words(text)
	local list = {}
	for word in text:gmatch "%S+" do
		list[#list + 1] = word
	end
	return list
end

local function sendfile(k, report, emit)
	local symbol, T = k.kd:symbol "sfstat", k:type "struct sfstat"
	local values = {}
	for name, value, fault in symbol and T and counter.array(k, counter.reader(k), symbol.value, T)
	    or function() return nil end do
		values[name] = value
		if fault then
			report("sfstat " .. name .. ": " .. tostring(fault))
		end
	end
	for _, line in ipairs(SENDFILE) do
		if values[line[1]] then
			emit(sentence.fill(line[2], { values[line[1]] }))
		end
	end
end

local function lines(k, report)
	local items, page = {}, k:dump().page_size // 1024
	for row in zones(k, report) do
		items[row.item] = row
	end
	local function emit(text)
		coroutine.yield { line = text:find("%d", 1, true) and text:format(page) or text }
	end
	for _, line in ipairs(USE) do
		local row = items[line[1]]
		if row then
			emit(joined(words(line[2]), function(key) return row[key] end) .. " " .. line[3])
		end
	end
	emit(bytes_line(items, tags(k, report)))
	for _, line in ipairs(REQUESTS) do
		local text = joined(table.move(line, 3, 5, 1, {}), function(name)
			return items[name] and items[name][line[1]]
		end)
		if text then
			emit(text .. " requests for " .. line[2])
		end
	end
	sendfile(k, report, emit)
end

function memory.rows(k, o, report)
	if o.json or o.csv then
		return zones(k, report)
	end
	return coroutine.wrap(function() lines(k, report) end)
end

return memory
