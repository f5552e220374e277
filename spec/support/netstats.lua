--- Statistics of the protocols of a forged network: struct tcpstat and its kin
-- as arrays of counters, in 12 also plain structs, and SCTP.
local stats = {}

local AF_INET, SOCK_STREAM, IPPROTO_SCTP = 2, 1, 132
local ARRAYS = { "tcpstat", "udpstat", "icmpstat", "icmp6stat", "ip6stat", "igmpstat", "rtstat" }
-- Until 12 these count by themselves.
local PLAIN = { igmpstat = true, rtstat = true }

-- What was counted in the host's stack.
local COUNTED = {
	tcpstat = { tcps_sndtotal = 85, tcps_sndpack = 1, tcps_sndbyte = 119159, tcps_connattempt = 1,
		tcps_closed = 3, tcps_drops = 1, tcps_sc_added = 1, tcps_minmssdrops = 6, tcps_ecn_ce = 2,
		tcps_ecn_rcvce = 2 },
	udpstat = { udps_ipackets = 7, udps_opackets = 5, udps_noport = 2 },
	icmpstat = { ["icps_outhist[3]"] = 4, ["icps_inhist[8]"] = 1, ["icps_inhist[20]"] = 9 },
	icmp6stat = { icp6errs_dst_unreach_noroute = 11, icp6s_odst_unreach_noroute = 11 },
	ip6stat = { ["ip6s_nxthist[58]"] = 12, ["ip6s_m2m[2]"] = 3, ["ip6s_sources_rule[3]"] = 1,
		["ip6s_sources_sameif[14]"] = 1 },
	igmpstat = { igps_rcv_v3_queries = 1, igps_snd_reports = 2 },
	rtstat = { rts_unreach = 13 },
}
local STATES = { [1] = 2, [4] = 1, [8] = 1, [10] = 1 }

local function known(sys, name)
	return sys.types:has("struct " .. name)
end

--- Variables of a network stack, with their types.
-- @tparam table sys
-- @tparam integer layout
-- @tparam function parse of C text
-- @treturn table spellings by name
function stats.variables(sys, layout, parse)
	local found = { tcps_states = "tcps_states_array" }
	parse "typedef counter_u64_t tcps_states_array[11];\n"
	for _, name in ipairs(ARRAYS) do
		local id = known(sys, name)
		if id and PLAIN[name] and layout == 12 then
			found[name] = "struct " .. name
		elseif id then
			parse(("typedef counter_u64_t %s_array[%d];\n"):format(name,
			    sys.types:sizeof("struct " .. name) // 8))
			found[name] = name .. "_array"
		end
	end
	if known(sys, "sctp_base_info") then
		found.system_base_info = "struct sctp_base_info"
	end
	return found
end

-- The place of a member, an element or a member of a struct in it.
local function place(sys, struct, name)
	local base, index = name:match "^(.*)%[(%d+)%]$"
	local set = sys.types
	local m = set:member("struct " .. struct, base or name)
	    or name:find "^icp6errs_" and set:member("struct icmp6stat", "icp6s_outerrhist." .. name)
	return m and m.bit // 8 + 8 * (index or 0) or nil
end

local function plant_array(n, stack, name)
	local sys, values = n.sys, {}
	for member, value in pairs(COUNTED[name]) do
		local at = place(sys, name, member)
		if at then
			values[at // 8] = value
		end
	end
	n:counters(stack, name, values, sys.types:sizeof("struct " .. name) // 8)
end

--- An endpoint of SCTP, which begins with its inpcb; layout 12 has them.
-- @tparam table n of netimage.lua
-- @tparam table stack
-- @treturn integer its address
function stats.plant_sctp(n, stack)
	local sys, set = n.sys, n.sys.types
	local at = n:set(stack, "system_base_info", { ["sctpstat.sctps_inpackets"] = 21 })
	local pcb = sys:make("struct sctp_inpcb", {})
	local so = n:socket({ AF_INET, SOCK_STREAM, IPPROTO_SCTP }, stack, { listen = { 0, 0, 1 } })
	sys:fill(pcb, "struct inpcb", { inp_vflag = 1, inp_socket = so, inp_ip_p = IPPROTO_SCTP })
	sys.mem:write(pcb + set:offsetof("struct inpcb", "inp_inc.inc_ie.ie_lport"), (">I2"):pack(9899))
	sys:fill(so, "struct socket", { so_pcb = pcb })
	sys:list_insert(at + set:offsetof("struct sctp_base_info", "sctppcbinfo.listhead"), pcb,
	    "struct sctp_inpcb", "sctp_list")
	return pcb
end

--- Count in a stack.
-- @tparam table n of netimage.lua
-- @tparam table stack
function stats.plant(n, stack)
	for name, spelling in pairs(n.variables) do
		if COUNTED[name] and spelling:find "^struct " then
			n:set(stack, name, COUNTED[name])
		elseif COUNTED[name] then
			plant_array(n, stack, name)
		end
	end
	n:counters(stack, "tcps_states", STATES, 11)
end

return stats
