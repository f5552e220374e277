--- Every mbuf and cluster there is, and who has it: the zones of
-- kern/kern_mbuf.c against what leads to mbufs.
--
--	local all = assert(mbufs.new(k, print))
--	for s in all:each() do print(s.zone, s.state, s.way) end
--	print(all:of(0xfffff80004099000).owner)
--
-- @module vmcore.kern.mbufs

local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local lltable = require "vmcore.kern.lltable"
local mbuf = require "vmcore.kern.mbuf"
local member = require "vmcore.kern.member"
local netisr = require "vmcore.kern.mbufs.netisr"
local netstack = require "vmcore.kern.netstack"
local reass = require "vmcore.kern.mbufs.reass"
local ring = require "vmcore.kern.mbufs.ring"
local slab = require "vmcore.kern.uma.slab"
local sockbuf = require "vmcore.kern.sockbuf"
local sockets = require "vmcore.kern.sockets"
local sockname = require "vmcore.kern.sockname"
local syncache = require "vmcore.kern.syncache"
local uma = require "vmcore.kern.uma"

local mbufs = {}

-- The zones of sys/mbuf.h (MBUF_*_MEM_NAME): mbufs with a cluster for good are
-- of a secondary zone.
local MBUF, PACKET = "mbuf", "mbuf_packet"

--- The zones of clusters.
mbufs.CLUSTERS = { "mbuf_cluster", "mbuf_jumbo_page", "mbuf_jumbo_9k", "mbuf_jumbo_16k" }

--- What an mbuf's or a cluster's state may be: see queues() and of().
mbufs.STATES = { socket = true, interface = true, ring = true, neighbour = true, syncache = true,
	reassembly = true, netisr = true, variable = true, held = true, cached = true, unknown = true }

-- Variables that point to an mbuf for good: netinet/igmp.c, netinet6/mld6.c.
local VARIABLES = { "m_raopt" }

local MBUFS_MAX = 1 << 22	-- a gigabyte of them

local FAMILIES = { inaddr.AF_INET, inaddr.AF_INET6 }

local function nothing() return nil end

-- Hand out what a function finds at an owner.
local function put(get, at, queue, report)
	local ok, m = pcall(get, at)
	if not ok then
		report(("what waits at %#x: %s"):format(queue.owner, tostring(m)))
	elseif m then
		queue.mbuf = m
		coroutine.yield(queue)
	end
end

-- Packets to send: what waits for the driver, and what that took out to send.
local function interface_queues(k, stacks, stack, report)
	local view, Q = ifnet.new(k, stacks), k:type "struct ifaltq"
	local send = view and view.type:member "if_snd"
	for ifp in view and view:each(stack, report) or nothing do
		for _, name in ipairs(Q and send and { "ifq_head", "ifq_drv_head" } or {}) do
			local first = member.pointer(Q, name)
			put(first or nothing, ifp + send.offset, { state = "interface", owner = ifp, way = "snd",
				records = true }, report)
		end
		for queue in ring.each(k, ifp, report) do
			coroutine.yield(queue)
		end
	end
end

-- Packets that wait for an address to be resolved, and options of connections
-- that were asked for.
local function waiting(k, stacks, stack, report)
	local held = member.pointer(k:type "struct llentry", "la_hold")
	for _, family in ipairs(held and FAMILIES or {}) do
		for entry in lltable.each(k, stacks, stack, family, report) do
			put(held, entry.addr, { state = "neighbour", owner = entry.addr, records = true }, report)
		end
	end
	local options = member.pointer(k:type "struct syncache", "sc_ipopts")
	for s in options and syncache.each(k, stacks, stack, report) or nothing do
		put(options, s.entry, { state = "syncache", owner = s.entry, records = false }, report)
	end
end

local function each_queue(k, stacks, names, each, report)
	for queue in sockbuf.each(names, each, report) do
		queue.state = "socket"
		coroutine.yield(queue)
	end
	for _, stack in ipairs(stacks.list) do
		interface_queues(k, stacks, stack, report)
		waiting(k, stacks, stack, report)
		for queue in reass.each(k, stacks, stack, report) do
			coroutine.yield(queue)
		end
	end
	for queue in netisr.each(k, report) do
		coroutine.yield(queue)
	end
	for _, name in ipairs(VARIABLES) do
		local at = k.kd:lookup(name)
		local m = at and k.kd:read_ptr(at)
		if m and m ~= 0 then
			coroutine.yield { state = "variable", owner = at, mbuf = m, records = false }
		end
	end
end

--- What leads to mbufs.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam function report
-- @treturn[1] function iterator of { state, owner (address), way, mbuf (the first
--   one), records (whether m_nextpkt leads on), or cluster instead }: state is
--   "socket" (way "rcv", "snd"), "interface" (its queue; "snd"), "ring" (a driver's;
--   "rx", "tx", "queue"), "neighbour" (its address is not known yet), "syncache",
--   "reassembly" ("ip", "ip6", "tcp"), "netisr" (protocol and CPU), "variable"
-- @treturn[2] nil
-- @treturn[2] string message
function mbufs.queues(k, stacks, report)
	local names = sockname.new(k, stacks)
	if names == nil then
		return nil, "the kernel file does not tell what a struct socket is"
	end
	local each, message = sockets.each(k, names, report)
	if each == nil then
		return nil, message
	end
	return coroutine.wrap(function()
		each_queue(k, stacks, names, each, report)
	end)
end

-- A function (queue, fn) that calls fn(m, number of the packet) for the mbufs of
-- a queue, and a table of the queues that mbufs were met in. No mbuf is in two:
-- where a damaged link leads to one that was met, that walk ends.
local function walker(view, report)
	local queue_of, total = {}, 0
	local get_next, get_packet = view.fields.next, view.fields.nextpkt
	local function follow(get, m, first)
		local ok, following = pcall(get, m)
		if not ok then
			report(("the chain from %#x: stopped at %#x: %s"):format(first, m, tostring(following)))
		end
		return ok and following or nil
	end
	-- Whether an mbuf is to be had; why it is not, is told.
	local function fresh(m, first, queue)
		local other = queue_of[m]
		if other or total >= MBUFS_MAX then
			report(("the chain from %#x: %s %#x"):format(first, other == queue and "it runs in a circle, back to"
			    or other and "it leads into another queue, to" or "there are too many: stopped at", m))
			return false
		end
		queue_of[m], total = queue, total + 1
		return true
	end
	return function(queue, fn)
		local packet, first = 0, queue.mbuf
		while first and fresh(first, queue.mbuf, queue) do
			local m = first
			repeat
				fn(m, packet)
				m = follow(get_next, m, first)
			until m == nil or not fresh(m, first, queue)
			packet, first = packet + 1, queue.records and follow(get_packet, first, queue.mbuf) or nil
		end
	end, queue_of
end

--- The mbufs of queues, each mbuf once.
-- @tparam table view vmcore.kern.mbuf
-- @tparam function queues iterator, as queues() gives it
-- @tparam function report
-- @treturn function iterator of { m, packet (its number in the queue), state, owner,
--   way }; the one that can't be read is the last of its chain
function mbufs.of_queues(view, queues, report)
	local walk = walker(view, report)
	return coroutine.wrap(function()
		for queue in queues do
			if queue.mbuf then
				walk(queue, function(m, packet)
					coroutine.yield { m = m, packet = packet, state = queue.state, owner = queue.owner,
						way = queue.way }
				end)
			end
		end
	end)
end

local methods = {}
local all_meta = { __index = methods }

-- Walk what leads to mbufs once. There are many mbufs: what they have in common
-- is kept once.
local function index_queues(self, queues)
	local view, holder = self.view, self.view.holder
	local packet_of, held_for, cluster_of = {}, {}, {}
	local function put_mbuf(m, packet)
		packet_of[m] = packet
		local ok, at, cluster = pcall(holder, view, m)
		if ok and at then
			held_for[at] = m
		end
		if ok and cluster then
			cluster_of[cluster] = cluster_of[cluster] or m
		end
	end
	local walk, queue_of = walker(view, self.report)
	for queue in queues do
		if queue.cluster then
			self.ring_of[queue.cluster] = queue
		else
			walk(queue, put_mbuf)
		end
	end
	self.queue_of, self.packet_of, self.held_for, self.cluster_of = queue_of, packet_of, held_for, cluster_of
end

--- Who has an mbuf.
-- @tparam integer m
-- @treturn table { m, packet, state, owner, way } as of_queues() gives it; the state
--   of those that no queue leads to is "held" (it counts the references to the
--   storage of the mbuf that `owner` is), "cached" (`way` says of which zone) or
--   "unknown": a leak, or in the hands of code that ran, or of a driver
function methods:of(m)
	local queue = self.queue_of[m]
	if queue then
		return { m = m, packet = self.packet_of[m], state = queue.state, owner = queue.owner,
			way = queue.way }
	elseif self.held_for[m] then
		return { m = m, state = "held", owner = self.held_for[m] }
	end
	local where = self.cached[m]
	return { m = m, state = where and "cached" or "unknown", way = where }
end

-- What zones of mbufs cache, as "mbuf CPU 1".
local function cached_in(self, entry, found)
	for item, where in pairs(self.slabs.buckets:cached(entry.zone)) do
		found[item] = entry.name .. " " .. where
	end
end

-- Note whose storage is which cluster, of mbufs that no queue leads to.
local function note_cluster(self, m)
	local ok, _, cluster = pcall(self.view.holder, self.view, m)
	if ok and cluster then
		self.cluster_of[cluster] = self.cluster_of[cluster] or m
	end
end

local function yield_mbufs(self)
	local view, size = self.view, self.zones.fields.size(self.entry.zone)
	for m in self.slabs:given(self.entry.keg) do
		local s, ok, packet = self:of(m), pcall(view.is_packet, view, m)
		note_cluster(self, m)
		s.zone, s.size = ok and packet and PACKET or MBUF, size
		coroutine.yield(s)
	end
	self.noted = true
end

--- Who has a cluster.
-- @tparam integer cluster its address
-- @treturn table { cluster, state, owner, way, storage_of (the mbuf whose storage
--   it is) }, as of() says
function methods:of_cluster(cluster)
	for m in not self.noted and self.slabs:given(self.entry.keg) or nothing do
		note_cluster(self, m)
	end
	self.noted = true
	local m, queue = self.cluster_of[cluster], self.ring_of[cluster]
	local s
	if m == nil and queue then
		s = { state = queue.state, owner = queue.owner, way = queue.way }
	elseif m then
		s = self:of(m)
	else
		local where = self.cached[cluster]
		s = { state = where and "cached" or "unknown", way = where }
	end
	s.cluster, s.storage_of, s.m, s.packet = cluster, m, nil, nil
	return s
end

--- Every mbuf that a slab gave away, then every cluster, by who has it.
-- @treturn function iterator of what of() and of_cluster() give, with `zone` and
--   `size` (bytes that it takes)
function methods:each()
	return coroutine.wrap(function()
		yield_mbufs(self)
		for _, name in ipairs(mbufs.CLUSTERS) do
			local entry = self.zones:find(name)[1]
			local size = entry and entry.keg and self.zones.fields.size(entry.zone)
			for cluster in size and self.slabs:given(entry.keg) or nothing do
				local s = self:of_cluster(cluster)
				s.zone, s.size = name, size
				coroutine.yield(s)
			end
		end
	end)
end

--- Find out who has which mbuf.
-- @tparam table k
-- @tparam function report
-- @treturn[1] table of(), of_cluster(), each(), `view` (vmcore.kern.mbuf)
-- @treturn[2] nil
-- @treturn[2] string message
function mbufs.new(k, report)
	local view, zones = mbuf.new(k), uma.new(k, report)
	local slabs = zones and slab.new(zones)
	if view == nil or slabs == nil or slabs.buckets == nil then
		return nil, "the kernel file does not tell what a struct mbuf or a struct uma_zone is"
	end
	local queues, message = mbufs.queues(k, netstack.new(k, report), report)
	local entry = zones:find(MBUF)[1]
	if queues == nil or entry == nil or entry.keg == nil then
		return nil, message or "the kernel has no zone of mbufs"
	end
	local self = setmetatable({ k = k, view = view, zones = zones, slabs = slabs, report = report,
		entry = entry, cached = {}, ring_of = {} }, all_meta)
	for _, name in ipairs { MBUF, PACKET, table.unpack(mbufs.CLUSTERS) } do
		for _, found in ipairs(zones:find(name)) do
			cached_in(self, found, self.cached)
		end
	end
	index_queues(self, queues)
	return self
end

return mbufs
