--- What protocols counted: VNET_PCPUSTAT arrays, named by the structs of
-- netinet/*_var.h and their kin.
-- @module vmcore.kern.protostat

local counter = require "vmcore.kern.counter"

local protostat = {}

-- Protocol, variable, struct where it is not called like the variable, in the
-- order of netstat(1).
local STATISTICS = {
	{ "tcp", "tcpstat" }, { "tcp", "tcps_states", false }, { "udp", "udpstat" },
	{ "sctp", "system_base_info", "sctpstat", "sctpstat" },
	{ "div", "divstat" }, { "ip", "ipstat" }, { "icmp", "icmpstat" }, { "igmp", "igmpstat" },
	{ "ipsec", "ipsec4stat", "ipsecstat" }, { "ah", "ahstat" }, { "esp", "espstat" },
	{ "ipcomp", "ipcompstat" }, { "pim", "pimstat" }, { "mrt", "mrtstat" }, { "carp", "carpstats" },
	{ "pfsync", "pfsyncstats" }, { "pflow", "pflowstats" }, { "arp", "arpstat" },
	{ "ip6", "ip6stat" }, { "icmp6", "icmp6stat" }, { "rip6", "rip6stat" },
	{ "ipsec6", "ipsec6stat", "ipsecstat" }, { "pfkey", "pfkeystat" }, { "rt", "rtstat" },
}
local TCP_NSTATES = 11		-- netinet/tcp_fsm.h
local FAULTS_MAX = 8		-- what is reported of a variable's counters

-- The counters of one variable. Until 12 igmpstat and rtstat are plain structs,
-- and SCTP's are so in every release, inside of another.
local function values_of(k, stacks, stack, read, entry)
	local _, name, struct, inside = table.unpack(entry, 1, 4)
	local address = stacks:address(stack, name)
	if address == nil then
		return nil
	elseif struct == false then
		return counter.list(k, read, address, name, TCP_NSTATES)
	end
	local T, variable = k:type("struct " .. (struct or name)), stacks:type(name)
	variable = variable and variable:strip()
	if inside then
		local B = k:type "struct sctp_base_info"
		local m = B and B:member(inside)
		return T and m and counter.plain(k, address + m.offset, T)
	elseif T and variable and variable.kind == "struct" then
		return counter.plain(k, address, T)
	end
	return T and counter.array(k, read, address, T)
end

--- Every counter of every protocol of a network stack.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack
-- @tparam function report
-- @treturn function iterator of records: proto, counter (the member's name;
--   elements of arrays as name[0]), value (nil: not set up, or out of reach),
--   fault (why it is out of reach)
function protostat.each(k, stacks, stack, report)
	local read, i = counter.reader(k), 0
	local values, proto, faults = function() return nil end, nil, 0
	local function complain(name, fault)
		faults = faults + 1
		if faults <= FAULTS_MAX then
			report(proto .. " " .. name .. ": " .. tostring(fault))
		elseif faults == FAULTS_MAX + 1 then
			report(proto .. ": more counters can't be read")
		end
	end
	return function()
		local name, value, fault = values()
		while name == nil and i < #STATISTICS do
			i = i + 1
			proto = STATISTICS[i][1]
			values = values_of(k, stacks, stack, read, STATISTICS[i]) or function() return nil end
			name, value, fault = values()
			faults = 0
		end
		if fault then
			complain(name, fault)
		end
		return name and { proto = proto, counter = name, value = value, fault = fault, stack = stack }
	end
end

return protostat
