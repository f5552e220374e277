--- A small FreeBSD system that panicked: kernel, dump, and what is true of it.
--
--	local s = system.new{ layout = 13 }
--	s.kernel:write(kernel); s.dump:write(core)
--	s.truth.processes[720].comm		--> "crasher"
--	s.truth.threads[100020].trace[1].name	--> "sched_switch"
--
-- It has the kernel's own processes, daemons, a login on ttyv0 and one over
-- ssh, threads in every state, a jail, a zombie, and on CPU 0 the process that
-- paniced. world.lua lists them, truth tells what was made of them: processes
-- by pid (addr, comm, args, uid, tty, stat, threads...), threads by tid (addr,
-- wmesg, oncpu, regs, trace...), order (the pids on allproc, first to last),
-- symbols, message (the message buffer's text), panic, version.
local arches = require "spec.support.arches"
local dmesg = require "spec.support.dmesg"
local elfdump = require "spec.support.elfdump"
local image = require "spec.support.image"
local kdh = require "spec.support.kdh"
local memory = require "spec.support.memory"
local minidump = require "spec.support.minidump"
local msgbuf = require "spec.support.msgbuf"
local percpu = require "spec.support.percpu"
local procs = require "spec.support.procs"
local types = require "spec.support.types"
local world = require "spec.support.world"

local system = {}
local built = {}
built.__index = built

local RELEASE = {
	[12] = { "12.4-RELEASE", 1204000, 2 },
	[13] = { "13.2-RELEASE", 1302001, 3 },
	[15] = { "15.0-RELEASE", 1500068, 3 },
}
local BOOTTIME, UPTIME = 1699996477, 3723

local TYPES = [[
typedef struct { struct linker_file *tqh_first;
	struct linker_file **tqh_last; } linker_file_list_t;
void panic(const char *fmt, ...); void vpanic(const char *fmt, void *ap);
void kern_reboot(int howto); int doadump(_Bool textdump);
void mi_switch(int flags); void sched_switch(struct thread *td, int flags);
void fork_exit(void (*callout)(void *, struct trapframe *), void *arg,
    struct trapframe *frame);
int demo_ioctl(struct cdev *dev, unsigned long cmd, void *data, int fflag,
    struct thread *td);
]]

-- The offsets by which a debugger without types lists processes.
local OFFSETS = {
	proc_off_p_pid = { "struct proc", "p_pid" },
	proc_off_p_comm = { "struct proc", "p_comm" },
	proc_off_p_list = { "struct proc", "p_list" },
	proc_off_p_hash = { "struct proc", "p_hash" },
	proc_off_p_threads = { "struct proc", "p_threads" },
	thread_off_td_tid = { "struct thread", "td_tid" },
	thread_off_td_name = { "struct thread", "td_name" },
	thread_off_td_oncpu = { "struct thread", "td_oncpu" },
	thread_off_td_pcb = { "struct thread", "td_pcb" },
	thread_off_td_plist = { "struct thread", "td_plist" },
}

local function layout_of(o)
	local layout = o.layout or 13
	if type(layout) == "number" then
		return types.layout(("freebsd%d-amd64"):format(layout)), layout
	elseif type(layout) == "string" then
		local set = types.load(layout)
		return set, set:has("struct ucred", "cr_gid") and 15 or
		    set:has("struct thread", "td_realucred") and 13 or 12
	end
	return layout, o.release or 13
end

-- Variables that name the system and count its time.
local function identify(sys, release, o)
	local name, date = release[1], release[2]
	local version = o.version or ("FreeBSD %s DEMO\n"):format(name)
	sys.release, sys.osreldate, sys.version = name, date, version
	sys:var("version", "char[256]", version)
	sys:var("ostype", "char[8]", "FreeBSD")
	sys:var("osrelease", "char[32]", name)
	sys:var("osreldate", "int", date)
	sys:var("machine", "char[6]", "amd64")
	sys:var("kern_ident", "char[5]", "DEMO")
	sys:var("hz", "int", 100)
	sys:var("stathz", "int", 127)
	local ticks = UPTIME * 100
	if release[2] >= 1500000 then
		local at = sys:var("ticksl", "long", ticks)
		sys:var("ticks", "int", ticks, { addr = at })
	else
		sys:var("ticks", "int", ticks)
	end
	sys:var("time_second", "long", BOOTTIME + UPTIME)
	sys:var("time_uptime", "long", UPTIME)
	sys:var("boottimebin", "struct bintime", { sec = BOOTTIME })
	sys:var("boottime", "struct timeval", { tv_sec = BOOTTIME })
	sys:var("cpu_tick_frequency", "unsigned long", 2000000000)
	sys:var("averunnable", "struct loadavg", { ldavg = { 1024, 512, 256 },
		fscale = 2048 })
	sys:var("physmem", "long", 0x3e000)
	for symbol, where in pairs(OFFSETS) do
		sys:var(symbol, "int", sys.types:offsetof(where[1], where[2]),
		    { section = ".rodata" })
	end
	sys:var("pcb_size", "int", sys.types:sizeof "struct pcb",
	    { section = ".rodata" })
	return ticks
end

local function populate(list, o, cpus)
	for _, d in ipairs(world.KERNEL) do
		if d.pid == 11 then
			local idle = { pid = 11, comm = "idle", ppid = 0,
				kernel = true, flags = d.flags, threads = {} }
			for c = 0, cpus - 1 do
				idle.threads[c + 1] = percpu.idle(c)
			end
			d = idle
		end
		if d.pid == 0 then
			list:add(d)
			list:add(world.USER[1])
		else
			list:add(d)
		end
	end
	for i, d in ipairs(world.USER) do
		if i > 1 then
			list:add(d)
		end
	end
	for _, d in ipairs(o.extra or {}) do
		list:add(d)
	end
	local have = #list.list
	for i = 1, (o.processes or 0) - have do
		list:add(world.filler(1000 + i))
	end
end

-- The variables through which a full dump is translated.
local function paging(sys, o, release)
	local mem = sys.mem
	local root, five = mem.root, 0
	if o.la57 then
		local pagetable = require "spec.support.pagetable"
		five = root
		root = mem.arch.table_address(pagetable.walk(mem,
		    mem.kernbase, 48))
	end
	sys:var("KPML4phys", "unsigned long", root)
	sys:var("KPML5phys", "unsigned long", five)
	sys:var("la57", "int", o.la57 and 1 or 0)
	if release[2] >= 1301000 and not o.no_kernphys then
		sys:var("kernphys", "unsigned long", sys.kernphys)
	end
	if o.full then
		mem:map_direct(1 << 30)
	end
end

local function kernel_file(sys)
	local file = sys:make("struct linker_file", {
		filename = sys.mem:string(nil, "kernel"), refs = 1, id = 1,
		pathname = sys.mem:string(nil, "/boot/kernel/kernel"), flags = 1,
		address = 0xffffffff80200000, size = 0x800000 })
	local head = sys:var("linker_files", "linker_file_list_t", {},
	    { bind = "local" })
	sys:tailq_insert(head, file, "struct linker_file", "link")
end

--- Build a system.
-- @tparam[opt] table o layout (13; 12, 15, the path of a types.jsonl layout, or
-- a type set), processes (at least so many), cpus (2), extra (more
-- descriptions, see world.lua), version (the kernel's version string),
-- no_ctf, ctf (CTF version; false: none), dwarf (see kernel.new), compress, dump (options of minidump.new), memory
-- (options of memory.new), stack_pages (4), full (a full dump: options of
-- elfdump.new or true), la57, kernphys, no_kernphys, prepare (function(sys)
-- called before the dump is planned: add variables and structures there)
-- @treturn table kernel, dump (both with write), memory, truth, sys
function system.new(o)
	o = o or {}
	local set, number = layout_of(o)
	local release, cpus = RELEASE[number], o.cpus or 2
	types.parse(TYPES, nil, set)
	local mo = { arch = arches.amd64, types = set, la57 = o.la57 }
	for k, v in pairs(o.memory or {}) do
		mo[k] = v
	end
	local mem = memory.new(mo)
	local sys = image.new{ types = set, memory = mem,
		kernphys = o.kernphys }
	local ticks = identify(sys, release, o)
	local list = procs.new(sys, { boottime = BOOTTIME, ticks = ticks, hz = 100,
		cpus = cpus, stack_pages = o.stack_pages, osreldate = release[2] })
	populate(list, o, cpus)
	local truth = list:finish()
	percpu.build(sys, list.threads, cpus, o)
	kernel_file(sys)
	if o.prepare then
		o.prepare(sys)
	end
	paging(sys, o, release)
	sys:var("panicstr", "char *", mem:string(nil, "page fault"))
	local self = setmetatable({ sys = sys, memory = mem, truth = truth,
		types = set, cpus = cpus, release = release, options = o }, built)
	self:messages(list.threads.dump)
	self:files(number)
	return self
end

function built:messages(thread)
	local truth, time = self.truth, BOOTTIME + UPTIME
	truth.panic, truth.version = "page fault", self.sys.version
	truth.panic_thread, truth.time = thread, time
	truth.message = dmesg.text{ version = self.sys.version, cpus = self.cpus,
		date = os.date("!%a %b %e %H:%M:%S UTC %Y", BOOTTIME + 20),
		time = time, thread = thread,
		comm = truth.processes[thread.pid].comm }
	self.msgbuf = msgbuf.place(self.memory, { text = truth.message,
		where = "dmap" })
	self.sys:var("msgbufp", "struct msgbuf *", self.msgbuf.address)
end

function built:files(number)
	local o = self.options
	self.kernel = self.sys:kernel{ types = not o.no_ctf and self.types,
		ctf = o.ctf == nil and (number == 12 and 2 or 3) or o.ctf, compress = o.compress,
		dwarf = o.dwarf }
	self.truth.symbols = self.sys.by_name
	local d = { version = self.release[3], msgbuf = self.msgbuf,
		memory = self.memory }
	if o.full and number >= 15 then
		d.delta = { vaddr = 0xffffffff80000000,
			paddr = self.sys.kernphys, align = 0x200000 }
	end
	local more = o.dump or type(o.full) == "table" and o.full or {}
	for k, v in pairs(more) do
		d[k] = v
	end
	self.dump = o.full and elfdump.new(d) or minidump.new(self.memory, d)
end

--- The fields of the dump's kerneldumpheader.
function built:header()
	return { version = 4, arch = "amd64", archversion = 2,
		length = self.dump.length, time = self.truth.time,
		hostname = "demo.example.org", versionstring = self.sys.version,
		panicstring = self.truth.panic }
end

--- Write DIR/kernel, DIR/vmcore.0 and DIR/info.0; the directory exists.
function built:write(dir)
	self.kernel:write(dir .. "/kernel")
	self.dump:write(dir .. "/vmcore.0")
	local f = assert(io.open(dir .. "/info.0", "w"))
	f:write(kdh.info(self:header()))
	f:close()
	return dir
end

return system
