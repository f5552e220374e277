--- What protocols counted: VNET_PCPUSTAT arrays, named by the structs of
-- netinet/*_var.h and their kin.
-- @module vmcore.kern.protostat

local counter = require "vmcore.kern.counter"

local protostat = {}

-- Protocol, variable (the struct has its name), in the order of netstat(1).
local ARRAYS = {
	{ "tcp", "tcpstat" }, { "udp", "udpstat" }, { "ip", "ipstat" }, { "icmp", "icmpstat" },
	{ "igmp", "igmpstat" }, { "arp", "arpstat" }, { "carp", "carpstats" }, { "div", "divstat" },
	{ "ipsec", "ipsec4stat", "ipsecstat" }, { "ah", "ahstat" }, { "esp", "espstat" },
	{ "ipcomp", "ipcompstat" }, { "pim", "pimstat" }, { "mrt", "mrtstat" },
	{ "ip6", "ip6stat" }, { "icmp6", "icmp6stat" }, { "rip6", "rip6stat" },
	{ "ipsec6", "ipsec6stat", "ipsecstat" }, { "pfsync", "pfsyncstats" },
	{ "pflow", "pflowstats" }, { "rt", "rtstat" },
}

--- Every counter of every protocol of a network stack.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack
-- @tparam function report
-- @treturn function iterator of records: proto, counter, value (nil: not set up)
function protostat.each(k, stacks, stack, report)
	local read, i = counter.reader(k), 0
	local values, proto = function() return nil end, nil
	return function()
		local name, value, fault = values()
		while name == nil and i < #ARRAYS do
			i = i + 1
			local array = ARRAYS[i]
			local address = stacks:address(stack, array[2])
			local T = k:type("struct " .. (array[3] or array[2]))
			if address and T then
				proto, values = array[1], counter.array(k, read, address, T)
				name, value, fault = values()
			end
		end
		if fault then
			report(proto .. " " .. name .. ": " .. tostring(fault))
		end
		return name and { proto = proto, counter = name, value = value, stack = stack }
	end
end

return protostat
