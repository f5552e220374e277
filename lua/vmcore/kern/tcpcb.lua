--- TCP's control blocks: netinet/tcp_var.h, netinet/tcp_fsm.h,
-- netinet/tcp_timer.h.
-- @module vmcore.kern.tcpcb

local clock = require "vmcore.kern.clock"
local kvm = require "kvm"
local member = require "vmcore.kern.member"

local tcpcb = {}

-- netinet/tcp_fsm.h, tcpstates[]
local STATES = { [0] = "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT",
	"FIN_WAIT_1", "CLOSING", "LAST_ACK", "FIN_WAIT_2", "TIME_WAIT" }

local CALLOUT_ACTIVE = 0x0002	-- c_flags, sys/callout.h
local SBT_MAX = math.maxinteger	-- sys/time.h: a timer that does not run

-- Timers as netstat(1) calls them, with their names in enum tt_which.
local TIMERS = { { "rexmt", "TT_REXMT", 0 }, { "persist", "TT_PERSIST", 1 },
	{ "keep", "TT_KEEP", 2 }, { "2msl", "TT_2MSL", 3 }, { "delack", "TT_DELACK", 4 } }

--- The name of a state.
-- @tparam integer number t_state
-- @treturn string
function tcpcb.state_name(number)
	return STATES[number] or tostring(number)
end

--- Where the control block of an inpcb is: from 14 on it begins with the inpcb,
-- before, each points to the other.
-- @tparam table k
-- @tparam kvm.type T struct inpcb
-- @treturn ?function of the inpcb's address, to an address or nil
function tcpcb.of_inpcb(k, T)
	local TCP = k:type "struct tcpcb"
	local own = TCP and TCP:member "t_inpcb"
	if own and own.type:strip().kind == "struct" then
		return function(inp) return inp - own.offset end
	end
	return member.pointer(T, "inp_ppcb")
end

-- Milliseconds, as the kernel tells pcblist; C's division.
local function milliseconds(span)
	local sbt = 4294967	-- SBT_1MS, sys/time.h
	return span >= 0 and span // sbt or -(-span // sbt)
end

-- From 14 on a tcpcb has times; before, it points to callouts.
local function timer(k, T, now, names)
	local times = T:member "t_timers"
	if times and times.type:strip().kind == "array" then
		local first = times.type:strip().target
		local offset = times.offset + 8 * member.constant(k, names[2], names[3])
		return function(tp)
			local at = k.kd:read_uint(tp + offset, 8) or kvm.object(first, tp + offset)
			return at ~= SBT_MAX and at ~= 0 and milliseconds(at - now) or 0
		end
	end
	local base = "tt_" .. names[1] .. "."
	local all, C = member.pointer(T, "t_timers"), k:type "struct tcp_timer"
	local flags, time = member.getter(C, base .. "c_flags"), member.getter(C, base .. "c_time")
	return all and flags and time and function(tp)
		local timers = all(tp)
		if timers == nil or flags(timers) & CALLOUT_ACTIVE == 0 then
			return 0
		end
		return milliseconds(time(timers) - now)
	end
end

local function put_timers(fields, k, T)
	local now, hz, ticks = clock.sbinuptime(k), clock.hz(k), clock.ticks(k)
	for _, names in ipairs(now and TIMERS or {}) do
		fields["timer_" .. names[1]] = timer(k, T, now, names)
	end
	local received = member.getter(T, "t_rcvtime")
	fields.idle = received and hz and ticks and function(tp)
		return ((ticks - received(tp)) & 0xffffffff) * 1000 // hz
	end
end

--- What can be known of a control block.
-- @tparam table k
-- @treturn table functions of its address: state (a name), rexmit_packets
--   ooo_packets zero_windows (sent) cc (the congestion control's name) stack
--   (that of TCP), timer_rexmt timer_persist timer_keep timer_2msl timer_delack
--   (milliseconds from now; 0: not running), idle (milliseconds since something
--   came); what the kernel does not have is nil
function tcpcb.fields(k)
	local T = k:type "struct tcpcb"
	if T == nil then
		return {}
	end
	local state = member.getter(T, "t_state")
	local fields = {
		state = state and function(tp) return tcpcb.state_name(state(tp)) end,
		rexmit_packets = member.getter(T, "t_sndrexmitpack"),
		ooo_packets = member.getter(T, "t_rcvoopack"),
		zero_windows = member.getter(T, "t_sndzerowin"),
		-- 13: cc_algo.
		cc = member.unless_null(member.getter(T, "t_cc.name", "cc_algo.name"), nil),
		stack = member.unless_null(member.getter(T, "t_fb.tfb_tcp_block_name"), nil),
	}
	put_timers(fields, k, T)
	return fields
end

return tcpcb
