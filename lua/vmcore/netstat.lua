--- The tables of netstat(1): what each one's columns are, and its rows.
--
-- A table has `columns`, a function of the options, and `rows`, a function
-- (k, options, report): see vmcore.script. Options: all, queues, buffers,
-- addresses (booleans), family ("inet", "inet6"), jail (a set of jail ids).
-- @module vmcore.netstat

local clock = require "vmcore.kern.clock"
local ifnet = require "vmcore.kern.ifnet"
local inpcb = require "vmcore.kern.inpcb"
local netstack = require "vmcore.kern.netstack"
local protostat = require "vmcore.kern.protostat"
local record = require "vmcore.record"
local route = require "vmcore.kern.route"
local uma = require "vmcore.kern.uma"
local unpcb = require "vmcore.kern.unpcb"

local function known(view, what)
	return view or error("the kernel file does not tell what a struct " .. what .. " is", 0)
end

-- Columns: { key, title } with a number's width, or as they are.
local function columns(list)
	for _, column in ipairs(list) do
		column[3] = column[3] or "right"
	end
	return list
end

local JID = { "jid", "JID", "right" }
local function address(key, title)
	return { key, title, "left", format = "address", width = 18 }
end

-- As netstat(1) joins them: 127.0.0.1.80, *.*.
local function joined(fields, which)
	local addr, port = fields[which .. "_addr"], fields[which .. "_port"]
	return function(s)
		local number = port(s)
		return addr(s) .. "." .. (number == 0 and "*" or number)
	end
end

local function listen(fields)
	return function(s)
		return ("%d/%d/%d"):format(fields.qlen(s), fields.incqlen(s), fields.qlimit(s))
	end
end

-- Rows of the subjects of an iterator that `keep` wants; one that can't be
-- read is not left out.
local function filtered(each, fields, keep)
	local row_of = record.maker(fields)
	return function()
		for s in each do
			local ok, wanted = pcall(keep, s)
			if wanted or not ok then
				return row_of(s)
			end
		end
	end
end

local netstat = { sockets = {}, unix = {}, interfaces = {}, routes = {}, counters = {},
	memory = {} }

function netstat.sockets.columns(o)
	local list = { { "proto", "Proto", "left" } }
	if o.addresses then
		table.insert(list, 1, address("pcb", "Tcpcb"))
	end
	if o.queues then
		table.move({ { "listen", "Listen", "left", width = 14 },
			{ "local", "Local Address", "left", width = 22 } }, 1, 2, #list + 1, list)
	else
		table.move({ { "rcv_cc", "Recv-Q" }, { "snd_cc", "Send-Q" },
			{ "local", "Local Address", "left", width = 22 },
			{ "foreign", "Foreign Address", "left", width = 22 } }, 1, 4, #list + 1, list)
	end
	for _, mark in ipairs(o.buffers and { "hiwat", "lowat", "mbcnt", "mbmax" } or {}) do
		for _, way in ipairs { "rcv", "snd" } do
			list[#list + 1] = { way .. "_" .. mark, way:sub(1, 1):upper() .. "-" .. mark:upper() }
		end
	end
	if not o.queues then
		list[#list + 1] = { "state", "(state)", "left", width = 11,
			text = function(state) return state or "" end }
	end
	list[#list + 1] = JID
	return columns(list)
end

function netstat.sockets.rows(k, o, report)
	local view = known(inpcb.new(k, netstack.new(k, report, o.jail)), "inpcb")
	local fields = setmetatable({}, { __index = view.fields })
	fields["local"], fields.foreign = joined(fields, "local"), joined(fields, "foreign")
	fields.listen = listen(fields)
	local family = o.family
	return filtered(view:each(report), fields, function(s)
		if family and not fields.proto(s):find(family == "inet" and "4" or "6", 1, true) then
			return false
		elseif o.queues then
			return fields.listening(s)
		end
		return o.all or fields.state(s) ~= "LISTEN" and not fields.local_any(s)
	end)
end

function netstat.unix.columns(o)
	return columns { address("pcb", "Address"), { "type", "Type", "left", width = 6 },
		o.queues and { "listen", "Listen", "left", width = 14 } or { "rcv_cc", "Recv-Q" },
		{ "snd_cc", "Send-Q" }, address("vnode", "Inode"), address("conn", "Conn"),
		address("refs", "Refs"), address("nextref", "Nextref"),
		{ "path", "Addr", "left", width = 16 }, { "peer_path", "Peer", "left" } }
end

function netstat.unix.rows(k, o, report)
	local view = known(unpcb.new(k), "unpcb")
	local fields = setmetatable({ listen = listen(view.fields) }, { __index = view.fields })
	return filtered(view:addresses(report), fields, function(unp)
		return not o.queues or fields.listening(unp)
	end)
end

function netstat.interfaces.columns(o)
	local list = { { "name", "Name", "left", width = 8 }, { "mtu", "Mtu", width = 5 },
		{ "network", "Network", "left", width = 15 }, { "address", "Address", "left", width = 17 },
		{ "ipackets", "Ipkts", width = 8 }, { "ierrors", "Ierrs" }, { "iqdrops", "Idrop" },
		{ "opackets", "Opkts", width = 8 }, { "oerrors", "Oerrs" }, { "collisions", "Coll" } }
	if o.bytes then
		table.insert(list, 8, { "ibytes", "Ibytes", width = 10 })
		table.insert(list, 11, { "obytes", "Obytes", width = 10 })
	end
	list[#list + 1] = JID
	return columns(list)
end

local COUNTED = { "ipackets", "ierrors", "iqdrops", "opackets", "oerrors", "collisions", "ibytes",
	"obytes" }

-- Fields of { ifp, ifa, stack }: packets are the interface's in the row of its
-- link-level address, the address's own elsewhere.
local function interface_fields(view)
	local fields = {
		name = function(s) return view.fields.name(s.ifp) end,
		mtu = function(s) return view.fields.mtu(s.ifp) end,
		network = function(s) return s.ifa and s.ifa.network end,
		address = function(s) return s.ifa and s.ifa.address end,
		jid = function(s) return s.stack.jid end,
	}
	for _, key in ipairs(COUNTED) do
		local field = view.fields[key]
		fields[key] = function(s)
			if s.link then
				return field and field(s.ifp)
			end
			return s.ifa[key]
		end
	end
	return fields
end

function netstat.interfaces.rows(k, o, report)
	local stacks = netstack.new(k, report, o.jail)
	local view = known(ifnet.new(k, stacks), "ifnet")
	local row_of = record.maker(interface_fields(view))
	return coroutine.wrap(function()
		for _, stack in ipairs(stacks.list) do
			for ifp in view:each(stack, report) do
				local link = true
				for ifa in view:addresses(ifp, report) do
					coroutine.yield(row_of { ifp = ifp, ifa = ifa, stack = stack, link = link })
					link = false
				end
				if link then
					coroutine.yield(row_of { ifp = ifp, stack = stack, link = true })
				end
			end
		end
	end)
end

function netstat.routes.columns()
	return columns { { "destination", "Destination", "left", width = 24 },
		{ "gateway", "Gateway", "left", width = 18 }, { "flags", "Flags", "left", width = 8 },
		{ "nhop", "Nhop#" }, { "mtu", "Mtu", width = 6 }, { "netif", "Netif", "left", width = 9 },
		{ "expire", "Expire", width = 7 }, { "fib", "Fib" }, JID }
end

local function route_fields(k, interfaces)
	local fields, now = {}, clock.uptime(k)
	for _, key in ipairs { "destination", "gateway", "nhop", "mtu", "fib" } do
		fields[key] = function(hop) return hop[key] end
	end
	function fields.flags(hop) return route.letters(hop.flags) end
	function fields.netif(hop) return hop.ifp and interfaces.fields.name(hop.ifp) end
	function fields.jid(hop) return hop.stack.jid end
	function fields.expire(hop)
		return hop.expire and hop.expire ~= 0 and now and hop.expire - now or nil
	end
	return fields
end

function netstat.routes.rows(k, o, report)
	local stacks = netstack.new(k, report, o.jail)
	local view = known(route.new(k, stacks), "rtentry")
	local row_of = record.maker(route_fields(k, known(ifnet.new(k, stacks), "ifnet")))
	local family = o.family == "inet" and 2 or o.family == "inet6" and 28
	return coroutine.wrap(function()
		for _, stack in ipairs(stacks.list) do
			for hop in view:each(stack, report) do
				if not family or hop.family == family then
					coroutine.yield(row_of(hop))
				end
			end
		end
	end)
end

function netstat.counters.columns()
	return columns { { "proto", "Proto", "left", width = 6 }, { "counter", "Counter", "left", width = 26 },
		{ "value", "Value", width = 12 }, JID }
end

function netstat.counters.rows(k, o, report)
	known(k:type "struct udpstat" or k:type "struct ipstat", "udpstat")
	local stacks = netstack.new(k, report, o.jail)
	return coroutine.wrap(function()
		for _, stack in ipairs(stacks.list) do
			for row in protostat.each(k, stacks, stack, report) do
				row.jid = stack.jid
				if o.all or row.value and row.value ~= 0 then
					coroutine.yield(row)
				end
			end
		end
	end)
end

function netstat.memory.columns()
	return columns { { "item", "Item", "left", width = 14 }, { "current", "Current", width = 9 },
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

function netstat.memory.rows(k, _, report)
	local view = known(uma.new(k, report), "uma_zone")
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

return netstat
