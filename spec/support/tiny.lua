--- A tiny kernel of any architecture, with the structs that kvm(3) knows about.
--
--	local t = tiny.new{ arch = "mips", types = { ptrsize = 4, endian = ">" } }
--	t:write(dir)	-- dir/kernel, dir/core
--
-- Its structs have the members that FreeBSD's have, in an order of their own:
-- whoever reads them right has asked the types. It has two CPUs out of three
-- (0 and 2), two network stacks, two swap devices, and five processes: kernel (0),
-- init (1), a shell with three threads in a jail (100), a zombie that only the
-- hash by pid knows (200), and one that is just being made (300).
local forge = require "spec.support.forge"
local values = require "spec.support.values"

local tiny = {}
local kernel = {}
kernel.__index = kernel

-- FreeBSD's members, not FreeBSD's order.
local TYPES = [[
struct list_entry { struct proc *le_next; struct proc **le_prev; };
struct list_head { struct proc *lh_first; };
struct tailq_entry { struct thread *tqe_next; struct thread **tqe_prev; };
struct tailq_head { struct thread *tqh_first; struct thread **tqh_last; };
typedef struct { unsigned int bits[4]; } sigset_t;
struct sigqueue { sigset_t sq_signals; };
struct timeval { long tv_sec; long tv_usec; };
struct bintime { long sec; unsigned long long frac; };
struct timecounter { unsigned long long tc_frequency; };
struct timehands { struct timecounter *th_counter; struct bintime th_boottime; };
struct rusage { struct timeval ru_utime; struct timeval ru_stime;
	long ru_maxrss; long ru_ixrss; long ru_idrss; long ru_isrss;
	long ru_minflt; long ru_majflt; long ru_nswap; long ru_inblock;
	long ru_oublock; long ru_msgsnd; long ru_msgrcv; long ru_nsignals;
	long ru_nvcsw; long ru_nivcsw; };
struct rusage_ext { unsigned long long rux_uticks, rux_sticks, rux_iticks;
	unsigned long long rux_runtime, rux_uu, rux_su, rux_tu; };
struct pstats { int pad; struct timeval p_start; };
struct loadavg { unsigned int ldavg[3]; long fscale; };
struct pargs { unsigned int ar_ref; unsigned int ar_length;
	unsigned char ar_args[1]; };
struct loginclass { int lc_refcount; char lc_name[33]; };
struct prison { char pr_name[16]; int pr_id; struct vnet *pr_vnet; };
struct ucred { unsigned int cr_flags; unsigned int cr_uid, cr_ruid, cr_svuid;
	int cr_ngroups; unsigned int cr_rgid, cr_svgid; struct prison *cr_prison;
	struct loginclass *cr_loginclass; unsigned int *cr_groups; };
struct cdev { int si_flags; char si_name[32]; };
struct cdev_priv { unsigned int cdp_inode; struct cdev cdp_c; };
struct tty { struct cdev *t_dev; struct pgrp *t_pgrp;
	struct session *t_session; };
struct session { int s_sid; struct proc *s_leader; void *s_ttyvp;
	struct tty *s_ttyp; char s_login[40]; };
struct pgrp { struct session *pg_session; int pg_id;
	struct list_head pg_members; };
struct vm_map { unsigned long size; };
struct pmap { struct { long resident_count; } pm_stats; };
struct vmspace { long vm_ssize, vm_dsize, vm_tsize, vm_swrss;
	struct vm_map vm_map; struct pmap vm_pmap; };
struct sigacts { sigset_t ps_sigcatch, ps_sigignore; };
struct sysentvec { int sv_size; const char *sv_name; };
struct td_sched { int ts_ltick, ts_ftick, ts_ticks; };
struct thread { int td_tid; struct proc *td_proc;
	struct tailq_entry td_plist; int td_flags; int td_inhibitors;
	const char *td_wmesg, *td_lockname; void *td_wchan, *td_pcb;
	struct ucred *td_ucred; int td_slptick; int td_cow;
	unsigned long long td_incruntime; unsigned int td_uticks, td_sticks,
	td_iticks; struct rusage td_ru; struct rusage_ext td_rux;
	struct sigqueue td_sigqueue; sigset_t td_sigmask; char td_name[20];
	unsigned char td_base_pri, td_priority, td_pri_class, td_user_pri;
	enum { TDS_INACTIVE, TDS_INHIBITED, TDS_CAN_RUN, TDS_RUNQ,
	TDS_RUNNING } td_state; unsigned long td_kstack; int td_kstack_pages;
	int td_oncpu, td_lastcpu; };
struct proc { int p_pid; struct list_entry p_list; struct tailq_head p_threads;
	struct ucred *p_ucred; struct filedesc *p_fd; struct pwddesc *p_pd;
	struct pstats *p_stats; struct sigacts *p_sigacts; int p_flag, p_flag2;
	enum { PRS_NEW, PRS_NORMAL, PRS_ZOMBIE } p_state;
	struct list_entry p_hash, p_pglist; struct proc *p_pptr; int p_oppid;
	struct proc *p_reaper; int p_treeflag; struct list_entry p_orphan;
	struct list_head p_orphans; struct sigqueue p_sigqueue;
	struct vmspace *p_vmspace; unsigned int p_swtick; struct rusage p_ru;
	struct rusage_ext p_rux, p_crux; int p_traceflag; struct vnode *p_textvp;
	unsigned int p_lock; char p_comm[20]; struct sysentvec *p_sysent;
	struct pargs *p_args; signed char p_nice; int p_fibnum;
	unsigned int p_xexit, p_xsig; struct pgrp *p_pgrp; int p_numthreads;
	unsigned short p_acflag; };
struct priority { unsigned char pri_user, pri_native, pri_level, pri_class; };
struct kinfo_proc { int ki_structsize, ki_layout; char ki_comm[20];
	struct proc *ki_paddr; struct pargs *ki_args; void *ki_textvp, *ki_fd,
	*ki_pd, *ki_vmspace, *ki_wchan, *ki_pcb, *ki_kstack, *ki_tdaddr;
	int ki_pid, ki_ppid, ki_pgid, ki_tpgid, ki_sid, ki_tsid; short ki_jobc;
	sigset_t ki_siglist, ki_sigmask, ki_sigignore, ki_sigcatch;
	unsigned int ki_uid, ki_ruid, ki_svuid, ki_rgid, ki_svgid;
	short ki_ngroups; unsigned int ki_groups[16]; unsigned long ki_size;
	long ki_rssize, ki_swrss, ki_tsize, ki_dsize, ki_ssize;
	unsigned short ki_xstat, ki_acflag; unsigned int ki_pctcpu, ki_estcpu,
	ki_slptime, ki_swtime, ki_cow; unsigned long long ki_runtime;
	struct timeval ki_start, ki_childtime; long ki_flag, ki_kiflag;
	int ki_traceflag; char ki_stat; signed char ki_nice; char ki_lock;
	unsigned char ki_oncpu_old, ki_lastcpu_old; char ki_tdname[17];
	char ki_wmesg[9], ki_login[18], ki_lockname[9], ki_emul[17];
	char ki_loginclass[18], ki_moretdname[4]; unsigned long long ki_tdev;
	int ki_oncpu, ki_lastcpu, ki_tracer, ki_flag2, ki_fibnum;
	unsigned int ki_cr_flags; int ki_jid, ki_numthreads, ki_tid;
	struct priority ki_pri; struct rusage ki_rusage, ki_rusage_ch;
	long ki_sflag, ki_tdflags; int ki_spareints[4]; };
struct pcpu { int pc_cpuid; struct thread *pc_curthread; long pc_cp_time[5];
	unsigned long long pc_early_dummy_counter;
	unsigned long pc_zpcpu_offset; char pad[200]; };
struct vnet { struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le;
	unsigned int vnet_state; unsigned int vnet_magic_n;
	unsigned long vnet_data_base; };
struct g_provider { char *name; };
struct g_consumer { int index; struct g_provider *provider; };
struct swdevt { struct { struct swdevt *tqe_next; struct swdevt **tqe_prev; }
	sw_list; int sw_used, sw_nblks, sw_flags; unsigned long long sw_dev;
	void *sw_id; };
]]

-- What kernels of 12 and of 11 don't have.
local OLD = { { "\n\tunsigned long pc_zpcpu_offset;", "" },
	{ "\n\tunsigned long long pc_early_dummy_counter;", "" } }

--- A variable, with its symbol.
-- @tparam string name
-- @tparam string ctype spelled
-- @param value as values.lua has it
-- @tparam[opt] table o section, at, bind
-- @treturn integer its address
function kernel:var(name, ctype, value, o)
	o = o or {}
	local id = self.types:id(ctype)
	local size = self.types:sizeof(id)
	local at = o.at
	if not at then
		at = (self.data + 15) & -16
		self.data = at + math.max(size, 1)
	end
	self.symbols[#self.symbols + 1] = { name = name, addr = at, size = size,
		section = o.section, bind = o.bind,
		ctype = not o.untyped and id or nil, type = o.type }
	if value ~= nil then
		values.put(self.mem, at, self.types:place(id, 0), value)
	end
	return at
end

--- A struct somewhere.
function kernel:make(spelling, fields)
	return self.mem:make("struct " .. spelling, fields)
end

function kernel:set(at, spelling, path, value)
	self.mem:set(at, "struct " .. spelling, path, value)
end

function kernel:string(text)
	return self.mem:string(nil, text)
end

--- A linker set: n bytes of it, and the symbols of its bounds.
function kernel:linker_set(name, n)
	local at = self.mem:alloc(4096, { pages = true })
	local section = "set_" .. name
	local function mark(prefix, addr)
		self.symbols[#self.symbols + 1] = { name = prefix .. section,
			addr = addr, size = 0, section = section, type = "notype" }
	end
	mark("__start_", at)
	mark("__stop_", at + n)
	return at, section
end

--- A kernel without contents; parts of tinyparts.lua fill it.
-- @tparam[opt] table o arch ("amd64"), types (options of the type set), cpus (
-- "12", "11": struct pcpu as it was then), dumptid, traced (the shell is), no_ctf
function tiny.new(o)
	o = o or {}
	local text = TYPES
	for i = 1, o.cpus == "12" and 1 or o.cpus == "11" and 2 or 0 do
		text = text:gsub(OLD[i][1], OLD[i][2])
	end
	local self = setmetatable({ options = o, symbols = {} }, kernel)
	self.types = forge.types(text, o.types)
	self.mem = forge.memory{ arch = o.arch or "amd64", types = self.types }
	self.data = self.mem:alloc(0x8000, { pages = true })
	self.ptr = self.types.ptrsize
	require "spec.support.tinyparts"(self, o)
	return self
end

--- The files dir/kernel and dir/core; the directory is made.
function kernel:write(dir)
	os.execute("mkdir -p " .. dir)
	self.kernel, self.core = dir .. "/kernel", dir .. "/core"
	forge.kernel{ arch = self.options.arch, types = not self.options.no_ctf
	    and self.types or nil, symbols = self.symbols }:write(self.kernel)
	forge.minidump{ memory = self.mem }:write(self.core)
	return self
end

--- The targets that specs go through: name, options of tiny.new.
tiny.TARGETS = {
	{ "amd64", {} },
	{ "arm64", { arch = "arm64" } },
	{ "powerpc64", { arch = "powerpc64", types = { endian = ">" } } },
	{ "mips", { arch = "mips", types = { ptrsize = 4, endian = ">" } } },
	{ "i386", { arch = "i386", types = { ptrsize = 4, align = 4 } } },
}

local folders = setmetatable({}, { __gc = function(list)
	for _, dir in ipairs(list) do
		os.execute("rm -rf " .. dir)
	end
end })

--- Build, write, open.
-- @tparam[opt] table o of tiny.new; change (called with the kernel before it is
-- written), resolver
-- @treturn kvm.descriptor
-- @treturn table the kernel
function tiny.open(o)
	local k = tiny.new(o)
	if o and o.change then
		o.change(k)
	end
	local dir = os.tmpname()
	os.remove(dir)
	folders[#folders + 1] = dir
	k:write(dir)
	return assert(require "kvm".openx{ kernel = k.kernel, core = k.core,
		resolver = o and o.resolver }), k
end

return tiny
