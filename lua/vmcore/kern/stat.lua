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
	pgrp = "p_pgrp", ucred = "p_ucred", first = "p_threads.tqh_first",
}
local THREAD = {
	td_state = "td_state", inhibitors = "td_inhibitors", td_flags = "td_flags",
	slptick = "td_slptick", pri_class = "td_pri_class",
}

-- All the readers, or nil when the kernel lacks one: half a state would be a
-- wrong one.
local function readers(T, TD)
	local get = {}
	for name, path in pairs(PROC) do
		get[name] = member.getter(T, path)
		if get[name] == nil then
			return nil
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

local function scheduling(p, td, get)
	local nice = get.nice(p)
	local class = td and get.pri_class(td)
	if nice < 0 or class == PRI_REALTIME then
		return "<"
	elseif nice > 0 or class == PRI_IDLE then
		return "N"
	end
	return ""
end

local function when(condition, letter)
	return condition and letter or ""
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

-- s: leads its session; +: in its terminal's foreground; J: in a jail.
local function memberships(p, flag, pgrp, get, groups)
	return when(pgrp and groups.is_leader(p, pgrp), "s")
	    .. when(flag & P_CONTROLT ~= 0 and pgrp and groups.in_foreground(pgrp), "+")
	    .. when(groups.is_jailed(get.ucred(p)), "J")
end

local function group_readers(PG, CR)
	local leader = member.getter(PG, "pg_session.s_leader")
	local id = member.getter(PG, "pg_id")
	local tty = member.getter(PG, "pg_session.s_ttyp")
	local jail = member.getter(CR, "cr_prison.pr_id")
	return {
		is_leader = function(p, pgrp)
			local first = leader and leader(pgrp)
			return first and kvm.toaddress(first) == (math.type(p) and p or kvm.toaddress(p))
		end,
		in_foreground = function(pgrp)
			local terminal = tty and tty(pgrp)
			local group = terminal and terminal.t_pgrp
			return group ~= nil and group and group.pg_id == id(pgrp)
		end,
		is_jailed = function(ucred)
			return ucred and jail and jail(ucred) ~= 0
		end,
	}
end

--- A function from processes to STAT letters.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @tparam kvm.type TD struct thread
-- @treturn ?function nil when the kernel does not tell enough
function stat.new(k, T, TD)
	local get = readers(T, TD)
	if get == nil then
		return nil
	end
	local known = constants(k)
	local groups = group_readers(k:type "struct pgrp", k:type "struct ucred")
	local cr_flags = member.getter(k:type "struct ucred", "cr_flags")
	return function(p)
		local flag, td, pgrp = get.flag(p), get.first(p), get.pgrp(p)
		local letter = base_letter(p, flag, td, get, known)
		local ucred = get.ucred(p)
		return letter
		    .. when(flag & P_INMEM == 0, "W")
		    .. scheduling(p, td, get)
		    .. when(flag & P_TRACED ~= 0, "X")
		    .. when(flag & P_WEXIT ~= 0 and letter ~= "Z", "E")
		    .. when(flag & P_PPWAIT ~= 0, "V")
		    .. when(flag & P_SYSTEM ~= 0 or get.lock(p) > 0, "L")
		    .. when(ucred and cr_flags and cr_flags(ucred) & CRED_FLAG_CAPMODE ~= 0, "C")
		    .. memberships(p, flag, pgrp, get, groups)
	end
end

return stat
