--- The network of freebsd13-amd64, against what the kernel said of itself a
-- moment before it panicked: net.inet.*.pcblist, net.local.*.pcblist,
-- kern.file, the routing socket's answers, security.jail.list. Those are of
-- the host's network stack; the jail's is what its process wrote of it.
local lab = require "spec.support.lab"
local real = require "spec.support.real"

local TCP = { [0] = "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT",
	"FIN_WAIT_1", "CLOSING", "LAST_ACK", "FIN_WAIT_2", "TIME_WAIT" }

describe("the network of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	-- Records of a pcblist, between two struct xinpgen or xunpgen: a function of
	-- each from a member's path and format to its value.
	local function pcbs(name, spelling)
		local bytes = real.truth(dump, "truth/" .. name)
		local set, generation = dump.types, ("<I8"):unpack(bytes)
		local size, list = set:sizeof(spelling), {}
		for base = generation, #bytes - generation - size, size do
			list[#list + 1] = function(path, format)
				local at = set:member(set:id(spelling), path).bit // 8
				return (format:unpack(bytes, base + at + 1))
			end
		end
		return list
	end

	local function hex(value)
		return value ~= 0 and ("0x%x"):format(value) or "-"
	end

	local function address4(bytes)
		local text = ("%d.%d.%d.%d"):format(bytes:byte(13, 16))
		return text == "0.0.0.0" and "*" or text
	end

	-- The tests use no other addresses of IPv6.
	local SIX = { [("\0"):rep(16)] = "*", [("\0"):rep(15) .. "\1"] = "::1" }

	local function ending(get, prefix, which)
		local ie = prefix .. "inp_inc.inc_ie.ie_"
		local port = get(ie .. which .. "port", ">I2")
		local bytes = get(ie .. "depend" .. which .. "addr", "c16")
		local text = get(prefix .. "inp_vflag", "B") & 2 ~= 0 and SIX[bytes] or address4(bytes)
		return ("%s.%s"):format(text, port == 0 and "*" or port)
	end

	-- What a row says, and what a record does.
	local function of_row(row)
		return table.concat({ row.proto, row.rcv_cc, row.snd_cc, row["local"], row.foreign,
			row.state == real.null and "" or row.state }, " ")
	end

	local function of_pcb(get, proto, prefix, state)
		local so = prefix .. "xi_socket."
		local flags = get(prefix .. "inp_vflag", "B")
		return table.concat({ proto .. (flags & 1 ~= 0 and "4" or "") .. (flags & 2 ~= 0 and "6" or ""),
			get(so .. "so_rcv.sb_cc", "<I4"), get(so .. "so_snd.sb_cc", "<I4"),
			ending(get, prefix, "l"), ending(get, prefix, "f"), state }, " ")
	end

	local function sorted(list, fn)
		local texts = {}
		for i, item in ipairs(list) do
			texts[i] = fn(item)
		end
		table.sort(texts)
		return texts
	end

	local function keep(list, wanted)
		local kept = {}
		for _, item in ipairs(list) do
			if wanted(item) then
				kept[#kept + 1] = item
			end
		end
		return kept
	end

	-- The peer of this port reads nothing: window probes carried bytes from the
	-- full send buffer to the full receive buffer between the truth and the dump.
	local PROBED = "%.7100%f[%D]"

	local function moving(row)
		return row.state == "ESTABLISHED" and (row["local"] .. " " .. row.foreign):find(PROBED)
	end

	local function probed(get)
		return TCP[get("t_state", "<i4")] == "ESTABLISHED"
		    and (ending(get, "xt_inp.", "l") .. " " .. ending(get, "xt_inp.", "f")):find(PROBED)
	end

	local function unless(fn)
		return function(item) return not fn(item) end
	end

	local inet
	setup(function()
		local err, status
		inet, err, status = real.rows(dump, "netstat", "-a", "-A")
		assert.equal("", err)
		assert.equal(0, status)
		inet = keep(inet, function(row) return row["local"] ~= nil end)
	end)

	local function of_host(pattern)
		return keep(inet, function(row) return row.jid == 0 and row.proto:find(pattern) end)
	end

	it("has every TCP socket: addresses, ports, state, queues", function()
		local truth = pcbs("net.inet.tcp.pcblist", "struct xtcpcb")
		assert.equal(35, #truth)
		assert.same(sorted(keep(truth, unless(probed)), function(get)
			return of_pcb(get, "tcp", "xt_inp.", TCP[get("t_state", "<i4")])
		end), sorted(keep(of_host "^tcp", unless(moving)), of_row))
	end)

	it("has the connection whose bytes moved, and all of them", function()
		local sum, rows = 0, keep(of_host "^tcp", moving)
		for _, get in ipairs(keep(pcbs("net.inet.tcp.pcblist", "struct xtcpcb"), probed)) do
			local so = "xt_inp.xi_socket."
			sum = sum + get(so .. "so_rcv.sb_cc", "<I4") + get(so .. "so_snd.sb_cc", "<I4")
		end
		assert.equal(2, #rows)
		assert.equal(sum, rows[1].rcv_cc + rows[1].snd_cc + rows[2].rcv_cc + rows[2].snd_cc)
		assert.same({ 0, 0 }, { math.min(rows[1].rcv_cc, rows[2].rcv_cc),
			math.min(rows[1].snd_cc, rows[2].snd_cc) })
	end)

	it("has every UDP socket", function()
		local truth = pcbs("net.inet.udp.pcblist", "struct xinpcb")
		assert.equal(5, #truth)
		assert.same(sorted(truth, function(get)
			return of_pcb(get, "udp", "", "")
		end), sorted(of_host "^udp", of_row))
	end)

	it("has the raw socket", function()
		local truth = pcbs("net.inet.raw.pcblist", "struct xinpcb")
		assert.same(sorted(truth, function(get)
			return of_pcb(get, "icm", "", "")
		end), sorted(of_host "^icm", of_row))
	end)

	it("has the same control blocks", function()
		for name, proto in pairs { udp = "^udp", raw = "^icm" } do
			local truth = pcbs(("net.inet.%s.pcblist"):format(name), "struct xinpcb")
			assert.same(sorted(truth, function(get)
				return hex(get("xi_socket.so_pcb", "<i8"))
			end), sorted(of_host(proto), function(row) return row.pcb end))
		end
	end)

	it("has the sockets of the jail with a network stack of its own", function()
		local rows = keep(inet, function(row) return row.jid == 2 end)
		local texts = sorted(rows, of_row)
		for i, text in ipairs(texts) do
			-- Ports that the kernel chose.
			texts[i] = text:gsub("%.(%d%d%d%d%d)%f[%s]", ".PORT")
		end
		assert.same({
			"tcp4 0 0 127.0.0.1.7000 *.* LISTEN",
			"tcp4 1111 0 127.0.0.1.PORT 127.0.0.1.7000 ESTABLISHED",
			"tcp4 5000 0 127.0.0.1.7000 127.0.0.1.PORT ESTABLISHED",
			"udp4 0 0 *.PORT *.* ",
			"udp4 93 0 127.0.0.1.5353 *.* ",
		}, texts)
	end)

	it("has the listen queues", function()
		local truth = keep(pcbs("net.inet.tcp.pcblist", "struct xtcpcb"), function(get)
			return get("xt_inp.xi_socket.so_qlimit", "<I4") ~= 0
		end)
		local rows = keep(real.rows(dump, "netstat", "-L"), function(row)
			return row.jid == 0 and row.proto ~= "unix"
		end)
		assert.same(sorted(truth, function(get)
			local so = "xt_inp.xi_socket."
			return ("%d/%d/%d %s"):format(get(so .. "so_qlen", "<I4"), get(so .. "so_incqlen", "<I4"),
			    get(so .. "so_qlimit", "<I4"), ending(get, "xt_inp.", "l"))
		end), sorted(rows, function(row) return row.listen .. " " .. row["local"] end))
	end)

	it("has the limits and the use of the socket buffers", function()
		local truth = pcbs("net.inet.tcp.pcblist", "struct xtcpcb")
		local rows = keep(real.rows(dump, "netstat", "-aAx"), function(row)
			return row.jid == 0 and row.proto and row.proto:find "^tcp" and row.state ~= "TIME_WAIT" and not moving(row)
		end)
		local FIELDS = { "hiwat", "lowat", "mbcnt", "mbmax", "mcnt", "ccnt" }
		truth = keep(truth, function(get)
			return TCP[get("t_state", "<i4")] ~= "TIME_WAIT" and not probed(get)
		end)
		assert.same(sorted(truth, function(get)
			local list = { ending(get, "xt_inp.", "l") .. ending(get, "xt_inp.", "f") }
			for _, field in ipairs(FIELDS) do
				-- Of a socket that listens a pcblist does not tell these two.
				local listens = get("xt_inp.xi_socket.so_qlimit", "<I4") ~= 0
				for _, way in ipairs { "rcv", "snd" } do
					list[#list + 1] = listens and "-"
					    or get(("xt_inp.xi_socket.so_%s.sb_%s"):format(way, field), "<I4")
				end
			end
			return table.concat(list, " ")
		end), sorted(rows, function(row)
			local list = { row["local"] .. row.foreign }
			for _, field in ipairs(FIELDS) do
				for _, way in ipairs { "rcv", "snd" } do
					list[#list + 1] = row.state == "LISTEN" and "-" or row[way .. "_" .. field]
				end
			end
			return table.concat(list, " ")
		end))
	end)

	it("has the listen queues of unix sockets", function()
		local truth = {}
		for _, kind in ipairs { "stream", "seqpacket" } do
			for _, get in ipairs(pcbs(("net.local.%s.pcblist"):format(kind), "struct xunpcb")) do
				if get("xu_socket.so_qlimit", "<I4") ~= 0 then
					truth[#truth + 1] = get
				end
			end
		end
		local rows = keep(real.rows(dump, "netstat", "-L"), function(row) return row.proto == "unix" end)
		assert.same(sorted(truth, function(get)
			return ("%d/%d/%d %s"):format(get("xu_socket.so_qlen", "<I4"), get("xu_socket.so_incqlen", "<I4"),
			    get("xu_socket.so_qlimit", "<I4"), get("xu_addr", "c106"):sub(3):match "^[^%z]*")
		end), sorted(rows, function(row) return row.listen .. " " .. row["local"] end))
	end)

	it("has the routing socket, whose family has no list that is known", function()
		local rows = keep(real.rows(dump, "netstat", "-a"), function(row) return row.fd ~= nil end)
		assert.same({ "route raw 59 8" }, sorted(rows, function(row)
			return ("%s %s %d %d"):format(row.proto, row.type, row.pid, row.fd)
		end))
	end)

	it("has every unix socket, with its peer, queues and name", function()
		local rows = real.rows(dump, "netstat", "-f", "unix")
		local truth = {}
		for _, kind in ipairs { "stream", "dgram", "seqpacket" } do
			for _, get in ipairs(pcbs(("net.local.%s.pcblist"):format(kind), "struct xunpcb")) do
				truth[#truth + 1] = get
			end
		end
		local function shown(value)
			return value == real.null and "-" or value
		end
		assert.same(sorted(truth, function(get)
			return table.concat({ hex(get("xu_unpp", "<i8")), hex(get("unp_vnode", "<i8")),
				hex(get("unp_conn", "<i8")), hex(get("xu_firstref", "<i8")),
				hex(get("xu_nextref", "<i8")), get("xu_socket.so_rcv.sb_cc", "<I4"),
				get("xu_socket.so_snd.sb_cc", "<I4"), (get("xu_addr", "c106"):sub(3):match "^[^%z]*"),
				(get("xu_caddr", "c106"):sub(3):match "^[^%z]*") }, " ")
		end), sorted(rows, function(row)
			local function text(value)
				return value == real.null and "" or value
			end
			return table.concat({ row.pcb, shown(row.vnode), shown(row.conn), shown(row.refs),
				shown(row.nextref), row.rcv_cc, row.snd_cc, text(row.path), text(row.peer_path) }, " ")
		end))
	end)

	it("names each socket as sockstat, fstat and netstat do alike", function()
		local function shown(value)
			return value == real.null and "-" or value
		end
		local listed, opened, peers, pairs_found = real.rows(dump, "sockstat"), {}, {}, 0
		for _, row in ipairs(real.rows(dump, "fstat")) do
			if row.type == "socket" then
				opened[("%d %d"):format(row.pid, row.fd)] = row.name
				peers[("%d %d"):format(row.pid, row.fd)] = row.peer
			end
		end
		local ends = {}
		for _, row in ipairs(listed) do
			if row.pid ~= real.null then
				local name = opened[("%d %d"):format(row.pid, row.fd)]
				local pid, fd = tostring(row.foreign):match "^%-> %[(%d+) (%d+)%]$"
				if pid then
					pairs_found = pairs_found + 1
					assert.equal(pid .. ":" .. fd, peers[("%d %d"):format(row.pid, row.fd)])
				end
				assert.equal(1, (name:find(row.proto .. " " .. (row["local"] == real.null and "" or row["local"]),
				    1, true)), name)
			end
			if row.proto:find "^[tui][cd][pm]%d" then
				local text = ("%s %s %s %s %d"):format(row.proto, row["local"], row.foreign, shown(row.state),
				    row.jid)
				ends[text] = true
			end
		end
		local found = {}
		for _, row in ipairs(inet) do
			local function colon(text)
				local addr, port = text:match "^(.*)%.([^.]*)$"
				return (addr:find ":" and "[" .. addr .. "]" or addr) .. ":" .. port
			end
			found[("%s %s %s %s %d"):format(row.proto, colon(row["local"]), colon(row.foreign),
			    shown(row.state), row.jid)] = true
		end
		assert.same(found, ends)
		assert.equal(8, pairs_found)
	end)

	it("has every socket of kern.file at its process and descriptor", function()
		local rows = keep(real.rows(dump, "sockstat"), function(row) return row.pid ~= real.null end)
		local DTYPE_SOCKET = 2
		local truth = keep(real.records(dump.types, "struct xfile", real.truth(dump, "truth/kern.file")),
		    function(xf) return xf.xf_type == DTYPE_SOCKET end)
		assert.is_true(#truth > 40)
		assert.same(sorted(truth, function(xf)
			return ("%d %d %d 0x%x"):format(xf.xf_pid, xf.xf_uid, xf.xf_fd, xf.xf_data)
		end), sorted(rows, function(row)
			return ("%d %d %d %s"):format(row.pid, row.user, row.fd, row.so)
		end))
	end)

	-- Routing messages: a header, then socket addresses, each padded to a long.
	local function messages(name, types)
		local bytes, at, list = real.truth(dump, "truth/" .. name), 1, {}
		while at <= #bytes do
			local len, _, kind = ("<I2BB"):unpack(bytes, at)
			if types[kind] then
				list[#list + 1] = { kind = kind, bytes = bytes:sub(at, at + len - 1) }
			end
			at = at + len
		end
		return list
	end

	local function addresses(bytes, at, mask)
		local found = {}
		for bit = 0, 7 do
			if mask >> bit & 1 == 1 then
				local len = bytes:byte(at)
				found[bit] = bytes:sub(at, at + len - 1)
				at = at + (len == 0 and 8 or len + 7 & ~7)
			end
		end
		return found
	end

	local inaddr = require "vmcore.kern.inaddr"
	local route = require "vmcore.kern.route"

	-- The interfaces by their numbers.
	local function interface_name(number)
		return ({ "lo0", "epair0a", "epair0b" })[number]
	end

	local function text_of(sa)
		local bytes, zone = inaddr.of_sockaddr(sa)
		return inaddr.text(bytes, zone, interface_name)
	end

	it("has the routes", function()
		local RTM_GET, HEADER = 4, 152
		local truth = sorted(messages("route.dump", { [RTM_GET] = true }), function(message)
			local flags, mask = ("<i4i4"):unpack(message.bytes, 9)
			local sa = addresses(message.bytes, HEADER + 1, mask)
			local bytes = inaddr.of_sockaddr(sa[0])
			local text = text_of(sa[0])
			if sa[2] and flags & 0x4 == 0 then
				local skip = #bytes == 4 and 5 or 9
				text = text .. "/" .. inaddr.prefix(sa[2]:sub(skip) .. ("\0"):rep(#bytes - #sa[2] + skip - 1))
			end
			-- struct rt_metrics: rmx_mtu, rmx_nhidx.
			local function metric(i)
				return (("<I8"):unpack(message.bytes, 40 + i * 8 + 1))
			end
			return ("%s link#%d %s %s %d %d"):format(text, (("<I2"):unpack(sa[1], 3)),
			    (inaddr.link(sa[4])), route.letters(flags), metric(1), metric(11))
		end)
		local rows = keep(real.rows(dump, "netstat", "-r"), function(row) return row.jid == 0 end)
		assert.same(truth, sorted(rows, function(row)
			return ("%s %s %s %s %d %d"):format(row.destination, row.gateway, row.netif, row.flags,
			    row.mtu, row.nhop)
		end))
		-- What went out through an interface, a route sent there: the message
		-- does not tell that.
		local sent = real.by(rows, "destination")["10.77.0.0/24"].use
		assert.equal(real.by(real.rows(dump, "netstat", "-I", "epair0a"), "name").epair0a.opackets, sent)
		assert.equal(3, sent)
	end)

	it("has the interfaces, their flags and addresses", function()
		local RTM_NEWADDR, RTM_IFINFO = 12, 14
		local rows = keep(real.rows(dump, "ifconfig"), function(row) return row.jid == 0 end)
		local truth, index = {}, nil
		for _, message in ipairs(messages("route.iflist", { [RTM_NEWADDR] = true, [RTM_IFINFO] = true })) do
			local mask, flags, number = ("<i4i4I2"):unpack(message.bytes, 5)
			local info = message.kind == RTM_IFINFO
			local sa = addresses(message.bytes, (info and 16 + 152 or 20) + 1, mask)
			if info then
				local name, hardware = inaddr.link(sa[4])
				index = { name, number, flags, (("<I4"):unpack(message.bytes, 16 + 8 + 1)) }
				truth[#truth + 1] = table.concat(index, " ") .. " " .. inaddr.hardware(hardware)
			else
				truth[#truth + 1] = table.concat(index, " ") .. " "
				    .. text_of(sa[5])
			end
		end
		table.sort(truth)
		assert.same(truth, sorted(rows, function(row)
			return table.concat({ row.name, row.index, row.flags, row.mtu, row.address }, " ")
		end))
	end)

	it("has what the interfaces counted", function()
		local RTM_IFINFO = 14
		-- struct if_data, net/if.h, behind 16 bytes of struct if_msghdr.
		local OFFSETS = { ipackets = 24, ierrors = 32, opackets = 40, oerrors = 48, collisions = 56,
			ibytes = 64, obytes = 72, iqdrops = 96, oqdrops = 104 }
		-- An ARP request went out of one end of the pair into the other, since.
		local MOVED = { lo0 = {}, epair0a = { opackets = 1, obytes = 42 },
			epair0b = { ipackets = 1, ibytes = 42 } }
		local rows, n = {}, 0
		for _, row in ipairs(real.rows(dump, "netstat", "-ibd", "-f", "link", "-j", "0")) do
			rows[row.name] = row
		end
		for _, message in ipairs(messages("route.iflist", { [RTM_IFINFO] = true })) do
			local mask = ("<i4"):unpack(message.bytes, 5)
			local name = inaddr.link(addresses(message.bytes, 16 + 152 + 1, mask)[4])
			for key, offset in pairs(OFFSETS) do
				local was, moved = ("<I8"):unpack(message.bytes, 16 + offset + 1), MOVED[name][key]
				local is = rows[name][key]
				assert.equal(was + (moved or 0), is, name .. " " .. key)
				n = n + 1
			end
		end
		assert.equal(27, n)
	end)

	it("has the neighbour that does not answer, and its own address", function()
		local own = real.by(real.rows(dump, "ifconfig", "epair0a"), "family").ether.address
		local rows = real.by(real.rows(dump, "arp", "-a"), "address")
		assert.same({ real.null, "epair0a", 0 }, { rows["10.77.0.99"].lladdr, rows["10.77.0.99"].netif,
			rows["10.77.0.99"].state })
		assert.same({ own, real.null }, { rows["10.77.0.1"].lladdr, rows["10.77.0.1"].expire })
	end)

	-- What the probes counted, and a SYN that was sent again, between the truth
	-- and the dump.
	local MOVED = {}
	for name in ([[tcps_segstimed tcps_rttupdated tcps_delack tcps_rexmttimeo tcps_persisttimeo
		tcps_sndtotal tcps_sndpack tcps_sndbyte tcps_sndacks tcps_rcvtotal tcps_rcvpack
		tcps_rcvbyte tcps_rcvackpack tcps_rcvackbyte
		ips_total ips_delivered ips_localout]]):gmatch "%S+" do
		MOVED[name] = true
	end
	local STATISTICS = { tcp = { "net.inet.tcp.stats", "tcpstat" },
		udp = { "net.inet.udp.stats", "udpstat" }, ip = { "net.inet.ip.stats", "ipstat" },
		icmp = { "net.inet.icmp.stats", "icmpstat" }, ip6 = { "net.inet6.ip6.stats", "ip6stat" },
		icmp6 = { "net.inet6.icmp6.stats", "icmp6stat" } }

	-- What the kernel said: all are 64 bits wide. Elements of arrays by number,
	-- members of structs by their own names.
	local function counted(proto, id, bytes, into, base)
		for _, m in ipairs(dump.types.list[id].m) do
			local t = dump.types.list[dump.types:strip(m[2])]
			local at = base + m[3] // 8
			if t.k == "struct" then
				counted(proto, dump.types:strip(m[2]), bytes, into, at)
			elseif t.k == "array" then
				for i = 0, t.a[3] - 1 do
					into[("%s %s[%d]"):format(proto, m[1], i)] = ("<I8"):unpack(bytes, at + i * 8 + 1)
				end
			else
				into[proto .. " " .. m[1]] = ("<I8"):unpack(bytes, at + 1)
			end
		end
	end

	it("has the counters of the protocols", function()
		local truth, found, n = {}, {}, 0
		for proto, t in pairs(STATISTICS) do
			counted(proto, dump.types:id("struct " .. t[2]), real.truth(dump, "truth/" .. t[1]), truth, 0)
		end
		for _, row in ipairs(real.rows(dump, "netstat", "-s", "-j", "0")) do
			local key = row.proto .. " " .. row.counter
			if truth[key] then
				n = n + 1
				found[key] = row.value
			end
			if MOVED[row.counter] then
				assert.is_true(row.value > truth[key] and row.value <= truth[key] + 64, key)
				found[key] = truth[key]
			end
		end
		assert.is_true(n > 1200)
		assert.same(truth, found)
	end)

	it("counts the connections of each state as net.inet.tcp.states does, and as it lists them", function()
		local bytes, listed, counted_ones = real.truth(dump, "truth/net.inet.tcp.states"), {}, {}
		for _, row in ipairs(of_host "^tcp") do
			listed[row.state] = (listed[row.state] or 0) + 1
		end
		for _, row in ipairs(real.rows(dump, "netstat", "-s", "-p", "tcp", "-j", "0")) do
			local i = math.tointeger(row.counter:match "^tcps_states%[(%d+)%]$")
			if i then
				assert.equal(("<I8"):unpack(bytes, i * 8 + 1), row.value)
				counted_ones[TCP[i]] = row.value ~= 0 and row.value or nil
			end
		end
		assert.same(listed, counted_ones)
	end)

	it("has a sentence for every counter, but for those that the stock tool has none for", function()
		local texts = {}
		for _, source in ipairs { "tcp", "inet", "inet6" } do
			for _, text in pairs(require("vmcore.netstat.sentences." .. source)) do
				texts[#texts + 1] = text
			end
		end
		local all, missing = table.concat(texts, "\n"), {}
		for proto, t in pairs(STATISTICS) do
			for _, m in ipairs(dump.types.list[dump.types:id("struct " .. t[2])].m) do
				if not all:find("%f[%w_]" .. m[1] .. "%f[^%w_]") then
					missing[#missing + 1] = proto .. " " .. m[1]
				end
			end
		end
		table.sort(missing)
		-- The errors of ICMPv6 are a struct in it.
		assert.same({ "icmp icps_oldshort", "icmp6 icp6s_outerrhist", "icmp6 icp6s_spare", "tcp _pad",
			"tcp tcps_minmssdrops", "tcp tcps_pcbcachemiss", "udp udpps_pcbcachemiss",
			"udp udps_fastout", "udp udps_noportmcast" }, missing)
	end)

	it("says what was counted as netstat(1) does", function()
		local out = lab.vmcore("-M", dump.core, "-N", dump.kernel, "netstat", "-ss", "-j", "0")
		for _, line in ipairs { "tcp:\n\t85 packets sent\n\t\t22 data packets (119159 bytes)\n",
			"\n\t1 connection closed (including 0 drops)\n", "\n\t12 syncache entries added\n",
			"\nTCP connection count by state:\n\t11 connections in LISTEN state\n\t1 connection in SYN_SENT state\n",
			"\nudp:\n\t9 datagrams received\n\t9 delivered\n\t9 datagrams output\n",
			"\n\tInput histogram:\n\t\tTCP: 5\n\t\tUDP: 3\n" } do
			assert.is_truthy(out:find(line, 1, true), line)
		end
	end)

	it("has what TCP counted for each connection, its timers and its algorithms", function()
		local truth = keep(pcbs("net.inet.tcp.pcblist", "struct xtcpcb"), function(get)
			return not probed(get) and TCP[get("t_state", "<i4")] ~= "TIME_WAIT"
		end)
		local SECOND = 1000
		local rows = {}
		for _, row in ipairs(real.rows(dump, "netstat", "-aTxCc", "-p", "tcp", "-j", "0")) do
			rows[row["local"] .. row.foreign] = row
		end
		for _, get in ipairs(truth) do
			local name = ending(get, "xt_inp.", "l") .. ending(get, "xt_inp.", "f")
			local row = assert(rows[name], name)
			-- The SYN to a host that is not there was sent again.
			local again = row.state == "SYN_SENT"
			assert.same({ get("t_sndrexmitpack", "<i4"), get("t_rcvoopack", "<i4"), get("t_sndzerowin", "<i4"),
				get("xt_cc", "z"), get("xt_stack", "z") }, { row.rexmit_packets, row.ooo_packets,
				row.zero_windows, row.cc, row.stack }, name)
			for path, key in pairs { tt_persist = "timer_persist", tt_keep = "timer_keep",
				tt_2msl = "timer_2msl", tt_delack = "timer_delack", tt_rexmt = not again and "timer_rexmt" or nil } do
				local then_, now = get(path, "<i4"), row[key]
				-- Timers run down, while the kernel panics.
				assert.is_true(then_ == 0 and now == 0 or then_ > 0 and now <= then_
				    and now > then_ - 10 * SECOND, name .. " " .. key)
			end
		end
	end)

	it("has the jails", function()
		local truth = real.records(dump.types, "struct xprison", real.truth(dump, "truth/security.jail.list"))
		local rows = real.rows(dump, "jls")
		local function text(jid, name, path, host) return table.concat({ jid, name, path, host }, " ") end
		assert.equal(2, #truth)
		assert.same(sorted(truth, function(xp) return text(xp.pr_id, xp.pr_name, xp.pr_path, xp.pr_host) end),
		    sorted(rows, function(row) return text(row.jid, row.name, row.path, row.hostname) end))
		assert.same({ false, true }, { rows[1].owns_vnet, rows[2].owns_vnet })
	end)

	it("counts network memory as vm.uma does", function()
		local current = {}
		for name, value in real.truth(dump, "truth/sysctl-all.tsv"):gmatch
		    "vm%.uma%.([%w_]+)%.stats%.current\t[^\n]*\t(%d+)\n" do
			current[name] = math.tointeger(value)
		end
		local rows = real.by(real.rows(dump, "netstat", "-m"), "item")
		-- One more: the window probe that came since, in the full receive buffer.
		assert.equal(current.mbuf + current.mbuf_packet + 1, rows.mbufs.current)
		assert.equal(current.mbuf_packet, rows.packets.current)
		assert.equal(current.mbuf_cluster, rows.clusters.current + rows.packets.cache)
		assert.equal(current.mbuf_jumbo_page, rows["jumbo page"].current)
		assert.same({ 30739, 15369, 4554, 2561 }, { rows.clusters.max, rows["jumbo page"].max,
			rows["jumbo 9k"].max, rows["jumbo 16k"].max })
	end)

	it("handed packets on as net.isr says", function()
		local function records(name, struct)
			return real.records(dump.types, struct, real.truth(dump, "truth/net.isr." .. name))
		end
		local protocols, work = {}, {}
		for _, row in ipairs(real.rows(dump, "netstat", "-Q")) do
			if row.qlimit then
				protocols[#protocols + 1] = ("%s %d %d %s %s %s"):format(row.name, row.proto, row.qlimit,
				    row.policy, row.dispatch, row.flags)
			elseif row.wsid then
				work[row.name] = row
			end
		end
		local POLICIES, DISPATCHES = { "source", "flow", "cpu" }, { [0] = "default", "deferred", "hybrid", "direct" }
		local names, listed = {}, {}
		for i, p in ipairs(records("proto", "struct sysctl_netisr_proto")) do
			names[p.snp_proto] = p.snp_name
			listed[i] = ("%s %d %d %s %s ---"):format(p.snp_name, p.snp_proto, p.snp_qlimit,
			    POLICIES[p.snp_policy], DISPATCHES[p.snp_dispatch])
			assert.equal(0, p.snp_flags)
		end
		assert.same(listed, protocols)
		-- The probes came through ip, and an ARP request more.
		local more = { ip = 2, arp = 1, ether = 1 }
		for _, w in ipairs(records("work", "struct sysctl_netisr_work")) do
			local name = names[w.snw_proto]
			local row = work[name]
			assert.same({ w.snw_len, w.snw_watermark, w.snw_hybrid_dispatched, w.snw_qdrops,
				w.snw_dispatched + w.snw_queued + (more[name] or 0), w.snw_handled + (more[name] or 0) },
			    { row.len, row.watermark, row.hybrid_dispatched, row.qdrops, row.dispatched + row.queued,
				row.handled }, name)
		end
	end)

	it("has every mbuf of every socket buffer", function()
		local rows, err, status = real.rows(dump, "mbuf")
		assert.equal("", err)
		assert.equal(0, status)
		local found = {}
		for _, row in ipairs(rows) do
			local key = row.owner .. " " .. tostring(row.way)
			local queue = found[key] or { mbufs = 0, records = 0, bytes = 0 }
			queue.mbufs, queue.bytes = queue.mbufs + 1, queue.bytes + row.len
			queue.records = math.max(queue.records, row.packet + 1)
			found[key] = queue
		end
		local n = 0
		for line in real.truth(dump, "truth.txt"):gmatch "F %d+ %d+ socket [^\n]+" do
			local so = line:match "so=(0x%x+)"
			for way, mbufs, records, bytes in line:gmatch
			    "(%l%l%l)%[ccc=%d+ mbufs=(%d+) recs=(%d+) bytes=(%d+)" do
				local queue = found[so .. " " .. way] or { mbufs = 0, records = 0, bytes = 0 }
				assert.same({ mbufs, records, bytes }, { tostring(queue.mbufs),
					tostring(queue.records), tostring(queue.bytes) }, line)
				n = n + 1
			end
		end
		assert.is_true(n > 60)
	end)

	it("has the sockets that nobody has open: accepted by none, waiting for time", function()
		local rows = keep(real.rows(dump, "sockstat"), function(row) return row.pid == real.null end)
		assert.same({ "stream /tmp/unix.sock", "stream /tmp/unix.sock",
			"tcp4 127.0.0.1:16432", "tcp4 127.0.0.1:8080", "tcp4 127.0.0.1:8080" },
		    sorted(rows, function(row) return row.proto .. " " .. row["local"] end))
	end)
end)
