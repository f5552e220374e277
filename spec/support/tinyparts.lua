--- What is in the kernel of tiny.lua, and what is true of it (self.truth).

-- sys/proc.h
local P_CONTROLT, P_SYSTEM, P_TRACED, P_INMEM = 0x2, 0x200, 0x800, 0x10000000
local NEW, NORMAL, ZOMBIE = 0, 1, 2
local INHIBITED, RUNNING = 1, 4
local TDI_SLEEPING, TDI_LOCK = 2, 8
local VNET_MAGIC = 0x5e4a6f28	-- net/vnet.h
local STEP = 4096		-- of a zone with a part for each CPU
local BIAS = 0x100		-- what pointers into it are off by

local function cpus(k, o)
	local list, zone, off = {}, {}, {}
	local base = k.mem:alloc(3 * STEP, { pages = true })
	local step = o.cpus == "11" and k.types:sizeof "struct pcpu" or STEP
	k.step, k.zone = step, base
	local bias = o.cpus and 0 or BIAS
	k.base = base - bias
	local dpcpu = k.mem:alloc(3 * 256)
	for c = 0, 2 do
		if c ~= 1 then
			local fields = { pc_cpuid = c,
				pc_cp_time = { 10 + c, 20, 30, 40, 50 + c } }
			if not o.cpus then
				fields.pc_zpcpu_offset = bias + c * STEP
			end
			list[c] = k:make("pcpu", fields)
			off[c] = dpcpu + c * 256
			k.mem:u64(base + c * step, 1000 + c)
			k.mem:u64(base + c * step + 8, 5)
		end
		zone[c] = base + c * step
	end
	k.pcpu, k.slots = list, zone
	local set, section = k:linker_set("pcpu", 64)
	k:var("pcpu_entry_load", "int", nil, { at = set + 16, section = section })
	k:var("pcpu_entry_plain", "int", nil, { at = set + 64, section = section })
	k.dpcpu = { [0] = dpcpu + 16, [2] = dpcpu + 512 + 16 }
	k:var("cpuid_to_pcpu", "struct pcpu *[8]", { list[0], 0, list[2] })
	-- Offsets, not addresses: they wrap around.
	local mask = k.ptr == 4 and 0xffffffff or -1
	k:var("dpcpu_off", "unsigned long[8]", { (off[0] - set) & mask, 0,
		(off[2] - set) & mask })
	k:var("mp_maxid", "unsigned int", 2)
	k:var("mp_ncpus", "int", 2)
	k:var("mp_maxcpus", "int", 8)
end

local function vnets(k)
	local set, section = k:linker_set("vnet", 128)
	k:var("vnet_entry_ifnet", "int", nil, { at = set + 32, section = section })
	local mask = k.ptr == 4 and 0xffffffff or -1
	k.vnet, k.ifnet = {}, {}
	local next
	for i = 2, 1, -1 do
		local data = k.mem:alloc(256)
		k.vnet[i] = k:make("vnet", { vnet_magic_n = VNET_MAGIC,
			["vnet_le.le_next"] = next or 0,
			vnet_data_base = (data - set) & mask })
		k.ifnet[i] = data + 32
		k.mem:u32(k.ifnet[i], 70 + i)
		next = k.vnet[i]
	end
	k:var("vnet0", "struct vnet *", k.vnet[1])
	k:var("vnet_head", "struct vnet *", k.vnet[1])
end

local function swap(k)
	local provider = k:make("g_provider", { name = k:string "ada0p2" })
	local last = k:make("swdevt", { sw_used = 5, sw_nblks = 100,
		sw_flags = 2, sw_dev = -1 })
	local first = k:make("swdevt", { sw_used = 70, sw_nblks = 1000,
		sw_flags = 1, sw_dev = 0x5a, sw_id = k:make("g_consumer",
		{ provider = provider }), ["sw_list.tqe_next"] = last })
	k.swap = { first, last }
	k:var("swtailq", "struct swdevt *", first, { bind = "local" })
end

local function clocks(k)
	k:var("averunnable", "struct loadavg", { ldavg = { 2048, 1024, 512 },
		fscale = 2048 })
	k:var("hz", "int", 100)
	k:var("ticks", "int", 500000)
	k:var("cpu_tick_frequency", "unsigned long long", 1000000000)
	k:var("timehands", "struct timehands *", k:make("timehands", {
		["th_boottime.sec"] = 1700000000,
		["th_boottime.frac"] = 1 << 63 }))
end

-- One thread, behind which the scheduler's part lies.
local function thread(k, p, t)
	local size = k.types:sizeof "struct thread"
	local at = k.mem:alloc(size + 64, { align = 64 })
	t.td_proc, t.td_kstack_pages = p, 4
	k.mem:struct(at, "struct thread", t)
	k.mem:struct(at + size, "struct td_sched", { ts_ltick = 500000,
		ts_ftick = 499000, ts_ticks = (t.td_tid % 100) * 100 << 10 })
	return at
end

local function threads(k, p, list)
	local first, last = 0, nil
	for _, t in ipairs(list) do
		local at = thread(k, p, t)
		if last then
			k:set(last, "thread", "td_plist.tqe_next", at)
		else
			first = at
		end
		last, t.at = at, at
	end
	k:set(p, "proc", "p_threads.tqh_first", first)
	k:set(p, "proc", "p_numthreads", #list)
end

local function proc(k, fields, list)
	fields.p_flag = (fields.p_flag or 0) | P_INMEM
	fields.p_state = fields.p_state or NORMAL
	local at = k:make("proc", fields)
	threads(k, at, list)
	k.procs[fields.p_pid], k.threads[fields.p_pid] = at, list
	return at
end

local function credentials(k, uid, gids, prison)
	local list = k.mem:alloc(4 * #gids)
	for i, gid in ipairs(gids) do
		k.mem:u32(list + 4 * (i - 1), gid)
	end
	return k:make("ucred", { cr_uid = uid, cr_ruid = uid + 1,
		cr_svuid = uid + 2, cr_rgid = 51, cr_svgid = 52, cr_flags = 1,
		cr_ngroups = #gids, cr_groups = list, cr_prison = prison,
		cr_loginclass = k:make("loginclass", { lc_name = "staff" }) })
end

local function arguments(k, ...)
	local text = table.concat({ ... }, "\0") .. "\0"
	local at = k.mem:alloc(8 + #text)
	k.mem:struct(at, "struct pargs", { ar_ref = 1, ar_length = #text })
	k.mem:write(at + 8, text)
	return at
end

local function session(k)
	local dev = k:make("cdev_priv", { cdp_inode = 0x74,
		["cdp_c.si_name"] = "pts/0" })
	local tty = k:make("tty", { t_dev = dev +
		k.types:offsetof("struct cdev_priv", "cdp_c") })
	local s = k:make("session", { s_sid = 90, s_ttyvp = tty, s_ttyp = tty,
		s_login = "guest" })
	local outer = k:make("pgrp", { pg_id = 90, pg_session = s })
	local pgrp = k:make("pgrp", { pg_id = 99, pg_session = s })
	k:set(tty, "tty", "t_pgrp", pgrp)
	k:set(tty, "tty", "t_session", s)
	return s, outer, pgrp
end

local function shell(k, o)
	local s, outer, pgrp = session(k)
	local p = proc(k, { p_pid = 100, p_comm = "a-shell", p_oppid = 1,
		p_pptr = k.procs[1], p_pgrp = pgrp, p_nice = -5, p_fibnum = 3,
		p_flag = P_CONTROLT | (o.traced and P_TRACED or 0), p_lock = 2,
		p_acflag = 9, p_swtick = 490000,
		p_ucred = credentials(k, 1001, { 20, 5, 0 }, k.jail),
		p_args = arguments(k, "sh", "-c", "echo"),
		p_sysent = k:make("sysentvec", { sv_name = k:string "FreeBSD ELF" }),
		p_sigacts = k:make("sigacts", {
			ps_sigignore = { bits = { 1, 2, 3, 4 } },
			ps_sigcatch = { bits = { 5, 6, 7, 8 } } }),
		p_sigqueue = { sq_signals = { bits = { 0x10, 0, 0, 0 } } },
		p_stats = k:make("pstats", { ["p_start.tv_sec"] = 60,
			["p_start.tv_usec"] = 600000 }),
		p_rux = { rux_runtime = 6000000000, rux_uticks = 300,
			rux_sticks = 100 },
		p_crux = { rux_runtime = 2500000000, rux_uticks = 1,
			rux_sticks = 1 },
		p_ru = { ru_maxrss = 10, ru_minflt = 7, ru_nvcsw = 1 },
		p_vmspace = k:make("vmspace", { ["vm_map.size"] = 0x123000,
			["vm_pmap.pm_stats.resident_count"] = 50, vm_swrss = 60,
			vm_tsize = 1, vm_dsize = 2, vm_ssize = 3 }),
	}, {
		{ td_tid = 100101, td_name = "main", td_state = INHIBITED,
			td_inhibitors = TDI_SLEEPING, td_flags = 8, td_cow = 3,
			td_wmesg = k:string "ttyin+long", td_wchan = 0x1234,
			td_slptick = 499300, td_oncpu = -1, td_lastcpu = 2,
			td_priority = 140, td_base_pri = 141, td_user_pri = 142,
			td_pri_class = 3, td_incruntime = 1000000000,
			td_uticks = 100, td_ru = { ru_maxrss = 30, ru_minflt = 1 },
			td_rux = { rux_runtime = 500000000, rux_uticks = 1 },
			td_sigmask = { bits = { 9, 0, 0, 0 } } },
		{ td_tid = 100102, td_name = "worker-of-some-len", td_cow = 4,
			td_state = INHIBITED, td_inhibitors = TDI_LOCK,
			td_lockname = k:string "Giant", td_oncpu = -1,
			td_lastcpu = 300, td_slptick = 500000 },
		{ td_tid = 100103, td_name = "runner", td_state = RUNNING,
			td_oncpu = 0, td_lastcpu = 0, td_slptick = 500000 },
	})
	k:set(s, "session", "s_leader", k.procs[1])
	k:set(pgrp, "pgrp", "pg_members.lh_first", p)
	k:set(k.procs[1], "proc", "p_pgrp", outer)
	k:set(k.pcpu[0], "pcpu", "pc_curthread", k.threads[100][3].at)
	k:set(k.threads[100][3].at, "thread", "td_ucred", k.mem:get(p +
	    k.types:offsetof("struct proc", "p_ucred"), k.ptr))
	return p
end

local function processes(k, o)
	k.procs, k.threads = {}, {}
	k.prison0 = k:var("prison0", "struct prison", { pr_name = "0",
		pr_vnet = k.vnet[1] })
	k.jail = k:make("prison", { pr_name = "www", pr_id = 3,
		pr_vnet = k.vnet[2] })
	local root = credentials(k, 0, { 0 }, k.prison0)
	local idle = { td_state = INHIBITED, td_inhibitors = TDI_SLEEPING,
		td_oncpu = -1, td_lastcpu = -1, td_tid = 100001 }
	proc(k, { p_pid = 0, p_comm = "kernel", p_flag = P_SYSTEM,
		p_ucred = root }, { idle })
	proc(k, { p_pid = 1, p_comm = "init", p_pptr = k.procs[0],
		p_ucred = root, p_reaper = k.procs[0] },
		{ { td_state = INHIBITED, td_inhibitors = 0, td_tid = 100002 } })
	k:set(k.procs[1], "proc", "p_reaper", k.procs[1])
	local sh = shell(k, o)
	local dead = proc(k, { p_pid = 200, p_comm = "gone", p_pptr = sh,
		p_oppid = 100, p_state = ZOMBIE, p_xexit = 3, p_xsig = 0,
		p_ucred = root }, { { td_tid = 100201 } })
	local new = proc(k, { p_pid = 300, p_state = NEW }, {})
	local function link(from, to, path)
		k:set(from, "proc", path, to)
	end
	link(new, sh, "p_list.le_next")
	link(sh, k.procs[1], "p_list.le_next")
	link(k.procs[1], k.procs[0], "p_list.le_next")
	k:var("allproc", "struct list_head", { lh_first = new })
	local hash = k.mem:alloc(4 * k.ptr)
	k.mem:ptr(hash, sh)
	link(sh, dead, "p_hash.le_next")
	k.mem:ptr(hash + k.ptr, k.procs[1])
	k:var("pidhashtbl", "struct list_head *", hash)
	k:var("pidhash", "unsigned long", 3)
	k:var("initproc", "struct proc *", k.procs[1])
	k:var("dumptid", "int", o.dumptid or 100103)
end

return function(k, o)
	cpus(k, o)
	vnets(k)
	swap(k)
	clocks(k)
	processes(k, o)
end
