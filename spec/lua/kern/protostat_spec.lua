--- What protocols counted.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local protostat = require "vmcore.kern.protostat"
local stats = require "spec.support.netstats"
local vmcore = require "vmcore"

-- The counters of the host's stack that are not 0, by protocol and name.
local function counted(sys, report)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local stacks, found = netstack.new(k), {}
	for row in protostat.each(k, stacks, stacks.list[1], report or error) do
		found[row.proto .. " " .. row.counter] = row.value ~= 0 and row.value or nil
	end
	return found, stacks, k
end

-- What changed its name.
local NAMES = { [12] = { ce = "tcps_ecn_ce", noroute = "icp6errs_dst_unreach_noroute" },
	[13] = { ce = "tcps_ecn_ce", noroute = "icp6errs_dst_unreach_noroute" },
	[15] = { ce = "tcps_ecn_rcvce", noroute = "icp6s_odst_unreach_noroute" } }

for layout, names in pairs(NAMES) do
	describe("protocol statistics of " .. layout, function()
		it("have the names of the struct", function()
			assert.same({ ["tcp tcps_sndtotal"] = 85, ["tcp tcps_sndpack"] = 1,
				["tcp tcps_sndbyte"] = 119159, ["tcp tcps_connattempt"] = 1, ["tcp tcps_closed"] = 3,
				["tcp tcps_drops"] = 1, ["tcp tcps_sc_added"] = 1, ["tcp tcps_minmssdrops"] = 6,
				["tcp " .. names.ce] = 2, ["tcp tcps_states[1]"] = 2, ["tcp tcps_states[4]"] = 1,
				["tcp tcps_states[8]"] = 1, ["tcp tcps_states[10]"] = 1,
				["udp udps_ipackets"] = 7, ["udp udps_opackets"] = 5, ["udp udps_noport"] = 2,
				["icmp icps_outhist[3]"] = 4, ["icmp icps_inhist[8]"] = 1, ["icmp icps_inhist[20]"] = 9,
				["icmp6 " .. names.noroute] = 11, ["ip6 ip6s_nxthist[58]"] = 12,
				["ip6 ip6s_m2m[2]"] = 3, ["ip6 ip6s_sources_rule[3]"] = 1,
				["ip6 ip6s_sources_sameif[14]"] = 1, ["igmp igps_rcv_v3_queries"] = 1,
				["igmp igps_snd_reports"] = 2, ["rt rts_unreach"] = layout ~= 13 and 13 or nil },
			    (counted(net.system(layout))))
		end)

		it("are nothing where they were never set up", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			for row in protostat.each(k, stacks, stacks.list[2], error) do
				assert.is_true(row.value == nil or row.value == 0)
			end
		end)

		it("say which one can't be read, and go on", function()
			local sys = net.system(layout, "counters damaged " .. layout, function(s)
				local n = s.sys.net
				local at = s.sys.by_name.vnet_entry_udpstat.addr + n.stacks[1].base
				s.sys.mem:u64(at + 8 * s.sys.types:offsetof("struct udpstat", "udps_noport") // 8,
				    0xfffffe0000123000)
			end)
			local messages = {}
			local found = counted(sys, function(message) messages[#messages + 1] = message end)
			assert.equal(1, #messages)
			assert.matches("^udp udps_noport: .*fffffe0000123000", messages[1])
			assert.is_nil(found["udp udps_noport"])
			assert.equal(5, found["udp udps_opackets"])
		end)
	end)
end

describe("protocol statistics", function()
	it("say once that many can't be read", function()
		local sys = net.system(13, "counters gone", function(s)
			local n = s.sys.net
			local at = s.sys.by_name.vnet_entry_tcpstat.addr + n.stacks[1].base
			for i = 0, 99 do
				s.sys.mem:u64(at + 8 * i, 0xfffffe0000123000)
			end
		end)
		local messages = {}
		counted(sys, function(message) messages[#messages + 1] = message end)
		assert.equal(9, #messages)
		assert.equal("tcp: more counters can't be read", messages[9])
	end)
end)

describe("SCTP's statistics", function()
	it("are a part of its own variable", function()
		local sys = net.system(12, "sctp 12", nil, function(n)
			stats.plant_sctp(n, n.stacks[1])
		end)
		assert.equal(21, counted(sys)["sctp sctps_inpackets"])
	end)
end)
