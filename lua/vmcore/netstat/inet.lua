--- netstat(1): sockets of the internet.
-- @module vmcore.netstat.inet

local inpcb = require "vmcore.kern.inpcb"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"

local inet = {}

-- TCP's timers, of -x.
local TIMERS = { { "timer_rexmt", "rexmt" }, { "timer_persist", "persist" }, { "timer_keep", "keep" },
	{ "timer_2msl", "2msl" }, { "timer_delack", "delack" }, { "idle", "rcvtime" } }

-- What -p calls the protocols of `list`.
local PROTOCOLS = { udplite = "udpl", divert = "div", icmp = "icm", igmp = "igm", icmp6 = "icm" }

-- As netstat(1) joins them: 127.0.0.1.80, *.*.
local function joined(fields, which)
	local addr, port = fields[which .. "_addr"], fields[which .. "_port"]
	return function(s)
		local number = port(s)
		return addr(s) .. "." .. (number == 0 and "*" or number)
	end
end

local function seconds(value)
	return value and ("%d.%02d"):format(value // 1000, value % 1000 // 10)
end

local function state(value)
	return value or ""
end

function inet.columns(o)
	local list = { { "proto", "Proto", "left" } }
	if o.addresses then
		table.insert(list, 1, part.address("pcb", "Tcpcb"))
	end
	table.move(o.retransmits and { { "rexmit_packets", "Rexmit" }, { "ooo_packets", "OOORcv" },
		{ "zero_windows", "0-win", width = 6 } } or { { "rcv_cc", "Recv-Q" }, { "snd_cc", "Send-Q" } },
	    1, 3, #list + 1, list)
	table.move({ { "local", "Local Address", "left", width = 22 },
		{ "foreign", "Foreign Address", "left", width = 22 } }, 1, 2, #list + 1, list)
	if o.buffers then
		part.put_buffers(list)
		for _, timer in ipairs(TIMERS) do
			list[#list + 1] = { timer[1], timer[2], width = 7, text = seconds }
		end
	end
	if o.flows then
		table.move({ { "flowid", "flowid", width = 8, format = "hex" },
			{ "flowtype", "ftype", format = "hex" } }, 1, 2, #list + 1, list)
	end
	list[#list + 1] = { "state", "(state)", "left", width = 11, text = state }
	if o.congestion then
		list[#list + 1] = { "cc", "CC", "left", width = 8 }
	end
	if o.stack then
		list[#list + 1] = { "stack", "Stack", "left", width = 8 }
	end
	list[#list + 1] = part.JID
	return part.columns(list)
end

--- Which sockets are asked for.
-- @tparam table o options
-- @tparam table fields
-- @treturn function of a subject
function inet.chosen(o, fields)
	local version = o.family == "inet" and "4" or o.family == "inet6" and "6"
	local name = o.protocol and (PROTOCOLS[o.protocol] or o.protocol)
	return function(s)
		local proto = (version or name) and fields.proto(s) or ""
		return (not version or proto:find(version, 1, true) ~= nil)
		    and (not name or s.list == name or proto:match "^%a+" == name)
	end
end

--- The view of all sockets, and its fields with those of netstat.
-- @tparam table k
-- @tparam table o options
-- @tparam function report
function inet.view(k, o, report)
	local view = part.known(inpcb.new(k, netstack.new(k, report, o.jail)), "inpcb")
	local fields = setmetatable({}, { __index = view.fields })
	fields["local"], fields.foreign = joined(view.fields, "local"), joined(view.fields, "foreign")
	fields.listen = part.listen(view.fields)
	return view, fields
end

function inet.rows(k, o, report)
	local view, fields = inet.view(k, o, report)
	local chosen = inet.chosen(o, fields)
	return part.filtered(view:each(report), fields, function(s)
		return chosen(s) and (o.all or fields.state(s) ~= "LISTEN" and not fields.local_any(s))
	end)
end

function inet.title(o)
	return "Active Internet connections" .. (o.all and " (including servers)" or "")
end

return inet
