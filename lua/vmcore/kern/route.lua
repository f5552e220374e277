--- Routing tables: net/route/route_var.h, net/route.h, net/radix.h,
-- net/route/nhop.h.
-- @module vmcore.kern.route

local counter = require "vmcore.kern.counter"
local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"

local route = {}

local RNF_ROOT = 0x2		-- rn_flags, net/radix.h: ends of the tree
local NHF_MULTIPATH = 0x0008	-- nh_flags, net/route.h
local NODES_MAX = 1 << 24
local FIBS_MAX = 65536		-- RT_MAXFIBS
local RTF_HOST = 0x4

-- rt_flags, net/route.h, with the letters of netstat(1)
local LETTERS = {
	{ 0x1, "U" }, { 0x2, "G" }, { 0x4, "H" }, { 0x8, "R" }, { 0x10, "D" }, { 0x20, "M" },
	{ 0x200, "X" }, { 0x800, "S" }, { 0x1000, "B" }, { 0x4000, "2" }, { 0x8000, "1" },
	{ 0x400000, "b" }, { 0x40000, "3" },
}

--- The letters of a route's flags.
-- @tparam integer flags
function route.letters(flags)
	local text = ""
	for _, letter in ipairs(LETTERS) do
		text = text .. (flags & letter[1] ~= 0 and letter[2] or "")
	end
	return text
end

-- An address with its mask: "default", "10.0.0.0/8", "10.77.0.1".
local function destination(key, mask, host, name_of)
	local bytes, zone = inaddr.of_sockaddr(key)
	if bytes == nil then
		return "?"
	elseif mask == nil or host then
		return inaddr.text(bytes, zone, name_of)
	end
	local skip = #bytes == 4 and 4 or 8
	local ones = mask:sub(skip + 1, skip + #bytes)
	ones = ones .. ("\0"):rep(#bytes - #ones)
	local prefix = inaddr.prefix(ones)
	if prefix == 0 and inaddr.any(bytes) then
		return "default"
	end
	return ("%s/%s"):format(inaddr.text(bytes, zone, name_of), prefix or "?")
end

-- 127.0.0.1, link#2.
local function gateway(sa, name_of)
	local bytes, zone = inaddr.of_sockaddr(sa)
	if bytes then
		return inaddr.text(bytes, zone, name_of)
	elseif sa:byte(2) == inaddr.AF_LINK then
		return ("link#%d"):format(("<I2"):unpack(sa, 3))
	end
	return "?"
end

-- Until 12 a route says itself where it leads.
local function old_reader(k, R, counted)
	local sent = member.pointer(R, "rt_pksent")
	local flags = member.getter(R, "rt_flags")
	local gw, mtu = member.pointer(R, "rt_gateway"), member.getter(R, "rt_mtu")
	local ifp, expire = member.pointer(R, "rt_ifp"), member.getter(R, "rt_expire")
	return function(rt, emit)
		local sa = inaddr.sockaddr(k, gw(rt))
		emit { flags = flags(rt), gateway_sa = sa, ifp = ifp(rt), mtu = mtu(rt),
			expire = expire(rt), use = sent and counted(sent(rt)) }
	end
end

-- From 13 on it leads to a next hop, or to a group of them.
local function nhop_reader(k, R, N, counted)
	local nhop, rte_flags = member.pointer(R, "rt_nhop"), member.getter(R, "rte_flags")
	local flags, priv = member.getter(N, "nh_flags"), member.pointer(N, "nh_priv")
	local mtu, ifp = member.getter(N, "nh_mtu"), member.pointer(N, "nh_ifp")
	local P, G = k:type "struct nhop_priv", k:type "struct nhgrp_object"
	local rt_flags, index = member.getter(P, "rt_flags"), member.getter(P, "nh_idx")
	local expire, size = member.getter(P, "nh_expire"), member.getter(G, "nhg_size")
	local gw, sent = kvm.offsetof(N, "gw_sa"), member.pointer(N, "nh_pksent")
	local function one(rt, nh, emit)
		local p, bytes = priv(nh), inaddr.read(k, nh + gw, 28)
		emit { flags = rte_flags(rt) | (p and rt_flags and rt_flags(p) or 0),
			gateway_sa = bytes:sub(1, math.max(2, bytes:byte())), ifp = ifp(nh), mtu = mtu(nh),
			use = sent and counted(sent(nh)),
			nhop = p and index and index(p), expire = p and expire and expire(p) }
	end
	return function(rt, emit)
		local nh = nhop(rt)
		if nh == nil then
			return emit { flags = rte_flags(rt) }
		elseif not (G and size) or flags(nh) & NHF_MULTIPATH == 0 then
			return one(rt, nh, emit)
		end
		-- A group's slots name a next hop as often as its weight is.
		local first, seen = nh + kvm.offsetof(G, "nhops"), {}
		for i = 0, size(nh) - 1 do
			local each = k.kd:read_ptr(first + i * k.kd:ptrsize())
			if each and each ~= 0 and not seen[each] then
				seen[each] = true
				one(rt, each, emit)
			end
		end
	end
end

-- The leaves below a node in the order of their keys, each with those that
-- have the same key and another mask; `visit` gets addresses of nodes.
local function walk(T, top, visit, report)
	local bit, flags = member.getter(T, "rn_bit"), member.getter(T, "rn_flags")
	local left, right = member.pointer(T, "rn_u.rn_node.rn_L"), member.pointer(T, "rn_u.rn_node.rn_R")
	local other, seen, n = member.pointer(T, "rn_u.rn_leaf.rn_Dupedkey"), {}, 0
	local function leaf(node)
		while node and not seen[node] and n < NODES_MAX do
			seen[node], n = true, n + 1
			if flags(node) & RNF_ROOT == 0 then
				visit(node)
			end
			node = other(node)
		end
	end
	local stack = top and { top } or {}
	while #stack > 0 do
		local node = table.remove(stack)
		local ok, fault = pcall(function()
			if bit(node) < 0 then
				leaf(node)
			elseif not seen[node] then
				seen[node] = true
				stack[#stack + 1] = right(node)
				stack[#stack + 1] = left(node)
			end
		end)
		if not ok then
			report(("routes below the node at %#x: %s"):format(node, tostring(fault)))
		end
	end
end

local methods = {}
local view_meta = { __index = methods }

-- Each table of a stack: the rib_head's address, family, FIB.
function methods:tables(stack, wanted, report)
	local k, families = self.k, self.families
	local function pointer(at)
		local value, message = k.kd:read_ptr(at)
		if value == nil then
			report("the routing tables: " .. message)
		end
		return value
	end
	local variable = self.stacks:address(stack, "rt_tables")
	local base = variable and pointer(variable)
	local fibs = self.stacks:address(stack, "rt_numfibs")
	local n = fibs and k.kd:read_uint(fibs, 4) or member.integer(k, "rt_numfibs") or 1
	local list = {}
	for fib = 0, base and base ~= 0 and math.min(n, FIBS_MAX) - 1 or -1 do
		for _, family in ipairs { inaddr.AF_INET, inaddr.AF_INET6 } do
			local at = base + (fib * (families + 1) + family) * k.kd:ptrsize()
			local head = (not wanted or family == wanted) and pointer(at)
			if head == nil then
				return list
			elseif head and head ~= 0 then
				list[#list + 1] = { head = head, family = family, fib = fib }
			end
		end
	end
	return list
end

--- The routes of a network stack.
-- @tparam table stack of vmcore.kern.netstack
-- @tparam function report
-- @tparam ?integer family AF_INET or AF_INET6, only that
-- @treturn function iterator of records: family, fib, destination, gateway,
--   flags, ifp (address of the struct ifnet), mtu, expire (seconds since boot,
--   0: never), nhop, use (packets sent), addr (of the struct rtentry)
function methods:each(stack, report, family)
	local function name_of(number)
		return self.name_of(stack, number)
	end
	return coroutine.wrap(function()
		for _, list in ipairs(self:tables(stack, family, report)) do
			local ok, top = pcall(self.top, list.head)
			if not ok then
				report(("the routing table at %#x: %s"):format(list.head, tostring(top)))
			end
			walk(self.node, ok and top or nil, function(rt)
				local key = inaddr.sockaddr(self.k, self.key(rt)) or "\0\0"
				local mask = inaddr.sockaddr(self.k, self.mask(rt))
				self.read(rt, function(hop)
					hop.family, hop.fib, hop.addr, hop.stack = list.family, list.fib, rt, stack
					hop.destination = destination(key, mask, hop.flags & RTF_HOST ~= 0, name_of)
					hop.gateway = hop.gateway_sa and gateway(hop.gateway_sa, name_of)
					coroutine.yield(hop)
				end)
			end, report)
		end
	end)
end

--- What can be known of a kernel's routes.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @treturn ?table nil when the kernel file has no types
function route.new(k, stacks)
	local R, H = k:type "struct rtentry", k:type "struct rib_head"
	local T, N = k:type "struct radix_node", k:type "struct nhop_object"
	local I = k:type "struct ifnet"
	local families = I and I:member "if_afdata"	-- [AF_MAX]
	if not (R and H and T and families) then
		return nil
	end
	local counted = counter.reader(k)
	return setmetatable({
		k = k, stacks = stacks, node = T, families = families.type:strip().nelems,
		top = member.pointer(H, "head.rnh_treetop"),
		key = member.pointer(T, "rn_u.rn_leaf.rn_Key"), mask = member.pointer(T, "rn_u.rn_leaf.rn_Mask"),
		read = R:member "rt_nhop" and nhop_reader(k, R, N, counted) or old_reader(k, R, counted),
		name_of = ifnet.namer(k, stacks),
	}, view_meta)
end

return route
