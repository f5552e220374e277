--- Processes: sys/proc.h, struct proc, and what hangs on it.
--
--	local procs = proc.new(k)
--	for p in procs:each() do print(procs.fields.pid(p), procs.fields.args(p)) end
-- @module vmcore.kern.proc

local kvm = require "kvm"
local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"
local offsets = require "vmcore.kern.offsets"
local pidhash = require "vmcore.kern.pidhash"
local queue = require "vmcore.queue"
local stat = require "vmcore.kern.stat"
local thread = require "vmcore.kern.thread"

local proc = {}

local ARGS_MAX = 1 << 20	-- ARG_MAX is 512 KiB; the cached ones are shorter

local function ppid_field(T)
	local flag, oppid = member.getter(T, "p_flag"), member.getter(T, "p_oppid")
	local pptr, pid = member.getter(T, "p_pptr"), member.getter(T, "p_pid")
	return pptr and function(p)
		if oppid and flag(p) & stat.P_TRACED ~= 0 then
			return oppid(p)
		end
		local parent = pptr(p)
		return parent and pid(parent) or 0
	end
end

-- A member behind a pointer that may be NULL: then 0, as in kinfo_proc.
local function behind(T, pointer, t, ...)
	local first, get = member.getter(T, pointer), member.getter(t, ...)
	return first and get and function(p)
		local object = first(p)
		return object and get(object) or 0
	end
end

local function sid_field(T, PG)
	local pgrp, session = member.getter(T, "p_pgrp"), member.getter(PG, "pg_session")
	return pgrp and session and function(p)
		local group = pgrp(p)
		local s = group and session(group)
		return s and s.s_sid or 0
	end
end

-- Until 14 the effective group is the first of the groups.
local function gid_field(T, CR)
	local gid = behind(T, "p_ucred", CR, "cr_gid")
	if gid then
		return gid
	end
	local groups = member.getter(T, "p_ucred.cr_groups")
	return groups and function(p)
		local list = groups(p)
		return list and list[0]
	end
end

-- As kern.proc has it: the session's, for who may use it.
local function tty_field(T, PG)
	local flag, pgrp = member.getter(T, "p_flag"), member.getter(T, "p_pgrp")
	local terminal = member.getter(PG, "pg_session.s_ttyp")
	return flag and pgrp and terminal and function(p)
		if flag(p) & stat.P_CONTROLT == 0 then
			return nil
		end
		local group = pgrp(p)
		local tty = group and terminal(group)
		local dev = tty and tty.t_dev
		return dev and dev.si_name
	end
end

local function args_field(k, T)
	local args = member.getter(T, "p_args")
	local t = k:type "struct pargs"
	local length, where = member.getter(t, "ar_length"), t and t:member "ar_args"
	return args and length and where and function(p)
		local a = args(p)
		if a == nil then
			return ""
		end
		local address, n = kvm.toaddress(a) + where.offset, length(a)
		if n > ARGS_MAX then
			error(("%d bytes of arguments"):format(n), 0)
		end
		-- Read as an object is, so that what can't be read is a fault.
		local bytes = n > 0 and kvm.bytes(kvm.object(where.type:strip().target:array(n), address)) or ""
		return (bytes:gsub("%z+$", ""):gsub("%z", " "))
	end
end

local function start_field(k, T)
	local sec = member.getter(T, "p_stats.p_start.tv_sec")
	local usec = member.getter(T, "p_stats.p_start.tv_usec")
	local boot, micro = clock.boottime(k)
	return sec and boot and function(p)
		return sec(p) + boot + (usec(p) + micro) // 1000000
	end
end

local function wmesg_field(T, thread_fields)
	local first, wmesg = member.getter(T, "p_threads.tqh_first"), thread_fields.wmesg
	return first and wmesg and function(p)
		local td = first(p)
		return td and wmesg(td) or ""
	end
end

local function threads_field(view, T)
	return member.getter(T, "p_numthreads") or function(p)
		local n = 0
		for _ in view:each_thread(p) do
			n = n + 1
		end
		return n
	end
end

local function flags_field(T)
	local flag = member.getter(T, "p_flag")
	return flag and function(p)
		return flag(p) & 0xffffffff
	end
end

local function fields(view, k, T, TD)
	local PG, CR = k:type "struct pgrp", k:type "struct ucred"
	return {
		pid = member.getter(T, "p_pid"),
		ppid = ppid_field(T),
		pgid = behind(T, "p_pgrp", PG, "pg_id"),
		sid = sid_field(T, PG),
		uid = behind(T, "p_ucred", CR, "cr_uid"),
		ruid = behind(T, "p_ucred", CR, "cr_ruid"),
		gid = gid_field(T, CR),
		jid = behind(T, "p_ucred", CR, "cr_prison.pr_id"),
		threads = threads_field(view, T),
		state = stat.new(k, T, TD),
		flags = flags_field(T),
		wmesg = wmesg_field(T, view.threads.fields),
		comm = member.getter(T, "p_comm"),
		args = args_field(k, T),
		tty = tty_field(T, PG),
		start = start_field(k, T),
		addr = function(p) return math.type(p) and p or kvm.toaddress(p) end,
	}
end

local methods = {}
local view_meta = { __index = methods }

-- Processes of a list variable, or none when the kernel has no such list.
local function list(view, name, on_stop)
	local address = view.k.kd:lookup(name)
	if address == nil then
		return function() return nil end
	end
	local head = offsets.list_head(view.k, name)
	return (queue.prepare(head, "p_list", "list", view.type)(address, function(status)
		on_stop(name .. ": " .. status.message)
	end))
end

--- All processes: those of allproc in its order, then zombies. Until 12 these
-- are on zombproc; since, only the pid hash has them. The pid hash also has
-- what a damaged allproc no longer leads to.
-- @tparam ?function report called with a message when something of them is
--   out of reach
-- @treturn function iterator of pointers to struct proc
function methods:each(report)
	report = report or function() end
	local broken, recovered = false, 0
	local function on_stop(message)
		broken = true
		report(message)
	end
	local seen = {}
	local sources = {
		list(self, "allproc", on_stop),
		list(self, "zombproc", on_stop),
		pidhash.each(self.k, self.type, report),
	}
	local i = 1
	return function()
		while sources[i] do
			for p in sources[i] do
				local address = kvm.toaddress(p)
				if not seen[address] then
					seen[address] = true
					recovered = recovered + (i == 3 and broken and 1 or 0)
					return p
				end
			end
			i = i + 1
		end
		if recovered > 0 then
			report(("%d processes were found by the pid hash only"):format(recovered))
			recovered = 0
		end
		return nil
	end
end

--- The threads of a process.
-- @param p struct proc, or its address
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of pointers to struct thread
-- @treturn table walk
function methods:each_thread(p, on_stop)
	local address = math.type(p) and p or kvm.toaddress(p)
	return self.threads.each(address + self.threads_offset, on_stop)
end

--- What can be known of a kernel's processes.
-- @tparam table k
-- @treturn[1] table with `fields`: functions of a process (object or address)
--   by the name of a column: pid ppid pgid sid uid ruid gid jid threads state
--   flags wmesg comm args tty start addr, without those that the kernel does
--   not tell; `threads`: see vmcore.kern.thread; `type`: struct proc
-- @treturn[2] nil
-- @treturn[2] string message: the kernel file tells nothing of processes
function proc.new(k)
	local T, TD = k:type "struct proc", k:type "struct thread"
	if T == nil or TD == nil or T:member "p_pid" == nil then
		T, TD = offsets.define(k)
		if T == nil or TD == nil then
			return nil, "the kernel file has neither types nor proc_off_*:"
			    .. " nothing is known of its processes"
		end
	end
	local list_member = T:member "p_threads"
	local view = setmetatable({
		k = k, type = T, threads_offset = list_member.offset,
		threads = thread.new(k, TD, list_member.type),
	}, view_meta)
	view.fields = fields(view, k, T, TD)
	return view
end

return proc
