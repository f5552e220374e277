--- kvm_getprocs(3), kvm_getargv(3), kvm_getenvv(3).
local kvm = require "kvm"
local tiny = require "spec.support.tiny"

local function pids(rows)
	local out = {}
	for i, row in ipairs(rows) do
		out[i] = row.ki_pid
	end
	return out
end

-- What is asked for of a row: members, "a.b" inside structs.
local function picked(row, expected)
	local out = {}
	for path in pairs(expected) do
		local value = row
		for part in path:gmatch "[^.]+" do
			value = value[tonumber(part) or part]
		end
		out[path] = value
	end
	return out
end

local function like(expected, row)
	assert.same(expected, picked(row, expected))
end

for _, target in ipairs(tiny.TARGETS) do
	local name, options = table.unpack(target)

	describe("processes of " .. name, function()
		local kd, k, rows

		setup(function()
			kd, k = tiny.open(options)
			rows = assert(kd:getprocs())
		end)

		it("are those of the list, and then the zombie", function()
			assert.same({ 100, 1, 0, 200 }, pids(rows))
			assert.is_nil(select(2, kd:getprocs()))
		end)

		it("are what they are", function()
			like({ ki_structsize = k.types:sizeof "struct kinfo_proc",
				ki_paddr = k.procs[100], ki_comm = "a-shell",
				ki_emul = "FreeBSD ELF", ki_nice = -5, ki_fibnum = 3,
				ki_lock = 2, ki_acflag = 9, ki_stat = 3, ki_sflag = 1,
				ki_numthreads = 3, ki_swtime = 100 }, rows[1])
			like({ ki_comm = "init", ki_stat = 6, ki_numthreads = 1 }, rows[2])
			like({ ki_comm = "gone", ki_stat = 5, ki_xstat = 0x300,
				ki_size = 0 }, rows[4])
		end)

		it("have relatives, a group, a session, a terminal", function()
			like({ ki_ppid = 1, ki_pgid = 99, ki_sid = 90, ki_tpgid = 99,
				ki_tsid = 90, ki_tdev = 0x74, ki_jobc = 1,
				ki_login = "guest", ki_kiflag = 1 }, rows[1])
			-- The leader of that session: KI_CTTY, KI_SLEADER.
			like({ ki_ppid = 0, ki_pgid = 90, ki_sid = 90, ki_kiflag = 3,
				ki_tdev = -1, ki_tpgid = 0 }, rows[2])
			like({ ki_ppid = 0, ki_pgid = 0, ki_tdev = -1 }, rows[3])
			like({ ki_ppid = 100 }, rows[4])
		end)

		it("have credentials", function()
			like({ ki_uid = 1001, ki_ruid = 1002, ki_svuid = 1003,
				ki_rgid = 51, ki_svgid = 52, ki_ngroups = 3,
				["ki_groups.1"] = 20, ["ki_groups.2"] = 5,
				["ki_groups.3"] = 0, ki_loginclass = "staff",
				ki_cr_flags = 1, ki_jid = 3,
				ki_flag = 0x11000002 }, rows[1])
			like({ ki_uid = 0, ki_jid = 0, ki_flag = 0x10000000 }, rows[2])
		end)

		it("use memory", function()
			like({ ki_size = 0x123000, ki_rssize = 50 + 12, ki_swrss = 60,
				ki_tsize = 1, ki_dsize = 2, ki_ssize = 3 }, rows[1])
		end)

		it("have signals", function()
			like({ ["ki_sigignore.bits"] = { 1, 2, 3, 4 },
				["ki_sigcatch.bits"] = { 5, 6, 7, 8 },
				["ki_siglist.bits"] = { 16, 0, 0, 0 },
				["ki_sigmask.bits"] = { 9, 0, 0, 0 } }, rows[1])
		end)

		it("have times", function()
			like({ ["ki_start.tv_sec"] = 1700000061,
				["ki_start.tv_usec"] = 100000, ki_runtime = 7000000,
				["ki_rusage.ru_utime.tv_sec"] = 5,
				["ki_rusage.ru_utime.tv_usec"] = 600000,
				["ki_rusage.ru_stime.tv_sec"] = 1,
				["ki_rusage.ru_stime.tv_usec"] = 400000,
				["ki_rusage_ch.ru_utime.tv_sec"] = 1,
				["ki_rusage_ch.ru_stime.tv_usec"] = 250000,
				["ki_childtime.tv_sec"] = 2,
				["ki_childtime.tv_usec"] = 500000,
				["ki_rusage.ru_maxrss"] = 30, ["ki_rusage.ru_minflt"] = 8,
				["ki_rusage.ru_nvcsw"] = 1, ki_cow = 7,
				ki_pctcpu = 204 + 409 + 614 }, rows[1])
		end)

		it("show their first thread", function()
			like({ ki_tid = 100101, ki_tdname = "main", ki_wmesg = "ttyin+lo",
				ki_wchan = 0x1234, ki_tdflags = 8, ki_slptime = 7,
				ki_oncpu = -1, ki_oncpu_old = 255, ki_lastcpu = 2,
				ki_lastcpu_old = 2, ["ki_pri.pri_level"] = 140,
				["ki_pri.pri_native"] = 141, ["ki_pri.pri_user"] = 142,
				["ki_pri.pri_class"] = 3,
				ki_tdaddr = k.threads[100][1].at }, rows[1])
		end)

		it("have a row for each thread", function()
			for _, op in ipairs{ kvm.KERN_PROC_ALL,
			    kvm.KERN_PROC_PROC | kvm.KERN_PROC_INC_THREAD } do
				local all = kd:getprocs(op)
				assert.same({ 100, 100, 100, 1, 0, 200 }, pids(all))
				like({ ki_tid = 100101, ki_runtime = 1500000, ki_cow = 3,
					ki_pctcpu = 204, ki_uid = 1001 }, all[1])
				like({ ki_tid = 100102, ki_tdname = "worker-of-some-l",
					ki_moretdname = "en", ki_stat = 7, ki_wmesg = "",
					ki_lockname = "Giant", ki_kiflag = 5,
					ki_lastcpu = 300, ki_lastcpu_old = 254,
					ki_pctcpu = 409, ki_runtime = 0 }, all[2])
				like({ ki_tid = 100103, ki_tdname = "runner", ki_stat = 2,
					ki_lockname = "", ki_kiflag = 1, ki_moretdname = "",
					ki_oncpu = 0, ki_comm = "a-shell" }, all[3])
			end
		end)

		it("are selected", function()
			local function selected(op, arg)
				return pids(kd:getprocs(kvm["KERN_PROC_" .. op], arg))
			end
			assert.same({ 100 }, selected("PID", 100))
			assert.same({ 200 }, selected("PID", 200))
			assert.same({}, selected("PID", 300))
			assert.same({}, selected("PID", 99))
			assert.same({ 100 }, selected("PGRP", 99))
			assert.same({ 100, 1 }, selected("SESSION", 90))
			assert.same({ 100 }, selected("TTY", 0x74))
			assert.same({}, selected("TTY", -1))
			assert.same({ 100 }, selected("UID", 1001))
			assert.same({ 1, 0, 200 }, selected("UID", 0))
			assert.same({ 100 }, selected("RUID", 1002))
			assert.same({ 100 }, selected("GID", 20))
			assert.same({}, selected("GID", 5))
			assert.same({ 1, 0, 200, }, selected("GID", 0))
			assert.same({ 100, 1, 0, 200 }, selected("RGID", 51))
			assert.equal(3, #kd:getprocs(kvm.KERN_PROC_PID |
			    kvm.KERN_PROC_INC_THREAD, 100))
		end)

		it("have arguments, where the kernel has", function()
			assert.same({ "sh", "-c", "echo" }, kd:getargv(100))
			assert.same({ "sh", "-c", "echo" }, kd:getargv(100, 100))
			assert.same({ "sh", "-c", "ec" }, kd:getargv(100, 9))
			assert.same({ "sh" }, kd:getargv(100, 3))
			assert.same({ "sh" }, kd:getargv(100, 4))
			assert.same({}, kd:getargv(100, 1))
			local argv, message, code = kd:getargv(1)
			assert.is_nil(argv)
			assert.equal("notsup", code)
			assert.matches("^process 1: the kernel keeps no copy", message)
			assert.equal("inval", select(3, kd:getargv(4711)))
		end)

		it("have an environment that nobody knows", function()
			local env, message, code = kd:getenvv(100)
			assert.is_nil(env)
			assert.equal("notsup", code)
			assert.matches("environment", message)
		end)
	end)
end

describe("a traced process", function()
	it("has its true parent and its tracer", function()
		local kd = tiny.open{ traced = true, change = function(k)
			k:set(k.procs[100], "proc", "p_pptr", k.procs[0])
			k:set(k.procs[0], "proc", "p_pid", 55)
		end }
		like({ ki_ppid = 1, ki_tracer = 55 }, kd:getprocs()[1])
		kd:close()
	end)
end)

describe("an unknown operation", function()
	it("is refused", function()
		local kd = tiny.open()
		for _, op in ipairs{ 7, 9, 12, 0x20, -1 } do
			local rows, _, code = kd:getprocs(op, 1)
			assert.is_nil(rows)
			assert.equal("inval", code)
		end
		kd:close()
	end)
end)

describe("processes of a damaged kernel", function()
	-- The pids and the error of a kernel that was changed.
	local function damaged(change, ...)
		local kd = tiny.open{ change = change }
		local rows, message, code = kd:getprocs(...)
		kd:close()
		return rows, code, message
	end

	for _, member in ipairs{ "p_ucred", "p_pgrp", "p_pptr", "p_stats",
		"p_sigacts", "p_vmspace", "p_sysent", "p_threads.tqh_first", "p_reaper" } do
		it("are all there when " .. member .. " leads nowhere", function()
			local rows, code = damaged(function(k)
				k:set(k.procs[100], "proc", member, 0x1230)
			end)
			assert.same({ 100, 1, 0, 200 }, pids(rows))
			assert.equal(member ~= "p_reaper" and "fault-unmapped" or nil, code)
			like({ ki_comm = "a-shell", ki_lock = 2 }, rows[1])
			like({ ki_comm = "init" }, rows[2])
		end)
	end

	it("are found by the hash where the list breaks off", function()
		local rows, code = damaged(function(k)
			k:set(k.procs[100], "proc", "p_list.le_next", 0x1230)
		end)
		table.sort(rows, function(a, b) return a.ki_pid < b.ki_pid end)
		assert.same({ 1, 100, 200 }, pids(rows))
		assert.equal("fault-unmapped", code)
	end)

	it("are listed once when the list is a circle", function()
		local rows, code, message = damaged(function(k)
			k:set(k.procs[0], "proc", "p_list.le_next", k.procs[100])
		end)
		assert.same({ 100, 1, 0, 200 }, pids(rows))
		assert.equal("format", code)
		assert.matches("comes back", message)
	end)

	it("are listed once when the hash is a circle", function()
		local rows, code = damaged(function(k)
			k:set(k.procs[200], "proc", "p_hash.le_next", k.procs[100])
		end)
		assert.same({ 100, 1, 0, 200 }, pids(rows))
		assert.equal("format", code)
	end)

	it("end with threads that form a circle", function()
		local rows, code = damaged(function(k)
			k:set(k.threads[100][3].at, "thread", "td_plist.tqe_next",
			    k.threads[100][1].at)
		end, kvm.KERN_PROC_ALL)
		assert.equal(6, #rows)
		assert.equal("format", code)
	end)

	it("are none where the list begins nowhere", function()
		local rows, code = damaged(function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == "allproc" or s.name == "pidhashtbl" then
					k.mem:ptr(s.addr, 0x1230)
				end
			end
		end)
		assert.is_nil(rows)
		assert.equal("fault-unmapped", code)
	end)

	it("are not looked for in a hash of absurd size", function()
		local rows, code = damaged(function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == "pidhash" then
					k.mem:ptr(s.addr, -1)
				end
			end
		end)
		assert.same({ 100, 1, 0 }, pids(rows))
		assert.equal("format", code)
	end)

	it("have no arguments of absurd length", function()
		local kd = tiny.open{ change = function(k)
			local args = k.mem:get(k.procs[100] +
			    k.types:offsetof("struct proc", "p_args"), 8)
			k:set(args, "pargs", "ar_length", -1)
		end }
		local argv, _, code = kd:getargv(100)
		assert.is_nil(argv)
		assert.equal("format", code)
		kd:close()
	end)

	it("end with a circle of group members, reapers and orphans", function()
		local rows = damaged(function(k)
			local pgrp = k.mem:get(k.procs[100] +
			    k.types:offsetof("struct proc", "p_pgrp"), 8)
			k:set(pgrp, "pgrp", "pg_members.lh_first", k.procs[1])
			k:set(k.procs[1], "proc", "p_pglist.le_next", k.procs[1])
			for _, pid in ipairs{ 0, 1 } do
				k:set(k.procs[pid], "proc", "p_treeflag", 1)
				k:set(k.procs[pid], "proc", "p_reaper", k.procs[1 - pid])
				k:set(k.procs[pid], "proc", "p_orphan.le_prev",
				    k.procs[1 - pid] + k.types:offsetof("struct proc", "p_orphan"))
			end
		end)
		assert.same({ 100, 1, 0, 200 }, pids(rows))
	end)
end)

describe("processes", function()
	it("need types", function()
		local kd = tiny.open{ no_ctf = true }
		local rows, _, code = kd:getprocs()
		assert.is_nil(rows)
		assert.equal("notype", code)
		kd:close()
	end)

	it("need symbols", function()
		local kd = tiny.open{ change = function(k) k.symbols = {} end }
		assert.equal("nosym", select(3, kd:getprocs()))
		kd:close()
	end)

	it("may be asked for by finalizers of what they are made of", function()
		local kd = tiny.open()
		local finalized = 0
		for _ = 1, 300 do
			setmetatable({}, { __gc = function()
				finalized = finalized + 1
				kd:getprocs(kvm.KERN_PROC_PID, 1)
				pcall(kd.getargv, kd, 100)
			end })
			assert.equal(6, #kd:getprocs(kvm.KERN_PROC_ALL))
			assert.same({ "sh", "-c", "echo" }, kd:getargv(100))
		end
		assert.is_true(finalized > 0)
		kd:close()
	end)
end)
