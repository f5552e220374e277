--- The letters of ps(1)'s STAT column, computed as the kernel (fill_kinfo_*
-- in kern/kern_proc.c) and ps(1) (bin/ps/print.c, state()) compute them
-- between them.
-- @module vmcore.kern.stat

local kvm = require "kvm"
local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"
local thread = require "vmcore.kern.thread"

local stat = {}

-- p_flag, sys/proc.h
local P_CONTROLT = 0x00000002
local P_PPWAIT = 0x00000010
local P_SYSTEM = 0x00000200
local P_TRACED = 0x00000800
local P_WEXIT = 0x00002000
local P_STOPPED = 0x000e0000	-- by a signal, a debugger, or for one thread
local P_INMEM = 0x10000000

local TDF_SINTR = 0x00000008	-- td_flags, sys/proc.h
local CRED_FLAG_CAPMODE = 0x1	-- cr_flags, sys/ucred.h
local PRI_REALTIME = 2		-- td_pri_class, sys/priority.h
local PRI_IDLE = 4
local MAXSLP = 20		-- seconds, vm/vm_param.h

stat.P_CONTROLT, stat.P_TRACED = P_CONTROLT, P_TRACED

--- What the letters depend on: paths from struct proc by name, and those of
-- the first thread.
stat.MEMBERS = {
	p_state = "p_state", p_flag = "p_flag", p_nice = "p_nice", p_lock = "p_lock",
	cr_flags = "p_ucred.cr_flags", jid = "p_ucred.cr_prison.pr_id",
	leader = "p_pgrp.pg_session.s_leader", pgid = "p_pgrp.pg_id",
}
stat.FIRST = "p_threads.tqh_first"
stat.THREAD_MEMBERS = {
	td_state = "td_state", inhibitors = "td_inhibitors", td_flags = "td_flags",
	slptick = "td_slptick", pri_class = "td_pri_class",
}
-- What a process without a group, a session or credentials has.
local WITHOUT = { cr_flags = 0, jid = 0, pgid = 0 }
local FOREGROUND = "p_pgrp.pg_session.s_ttyp.t_pgrp.pg_id"

-- All the readers, or nil when the kernel lacks one: half a state would be a
-- wrong one.
local function readers(T, TD)
	local get = { td = member.pointer(T, stat.FIRST) }
	if get.td == nil or member.getter(T, FOREGROUND) == nil then
		return nil
	end
	for name, path in pairs(stat.MEMBERS) do
		get[name] = member.getter(T, path)
		if get[name] == nil then
			return nil
		elseif path:find "%." then
			get[name] = member.unless_null(get[name], WITHOUT[name])
		end
	end
	for name, path in pairs(stat.THREAD_MEMBERS) do
		local field = member.getter(TD, path)
		if field == nil then
			return nil
		end
		get[name] = function(_, v) return field(v.td) end
	end
	local leader = get.leader
	get.leader = function(p)
		local value = leader(p)
		return value and kvm.toaddress(value)
	end
	return get
end

-- How long the thread has slept: S up to MAXSLP seconds, I beyond; D when no
-- signal wakes it.
local function sleeping(v, now, hz)
	if v.td_flags & TDF_SINTR == 0 then
		return "D"
	elseif now and hz and clock.seconds(now, v.slptick, hz) >= MAXSLP then
		return "I"
	end
	return "S"
end

-- The first letter, by the process's first thread.
local function first_letter(v, known)
	local inhibitors = v.inhibitors
	if known.runnable[v.td_state] then
		return "R"
	elseif v.p_flag & P_STOPPED ~= 0 then
		return "T"
	elseif inhibitors & thread.TDI_SLEEPING ~= 0 then
		return sleeping(v, known.ticks, known.hz)
	elseif inhibitors & thread.TDI_LOCK ~= 0 then
		return "L"
	end
	return "W"
end

local function base_letter(v, known)
	local state = v.p_state
	if state == known.PRS_ZOMBIE then
		return "Z"
	elseif state ~= known.PRS_NORMAL then
		return "R"		-- SIDL
	elseif v.td == nil then
		return "?"
	end
	return first_letter(v, known)
end

local function scheduling(nice, class)
	if nice < 0 or class == PRI_REALTIME then
		return "<"
	elseif nice > 0 or class == PRI_IDLE then
		return "N"
	end
	return ""
end

local function constants(k, T)
	return {
		foreground = member.unless_null(member.getter(T, FOREGROUND), nil),
		PRS_NORMAL = member.constant(k, "PRS_NORMAL", 1),
		PRS_ZOMBIE = member.constant(k, "PRS_ZOMBIE", 2),
		runnable = {
			[member.constant(k, "TDS_CAN_RUN", 2)] = true,
			[member.constant(k, "TDS_RUNQ", 3)] = true,
			[member.constant(k, "TDS_RUNNING", 4)] = true,
		},
		ticks = clock.ticks(k),
		hz = clock.hz(k),
	}
end

-- The letters behind those of state and scheduling, in ps(1)'s order.
local function marks(v, flag, letter, known)
	local rare = ""
	if flag & (P_TRACED | P_WEXIT | P_PPWAIT) ~= 0 then
		rare = (flag & P_TRACED ~= 0 and "X" or "")
		    .. (flag & P_WEXIT ~= 0 and letter ~= "Z" and "E" or "")
		    .. (flag & P_PPWAIT ~= 0 and "V" or "")
	end
	return rare
	    .. ((flag & P_SYSTEM ~= 0 or v.p_lock > 0) and "L" or "")
	    .. (v.cr_flags & CRED_FLAG_CAPMODE ~= 0 and "C" or "")
	    .. (v.leader == v.addr and "s" or "")
	    .. (flag & P_CONTROLT ~= 0 and known.foreground(v.addr) == v.pgid and "+" or "")
	    .. (v.jid ~= 0 and "J" or "")
end

local function letters(v, known)
	local flag, letter = v.p_flag, base_letter(v, known)
	return letter
	    .. (flag & P_INMEM == 0 and "W" or "")
	    .. scheduling(v.p_nice, v.td and v.pri_class)
	    .. marks(v, flag, letter, known)
end

--- A function from processes to STAT letters.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @tparam kvm.type TD struct thread
-- @treturn ?function of a process, and a thread's address when it is not to be
--   its first one's; nil when the kernel does not tell enough
-- @treturn ?function the same of a table with the values of stat.MEMBERS and
--   stat.THREAD_MEMBERS, and `addr`, `td`
function stat.new(k, T, TD)
	local get = readers(T, TD)
	if get == nil then
		return nil
	end
	local known = constants(k, T)
	local values = { __index = function(v, name)
		return get[name](v.addr, v)
	end }
	return function(p, td)
		return letters(setmetatable({ addr = thread.address_of(p), td = td }, values), known)
	end, function(v)
		return letters(v, known)
	end
end

return stat
