--- Builds processes as the kernel keeps them, from world.lua's descriptions.
--
-- procs.new(sys) prepares; procs:add(description) makes one; procs:finish()
-- links the lists. What was made is told in `truth`, by pid and by tid.
local cred = require "spec.support.cred"
local threads = require "spec.support.threads"
local world = require "spec.support.world"

local procs = {}
local builder = {}
builder.__index = builder

local NORMAL, ZOMBIE = 1, 2	-- sys/proc.h, PRS_*
local P_MAGIC = 0xbeefface
local HASH = 64			-- buckets of the pid hash

--- A builder.
-- @tparam table sys image.lua
-- @tparam table o boottime, ticks, hz, cpus, stack_pages
function procs.new(sys, o)
	local self = setmetatable({ sys = sys, o = o, list = {}, by_pid = {},
		truth = { processes = {}, threads = {}, order = {} } }, builder)
	local mem = sys.mem
	self.allproc = sys:var("allproc", "struct proclist", {})
	if not sys.types:has("struct thread", "td_realucred") then
		self.zombproc = sys:var("zombproc", "struct proclist", {})
	end
	self.proc0 = sys:var("proc0", "struct proc")
	self.thread0 = sys:var("thread0_st", "struct thread0_storage")
	self.pidhash = mem:alloc(HASH * 8)
	sys:var("pidhashtbl", "struct proclist *", self.pidhash)
	sys:var("pidhash", "unsigned long", HASH - 1)
	self.cred = cred.new(sys)
	self.threads = threads.new(sys, o, self.truth)
	return self
end

-- argv as struct pargs: strings with their NULs.
function builder:arguments(args)
	if not args then
		return 0
	end
	local text = table.concat(args, "\0") .. "\0"
	local mem = self.sys.mem
	local at = mem:alloc(8 + #text)
	mem:struct(at, "struct pargs", { ar_ref = 1, ar_length = #text })
	mem:write(at + 8, text)
	return at
end

-- vmspace, by the process's pid so that sizes differ.
function builder:vmspace(d)
	local sys = self.sys
	if d.kernel then
		self.vmspace0 = self.vmspace0 or sys:var("vmspace0",
		    "struct vmspace")
		return self.vmspace0, 0, 0
	end
	local pages = 500 + d.pid % 1000
	local size = (12 << 20) + (d.pid << 12)
	return sys:make("struct vmspace", { ["vm_map.size"] = size,
		["vm_map.nentries"] = 20, vm_swrss = pages, vm_tsize = 30,
		vm_dsize = 12, vm_ssize = 32, vm_refcnt = 1,
		["vm_pmap.pm_stats.resident_count"] = pages }), size, pages
end

local function flags_of(d)
	local flags = (d.flags or 0x4000) | world.P_INMEM
	if d.kernel then
		flags = flags | world.P_KPROC
	end
	if d.threads and #d.threads > 1 then
		flags = flags | world.P_HADTHREADS
	end
	if d.stopped then
		flags = flags | world.P_STOPPED_SIG
	end
	return d.state == "zombie" and flags | world.P_WEXIT or flags
end

-- Run time in cpu ticks, and the start.
function builder:times(d)
	local runtime = (d.pid + 1) * 17 * 1000000
	local started = self.o.boottime + math.min(d.pid, 3000)
	return runtime, started
end

--- Make one process; its parent must have been made before.
function builder:add(d)
	local sys, o = self.sys, self.o
	local at = d.pid == 0 and self.proc0 or
	    sys.mem:alloc(sys.types:sizeof "struct proc", { align = 64 })
	local parent = self.by_pid[d.ppid or 1]
	local zombie = d.state == "zombie"
	local runtime, started = self:times(d)
	local vm, vsize, rss = 0, 0, 0
	if not zombie then
		vm, vsize, rss = self:vmspace(d)
	end
	local p = { d = d, at = at, flags = flags_of(d), cred = self.cred:get(d),
		pgrp = self.cred:group(d, parent) }
	local comm = d.comm:sub(1, 19)
	sys:fill(at, "struct proc", { p_pid = d.pid, p_comm = comm,
		p_flag = p.flags, p_state = zombie and ZOMBIE or NORMAL,
		p_ucred = p.cred.at, p_pptr = parent and parent.at or 0,
		p_oppid = parent and parent.d.pid or 0, p_vmspace = vm,
		p_magic = P_MAGIC, p_nice = d.nice or 0,
		p_args = zombie and 0 or self:arguments(d.args),
		p_pgrp = p.pgrp.at, p_xexit = d.exit or 0,
		p_numthreads = d.threads and #d.threads or 1,
		p_lock = d.panicking and 1 or 0, p_osrel = o.osreldate,
		["p_rux.rux_runtime"] = runtime, p_leader = at,
		p_reaper = self.by_pid[1] and self.by_pid[1].at or self.proc0,
		p_stats = sys:make("struct pstats", {
		["p_start.tv_sec"] = started - o.boottime,
		["p_start.tv_usec"] = 0 }), p_sigacts = self:sigacts() })
	local head = at + sys.types:offsetof("struct proc", "p_threads")
	sys.mem:u64(head + 8, head)
	self.by_pid[d.pid], self.list[#self.list + 1] = p, p
	self:tell(p, { vsize = vsize, rss = rss, runtime = runtime,
		started = started, comm = comm })
	self:add_threads(p)
	return p
end

function builder:sigacts()
	self.shared_sigacts = self.shared_sigacts or
	    self.sys:make("struct sigacts", { ps_refcnt = 1 })
	return self.shared_sigacts
end

function builder:add_threads(p)
	local d = p.d
	for i, t in ipairs(d.threads or { d }) do
		local fixed = d.pid == 0 and i == 1 and self.thread0 or nil
		self.threads:add(p, t, fixed)
	end
end

-- Write down what was made.
function builder:tell(p, more)
	local d = p.d
	local t = { pid = d.pid, ppid = d.pid == 0 and 0 or d.ppid or 1,
		addr = p.at, flags = p.flags, pgid = p.pgrp.id,
		sid = p.pgrp.session.id, uid = d.uid or 0,
		ruid = d.uid or 0, gid = d.gid or 0, jid = d.jail or 0,
		login = p.pgrp.session.login, tty = p.pgrp.session.tty,
		nice = d.nice or 0, args = d.state ~= "zombie" and d.args or
		    nil, state = d.state or "normal", exit = d.exit,
		groups = d.groups or {}, threads = {} }
	for k, v in pairs(more) do
		t[k] = v
	end
	self.truth.processes[d.pid] = t
	p.truth = t
end

-- Parent and child, process group, pid hash, and the list of all.
function builder:link(p)
	local sys, d = self.sys, p.d
	local set = sys.types
	local hash = self.pidhash + d.pid % HASH * 8
	sys:list_insert(hash, p.at, "struct proc", "p_hash")
	sys:list_insert(p.pgrp.at + set:offsetof("struct pgrp", "pg_members"),
	    p.at, "struct proc", "p_pglist")
	local parent = d.pid ~= 0 and self.by_pid[d.ppid or 1]
	if parent then
		sys:list_insert(parent.at + set:offsetof("struct proc",
		    "p_children"), p.at, "struct proc", "p_sibling")
	end
	if d.state ~= "zombie" then
		sys:list_insert(self.allproc, p.at, "struct proc", "p_list")
		self.alive[#self.alive + 1] = d.pid
	elseif self.zombproc then
		sys:list_insert(self.zombproc, p.at, "struct proc", "p_list")
	end
end

--- Link everything and define the variables about processes.
function builder:finish()
	local sys = self.sys
	self.alive = {}
	for _, p in ipairs(self.list) do
		self:link(p)
	end
	for i, pid in ipairs(self.alive) do
		self.truth.order[#self.alive + 1 - i] = pid
	end
	sys:var("nprocs", "int", #self.list)
	sys:var("lastpid", "int", self.list[#self.list].d.pid)
	sys:var("maxproc", "int", 3972)
	sys:var("initproc", "struct proc *", self.by_pid[1].at)
	self.cred:finish(self.by_pid)
	return self.truth
end

return procs
