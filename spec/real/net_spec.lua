--- The network of freebsd13-amd64, against what the kernel said of itself a
-- moment before it panicked: net.inet.*.pcblist, net.local.*.pcblist,
-- kern.file, the routing socket's answers, security.jail.list. Those are of
-- the host's network stack; the jail's is what its process wrote of it.
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
		local rows = keep(real.rows(dump, "netstat", "-L"), function(row) return row.jid == 0 end)
		assert.same(sorted(truth, function(get)
			local so = "xt_inp.xi_socket."
			return ("%d/%d/%d %s"):format(get(so .. "so_qlen", "<I4"), get(so .. "so_incqlen", "<I4"),
			    get(so .. "so_qlimit", "<I4"), ending(get, "xt_inp.", "l"))
		end), sorted(rows, function(row) return row.listen .. " " .. row["local"] end))
	end)

	it("has the limits and the use of the socket buffers", function()
		local truth = pcbs("net.inet.tcp.pcblist", "struct xtcpcb")
		local rows = keep(real.rows(dump, "netstat", "-aAx"), function(row)
			return row.jid == 0 and row.proto:find "^tcp" and row.state ~= "TIME_WAIT" and not moving(row)
		end)
		local FIELDS = { "hiwat", "lowat", "mbcnt", "mbmax" }
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

	it("has the routes", function()
		local RTM_GET, HEADER = 4, 152
		local truth = sorted(messages("route.dump", { [RTM_GET] = true }), function(message)
			local flags, mask = ("<i4i4"):unpack(message.bytes, 9)
			local sa = addresses(message.bytes, HEADER + 1, mask)
			local bytes, zone = inaddr.of_sockaddr(sa[0])
			local text = inaddr.text(bytes, zone)
			if sa[2] and flags & 0x4 == 0 then
				local skip = #bytes == 4 and 5 or 9
				text = text .. "/" .. inaddr.prefix(sa[2]:sub(skip) .. ("\0"):rep(#bytes - #sa[2] + skip - 1))
			end
			return ("%s link#%d %s %s"):format(text, (("<I2"):unpack(sa[1], 3)),
			    (inaddr.link(sa[4])), flags & 0x800 ~= 0 and "S" or "")
		end)
		local rows = keep(real.rows(dump, "netstat", "-r"), function(row) return row.jid == 0 end)
		assert.same(truth, sorted(rows, function(row)
			return ("%s %s %s %s"):format(row.destination, row.gateway, row.netif,
			    row.flags:find "S" and "S" or "")
		end))
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
				truth[#truth + 1] = table.concat(index, " ") .. " " .. inaddr.text(inaddr.of_sockaddr(sa[5]))
			end
		end
		table.sort(truth)
		assert.same(truth, sorted(rows, function(row)
			return table.concat({ row.name, row.index, row.flags, row.mtu, row.address }, " ")
		end))
	end)

	it("has the counters of the protocols: none fell, few moved on", function()
		local rows = keep(real.rows(dump, "netstat", "-s", "-a"), function(row) return row.jid == 0 end)
		local by = real.by(rows, "counter")
		for name, struct in pairs { ["tcp.stats"] = "tcpstat", ["udp.stats"] = "udpstat",
		    ["ip.stats"] = "ipstat" } do
			local bytes = real.truth(dump, "truth/net.inet." .. name)
			local set, moved = dump.types, 0
			for _, m in ipairs(set.list[set:id("struct " .. struct)].m) do
				local member = set:member(set:id("struct " .. struct), m[1])
				if member.size == 8 then
					local value = ("<I8"):unpack(bytes, m[3] // 8 + 1)
					assert.is_true(by[m[1]].value >= value, m[1])
					moved = moved + (by[m[1]].value > value and 1 or 0)
				end
			end
			assert.is_true(moved < 16, struct)
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

	it("finds every mbuf in its slabs, and who has it: none is lost", function()
		local counts = {}
		for _, row in ipairs(real.rows(dump, "mbuf", "-a")) do
			counts[row.state] = (counts[row.state] or 0) + 1
		end
		local memory = real.by(real.rows(dump, "netstat", "-m"), "item")
		assert.is_nil(counts.unknown)
		assert.equal(memory.mbufs.current, counts.socket + counts.neighbour + counts.variable + counts.held)
		-- What the slabs have left is in no cache.
		assert.is_true(counts.cached <= memory.mbufs.cache and counts.cached > memory.mbufs.cache - 15)
	end)

	it("has the sockets that nobody has open: accepted by none, waiting for time", function()
		local rows = keep(real.rows(dump, "sockstat"), function(row) return row.pid == real.null end)
		assert.same({ "stream /tmp/unix.sock", "stream /tmp/unix.sock",
			"tcp4 127.0.0.1:16432", "tcp4 127.0.0.1:8080", "tcp4 127.0.0.1:8080" },
		    sorted(rows, function(row) return row.proto .. " " .. row["local"] end))
	end)
end)
