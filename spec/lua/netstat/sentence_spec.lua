--- Sentences of `netstat -s`.
local sentence = require "vmcore.netstat.sentence"

-- Counters as sentence.lines() takes them.
local function counters(list)
	local set = {}
	for _, pair in ipairs(list) do
		set[#set + 1], set[pair[1]] = pair[1], pair[2]
		local array, i = pair[1]:match "^(.*)%[(%d+)%]$"
		if array then
			set[array .. "#"] = math.max(set[array .. "#"] or 0, math.tointeger(i) + 1)
		end
	end
	return set
end

local function lines(proto, list, nonzero)
	return sentence.lines(proto, counters(list), { nonzero = nonzero, interface = function(i)
		return i == 2 and "em0" or nil
	end })
end

describe("a sentence", function()
	it("has the number's form of a word", function()
		assert.equal("1 packet (0 bytes)", sentence.fill("{} packet{s} ({} byte{s})", { 1, 0 }))
		assert.equal("2 entries", sentence.fill("{} entr{y|ies}", { 2 }))
		assert.equal("1 entry", sentence.fill("{} entr{y|ies}", { 1 }))
		assert.equal("3 addresses", sentence.fill("{} address{es}", { 3 }))
		assert.equal("<fault 0x10> packets", sentence.fill("{} packet{s}", { "<fault 0x10>" }))
	end)
end)

describe("the lines of a protocol", function()
	it("stand in netstat's order, deeper what belongs to the line above", function()
		assert.same({ "tcp:", "\t2 packets sent", "\t\t1 data packet (44 bytes)", "\t0 connection requests" },
		    lines("tcp", { { "tcps_connattempt", 0 }, { "tcps_sndtotal", 2 }, { "tcps_sndpack", 1 },
			{ "tcps_sndbyte", 44 } }))
	end)

	it("leave out what is 0 when that is asked for", function()
		assert.same({ "tcp:", "\t\t0 data packets (44 bytes)" }, lines("tcp", { { "tcps_connattempt", 0 },
			{ "tcps_sndpack", 0 }, { "tcps_sndbyte", 44 } }, true))
	end)

	it("name what is counted in arrays, and what has no name by its number", function()
		assert.same({ "icmp:", "\tInput histogram:", "\t\techo: 1", "\t\t#20: 9" },
		    lines("icmp", { { "icps_inhist[0]", 0 }, { "icps_inhist[8]", 1 }, { "icps_inhist[20]", 9 },
			{ "icps_outhist[0]", 0 } }))
	end)

	it("have titles only where something stands below", function()
		local list = { { "ip6s_m1", 0 }, { "ip6s_m2m[2]", 3 }, { "ip6s_m2m[7]", 1 } }
		assert.same({ "ip6:", "\tMbuf statistics:", "\t\t0 one mbuf", "\t\ttwo or more mbuf:",
			"\t\t\tem0= 3", "\t\t\t#7= 1" }, lines("ip6", list))
		assert.same({ "ip6:" }, lines("ip6", { { "ip6s_m1", 0 } }, true))
	end)

	it("tell a difference that the kernel does not count", function()
		assert.same({ "rip6:", "\t9 messages received", "\t0 checksum calculations on inbound",
			"\t1 message with bad checksum", "\t2 messages dropped due to no socket",
			"\t0 multicast messages dropped due to no socket",
			"\t0 messages dropped due to full socket buffers", "\t6 delivered" },
		    lines("rip6", { { "rip6s_ipackets", 9 }, { "rip6s_isum", 0 }, { "rip6s_badsum", 1 },
			{ "rip6s_nosock", 2 }, { "rip6s_nosockmcast", 0 }, { "rip6s_fullsock", 0 } }))
	end)

	it("have the names of every release", function()
		for _, name in ipairs { "tcps_ecn_ce", "tcps_ecn_rcvce" } do
			assert.same({ "tcp:", "\t1 packet with ECN CE bit set" }, lines("tcp", { { name, 1 } }))
		end
	end)

	it("lose nothing that has no sentence", function()
		assert.same({ "tcp:", "\ttcps_minmssdrops: 6" },
		    lines("tcp", { { "tcps_minmssdrops", 6 }, { "_pad[0]", 0 } }))
		assert.same({ "other:", "\tx: 1" }, lines("other", { { "x", 1 } }))
	end)

	it("say what can't be read, and what follows from it", function()
		assert.same({ "udp:", "\t<fault 0x10> datagrams received", "\t? delivered" },
		    lines("udp", { { "udps_ipackets", "<fault 0x10>" }, { "udps_hdrops", 0 } , { "udps_badlen", 0 },
			{ "udps_badsum", 0 }, { "udps_noport", 0 }, { "udps_noportbcast", 0 },
			{ "udps_fullsock", 0 } }, true))
	end)

	it("count connections by state, all of them", function()
		assert.same({ "tcp:", "TCP connection count by state:", "\t0 connections in CLOSED state",
			"\t1 connection in LISTEN state" }, lines("tcp", { { "tcps_states[0]", 0 },
			{ "tcps_states[1]", 1 } }))
		assert.same({ "tcp:", "TCP connection count by state:", "\t1 connection in LISTEN state" },
		    lines("tcp", { { "tcps_states[0]", 0 }, { "tcps_states[1]", 1 } }, true))
	end)
end)
