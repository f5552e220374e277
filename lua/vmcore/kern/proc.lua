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
local procrow = require "vmcore.kern.procrow"
local queue = require "vmcore.queue"
local stat = require "vmcore.kern.stat"
local thread = require "vmcore.kern.thread"

local proc = {}

local address_of = thread.address_of

local ARGS_MAX = 1 << 20	-- ARG_MAX is 512 KiB; the cached ones are shorter

local function ppid_field(T)
	local flag, oppid = member.getter(T, "p_flag"), member.getter(T, "p_oppid")
	local pptr, pid = member.pointer(T, "p_pptr"), member.getter(T, "p_pid")
	return pptr and function(p)
		if oppid and flag(p) & stat.P_TRACED ~= 0 then
			return oppid(p)
		end
		local parent = pptr(address_of(p))
		return parent and pid(parent) or 0
	end
end

-- A member behind pointers that may be NULL: then 0, as in kinfo_proc.
local function behind(T, ...)
	return member.unless_null(member.getter(T, ...), 0)
end

-- Until 14 the effective group is the first of the groups.
local function gid_field(T)
	local gid = behind(T, "p_ucred.cr_gid")
	if gid then
		return gid
	end
	local groups = member.unless_null(member.getter(T, "p_ucred.cr_groups"), nil)
	return groups and function(p)
		local list = groups(p)
		return list and list[0] or 0
	end
end

-- As kern.proc has it: the session's, for who may use it.
local function tty_field(T)
	local flag = member.getter(T, "p_flag")
	local terminal = member.unless_null(member.getter(T, "p_pgrp.pg_session.s_ttyp"), nil)
	return flag and terminal and function(p)
		if flag(p) & stat.P_CONTROLT == 0 then
			return nil
		end
		local tty = terminal(p)
		local dev = tty and tty.t_dev
		return dev and dev.si_name
	end
end

-- The bytes of an argument list; what can't be read is a fault.
local function arguments(kd, t, address, n)
	if n > ARGS_MAX then
		error(member.damage(address, "struct pargs before %#x: %d bytes of arguments", address, n))
	end
	return kd:read(address, n) or kvm.bytes(kvm.object(t:array(n), address))
end

-- Strings, each with its NUL, as a line.
local function joined(bytes)
	if bytes:byte(-1) == 0 then
		bytes = bytes:sub(1, -2)
	end
	return (bytes:gsub("%z", " "))
end

-- A function of an argument list's address and length.
local function args_at(k)
	local t = k:type "struct pargs"
	local where = t and t:member "ar_args"
	if where == nil then
		return nil
	end
	local kd, byte, offset = k.kd, where.type:strip().target, where.offset
	return function(a, n)
		return n == 0 and "" or joined(arguments(kd, byte, a + offset, n))
	end
end

local function args_field(k, T)
	local args = member.pointer(T, "p_args")
	local length, text_at = member.getter(k:type "struct pargs", "ar_length"), args_at(k)
	if args == nil or length == nil or text_at == nil then
		return nil
	end
	return function(p)
		local a = args(address_of(p))
		return a and text_at(a, length(a)) or ""
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

-- Of the first thread, as kinfo_proc has it.
local function wmesg_field(T, thread_fields)
	local first, wmesg = member.pointer(T, "p_threads.tqh_first"), thread_fields.wmesg
	return first and wmesg and function(p)
		local td = first(address_of(p))
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
	local state, letters = stat.new(k, T, TD)
	return {
		pid = member.getter(T, "p_pid"),
		ppid = ppid_field(T),
		pgid = behind(T, "p_pgrp.pg_id"),
		sid = behind(T, "p_pgrp.pg_session.s_sid"),
		uid = behind(T, "p_ucred.cr_uid"),
		ruid = behind(T, "p_ucred.cr_ruid"),
		gid = gid_field(T),
		jid = behind(T, "p_ucred.cr_prison.pr_id"),
		threads = threads_field(view, T),
		state = state,
		flags = flags_field(T),
		wmesg = wmesg_field(T, view.threads.fields),
		comm = member.getter(T, "p_comm"),
		args = args_field(k, T),
		tty = tty_field(T),
		start = start_field(k, T),
		addr = address_of,
	}, letters
end

local methods = {}
local view_meta = { __index = methods }

-- Addresses of processes on a list variable; none when the kernel has none.
local function list(view, name, on_stop)
	local address = view.k.kd:lookup(name)
	if address == nil then
		return function() return nil end
	end
	local walk = queue.prepare(offsets.list_head(view.k, name), "p_list",
	    { kind = "list", element = view.type, addresses = true })
	return (walk(address, function(status)
		on_stop(name .. ": " .. status.message)
	end))
end

--- The addresses of all processes: those of allproc in its order, then
-- zombies. Until 12 these are on zombproc; since, only the pid hash has them.
-- The pid hash also has what a damaged allproc no longer leads to; it is left
-- alone when the lists have as many processes as the kernel counts (nprocs).
-- @tparam ?function report called with a message when something of them is
--   out of reach
-- @treturn function iterator of integers, which the fields take
function methods:addresses(report)
	report = report or function() end
	local broken, recovered = false, 0
	local function on_stop(message)
		broken = true
		report(message)
	end
	local seen, i, n = {}, 1, 0
	local sources = {
		list(self, "allproc", on_stop),
		list(self, "zombproc", on_stop),
		pidhash.addresses(self.k, self.type, report),
	}
	return function()
		while sources[i] do
			for p in sources[i] do
				if not seen[p] then
					seen[p], n = true, n + 1
					recovered = recovered + (i == 3 and broken and 1 or 0)
					return p
				end
			end
			i = i + 1
			if i == 3 and not broken and n == member.integer(self.k, "nprocs") then
				i = i + 1
			end
		end
		if recovered > 0 then
			report(("%d processes were found by the pid hash only"):format(recovered))
			recovered = 0
		end
		return nil
	end
end

--- All processes, as pointers to struct proc; see addresses().
-- @tparam ?function report
-- @treturn function iterator of objects
function methods:each(report)
	local addresses, pointer = self:addresses(report), self.type:pointer()
	return function()
		local address = addresses()
		return address and kvm.pointer(pointer, address)
	end
end

--- The threads of a process, as pointers to struct thread.
-- @param p struct proc, or its address
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of pointers to struct thread
-- @treturn table walk
function methods:each_thread(p, on_stop)
	return self.threads.each(address_of(p) + self.threads_offset, on_stop)
end

--- The same as integers.
-- @tparam integer p
-- @tparam ?function on_stop
function methods:thread_addresses(p, on_stop)
	return self.threads.addresses(p + self.threads_offset, on_stop)
end

--- A row of a list of processes: indexed by column, as `fields`, read at once.
-- @tparam integer address of a process
-- @treturn table
function methods:row(address)
	return self.row_at(address)
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
	local letters
	view.fields, letters = fields(view, k, T, TD)
	view.row_at = procrow.maker(k, T, view.fields, { letters = letters,
		args_at = args_at(k), wmesgs = view.threads.wmesgs })
	return view
end

return proc
