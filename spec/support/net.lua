--- The network of a forged system: plant it with system.new's `prepare`.
--
--	system.new{ layout = 13, prepare = net.prepare(13) }
--
-- Two network stacks, the host's and that of jail 1; sockets of TCP, UDP, ICMP
-- and unix in several states, with data queued; interfaces, routes, an ARP
-- entry, counters. sys.net tells the addresses: stacks[1..2] (vnet, base),
-- sockets and pcbs by the names below, interfaces, and
-- what is queued by the socket's address.
local image = require "spec.support.netimage"
local lab = require "spec.support.lab"
local netuma = require "spec.support.netuma"
local stats = require "spec.support.netstats"

local net = {}

local AF_UNIX, AF_INET, AF_ROUTE, AF_INET6 = 1, 2, 17, 28
local HOST, PEER = "\xc0\0\2\10", "\xc6\x33\x64\7"	-- 192.0.2.10, 198.51.100.7
local LOCAL6 = "\xfe\x80\0\1" .. ("\0"):rep(11) .. "\1"	-- fe80::1%1, as the kernel keeps it
local ANY4, ANY6 = ("\0"):rep(4), ("\0"):rep(16)

local PROTOCOLS = { tcp4 = { AF_INET, 1, 6 }, udp4 = { AF_INET, 2, 17 }, icmp = { AF_INET, 3, 1 },
	tcp6 = { AF_INET6, 1, 6 }, udp6 = { AF_INET6, 2, 17 }, stream = { AF_UNIX, 1, 0 },
	dgram = { AF_UNIX, 2, 0 }, route = { AF_ROUTE, 3, 0 } }
local DOMAINS = { [AF_UNIX] = "local", [AF_INET] = "internet", [AF_ROUTE] = "route",
	[AF_INET6] = "internet6" }

-- The list of each protocol.
local LISTS = { tcp4 = "tcbinfo", tcp6 = "tcbinfo", udp4 = "udbinfo", udp6 = "udbinfo",
	icmp = "ripcbinfo" }

-- Sockets: name, protocol, stack, pid, fd; local and foreign end; state; what
-- is queued (rcv, snd: lengths), or qlen, incqlen, qlimit.
local SOCKETS = {
	{ "ssh4", "tcp4", 1, 640, 3, { ANY4, 22 }, nil, 1, listen = { 1, 2, 128 } },
	{ "ssh6", "tcp6", 1, 640, 4, { ANY6, 22 }, nil, 1, listen = { 0, 0, 128 } },
	{ "login", "tcp4", 1, 710, 4, { HOST, 22 }, { PEER, 50022 }, 4, rcv = { 300 }, snd = { 48 } },
	{ "closing", "tcp4", 1, nil, nil, { HOST, 22 }, { PEER, 50021 }, 8, snd = { 1 } },
	{ "old", "tcp4", 1, nil, nil, { HOST, 22 }, { PEER, 50020 }, 10, gone = true },
	{ "ntp4", "udp4", 1, 655, 5, { ANY4, 123 } },
	{ "ntp6", "udp6", 1, 655, 6, { LOCAL6, 123 }, rcv = { 48 } },
	{ "ping", "icmp", 1, 655, 7, { ANY4, 0 } },
	{ "web", "tcp4", 2, 760, 3, { ANY4, 80 }, nil, 1, listen = { 0, 0, 511 } },
	{ "request", "tcp4", 2, 760, 4, { "\127\0\0\1", 80 }, { "\127\0\0\1", 50080 }, 4, rcv = { 20 } },
}

local function ports(sys, at, path, ends)
	local set = sys.types
	for _, side in ipairs { { "l", ends[1] }, { "f", ends[2] or { ANY4, 0 } } } do
		local bytes, port = side[2][1], side[2][2]
		local function place(name)
			return at + set:offsetof(path[1], path[2] .. ".inc_ie.ie_" .. name)
		end
		sys.mem:write(place(side[1] .. "port"), (">I2"):pack(port))
		sys.mem:write(place("depend" .. side[1] .. "addr"), ("\0"):rep(16 - #bytes) .. bytes)
	end
end

-- The control block of TCP; from 14 on it has its inpcb in it.
local function new_inpcb(sys, list, waiting)
	local set = sys.types
	if list ~= "tcbinfo" then
		return sys:make("struct inpcb", {})
	elseif set:place(set:member("struct tcpcb", "t_inpcb").id, 0).kind == "struct" then
		local tp = sys:make("struct tcpcb", {})
		return tp + set:offsetof("struct tcpcb", "t_inpcb"), tp
	end
	local inp = sys:make("struct inpcb", {})
	local tp = waiting and sys.mem:alloc(128) or sys:make("struct tcpcb", { t_inpcb = inp })
	sys:fill(inp, "struct inpcb", { inp_ppcb = tp, inp_flags = waiting and 0x01000000 or 0 })
	return inp, not waiting and tp or nil
end

function net.inet(n, d)
	local sys, name, protocol = n.sys, d[1], d[2]
	local info = PROTOCOLS[protocol]
	local inp, tp = new_inpcb(sys, LISTS[protocol], d.gone)
	local so = not d.gone and n:socket(info, n.stacks[d[3]], d) or 0
	sys:fill(inp, "struct inpcb", { inp_socket = so, inp_ip_p = info[3],
		inp_vflag = info[1] == AF_INET6 and 2 or 1 })
	if tp then
		sys.mem:set(tp, "struct tcpcb", "t_state", d[8])
	end
	ports(sys, inp, { "struct inpcb", "inp_inc" }, { d[6], d[7] })
	if so ~= 0 then
		-- The socket knows the inpcb, whatever protocol.
		sys:fill(so, "struct socket", { so_pcb = inp })
		n:open(d[4], d[5], so)
	end
	n:link_inpcb(n.stacks[d[3]], LISTS[protocol], inp)
	n.sockets[name], n.pcbs[name] = so, inp
end

local function syncache(n)
	local sys = n.sys
	local entry = sys:make("struct syncache", {})
	local bucket = sys:make("struct syncache_head", { sch_length = 1 })
	ports(sys, entry, { "struct syncache", "sc_inc" }, { { HOST, 22 }, { "\xcb\0\113\9", 40000 } })
	sys:tailq_insert(bucket + sys.types:offsetof("struct syncache_head", "sch_bucket"), entry,
	    "struct syncache", "sc_hash")
	n:set(n.stacks[1], "tcp_syncache", { hashbase = bucket, hashsize = 1 })
	n.syncache = entry
end

-- A unix socket's control block, on its list.
local function unpcb(n, head, kind, d)
	local sys = n.sys
	local so = n:socket(PROTOCOLS[kind], n.stacks[1], d)
	local unp = sys:make("struct unpcb", { unp_socket = so, unp_refcount = 1,
		unp_addr = d.path and n:sockaddr_un(d.path) or 0, unp_vnode = d.vnode or 0 })
	sys:fill(so, "struct socket", { so_pcb = unp })
	sys:list_insert(head, unp, "struct unpcb", "unp_link")
	n:open(d[4], d[5], so)
	n.sockets[d[1]], n.pcbs[d[1]] = so, unp
	return unp
end

local function connect(sys, unp, to)
	sys:fill(unp, "struct unpcb", { unp_conn = to })
	sys:list_insert(to + sys.types:offsetof("struct unpcb", "unp_refs"), unp, "struct unpcb",
	    "unp_reflink")
end

local function unix(n)
	local sys = n.sys
	local stream = sys:var("unp_shead", "struct unp_head", {}, { bind = "local" })
	local dgram = sys:var("unp_dhead", "struct unp_head", {}, { bind = "local" })
	sys:var("unp_sphead", "struct unp_head", {}, { bind = "local" })
	local log = unpcb(n, dgram, "dgram", { "log", nil, nil, 480, 3, path = "/var/run/log",
		vnode = 0xfffff80001234000, rcv = { 29 } })
	connect(sys, unpcb(n, dgram, "dgram", { "cron", nil, nil, 612, 3 }), log)
	unpcb(n, stream, "stream", { "devd", nil, nil, 480, 4, path = "/var/run/devd.pipe",
		vnode = 0xfffff80001235000, listen = { 0, 0, 4 } })
	local a = unpcb(n, stream, "stream", { "pair_a", nil, nil, 740, 3, rcv = { 100, 4000 } })
	local b = unpcb(n, stream, "stream", { "pair_b", nil, nil, 740, 4 })
	sys:fill(a, "struct unpcb", { unp_conn = b })
	sys:fill(b, "struct unpcb", { unp_conn = a })
end

local function interfaces(n)
	local host, jail = n.stacks[1], n.stacks[2]
	local UP, LOOPBACK, RUNNING = 0x1, 0x8, 0x40
	n:interface(host, { name = "lo0", index = 1, mtu = 16384, flags = UP | LOOPBACK | 0x8000,
		drv = RUNNING, counters = { 10, 0, 10, 0, 0, 840, 840 },
		{ n:link(1, ""), n:inet_address("\127\0\0\1"), n:inet_address("\255\0\0\0") } })
	n:interface(host, { name = "em0", index = 2, mtu = 1500, flags = UP | 0x2 | 0x800 | 0x8000,
		options = 0x80008, description = "uplink", group = "egress",
		drv = RUNNING, counters = { 1000, 1, 2000, 2, 3, 64000, 128000, 0, 0, 4 },
		{ n:link(2, "\2\0\x5e\x10\0\1"), n:inet_address(HOST), n:inet_address("\255\255\255\0"),
		n:inet_address "\xc0\0\2\255" } })
	if jail then
		n:interface(jail, { name = "lo0", index = 1, mtu = 16384, flags = UP | LOOPBACK,
			drv = RUNNING, counters = {},
			{ n:link(1, ""), n:inet_address("\127\0\0\1"), n:inet_address("\255\0\0\0") } })
	end
	local lo, em = n.interfaces[1], n.interfaces[2]
	local UPF, GATEWAY, HOSTF, STATIC = 0x1, 0x2, 0x4, 0x800
	n:routes(host, {
		{ n:inet_address(ANY4), n:mask "\0\0\0\0", UPF | GATEWAY | STATIC,
			n:inet_address "\xc0\0\2\1", em, 1 },
		{ n:inet_address "\127\0\0\1", 0, UPF | HOSTF, n:link(1, ""), lo, 2 },
		{ n:inet_address "\xc0\0\2\0", n:mask "\255\255\255\0", UPF, n:link(2, ""), em, 3 },
	})
	n:arp(host, em, "\xc0\0\2\1", "\2\0\x5e\x10\0\254")
end

--- What system.new's `prepare` takes.
-- @tparam integer layout 12, 13 or 15
-- @tparam ?function more is called with sys.net, to plant more
-- @tparam ?table lacks what the kernel was made without: `vimage` (there is the
--   host's stack only, in plain variables), `inet6`, `sctp`: true
-- @treturn function
function net.prepare(layout, more, lacks)
	lacks = lacks or {}
	return function(sys)
		local n = image.new(sys, layout, PROTOCOLS, DOMAINS, lacks)
		for _, d in ipairs(SOCKETS) do
			if n.stacks[d[3]] and not (lacks.inet6 and PROTOCOLS[d[2]][1] == AF_INET6) then
				net.inet(n, d)
			end
		end
		syncache(n)
		unix(n)
		n:open(712, 3, n:socket(PROTOCOLS.route, n.stacks[1], {}))
		interfaces(n)
		stats.plant(n, n.stacks[1])
		if more then
			more(n)
		end
		netuma.plant(n)
		n:finish()
		sys.net = n
	end
end

--- A system on disk with this network; see lab.system.
-- @tparam integer layout
-- @tparam ?string name of one that `change` breaks
-- @tparam ?function change
-- @tparam ?function more of net.prepare
-- @treturn table of lab.system, with `net`
function net.system(layout, name, change, more)
	local sys = lab.system(name or "net " .. layout, { layout = layout,
		prepare = net.prepare(layout, more), change = change })
	sys.net = sys.system.sys.net
	return sys
end

--- A command has the rows of 13 on another layout, but for addresses, which are
-- where each release's structs come to stand.
-- @tparam integer layout
-- @tparam string ... command and arguments
function net.same_rows(layout, ...)
	local assert = require "luassert"
	local rows, err, status = lab.rows(net.system(layout), ...)
	local wanted = lab.rows(net.system(13), ...)
	for i, row in ipairs(wanted) do
		row.addr, (rows[i] or {}).addr = nil, nil
	end
	assert.same(wanted, rows)
	assert.equal("", err)
	assert.equal(0, status)
end

return net
