--- Network interfaces and their addresses: net/if_var.h, net/if_private.h,
-- net/if.h.
-- @module vmcore.kern.ifnet

local bits = require "vmcore.bits"
local inaddr = require "vmcore.kern.inaddr"
local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local ifnet = {}

-- if_counters[], net/if.h: ift_counter
local COUNTERS = { [0] = "ipackets", "ierrors", "opackets", "oerrors", "collisions", "ibytes",
	"obytes", "imcasts", "omcasts", "iqdrops", "oqdrops", "noproto" }

-- if_flags and if_drv_flags, net/if.h: IFF_*
local FLAGS = { UP = 0x1, BROADCAST = 0x2, DEBUG = 0x4, LOOPBACK = 0x8, POINTOPOINT = 0x10,
	RUNNING = 0x40, NOARP = 0x80, PROMISC = 0x100, ALLMULTI = 0x200, OACTIVE = 0x400,
	SIMPLEX = 0x800, LINK0 = 0x1000, LINK1 = 0x2000, LINK2 = 0x4000, MULTICAST = 0x8000,
	PPROMISC = 0x20000, MONITOR = 0x40000, STATICARP = 0x80000 }
local FLAGS_KNOWN = 0xeffdf	-- all of them
local IFF_RUNNING, IFF_OACTIVE = 0x40, 0x400	-- only in if_drv_flags
-- if_capenable, net/if.h: IFCAP_*, as ifconfig(8) calls them
local OPTIONS = { [0] = "RXCSUM", "TXCSUM", "NETCONS", "VLAN_MTU", "VLAN_HWTAGGING", "JUMBO_MTU",
	"POLLING", "VLAN_HWCSUM", "TSO4", "TSO6", "LRO", "WOL_UCAST", "WOL_MCAST", "WOL_MAGIC", "TOE4",
	"TOE6", "VLAN_HWFILTER", "NV", "VLAN_HWTSO", "LINKSTATE", "NETMAP", "RXCSUM_IPV6", "TXCSUM_IPV6",
	"HWSTATS", "TXRTLMT", "HWRXTSTMP", "MEXTPG", "TXTLS4", "TXTLS6", "VXLAN_HWCSUM", "VXLAN_HWTSO",
	"TXTLS_RTLMT" }
local DESCRIPTION_MAX = 1024	-- net.ifdescr_maxlen is 1024, unless it was changed

-- if_link_state, net/if.h
local LINKS = { [0] = "unknown", "down", "up" }

local flag_names = bits.namer(FLAGS, ",")

--- The names of an interface's flags, of those that have one.
-- @tparam integer flags
-- @treturn string
function ifnet.flag_names(flags)
	return flag_names(flags & FLAGS_KNOWN)
end

--- The names of the capabilities that are enabled.
-- @tparam integer options
-- @treturn string
function ifnet.option_names(options)
	local list = {}
	for bit = 0, 31 do
		if options >> bit & 1 ~= 0 then
			list[#list + 1] = OPTIONS[bit]
		end
	end
	return table.concat(list, ",")
end

-- As netstat(1) writes a network: 10.77.0.0/24, fe80::%lo0/64.
local function network(bytes, zone, mask, name_of)
	local prefix = mask and inaddr.prefix(mask)
	if mask == nil then
		return inaddr.text(bytes, zone, name_of)
	end
	local list = {}
	for i = 1, #bytes do
		list[i] = string.char(bytes:byte(i) & (mask:byte(i) or 0))
	end
	return ("%s/%s"):format(inaddr.text(table.concat(list), zone, name_of), prefix or "?")
end

-- A netmask is as long as its address, or it is cut off behind its last one.
local function mask_bytes(sa, family)
	local skip = family == inaddr.AF_INET and 4 or 8
	local size = family == inaddr.AF_INET and 4 or 16
	local bytes = sa:sub(skip + 1, skip + size)
	return bytes .. ("\0"):rep(size - #bytes)
end

local function interface_fields(k, T, read)
	local flags, drv = member.getter(T, "if_flags"), member.getter(T, "if_drv_flags")
	local link = member.getter(T, "if_link_state")
	local fields = {
		name = member.getter(T, "if_xname"), mtu = member.getter(T, "if_mtu"),
		index = member.getter(T, "if_index"), metric = member.getter(T, "if_metric"),
		baudrate = member.getter(T, "if_baudrate"), fib = member.getter(T, "if_fib"),
		addr = function(ifp) return ifp end,
		flags = flags and function(ifp)
			return flags(ifp) & ~(IFF_RUNNING | IFF_OACTIVE) & 0xffffffff | (drv and drv(ifp) or 0)
		end,
		link = link and function(ifp) return LINKS[link(ifp)] or tostring(link(ifp)) end,
	}
	local text, capenable = member.pointer(T, "if_description"), member.getter(T, "if_capenable")
	fields.description = text and function(ifp)
		local at = text(ifp)
		return at and (k.kd:read_string(at, DESCRIPTION_MAX) or inaddr.read(k, at, 1) and "")
	end
	fields.options = capenable and function(ifp) return capenable(ifp) & 0xffffffff end
	local counters = T:member "if_counters"
	for i, name in pairs(counters and COUNTERS or {}) do
		local at = counters.offset + i * k.kd:ptrsize()
		fields[name] = function(ifp)
			return read(k.kd:read_ptr(ifp + at))
		end
	end
	return fields
end

-- An address as a record: family, address, network, netmask, broadcast, and
-- for a link-level one the hardware address.
local function address_reader(k, A, read)
	local addr, mask = member.pointer(A, "ifa_addr"), member.pointer(A, "ifa_netmask")
	local dst = member.pointer(A, "ifa_dstaddr")
	local ipackets = member.pointer(A, "ifa_ipackets")
	local opackets = member.pointer(A, "ifa_opackets")
	return function(ifa, name_of)
		local sa = inaddr.sockaddr(k, addr(ifa)) or "\0\0"
		local found = { addr = ifa, family = sa:byte(2) }
		if found.family == inaddr.AF_LINK then
			local _, bytes, index = inaddr.link(sa)
			found.address = inaddr.hardware(bytes)
			found.network = ("<Link#%d>"):format(index)
			return found
		end
		local bytes, zone = inaddr.of_sockaddr(sa)
		if bytes then
			local netmask = inaddr.sockaddr(k, mask(ifa))
			netmask = netmask and mask_bytes(netmask, found.family)
			found.address, found.prefix = inaddr.text(bytes, zone, name_of),
			    netmask and inaddr.prefix(netmask)
			found.network = network(bytes, zone, netmask, name_of)
			local other = inaddr.sockaddr(k, dst(ifa))
			other = other and inaddr.of_sockaddr(other)
			found.peer = other and inaddr.text(other, nil, name_of)
		end
		found.ipackets, found.opackets = read(ipackets(ifa)), read(opackets(ifa))
		return found
	end
end

local methods = {}
local view_meta = { __index = methods }

--- The interfaces of a network stack.
-- @tparam table stack of vmcore.kern.netstack
-- @tparam ?function report
-- @treturn function iterator of addresses of struct ifnet
function methods:each(stack, report)
	local head = self.stacks:address(stack, "ifnet")
	if head == nil then
		return function() return nil end
	end
	return (self.walk(head, report and function(status)
		report(("interfaces of jail %s: %s"):format(stack.jid or "?", status.message))
	end))
end

--- The names of the groups that an interface is in.
-- @tparam integer ifp
-- @tparam function report
-- @treturn {string...}
function methods:groups(ifp, report)
	local list = {}
	for member_of in self.walk_groups and self.walk_groups(ifp + self.grouphead, function(status)
		report(("groups of the interface at %#x: %s"):format(ifp, status.message))
	end) or function() return nil end do
		local ok, name = pcall(self.group_name, member_of)
		list[#list + 1] = ok and name or nil
		if not ok then
			report(("a group of the interface at %#x: %s"):format(ifp, tostring(name)))
		end
	end
	return list
end

--- The addresses of an interface.
-- @tparam integer ifp
-- @tparam function report
-- @treturn function iterator of records: addr (of the struct ifaddr), family,
--   address, network, prefix, peer (or broadcast address), ipackets, opackets
function methods:addresses(ifp, report)
	local each = self.walk_addresses(ifp + self.addrhead, function(status)
		report(("addresses of the interface at %#x: %s"):format(ifp, status.message))
	end)
	-- A zone of its addresses is the interface itself.
	local function name_of()
		local ok, name = pcall(self.fields.name, ifp)
		return ok and name or nil
	end
	return function()
		local ifa = each()
		local ok, found = pcall(self.read_address, ifa or 0, name_of)
		if ifa and not ok then
			report(("the address at %#x of the interface at %#x: %s"):format(ifa, ifp, tostring(found)))
			found = { addr = ifa }
		end
		return ifa and found
	end
end

--- What calls interfaces by their numbers.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @treturn function of a stack and if_index, to the interface's name; nil when
--   there is none
function ifnet.namer(k, stacks)
	local view, known = nil, {}
	local function names_of(stack)
		local names = {}
		view = view or ifnet.new(k, stacks)
		local name, index = view and view.fields.name, view and view.fields.index
		for ifp in view and view:each(stack) or function() return nil end do
			pcall(function() names[index(ifp)] = name(ifp) end)
		end
		return names
	end
	return function(stack, number)
		known[stack] = known[stack] or names_of(stack)
		return known[stack][number]
	end
end

--- What can be known of a kernel's interfaces.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @treturn ?table with `fields`: functions of an address: name mtu index metric
--   baudrate (bits a second) fib flags options (capabilities that are enabled)
--   description link addr and the counters; nil when the kernel file has no types
function ifnet.new(k, stacks)
	local T, A = k:type "struct ifnet", k:type "struct ifaddr"
	local head, list = k:type "struct ifnethead", T and T:member "if_addrhead"
	if not (T and A and head and list) then
		return nil
	end
	local read = counter.reader(k)
	local G, groups = k:type "struct ifg_list", T:member "if_groups"
	local group_name = member.getter(G, "ifgl_group.ifg_group")
	return setmetatable({
		k = k, stacks = stacks, type = T, addrhead = list.offset,
		grouphead = groups and groups.offset, group_name = group_name,
		walk_groups = groups and group_name and queue.prepare(groups.type, "ifgl_next",
		    { element = G, addresses = true }),
		fields = interface_fields(k, T, read),
		read_address = address_reader(k, A, read),
		walk = queue.prepare(head, "if_link", { element = T, addresses = true }),
		walk_addresses = queue.prepare(list.type, "ifa_link", { element = A, addresses = true }),
	}, view_meta)
end

return ifnet
