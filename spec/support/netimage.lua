--- The structs of a forged network: stacks, sockets and their buffers, open
-- files, interfaces, routes. net.lua says what there is.
local route = require "spec.support.netroute"
local source = require "spec.support.source"
local stats = require "spec.support.netstats"
local types = require "spec.support.types"
local values = require "spec.support.values"

local image = {}
local methods = {}
image.meta = { __index = methods }

-- The same in all releases; the others are in layouts/.
local COMMON = [[
struct in_addr { unsigned int s_addr; };
struct in6_addr { unsigned char s6_addr[16]; };
struct in_addr_4in6 { unsigned int ia46_pad32[3]; struct in_addr ia46_addr4; };
union in_dependaddr { struct in_addr_4in6 id46_addr; struct in6_addr id6_addr; };
struct in_endpoints { unsigned short ie_fport; unsigned short ie_lport;
	union in_dependaddr ie_dependfaddr; union in_dependaddr ie_dependladdr;
	unsigned int ie6_zoneid; };
struct in_conninfo { unsigned char inc_flags; unsigned char inc_len;
	unsigned short inc_fibnum; struct in_endpoints inc_ie; };
struct sockaddr { unsigned char sa_len; unsigned char sa_family; char sa_data[14]; };
struct sockaddr_in { unsigned char sin_len; unsigned char sin_family;
	unsigned short sin_port; struct in_addr sin_addr; char sin_zero[8]; };
struct sockaddr_in6 { unsigned char sin6_len; unsigned char sin6_family;
	unsigned short sin6_port; unsigned int sin6_flowinfo; struct in6_addr sin6_addr;
	unsigned int sin6_scope_id; };
struct sockaddr_dl_short { unsigned char sdl_len; unsigned char sdl_family;
	unsigned short sdl_index; unsigned char sdl_type; char pad[3]; };
struct sockaddr_un { unsigned char sun_len; unsigned char sun_family; char sun_path[104]; };
]]
local VARIABLES = [[
struct vnet_list_head { struct vnet *lh_first; };
struct lltable_list { struct lltable *slh_first; };
]]

-- Variables of which each network stack has its own.
local VNET = { tcbinfo = "struct inpcbinfo", udbinfo = "struct inpcbinfo",
	ripcbinfo = "struct inpcbinfo", tcp_syncache = "struct tcp_syncache",
	ifnet = "struct ifnethead", rt_tables = "struct rib_head **", rt_numfibs = "unsigned int",
	lltables = "struct lltable_list" }

local MAGIC = 0x5e4a6f28	-- VNET_MAGIC_N, net/vnet.h

local function sorted_names(list)
	local names = {}
	for name in pairs(list) do
		names[#names + 1] = name
	end
	table.sort(names)
	return names
end

-- Without VIMAGE: one of each variable, like any other.
local function one_stack(n)
	for _, name in ipairs(sorted_names(n.variables)) do
		n.sys:var(name, n.variables[name])
	end
	n.prefix, n.stacks[1] = "", { vnet = 0, base = 0 }
end

-- A template of the variables in the kernel, and a copy for each stack.
local function stacks(n)
	local sys, names = n.sys, sorted_names(n.variables)
	local start = sys:reserve(".data", 0, 64)
	for _, name in ipairs(names) do
		sys:var("vnet_entry_" .. name, n.variables[name], nil, { section = ".data", bind = "local" })
	end
	local size = sys:reserve(".data", 0, 64) - start
	sys:symbol{ name = "__start_set_vnet", addr = start, type = "notype", section = ".data" }
	sys:symbol{ name = "__stop_set_vnet", addr = start + size, type = "notype", section = ".data" }
	local head = sys:var("vnet_head", "struct vnet_list_head", {})
	for i = 2, 1, -1 do
		local data = sys.mem:alloc(size)
		local vnet = sys:make("struct vnet", { vnet_magic_n = MAGIC, vnet_data_mem = data,
			vnet_data_base = data - start })
		sys:list_insert(head, vnet, "struct vnet", "vnet_le")
		n.stacks[i] = { vnet = vnet, base = data - start }
	end
	sys:var("vnet0", "struct vnet *", n.stacks[1].vnet)
end

local function each(sys, head, spelling, link)
	local offset, at = sys.types:offsetof(spelling, link), head
	return function()
		at = sys.mem:get(at, 8)
		local found = at
		at = at + offset
		return found ~= 0 and found or nil
	end
end

local function owners(n)
	local sys = n.sys
	for p in each(sys, sys.by_name.allprison.addr, "struct prison", "pr_list") do
		local jid = sys.mem:get(p + sys.types:offsetof("struct prison", "pr_id"), 4)
		sys:fill(p, "struct prison", { pr_vnet = (n.stacks[jid + 1] or n.stacks[1]).vnet })
	end
	for p in each(sys, sys.by_name.allproc.addr, "struct proc", "p_list") do
		n.procs[sys.mem:get(p + sys.types:offsetof("struct proc", "p_pid"), 4)] = p
	end
end

local function protocols(n, list, domains)
	local made = {}
	for family, name in pairs(domains) do
		made[family] = n.sys:make("struct domain", { dom_family = family,
			dom_name = n.sys.mem:string(nil, name) })
	end
	for _, info in pairs(list) do
		n.protosw[info] = n.sys:make("struct protosw", { pr_type = info[2], pr_protocol = info[3],
			pr_domain = made[info[1]] })
	end
end

--- Give a stack's variable a value, or members of it.
function methods:set(stack, name, value)
	local sys = self.sys
	local at = sys.by_name[self.prefix .. name].addr + stack.base
	if type(value) == "table" then
		return sys:fill(at, self.variables[name], value)
	end
	values.put(sys.mem, at, sys.types:place(sys.types:id(self.variables[name]), 0), value)
	return at
end

--- The next item of a slab of mbufs; netuma.lua writes the slabs' headers.
function methods:slot()
	local slab = self.slabs[#self.slabs]
	if slab == nil or slab.used == self.per_slab then
		slab = { page = self.sys.mem:alloc(4096, { align = 4096 }), used = 0 }
		table.insert(self.slabs, slab)
	end
	slab.used = slab.used + 1
	return slab.page + (slab.used - 1) * 256
end

--- An mbuf with data; over what fits in one, a cluster.
function methods:mbuf(len, fields)
	local sys = self.sys
	local at = self:slot()
	local data, flags = at + 256 - 140, 0
	if len > 128 then
		data, flags = sys.mem:alloc(4096, { align = 4096 }), 0x1
		sys.mem:set(at, "struct mbuf", "m_ext.ext_size", len > 2048 and 4096 or 2048)
		sys.mem:set(at, "struct mbuf", "m_ext.ext_buf", data)
		sys.mem:set(at, "struct mbuf", "m_ext.ext_type", len > 2048 and 3 or 6)
		sys.mem:set(at, "struct mbuf", "m_ext.ext_flags", 1)
		sys.mem:set(at, "struct mbuf", "m_ext.ext_count", 1)
	end
	sys:fill(at, "struct mbuf", { m_len = len, m_type = 1, m_flags = flags, m_data = data })
	sys:fill(at, "struct mbuf", fields or {})
	sys.mem:write(data, ("The quick brown fox jumps over the lazy dog. "):rep(len // 45 + 1):sub(1, len))
	return at
end

-- Queue mbufs in a buffer, as one record.
local function queue(n, so, way, lengths, info)
	local sys, base, sum, last = n.sys, "so_" .. way, 0, nil
	n.queued[so] = n.queued[so] or {}
	for _, len in ipairs(lengths) do
		local m = n:mbuf(len)
		sum = sum + len
		table.insert(n.queued[so], m)
		if last then
			sys:fill(last, "struct mbuf", { m_next = m })
		else
			local own = info[1] == 1 and (info[2] == 2 and ".uxdg_mb.stqh_first" or ".uxst_mbq.stqh_first")
			own = own and sys.types:member("struct socket", base .. own) and own or ".sb_mb"
			sys:fill(so, "struct socket", { [base .. own] = m })
		end
		last = m
	end
	sys:fill(so, "struct socket", { [base .. ".sb_ccc"] = sum, [base .. ".sb_acc"] = sum,
		[base .. ".sb_mbcnt"] = 256 * #lengths, [base .. ".sb_hiwat"] = 65536,
		[base .. ".sb_lowat"] = 1, [base .. ".sb_mbmax"] = 524288 })
end

--- A socket of a protocol in a stack.
function methods:socket(info, stack, d)
	local sys = self.sys
	local so = sys:make("struct socket", { so_type = info[2], so_count = 1, so_vnet = stack.vnet,
		so_proto = self.protosw[info], so_options = d.listen and 0x2 or 0 })
	if d.listen then
		sys:fill(so, "struct socket", { sol_qlen = d.listen[1], sol_incqlen = d.listen[2],
			sol_qlimit = d.listen[3], sol_sbrcv_hiwat = 65536, sol_sbsnd_hiwat = 32768 })
		return so
	end
	queue(self, so, "rcv", d.rcv or {}, info)
	queue(self, so, "snd", d.snd or {}, info)
	return so
end

--- Let a process have a socket open.
function methods:open(pid, fd, so)
	if pid then
		self.files[pid] = self.files[pid] or {}
		self.files[pid][fd] = self.sys:make("struct file", { f_type = 2, f_flag = 3, f_count = 1,
			f_data = so })
	end
end

function methods:link_inpcb(stack, list, inp)
	local sys = self.sys
	local info = sys.by_name[self.prefix .. list].addr + stack.base
	local m = sys.types:member("struct inpcbinfo", "ipi_listhead")
	local head = info + m.bit // 8
	if m.kind == "ptr" then
		local own = sys.mem:get(head, 8)
		if own == 0 then
			own = sys:make("struct inpcbhead", {})
			sys.mem:u64(head, own)
		end
		head = own
	end
	sys:list_insert(head, inp, "struct inpcb", "inp_list")
end

local function sockaddr(n, bytes)
	local at = n.sys.mem:alloc(#bytes + 8)
	n.sys.mem:write(at, bytes)
	return at
end

function methods:sockaddr_un(path)
	return sockaddr(self, ("BB"):pack(#path + 3, 1) .. path .. "\0")
end

function methods:inet_address(bytes)
	return sockaddr(self, ("<BBI2"):pack(16, 2, 0) .. bytes .. ("\0"):rep(8))
end

-- Masks in routes are cut off behind their last one.
function methods:mask(bytes)
	local ones = bytes:match "^(.-)%z*$"
	return sockaddr(self, ("<BBI2"):pack(#ones == 0 and 0 or 4 + #ones, 0, 0) .. bytes)
end

function methods:link(index, hardware)
	return sockaddr(self, ("<BBI2BBBB"):pack(54, 18, index, 6, 0, #hardware, 0) .. hardware
	    .. ("\0"):rep(46 - #hardware))
end

--- A counter(9) of two CPUs.
function methods:counter(value)
	local at = self.sys.mem:alloc(2 * 4096, { align = 4096 })
	self.sys.mem:u64(at, value // 2)
	self.sys.mem:u64(at + 4096, value - value // 2)
	return at
end

function methods:counters(stack, name, list, n)
	local at = self.sys.by_name[self.prefix .. name].addr + stack.base
	self.zero = self.zero or self:counter(0)
	for i = 0, n - 1 do
		self.sys.mem:u64(at + i * 8, list[i] and self:counter(list[i]) or self.zero)
	end
end

--- An interface at the end of a stack's list; d[1] is { link-level address,
-- address, mask, broadcast address }.
function methods:interface(stack, d)
	local sys = self.sys
	local counters = {}
	for i = 1, 12 do
		counters[i] = self:counter(d.counters[i] or 0)
	end
	local ifp = sys:make("struct ifnet", { if_xname = d.name, if_index = d.index, if_mtu = d.mtu,
		if_flags = d.flags, if_drv_flags = d.drv, if_link_state = 2, if_vnet = stack.vnet,
		if_counters = counters })
	sys:fill(ifp, "struct ifnet", { if_capenable = d.options or 0,
		if_description = d.description and sys.mem:string(nil, d.description) or 0,
		["if_groups.cstqh_first"] = d.group and sys:make("struct ifg_list", {
			ifgl_group = sys:make("struct ifg_group", { ifg_group = d.group }) }) or 0 })
	local a = d[1]
	local inet = sys:make("struct ifaddr", { ifa_addr = a[2], ifa_netmask = a[3],
		ifa_dstaddr = a[4] or 0, ifa_ifp = ifp, ifa_ipackets = self:counter(3),
		ifa_opackets = self:counter(4) })
	local link = sys:make("struct ifaddr", { ifa_addr = a[1], ifa_ifp = ifp,
		["ifa_link.cstqe_next"] = inet })
	sys:fill(ifp, "struct ifnet", { ["if_addrhead.cstqh_first"] = link, if_addr = link })
	if stack.last then
		sys:fill(stack.last, "struct ifnet", { ["if_link.cstqe_next"] = ifp })
	else
		self:set(stack, "ifnet", { cstqh_first = ifp })
	end
	stack.last = ifp
	self.interfaces[#self.interfaces + 1] = ifp
end

--- Give processes the descriptors that were opened.
function methods:finish()
	local sys, set = self.sys, self.sys.types
	local size = set:sizeof "struct filedescent"
	local file = set:offsetof("struct filedescent", "fde_file")
	for pid, list in pairs(self.files) do
		local n = 20
		local first = set:offsetof("struct fdescenttbl", "fdt_ofiles")
		local at = sys.mem:alloc(first + n * size)
		sys:fill(at, "struct fdescenttbl", { fdt_nfiles = n })
		for fd, fp in pairs(list) do
			sys.mem:u64(at + first + fd * size + file, fp)
		end
		local fdp = sys:make("struct filedesc", { fd_files = at, fd_refcnt = 1, fd_holdcnt = 1 })
		sys:fill(self.procs[pid], "struct proc", { p_fd = fdp })
	end
end

methods.routes, methods.arp = route.routes, route.arp

--- The beginnings: types, stacks, protocols.
-- @tparam table sys
-- @tparam integer layout 12, 13 or 15
-- @tparam table list protocols, see net.lua
-- @tparam table domains names by family
-- @tparam table lacks what the kernel was made without, see net.lua
function image.new(sys, layout, list, domains, lacks)
	types.parse(COMMON, nil, sys.types)
	types.parse(source.read(("spec/support/layouts/net%d-amd64.h"):format(layout)), nil, sys.types)
	types.parse(VARIABLES, nil, sys.types)
	local variables = stats.variables(sys, layout, function(text)
		types.parse(text, nil, sys.types)
	end)
	for name, spelling in pairs(VNET) do
		variables[name] = spelling
	end
	for name, part in pairs { ip6stat = "inet6", icmp6stat = "inet6", system_base_info = "sctp" } do
		variables[name] = not lacks[part] and variables[name] or nil
	end
	local n = setmetatable({ sys = sys, variables = variables, stacks = {}, procs = {}, files = {},
		prefix = "vnet_entry_",
		protosw = {}, queued = {}, slabs = {}, per_slab = 15,
		sockets = {}, pcbs = {}, interfaces = {} }, image.meta)
	if lacks.vimage then
		one_stack(n)
	else
		stacks(n)
	end
	owners(n)
	protocols(n, list, domains)
	return n
end

return image
