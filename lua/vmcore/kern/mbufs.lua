--- Every mbuf there is, and who has it: the zones of kern/kern_mbuf.c against
-- the queues that lead to mbufs.
-- @module vmcore.kern.mbufs

local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local lltable = require "vmcore.kern.lltable"
local member = require "vmcore.kern.member"
local sockbuf = require "vmcore.kern.sockbuf"
local sockets = require "vmcore.kern.sockets"
local sockname = require "vmcore.kern.sockname"
local slab = require "vmcore.kern.uma.slab"
local uma = require "vmcore.kern.uma"

local mbufs = {}

-- Variables that point to an mbuf for good: netinet/igmp.c, netinet6/mld6.c.
local VARIABLES = { "m_raopt" }

local FAMILIES = { inaddr.AF_INET, inaddr.AF_INET6 }

-- Queues of a network stack's interfaces: packets to send, and packets that
-- wait for an address to be resolved.
local function interface_queues(k, stacks, stack, report)
	local view = ifnet.new(k, stacks)
	local Q, send = k:type "struct ifaltq", view and view.type:member "if_snd"
	local first, held = member.pointer(Q, "ifq_head"), member.pointer(k:type "struct llentry", "la_hold")
	local function found(ok, m, queue)
		if not ok then
			report(("what waits at %#x: %s"):format(queue.owner, tostring(m)))
		elseif m then
			queue.mbuf, queue.records = m, true
			coroutine.yield(queue)
		end
	end
	for ifp in view and view:each(stack, report) or function() return nil end do
		local ok, m = pcall(first or function() return nil end, ifp + (send and send.offset or 0))
		found(ok, m, { state = "interface", owner = ifp, way = "snd" })
	end
	for _, family in ipairs(held and FAMILIES or {}) do
		for entry in lltable.each(k, stacks, stack, family, report) do
			local ok, m = pcall(held, entry.addr)
			found(ok, m, { state = "neighbour", owner = entry.addr })
		end
	end
end

--- What leads to mbufs: queues of sockets, of interfaces, of neighbours whose
-- address is not known yet, and variables.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam function report
-- @treturn[1] function iterator of { state ("socket", "interface", "neighbour",
--   "variable"), owner (address), way ("rcv", "snd"), mbuf, records }
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
		for queue in sockbuf.each(names, each, report) do
			queue.state = "socket"
			coroutine.yield(queue)
		end
		for _, stack in ipairs(stacks.list) do
			interface_queues(k, stacks, stack, report)
		end
		for _, name in ipairs(VARIABLES) do
			local at = k.kd:lookup(name)
			local m = at and k.kd:read_ptr(at)
			if m and m ~= 0 then
				coroutine.yield { state = "variable", owner = at, mbuf = m, records = false }
			end
		end
	end)
end

--- The mbufs of a queue.
-- @tparam table view vmcore.kern.mbuf
-- @tparam table queue of queues()
-- @tparam function report
-- @treturn function iterator of { m, packet (its number), state, owner, way }
function mbufs.of_queue(view, queue, report)
	return coroutine.wrap(function()
		local first, packet = queue.mbuf, 0
		local packets = queue.records and view:packets(first, report)
		while first do
			if packets then
				first = packets()
			end
			for m in first and view:chain(first, report) or function() return nil end do
				coroutine.yield { m = m, packet = packet, state = queue.state, owner = queue.owner,
					way = queue.way }
			end
			packet, first = packet + 1, packets and first
		end
	end)
end

-- A function of an mbuf to who leads to it, as of_queue() gives it. There are
-- many mbufs: what they have in common is kept once.
local function owners(view, queues, report)
	local queue_of, packet_of, held_for = {}, {}, {}
	for queue in queues do
		for s in mbufs.of_queue(view, queue, report) do
			queue_of[s.m], packet_of[s.m] = queue_of[s.m] or queue, packet_of[s.m] or s.packet
			local ok, holder = pcall(view.holder, view, s.m)
			if ok and holder then
				held_for[holder] = s.m
			end
		end
	end
	return function(m)
		local queue = queue_of[m]
		if queue then
			return { m = m, packet = packet_of[m], state = queue.state, owner = queue.owner,
				way = queue.way }
		end
		return held_for[m] and { m = m, state = "held", owner = held_for[m] }
	end
end

--- Every mbuf that a slab gave away, by who has it.
-- @tparam table k
-- @tparam table view vmcore.kern.mbuf
-- @tparam table stacks vmcore.kern.netstack
-- @tparam function report
-- @treturn[1] function iterator of what of_queue() gives; the state of those
--   that no queue leads to is "held" (it counts the references to the storage of
--   the mbuf that `owner` is), "cached" (`way` says of which zone) or "unknown":
--   a leak, or in the hands of code that ran, or of a driver
-- @treturn[2] nil
-- @treturn[2] string message
function mbufs.each(k, view, stacks, report)
	local zones = uma.new(k, report)
	local queues, message = mbufs.queues(k, stacks, report)
	if zones == nil or queues == nil then
		return nil, message or "the kernel file does not tell what a struct uma_zone is"
	end
	local owner_of, slabs = owners(view, queues, report), slab.new(zones)
	local entry = zones:find "mbuf"[1]
	if slabs == nil or entry == nil or entry.keg == nil then
		return nil, "the kernel has no zone of mbufs"
	end
	local each = slabs:items(entry.keg)
	return function()
		local m, state, where, zone
		repeat
			m, state, where, zone = each()
		until state ~= "free"
		return m and (owner_of(m) or { m = m, state = state == "cached" and state or "unknown",
			way = zone and zone.name .. " " .. where })
	end
end

return mbufs
