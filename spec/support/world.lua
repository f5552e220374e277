--- What runs on the system of system.lua: plain data.
--
-- A process: pid, comm, and where they differ from the default parent (1), pgid
-- and sid (the parent's), uid, gid, groups, jail, flags (P_*), args, tty, login,
-- nice, state ("zombie"), exit, threads. A process without threads has one, of
-- the process's name, described by the process's own fields: sleep (a wmesg),
-- on (the CPU it runs on), queued, stopped, blocked (a lock's name), iwait;
-- signal = false (an uninterruptible sleep), idle (seconds asleep), pri, stack
-- (function names, inside to out), class (priority class).
local world = {}

-- sys/proc.h
local P_SYSTEM, P_CONTROLT, P_SUGID, P_EXEC = 0x200, 0x2, 0x100, 0x4000
world.P_KPROC, world.P_HADTHREADS, world.P_INMEM = 0x4, 0x80, 0x10000000
world.P_STOPPED_SIG, world.P_WEXIT = 0x20000, 0x2000

local function kproc(pid, comm, threads)
	return { pid = pid, comm = comm, ppid = 0, kernel = true,
		flags = P_SYSTEM, threads = threads }
end

local function iwait(name, pri)
	return { name = name, iwait = true, pri = pri, class = 1,
		stack = { "ithread_loop" } }
end

local function ksleep(name, wmesg, fn, pri)
	return { name = name, sleep = wmesg, signal = false, pri = pri or 84,
		stack = { "_sleep", fn } }
end

--- The kernel's own processes; idle threads are added per CPU.
world.KERNEL = {
	kproc(0, "kernel", {
		{ name = "swapper", sleep = "swapin", signal = false, pri = 84,
			stack = { "_sleep", "swapper" } },
		ksleep("softirq_0", "-", "gtaskqueue_thread_loop", 8),
		ksleep("thread taskq", "-", "taskqueue_thread_loop"),
		ksleep("firmware taskq", "-", "taskqueue_thread_loop") }),
	kproc(10, "audit", { { name = "audit", sleep = "audit_worker_cv",
		signal = false, stack = { "_cv_wait", "audit_worker" } } }),
	kproc(11, "idle", {}),
	kproc(12, "intr", { iwait("swi4: clock (0)", 40),
		iwait("swi1: netisr 0", 28), iwait("irq1: atkbd0", 16),
		iwait("irq256: vtnet0", 20) }),
	kproc(13, "geom", { ksleep("g_event", "-", "g_run_events", 92),
		ksleep("g_up", "-", "g_io_schedule_up", 92),
		ksleep("g_down", "-", "g_io_schedule_down", 92) }),
	kproc(2, "rand_harvestq", { ksleep("rand_harvestq", "-",
		"random_kthread") }),
	kproc(5, "pagedaemon", { ksleep("dom0", "psleep", "vm_pageout_worker"),
		ksleep("laundry: dom0", "launds", "vm_pageout_laundry_worker"),
		ksleep("uma", "umarcl", "uma_reclaim_worker") }),
	kproc(6, "bufdaemon", { ksleep("bufdaemon", "psleep", "buf_daemon") }),
	kproc(7, "vnlru", { ksleep("vnlru", "vlruwt", "vnlru_proc") }),
	kproc(8, "syncer", { ksleep("syncer", "syncer", "sched_sync") }),
}

local function worker(n)
	return { name = "worker-" .. n, sleep = "uwait", pri = 120,
		idle = 3 * n, stack = { "_sleep", "umtxq_sleep", "do_wait",
		"__umtx_op_wait_uint_private", "sys__umtx_op" } }
end

--- The processes of users.
world.USER = {
	{ pid = 1, comm = "init", ppid = 0, pgid = 1, sid = 1,
		args = { "/sbin/init" }, sleep = "wait", idle = 500,
		flags = P_EXEC | P_SYSTEM, stack = { "_sleep", "kern_wait6",
		"sys_wait4" } },
	{ pid = 480, comm = "syslogd", pgid = 480, sid = 480,
		args = { "/usr/sbin/syslogd", "-s" }, sleep = "select", idle = 9,
		stack = { "_cv_timedwait_sig_sbt", "seltdwait",
		"kern_select", "sys_select" } },
	{ pid = 612, comm = "cron", pgid = 612, sid = 612,
		args = { "/usr/sbin/cron", "-s" }, sleep = "nanslp", idle = 25,
		stack = { "_sleep", "kern_clock_nanosleep",
		"sys_nanosleep" } },
	{ pid = 640, comm = "sshd", pgid = 640, sid = 640, args = {
		"sshd: /usr/sbin/sshd [listener] 0 of 10-100 startups" },
		sleep = "select", idle = 40, stack = { "_cv_wait_sig",
		"seltdwait", "kern_select", "sys_select" } },
	{ pid = 655, comm = "ntpd", pgid = 655, sid = 655, uid = 123,
		gid = 123, nice = -20, flags = P_EXEC | P_SUGID,
		args = { "/usr/sbin/ntpd", "-p", "/var/db/ntp/ntpd.pid" },
		sleep = "select", idle = 0, pri = 100, stack = {
		"_cv_wait_sig", "seltdwait", "kern_select", "sys_select" } },
	{ pid = 700, comm = "login", pgid = 700, sid = 700, login = "root",
		tty = "ttyv0", flags = P_EXEC | P_CONTROLT,
		args = { "login [pam] (login)" }, sleep = "wait", idle = 300,
		stack = { "_sleep", "kern_wait6", "sys_wait4" } },
	{ pid = 701, comm = "csh", ppid = 700, pgid = 701, sid = 700,
		flags = P_EXEC | P_CONTROLT, args = { "-csh", "(csh)" },
		sleep = "ttyin", foreground = true, idle = 120, stack = {
		"_cv_wait_sig", "tty_wait", "ttydisc_read", "ttydev_read",
		"devfs_read_f", "sys_read" } },
	{ pid = 710, comm = "sshd", ppid = 640, pgid = 710, sid = 710,
		args = { "sshd: alice [priv] (sshd)" }, sleep = "select",
		stack = { "_cv_wait_sig", "seltdwait", "kern_poll",
		"sys_poll" } },
	{ pid = 712, comm = "sh", ppid = 710, pgid = 712, sid = 712, uid = 1001,
		gid = 1001, groups = { 0, 5 }, login = "alice", tty = "pts/0",
		flags = P_EXEC | P_CONTROLT | P_SUGID, args = { "-sh (sh)" },
		sleep = "wait", idle = 1, stack = { "_sleep", "kern_wait6",
		"sys_wait4" } },
	{ pid = 720, comm = "crasher", ppid = 712, pgid = 720, sid = 712,
		uid = 1001, gid = 1001, groups = { 0, 5 }, on = 0,
		flags = P_EXEC | P_CONTROLT, foreground = true,
		args = { "./crasher", "-v", "now" }, panicking = true,
		pri = 130 },
	{ pid = 721, comm = "spinner", ppid = 712, pgid = 721, sid = 712,
		uid = 1001, gid = 1001, groups = { 0, 5 }, on = 1, nice = 10,
		flags = P_EXEC | P_CONTROLT, args = { "./spinner" }, pri = 140,
		stack = { "copyin", "kern_sysctl", "sys___sysctl" } },
	{ pid = 722, comm = "vi", ppid = 712, pgid = 722, sid = 712,
		uid = 1001, gid = 1001, groups = { 0, 5 },
		flags = P_EXEC | P_CONTROLT, args = { "vi", "notes.txt" },
		stopped = true, stack = { "thread_suspend_switch",
		"thread_suspend_check", "issignal", "ast" } },
	{ pid = 723, comm = "yes", ppid = 712, pgid = 723, sid = 712,
		uid = 1001, gid = 1001, flags = P_EXEC | P_CONTROLT,
		args = { "yes" }, queued = true, pri = 150, stack = {
		"ast", "doreti_ast" } },
	{ pid = 730, comm = "a-name-longer-than-19", pgid = 730, sid = 730,
		args = { "/opt/app/bin/a-name-longer-than-19-characters",
		"--config", "/etc/app.conf" }, sleep = "kqread", idle = 60,
		stack = { "_sleep", "kqueue_kevent", "sys_kevent" } },
	{ pid = 740, comm = "threaded", pgid = 740, sid = 740, uid = 1002,
		gid = 1002, args = { "/usr/local/bin/threaded", "4" },
		threads = { { name = "threaded", sleep = "uwait", stack = {
		"_sleep", "umtxq_sleep", "do_wait",
		"__umtx_op_wait_uint_private", "sys__umtx_op" } },
		worker(1), worker(2), { name = "locked",
		blocked = "demo lock", pri = 110, stack = {
		"turnstile_wait", "__mtx_lock_sleep", "kern_ioctl",
		"sys_ioctl" } } } },
	{ pid = 750, comm = "dd", pgid = 750, sid = 750,
		args = { "dd", "if=/dev/ada0", "of=/dev/null" },
		sleep = "physrd", signal = false, idle = 2, pri = 76,
		stack = { "_sleep", "bwait", "physio", "devfs_read_f",
		"sys_read" } },
	{ pid = 760, comm = "nginx", pgid = 760, sid = 760, uid = 80, gid = 80,
		jail = 1, flags = P_EXEC | P_SUGID,
		args = { "nginx: worker process (nginx)" }, sleep = "kqread",
		idle = 4, stack = { "_sleep", "kqueue_kevent",
		"sys_kevent" } },
	{ pid = 770, comm = "zombieparent", pgid = 770, sid = 770,
		args = { "zombieparent" }, sleep = "nanslp", stack = { "_sleep",
		"kern_clock_nanosleep", "sys_nanosleep" } },
	{ pid = 771, comm = "defunct", ppid = 770, pgid = 770, sid = 770,
		state = "zombie", exit = 3 },
}

--- One more process for a large system.
function world.filler(pid)
	return { pid = pid, comm = "worker" .. pid, pgid = pid, sid = pid,
		uid = 10000 + pid % 100, gid = 10000, args = { "worker",
		"-n", tostring(pid) }, sleep = "nanslp", idle = pid % 60,
		stack = { "_sleep", "kern_clock_nanosleep", "sys_nanosleep" } }
end

return world
