--- What waits in the buffers of sockets: sys/sockbuf.h, kern/uipc_usrreq.c.
-- @module vmcore.kern.sockbuf

local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"

local sockbuf = {}

local WAYS = { "rcv", "snd" }

-- The queues of a buffer: { path of the first mbuf, whether records follow by
-- m_nextpkt }. Unix sockets have their own, streams from 15 and datagrams from
-- 14 on; there a datagram waits in its sender's so_snd until it is taken.
local function queues(T, family, kind, way)
	local base = ("so_%s."):format(way)
	local function has(path)
		return member.pointer(T, base .. path) ~= nil
	end
	if family == inaddr.AF_UNIX and kind == "dgram" and has "uxdg_mb" then
		return { { base .. "uxdg_mb.stqh_first", true }, { base .. "uxdg_peeked", true } }
	elseif family == inaddr.AF_UNIX and kind ~= "dgram" and has "uxst_mbq" then
		return { { base .. "uxst_mbq.stqh_first", false } }
	end
	return { { base .. "sb_mb", true } }
end

--- A function that finds what is queued in a socket.
-- @tparam table sockets vmcore.kern.socket
-- @treturn function of a socket's address, to a list of { way ("rcv", "snd"),
--   mbuf (the first one's address), records (whether m_nextpkt leads on) }
function sockbuf.finder(sockets)
	local T, of, known = sockets.type, sockets.fields, {}
	local AF_NETLINK = 38		-- its buffers hold no mbufs from 15 on
	local foreign = member.getter(T, "so_rcv.nl_queue.tqh_first") ~= nil and AF_NETLINK
	local function getters(family, kind, way)
		local key = ("%s %s %s"):format(family, kind, way)
		if known[key] == nil then
			local list = {}
			for i, queue in ipairs(queues(T, family, kind, way)) do
				list[i] = { first = member.pointer(T, queue[1]), records = queue[2] }
			end
			known[key] = list
		end
		return known[key]
	end
	return function(so)
		local found = {}
		local family = of.family(so)
		if of.listening(so) or family == foreign then
			return found
		end
		for _, way in ipairs(WAYS) do
			for _, queue in ipairs(getters(family, of.type(so), way)) do
				local m = queue.first and queue.first(so)
				if m then
					found[#found + 1] = { way = way, mbuf = m, records = queue.records }
				end
			end
		end
		return found
	end
end

--- What is queued in sockets, each socket once.
-- @tparam table view vmcore.kern.sockname
-- @tparam function each iterator of records with the socket's address as `so`
-- @tparam function report
-- @treturn function iterator of what finder() finds, with `owner`, the socket
function sockbuf.each(view, each, report)
	local find, seen = sockbuf.finder(view.sockets), {}
	return coroutine.wrap(function()
		for s in each do
			local so = s.so
			local ok, found = true, {}
			if so and not seen[so] then
				seen[so] = true
				ok, found = pcall(find, so)
			end
			if not ok then
				report(("the socket at %#x: %s"):format(so, tostring(found)))
			end
			for _, queue in ipairs(ok and found or {}) do
				queue.owner = so
				coroutine.yield(queue)
			end
		end
	end)
end

return sockbuf
