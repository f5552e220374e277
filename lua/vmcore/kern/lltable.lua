--- Link-layer addresses of neighbours: net/if_llatbl.h.
-- @module vmcore.kern.lltable

local bits = require "vmcore.bits"
local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local lltable = {}

-- la_flags, net/if_llatbl.h: LLE_*
local flag_names = bits.namer({ deleted = 0x1, static = 0x2, ifaddr = 0x4, valid = 0x8,
	redirect = 0x10, published = 0x20, linked = 0x40 }, ",")
local LLE_STATIC, LLE_IFADDR, LLE_VALID = 0x2, 0x4, 0x8
-- ln_state: ARP_LLINFO_*, net/if_llatbl.h; ND6_LLINFO_*, netinet6/nd6.h
local STATES = {
	[inaddr.AF_INET] = { [0] = "incomplete", "reachable", "verify" },
	[inaddr.AF_INET6] = { [-2] = "nostate", [-1] = "waitdelete", [0] = "incomplete", "reachable",
		"stale", "delay", "probe" },
}
local BUCKETS_MAX = 1 << 16
local ETHER_ADDR_LEN = 6
local DAMAGES_MAX = 32		-- then a table's size is no size

--- The name of an entry's state.
-- @tparam integer family
-- @tparam integer state
-- @treturn string
function lltable.state_name(family, state)
	return (STATES[family] or {})[state] or tostring(state)
end

-- A reader of entries; an address that is not known yet is nil.
local function entry_reader(k, E)
	local flags, expire = member.getter(E, "la_flags"), member.getter(E, "la_expire")
	local state, lladdr = member.getter(E, "ln_state"), member.pointer(E, "ll_addr")
	local l3addr = kvm.offsetof(E, "r_l3addr")
	return function(entry, family, name_of)
		local value = flags(entry)
		local at = lladdr(entry)
		local size = family == inaddr.AF_INET and 4 or 16
		local permanent = value & (LLE_STATIC | LLE_IFADDR) ~= 0
		return {
			addr = entry, family = family, flags = flag_names(value), state = state and state(entry),
			address = inaddr.text(inaddr.read(k, entry + l3addr, size), nil, name_of),
			lladdr = at and value & LLE_VALID ~= 0
			    and inaddr.hardware(inaddr.read(k, at, ETHER_ADDR_LEN)) or nil,
			expire = not permanent and expire(entry) or nil,
		}
	end
end

-- The tables of a stack.
local function tables(k, stacks, stack, report)
	local T = k:type "struct lltable"
	local head, address = stacks:type "lltables", stacks:address(stack, "lltables")
	if not (T and head and address) then
		return function() return nil end
	end
	return (queue.prepare(head, "llt_link", { element = T, addresses = true })(address,
	    function(status)
		report("lltables: " .. status.message)
	end))
end

-- The entries of a table's buckets.
local function buckets(walk, first, n, width, emit, report)
	local damages = 0
	local function on_stop(status)
		damages = damages + 1
		report(status.message)
	end
	for i = 0, n - 1 do
		if damages >= DAMAGES_MAX then
			report(("%d of %d buckets read, the rest is not believed"):format(i, n))
			break
		end
		for entry in walk(first + i * width, on_stop) do
			emit(entry)
		end
	end
end

--- The neighbours that a network stack knows.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack
-- @tparam integer family AF_INET (ARP) or AF_INET6 (NDP)
-- @tparam function report
-- @treturn function iterator of records: addr (of the struct llentry), address,
--   lladdr, flags, state (ND6_LLINFO_*), expire (seconds since boot; nil: never),
--   ifp (address of the struct ifnet), stack
function lltable.each(k, stacks, stack, family, report)
	local T, E = k:type "struct lltable", k:type "struct llentry"
	local af, size = member.getter(T, "llt_af"), member.getter(T, "llt_hsize")
	local heads, ifp = member.pointer(T, "lle_head"), member.pointer(T, "llt_ifp")
	local H = k:type "struct llentries"
	if not (af and size and heads and ifp and E and H) then
		return function() return nil end
	end
	local read, interface = entry_reader(k, E), ifnet.namer(k, stacks)
	local function name_of(number)
		return interface(stack, number)
	end
	local walk = queue.prepare(H, "lle_next", { element = E, addresses = true })
	local function emit(at, entry)
		local ok, found = pcall(read, entry, family, name_of)
		if not ok then
			report(("the entry at %#x: %s"):format(entry, tostring(found)))
			found = { addr = entry, family = family, flags = "" }
		end
		found.ifp, found.stack = ifp(at), stack
		coroutine.yield(found)
	end
	return coroutine.wrap(function()
		for at in tables(k, stacks, stack, report) do
			local ok, first, n = pcall(function()
				return heads(at), af(at) == family and math.min(size(at), BUCKETS_MAX) or 0
			end)
			if not ok then
				report(("the table at %#x: %s"):format(at, tostring(first)))
			elseif first then
				buckets(walk, first, n, H.size, function(entry) emit(at, entry) end, report)
			end
		end
	end)
end

return lltable
