--- Packets that wait for what is missing of them: netinet/ip_reass.c,
-- netinet6/frag6.c, netinet/tcp_reass.c.
-- @module vmcore.kern.mbufs.reass

local inpcb = require "vmcore.kern.inpcb"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local reass = {}

local BUCKETS_MAX = 1 << 16
local FRAGMENTS_MAX = 1 << 16

local function nothing() return nil end

-- The buckets of a table of a stack: an array, or a pointer to one and how
-- long it is beside it.
local function buckets(self, name, B)
	local k, address, t = self.k, self.stacks:address(self.stack, name), self.stacks:type(name)
	t = t and t:strip()
	if not (address and t and B) then
		return nothing
	end
	local n = t.kind == "array" and t.nelems or 0
	if t.kind == "pointer" then
		local size = self.stacks:address(self.stack, name .. "_hashsize")
		n, address = size and k.kd:read_uint(size, 4) or 0, k.kd:read_ptr(address) or 0
	end
	local i = -1
	return function()
		i = i + 1
		if address ~= 0 and i < math.min(n, BUCKETS_MAX) then
			return address + i * B.size
		end
	end
end

local function put(owner, way, m, records)
	if m then
		coroutine.yield { state = "reassembly", owner = owner, way = way, mbuf = m, records = records }
	end
end

-- Packets of a table's buckets, each a list.
local function each_packet(self, name, B, member_name, Q, link)
	local head = B and B:member(member_name)
	if not (head and Q) then
		return nothing
	end
	local walk = queue.prepare(head.type, link, { element = Q, addresses = true })
	return coroutine.wrap(function()
		for bucket in buckets(self, name, B) do
			local at, lost = bucket + head.offset, false
			for packet in walk(at, function(status)
				self.report(name .. ": " .. status.message)
				lost = status.address == at
			end) do
				coroutine.yield(packet)
			end
			if lost then	-- and so are those behind it
				return
			end
		end
	end)
end

-- The fragments of a packet follow each other as packets do.
local function ip(self)
	local k = self.k
	local Q = k:type "struct ipq"
	local first = member.pointer(Q, "ipq_frags")
	for packet in first and each_packet(self, "ipq", k:type "struct ipqbucket", "head", Q, "ipq_list") or nothing do
		put(packet, "ip", first(packet), true)
	end
end

local function ip6(self)
	local k = self.k
	local Q, F = k:type "struct ip6q", k:type "struct ip6asfrag"
	local frags, first = Q and Q:member "ip6q_frags", member.pointer(F, "ip6af_m")
	if not (frags and first) then
		return
	end
	local walk = queue.prepare(frags.type, "ip6af_tq", { element = F, addresses = true })
	for packet in each_packet(self, "ip6qb", k:type "struct ip6qbucket", "packets", Q, "ip6q_tq") do
		for fragment in walk(packet + frags.offset, function(status)
			self.report("ip6q_frags: " .. status.message)
		end) do
			put(packet, "ip6", first(fragment), false)
		end
	end
end

-- The elements of a circle without those of its head: until 12.
local function circle(head, link, report)
	local at, n = head, 0
	return function()
		local ok, following = pcall(link, at)
		n = n + 1
		if not ok or n > FRAGMENTS_MAX then
			report(("ip6q: stopped at %#x: %s"):format(at, ok and "too many" or tostring(following)))
			return nil
		end
		at = following
		return at ~= head and at or nil
	end
end

local function ip6_circles(self)
	local k = self.k
	local B, F = k:type "struct ip6qbucket", k:type "struct ip6asfrag"
	local head, Q = B and B:member "ip6q", k:type "struct ip6q"
	local following, down = member.pointer(Q, "ip6q_next"), member.pointer(Q, "ip6q_down")
	local below, first = member.pointer(F, "ip6af_down"), member.pointer(F, "ip6af_m")
	for bucket in head and following and down and below and first and buckets(self, "ip6qb", B) or nothing do
		-- A bucket that was never used has no circle.
		local start = bucket + head.offset
		for packet in following(start) and circle(start, following, self.report) or nothing do
			for fragment in circle(packet, function(at)
				return at == packet and down(at) or below(at)
			end, self.report) do
				put(packet, "ip6", first(fragment), false)
			end
		end
	end
end

-- Segments of connections that came before others.
local function tcp(self)
	local k = self.k
	local T, E = k:type "struct tcpcb", k:type "struct tseg_qent"
	local list, first = T and T:member "t_segq", member.pointer(E, "tqe_m")
	local view = list and first and inpcb.new(k, self.stacks)
	if not (view and view.fields.state) then
		return
	end
	local walk = queue.prepare(list.type, "tqe_q", { element = E, addresses = true })
	for inp in view:of_list(self.stack, "tcbinfo", nothing) do
		local s = { inp = inp, list = "tcp", stack = self.stack }
		local tp = view.fields.pcb(s)
		local filled = tp and k.kd:read_ptr(tp + list.offset) or 0
		-- Until 13 the control block of one in TIME_WAIT is of another kind.
		if filled ~= 0 and view.fields.state(s) ~= "TIME_WAIT" then
			for segment in walk(tp + list.offset, function(status)
				self.report("t_segq: " .. status.message)
			end) do
				put(tp, "tcp", first(segment), false)
			end
		end
	end
end

--- What waits in a network stack for missing parts.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack one of its list
-- @tparam function report
-- @treturn function iterator of { state = "reassembly", owner (address of the struct
--   ipq, ip6q or tcpcb), way ("ip", "ip6", "tcp"), mbuf, records }, as
--   vmcore.kern.mbufs has them
function reass.each(k, stacks, stack, report)
	local self = { k = k, stacks = stacks, stack = stack, report = report }
	return coroutine.wrap(function()
		for _, part in ipairs { ip, ip6, ip6_circles, tcp } do
			local ok, fault = pcall(part, self)
			if not ok then
				report("what waits to be reassembled: " .. tostring(fault))
			end
		end
	end)
end

return reass
