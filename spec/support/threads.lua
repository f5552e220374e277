--- Builds threads: state, kernel stack, registers, per-CPU data.
local stacks = require "spec.support.stacks"

local threads = {}
local builder = {}
builder.__index = builder

-- sys/proc.h: TDS_* (enum), TDI_*, TDF_*
local INHIBITED, RUNQ, RUNNING = 1, 3, 4
local TDI_SUSPENDED, TDI_SLEEPING, TDI_LOCK, TDI_IWAIT = 1, 2, 8, 0x10
local TDF_SINTR, TDF_IDLETD = 0x8, 0x20
local NOCPU = -1
local MTX_CONTESTED = 2		-- sys/mutex.h
local SLEEP_MUTEX = 1 << 24 | 0x10000	-- sys/_lock.h: class, LO_INITIALIZED

local SWITCH = { "sched_switch", "mi_switch" }
local SLEEP = { "sched_switch", "mi_switch", "sleepq_switch", "sleepq_wait" }
local SLEEP_SIG = { "sched_switch", "mi_switch", "sleepq_switch",
	"sleepq_catch_signals", "sleepq_wait_sig" }
local IPI = { "cpustop_handler", "ipi_nmi_handler", "trap",
	{ trap = "nmi_calltrap", trapno = 19 } }
local PANIC = { "doadump", "kern_reboot", "vpanic", "panic", "trap_fatal",
	"trap_pfault", "trap", { trap = "calltrap", trapno = 12, addr = 0 },
	"demo_ioctl", "devfs_ioctl", "VOP_IOCTL_APV", "vn_ioctl", "devfs_ioctl_f",
	"kern_ioctl", "sys_ioctl" }

--- A builder; tells what it makes in truth.threads.
function threads.new(sys, o, truth)
	local self = setmetatable({ sys = sys, o = o, truth = truth,
		next_tid = 100000, wmesgs = {}, cpu = {} }, builder)
	local set = sys.types
	self.embedded = set:has("struct thread", "td_md.md_pcb") and
	    set:has("struct thread", "td_realucred")
	self.pcb = set:has("struct thread", "td_md.md_pcb") and
	    set:offsetof("struct thread", "td_md.md_pcb")
	return self
end

function builder:text(s)
	self.wmesgs[s] = self.wmesgs[s] or self.sys.mem:string(nil, s)
	return self.wmesgs[s]
end

-- State words and what ps calls it.
local function state_of(t, d)
	if t.on then
		return RUNNING, 0, "R"
	elseif t.queued then
		return RUNQ, 0, "R"
	elseif t.stopped then
		return INHIBITED, TDI_SUSPENDED, "T"
	elseif t.blocked then
		return INHIBITED, TDI_LOCK, "L"
	elseif t.iwait then
		return INHIBITED, TDI_IWAIT, "W"
	elseif d.state == "zombie" then
		return 0, 0, "Z"
	elseif t.signal == false then
		return INHIBITED, TDI_SLEEPING, "D"
	end
	return INHIBITED, TDI_SLEEPING, (t.idle or 0) > 20 and "I" or "S"
end

-- The functions on the stack.
local function chain_of(t, d)
	local kernel = d.kernel
	if t.panicking then
		return stacks.chain(nil, kernel, PANIC)
	elseif t.on then
		return stacks.chain(t.stack, kernel, IPI)
	elseif t.sleep then
		return stacks.chain(t.stack, kernel, t.signal == false and
		    SLEEP or SLEEP_SIG)
	end
	return stacks.chain(t.stack, kernel, SWITCH)
end

-- A kernel stack with an unmapped page below it.
function builder:kstack()
	local mem, pages = self.sys.mem, self.o.stack_pages or 4
	mem.heap = ((mem.heap + 4095) & -4096) + 4096
	return mem:alloc(pages * 4096, { pages = true }), pages
end

--- Add a thread of process p as t describes it.
-- @tparam[opt] integer fixed where the struct thread is
function builder:add(p, t, fixed)
	local sys, d = self.sys, p.d
	local tid = self.next_tid
	self.next_tid = tid + 1
	local at = fixed or sys.mem:alloc(sys.types:sizeof "struct thread",
	    { align = 64 })
	local kstack, pages = self:kstack()
	local top = kstack + pages * 4096 - 0x400
	local pcb = self.embedded and at + self.pcb or top + 0xc0
	local regs, trace, frame = stacks.build(sys, top, chain_of(t, d))
	local state, inhibitors, stat = state_of(t, d)
	local cpu = t.on or tid % self.o.cpus
	local name = (t.name or d.comm):sub(1, 19)
	sys:fill(at, "struct thread", { td_proc = p.at, td_tid = tid,
		td_name = name, td_state = state, td_inhibitors = inhibitors,
		td_flags = (t.sleep and t.signal ~= false and TDF_SINTR or 0) |
		    (t.idlethread and TDF_IDLETD or 0),
		td_ucred = p.cred.at, td_realucred = p.cred.at, td_pcb = pcb,
		td_frame = frame, td_kstack = kstack, td_kstack_pages = pages,
		td_oncpu = t.on or NOCPU, td_lastcpu = cpu,
		td_priority = t.pri or 120, td_base_pri = t.pri or 120,
		td_user_pri = t.pri or 120, td_pri_class = t.class or 3,
		td_slptick = self.o.ticks - (t.idle or 0) * self.o.hz,
		td_runtime = (tid - 99999) * 3000000 })
	self:wait_fields(at, t)
	local head = p.at + sys.types:offsetof("struct proc", "p_threads")
	sys:tailq_insert(head, at, "struct thread", "td_plist")
	local truth = { tid = tid, name = name, addr = at, pcb = pcb,
		kstack = kstack, kstack_pages = pages, state = state,
		inhibitors = inhibitors, stat = stat, wmesg = t.sleep,
		lockname = t.blocked, oncpu = t.on or NOCPU, lastcpu = cpu,
		pri = t.pri or 120, pid = d.pid, trace = trace, regs = regs,
		panicking = t.panicking }
	self:tell(p, truth)
	self:registers(t, truth)
end

function builder:tell(p, truth)
	local list = p.truth.threads
	list[#list + 1] = truth
	self.truth.threads[truth.tid] = truth
	p.truth.stat = p.truth.stat or truth.stat
end

-- Sleep channel and message, or the lock waited for.
function builder:wait_fields(at, t)
	local sys = self.sys
	if t.sleep then
		sys:fill(at, "struct thread", { td_wmesg = self:text(t.sleep),
			td_wchan = at + 0x100 })
	elseif t.blocked then
		local owner = self.truth.panicking or 0
		local lock = sys:make("struct mtx", {
			["lock_object.lo_name"] = self:text(t.blocked),
			["lock_object.lo_flags"] = SLEEP_MUTEX,
			mtx_lock = owner | MTX_CONTESTED })
		local ts = sys:make("struct turnstile", { ts_lockobj = lock,
			ts_owner = owner })
		sys:tailq_insert(ts + sys.types:offsetof("struct turnstile",
		    "ts_blocked"), at, "struct thread", "td_lockq")
		sys:fill(at, "struct thread", { td_blocked = ts,
			td_lockname = self:text(t.blocked) })
	end
end

-- Where the registers of this thread are found.
function builder:registers(t, truth)
	local regs = truth.regs
	if t.panicking then
		self.truth.panicking, self.dump = truth.addr, truth
		truth.context = "dumppcb"
	elseif t.on then
		truth.context = "stoppcbs"
	else
		truth.context = "td_pcb"
	end
	if t.on then
		self.cpu[t.on] = truth
		regs = { rip = 0, rbp = 0, rsp = 0, rbx = 0 }
	end
	stacks.put_pcb(self.sys, truth.pcb, regs)
end

return threads
