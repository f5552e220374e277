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

local PROC = {
	state = "p_state", flag = "p_flag", nice = "p_nice", lock = "p_lock",
	cr_flags = "p_ucred.cr_flags",
	jail = "p_ucred.cr_prison.pr_id", leader = "p_pgrp.pg_session.s_leader",
	pgid = "p_pgrp.pg_id", tty = "p_pgrp.pg_session.s_ttyp",
}
local THREAD = {
	td_state = "td_state", inhibitors = "td_inhibitors", td_flags = "td_flags",
	slptick = "td_slptick", pri_class = "td_pri_class",
}
-- What a process without a group, a session or credentials has.
local WITHOUT = { cr_flags = 0, jail = 0, pgid = 0 }

local FIRST = "p_threads.tqh_first"

-- All the readers, or nil when the kernel lacks one: half a state would be a
-- wrong one. Quick ones raise at a NULL on the way.
local function readers(T, TD, quick)
	local get = { first = member.pointer(T, FIRST) }
	if get.first == nil then
		return nil
	end
	for name, path in pairs(PROC) do
		get[name] = member.getter(T, path)
		if get[name] == nil then
			return nil
		elseif path:find "%." and not quick then
			get[name] = member.unless_null(get[name], WITHOUT[name])
		end
	end
	for name, path in pairs(THREAD) do
		get[name] = member.getter(TD, path)
		if get[name] == nil then
			return nil
		end
	end
	return get
end

-- How long the thread has slept: S up to MAXSLP seconds, I beyond; D when no
-- signal wakes it.
local function sleeping(td, get, now, hz)
	if get.td_flags(td) & TDF_SINTR == 0 then
		return "D"
	elseif now and hz and clock.seconds(now, get.slptick(td), hz) >= MAXSLP then
		return "I"
	end
	return "S"
end

-- The first letter, by the process's first thread.
local function first_letter(flag, td, get, known)
	local state = get.td_state(td)
	local inhibitors = get.inhibitors(td)
	if known.runnable[state] then
		return "R"
	elseif flag & P_STOPPED ~= 0 then
		return "T"
	elseif inhibitors & thread.TDI_SLEEPING ~= 0 then
		return sleeping(td, get, known.ticks, known.hz)
	elseif inhibitors & thread.TDI_LOCK ~= 0 then
		return "L"
	end
	return "W"
end

local function base_letter(p, flag, td, get, known)
	local state = get.state(p)
	if state == known.PRS_ZOMBIE then
		return "Z"
	elseif state ~= known.PRS_NORMAL then
		return "R"		-- SIDL
	elseif td == nil then
		return "?"
	end
	return first_letter(flag, td, get, known)
end

local function scheduling(nice, class)
	if nice < 0 or class == PRI_REALTIME then
		return "<"
	elseif nice > 0 or class == PRI_IDLE then
		return "N"
	end
	return ""
end

local function constants(k)
	return {
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

local function leads_session(p, get)
	local leader = get.leader(p)
	return leader ~= nil and kvm.toaddress(leader) == p
end

local function in_foreground(p, get)
	local terminal = get.tty(p)
	local group = terminal and terminal.t_pgrp
	return group and group.pg_id == get.pgid(p)
end

-- The letters behind those of state and scheduling, in ps(1)'s order.
local function marks(p, flag, letter, get)
	local rare = ""
	if flag & (P_TRACED | P_WEXIT | P_PPWAIT) ~= 0 then
		rare = (flag & P_TRACED ~= 0 and "X" or "")
		    .. (flag & P_WEXIT ~= 0 and letter ~= "Z" and "E" or "")
		    .. (flag & P_PPWAIT ~= 0 and "V" or "")
	end
	return rare
	    .. ((flag & P_SYSTEM ~= 0 or get.lock(p) > 0) and "L" or "")
	    .. (get.cr_flags(p) & CRED_FLAG_CAPMODE ~= 0 and "C" or "")
	    .. (leads_session(p, get) and "s" or "")
	    .. (flag & P_CONTROLT ~= 0 and in_foreground(p, get) and "+" or "")
	    .. (get.jail(p) ~= 0 and "J" or "")
end

--- A function from processes to STAT letters.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @tparam kvm.type TD struct thread
-- @tparam ?boolean quick raise at a process without group, session or
--   credentials
-- @treturn ?function nil when the kernel does not tell enough
function stat.new(k, T, TD, quick)
	local get = readers(T, TD, quick)
	if get == nil then
		return nil
	end
	local known = constants(k)
	return function(p)
		p = thread.address_of(p)
		local flag, td = get.flag(p), get.first(p)
		local letter = base_letter(p, flag, td, get, known)
		return letter
		    .. (flag & P_INMEM == 0 and "W" or "")
		    .. scheduling(get.nice(p), td and get.pri_class(td))
		    .. marks(p, flag, letter, get)
	end
end

return stat
