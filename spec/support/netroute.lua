--- Routing tables and ARP entries of a forged network.
local route = {}

local AF_INET = 2
local RNF_ROOT = 0x2

-- A leaf of the tree: what a route begins with.
local function leaf(sys, at, key, mask)
	sys:fill(at, "struct radix_node", { rn_bit = -1, rn_flags = 4, ["rn_u.rn_leaf.rn_Key"] = key,
		["rn_u.rn_leaf.rn_Mask"] = mask })
	return at
end

-- Where a route leads to: until 12 it says itself.
local function destination(n, rt, d)
	local sys = n.sys
	sys:fill(rt, "struct rtentry", { rt_gateway = d[4], rt_flags = d[3], rte_flags = d[3],
		rt_ifp = d[5], rt_mtu = 1500 })
	if sys.types:member("struct rtentry", "rt_nhop") then
		local priv = sys:make("struct nhop_priv", { rt_flags = d[3], nh_idx = d[6] })
		local nh = sys:make("struct nhop_object", { nh_mtu = 1500, nh_ifp = d[5], nh_priv = priv })
		sys.mem:write(nh + sys.types:offsetof("struct nhop_object", "gw_sa"), sys.mem:read(d[4], 16))
		sys:fill(rt, "struct rtentry", { rt_nhop = nh })
	end
end

--- The IPv4 routes of a stack, by their keys: a tree that has a leaf on each
-- left side. A route: destination, mask, flags, gateway, interface, next hop's
-- number.
function route.routes(n, stack, list)
	local sys = n.sys
	local function ending()
		local at = leaf(sys, sys:make("struct radix_node", {}), 0, 0)
		return sys:fill(at, "struct radix_node", { rn_flags = 4 | RNF_ROOT })
	end
	local below = ending()
	for i = #list, 1, -1 do
		local rt = sys:make("struct rtentry", {})
		leaf(sys, rt, list[i][1], list[i][2])
		destination(n, rt, list[i])
		below = sys:make("struct radix_node", { rn_bit = 32 + i, rn_flags = 4,
			["rn_u.rn_node.rn_L"] = rt, ["rn_u.rn_node.rn_R"] = below })
	end
	local head = sys:make("struct rib_head", { ["head.rnh_treetop"] = below })
	local families = sys.types:member("struct ifnet", "if_afdata").type.a[3]
	local tables = sys.mem:alloc((families + 1) * 8)
	sys.mem:u64(tables + AF_INET * 8, head)
	n:set(stack, "rt_tables", tables)
	n:set(stack, "rt_numfibs", 1)
	n.treetop = below
end

--- An entry of an interface's ARP table.
function route.arp(n, stack, ifp, address, hardware)
	local sys = n.sys
	local lle = sys:make("struct llentry", { la_expire = 4000, ln_state = 2, la_flags = 0x48 })
	sys.mem:write(lle + sys.types:offsetof("struct llentry", "r_l3addr"), address)
	local text = lle + sys.types:offsetof("struct llentry", "r_linkdata")
	sys.mem:write(text, hardware)
	sys:fill(lle, "struct llentry", { ll_addr = text })
	local heads = sys.mem:alloc(32 * 8)
	sys.mem:u64(heads + 8, lle)
	local list = sys:make("struct lltable", { llt_af = AF_INET, llt_hsize = 32, lle_head = heads,
		llt_ifp = ifp })
	sys:fill(lle, "struct llentry", { lle_tbl = list })
	n:set(stack, "lltables", { slh_first = list })
	n.neighbour = lle
end

return route
