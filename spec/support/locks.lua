--- Locks of a forged system: variables, queues of those who wait, a deadlock.
--
--	system.new{ prepare = locks.prepare } and then locks.place(s): what holds
--	and waits is told in s.truth.locks, by name.
local source = require "spec.support.source"
local types = require "spec.support.types"

local locks = {}

-- sys/_lock.h: LO_INITIALIZED and the class's index
local function flags(class)
	return class << 24 | 0x10000
end
local SPIN, MTX, SX, RM, RW, LOCKMGR = 0, 1, 2, 3, 5, 6
local NAMES = { [0] = "spin mutex", "sleep mutex", "sx", "rm", "sleepable rm", "rw", "lockmgr" }
local CHAINS = 256

local TYPES = [[
struct lock_class { const char *lc_name; unsigned int lc_flags; };
]]

--- The classes, by index.
locks.CLASSES = table.move(NAMES, 0, #NAMES, 1, {})

--- A struct lock_object of a class.
function locks.object(sys, name, class)
	return { lo_name = sys.mem:string(nil, name), lo_flags = flags(class) }
end

-- A table of empty lists; zeros are dumped too.
local function chains(sys, name, spelling)
	local at = sys:var(name, spelling, {}, { bind = "local" })
	sys.mem:write(at, ("\0"):rep(sys.types:sizeof(spelling)))
end

--- Take room in the dump: what is made from now on, in place() too, is there.
function locks.room(sys, size)
	local at = sys.mem:alloc(size)
	sys.mem:write(at, ("\0"):rep(size))
	sys.mem.heap = at
end

--- Define the types and the variables.
-- @tparam table sys image.lua
function locks.prepare(sys)
	types.parse(source.read(("spec/support/layouts/lock%d-amd64.h"):format(
	    sys.osreldate // 100000)) .. TYPES, nil, sys.types)
	local classes = {}
	for i = 0, #NAMES do
		classes[i + 1] = sys:make("struct lock_class",
		    { lc_name = sys.mem:string(nil, NAMES[i]) })
	end
	sys:var("lock_classes", "struct lock_class *[16]", classes)
	chains(sys, "turnstile_chains", "struct turnstile_chain[128]")
	chains(sys, "sleepq_chains", ("struct sleepqueue_chain[%d]"):format(CHAINS))
	sys:var("blocked_lock", "struct mtx", { lock_object = locks.object(sys, "blocked lock", SPIN),
		mtx_lock = 0xdeadc0de })
	sys:var("Giant", "struct mtx", { lock_object = locks.object(sys, "Giant", MTX) })
	sys:var("idle_mtx", "struct mtx", { lock_object = locks.object(sys, "idle", MTX) })
	sys:var("ended_sx", "struct sx", { lock_object = locks.object(sys, "ended", SX), sx_lock = 6 })
	sys:var("alpha_sx", "struct sx", { lock_object = locks.object(sys, "alpha", SX) })
	sys:var("beta_rw", "struct rwlock", { lock_object = locks.object(sys, "beta", RW) })
	sys:var("config_rw", "struct rwlock", { lock_object = locks.object(sys, "config", RW),
		rw_lock = 3 << 5 | 1 })
	local rm = locks.object(sys, "routes", RM)
	sys:var("routes_rm", "struct rmlock", { lock_object = rm,
		_rm_lock = { _rm_lock_mtx = { lock_object = { lo_name = rm.lo_name,
		lo_flags = flags(MTX) } } } })
	sys.vnode_lock = sys:make("struct lock", { lock_object = locks.object(sys, "ufs", LOCKMGR),
		lk_lock = 2 << (sys.osreldate < 1300000 and 4 or 5) | 4 | 1 })
end

local function var(s, name)
	return s.sys.by_name[name].addr
end

local function thread(s, pid, i)
	return s.truth.processes[pid].threads[i or 1].addr
end

-- A thread waits in a queue: a struct, its member with the heads, the link.
local function enqueue(s, spelling, at, heads, link, td)
	s.sys:tailq_insert(at + s.types:offsetof(spelling, heads), td, "struct thread", link)
end

-- Block threads in a turnstile.
local function block(s, lock, owner, ...)
	local ts = s.sys:make("struct turnstile", { ts_lockobj = lock, ts_owner = owner })
	for _, td in ipairs { ... } do
		enqueue(s, "struct turnstile", ts, "ts_blocked", "td_lockq", td)
		s.sys:fill(td, "struct thread", { td_blocked = ts, td_wchan = 0, td_wmesg = 0,
			td_inhibitors = 8 })
	end
	s.sys:list_insert(var(s, "turnstile_chains") + (lock >> 8 & 127) *
	    s.types:sizeof "struct turnstile_chain", ts, "struct turnstile", "ts_hash")
	return ts
end

--- Let threads sleep in a queue.
function locks.sleep(s, wchan, kind, wmesg, ...)
	local sq = s.sys:make("struct sleepqueue", { sq_wchan = wchan, sq_type = kind })
	for _, td in ipairs { ... } do
		enqueue(s, "struct sleepqueue", sq, "sq_blocked", "td_slpq", td)
		s.sys:fill(td, "struct thread", { td_wchan = wchan, td_wmesg = wmesg })
	end
	s.sys:list_insert(var(s, "sleepq_chains") + (wchan >> 8 & CHAINS - 1) *
	    s.types:sizeof "struct sleepqueue_chain", sq, "struct sleepqueue", "sq_hash")
	return sq
end

-- A reader of the rm lock, in the queue of CPU 1.
local function read_rm(s, td)
	local set = s.types
	local pcpus = var(s, "cpuid_to_pcpu")
	for cpu = 0, 1 do
		local head = s.memory:get(pcpus + cpu * 8, 8) +
		    set:offsetof("struct pcpu", "pc_rm_queue")
		s.memory:u64(head, head)
		if cpu == 1 then
			s.memory:u64(head, s.sys:make("struct rm_priotracker", {
				["rmp_cpuQueue.rmq_next"] = head, rmp_thread = td,
				rmp_rmlock = var(s, "routes_rm") }))
		end
	end
end

--- Let threads hold and wait:
-- crasher (720) has Giant and demo lock, locked (740) waits for the latter;
-- cron (612) has beta and waits for alpha, which ntpd (655) has, who waits for
-- beta, as syslogd (480) does; two share ufs, perhaps sshd (640) and csh (701),
-- which share such locks, and dd (750) waits to write; spinner (721) reads
-- routes; three nobodies read config; from 15 on yes (723) spins on Giant.
function locks.place(s)
	local mem, set = s.memory, s.types
	local crasher, cron, ntpd = thread(s, 720), thread(s, 612), thread(s, 655)
	local alpha, beta = var(s, "alpha_sx"), var(s, "beta_rw")
	mem:u64(var(s, "Giant") + 24, crasher | 2)
	mem:u64(alpha + 24, ntpd | 4)
	mem:u64(beta + 24, cron | 4)
	s.truth.turnstile = block(s, beta, cron, ntpd, thread(s, 480))
	s.truth.sleepqueue = locks.sleep(s, alpha, 3, mem:get(alpha, 8), cron)
	locks.sleep(s, s.sys.vnode_lock, 4, mem:get(s.sys.vnode_lock, 8), thread(s, 750))
	locks.sleep(s, thread(s, 710) + 0x100, 1, mem:string(nil, "select"), thread(s, 710),
	    thread(s, 640))
	for _, pid in ipairs { 640, 701 } do
		mem:struct(thread(s, pid), "struct thread", { td_lk_slocks = 1 })
	end
	read_rm(s, thread(s, 721))
	if set:has("struct thread", "td_wantedlock") then
		mem:struct(thread(s, 723), "struct thread", { td_wantedlock = var(s, "Giant") })
	end
end

return locks
