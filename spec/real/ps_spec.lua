--- `vmcore ps` on real dumps, against what the kernel itself said a moment
-- before it panicked.
local real = require "spec.support.real"

-- As ps(1) makes STAT of a kinfo_proc: bin/ps/print.c, state().
local STATS = { "R", "R", "S", "T", "Z", "W", "L" }	-- SIDL 1 .. SLOCK 7
local KI_SLEADER, P_JAILED = 0x02, 0x01000000		-- sys/user.h, sys/proc.h

local function letters(ki)
	local s, flag = STATS[ki.ki_stat], ki.ki_flag
	if s == "S" then
		s = ki.ki_tdflags & 0x8 == 0 and "D" or ki.ki_slptime >= 20 and "I" or "S"
	end
	local class, nice = ki["ki_pri.pri_class"], ki.ki_nice
	return table.concat {
		s,
		flag & 0x10000000 == 0 and "W" or "",
		(nice < 0 or class == 2) and "<" or (nice > 0 or class == 4) and "N" or "",
		flag & 0x800 ~= 0 and "X" or "",
		flag & 0x2000 ~= 0 and s ~= "Z" and "E" or "",
		flag & 0x10 ~= 0 and "V" or "",
		(flag & 0x200 ~= 0 or ki.ki_lock > 0) and "L" or "",
		ki.ki_cr_flags & 1 ~= 0 and "C" or "",
		ki.ki_kiflag & KI_SLEADER ~= 0 and "s" or "",
		flag & 0x2 ~= 0 and ki.ki_pgid == ki.ki_tpgid and "+" or "",
		flag & P_JAILED ~= 0 and "J" or "",
	}
end

describe("ps on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local rows, err, status
	local kinfo

	setup(function()
		rows, err, status = real.rows(dump, "ps")
		kinfo = real.records(dump.types, "struct kinfo_proc", real.truth(dump, "truth/kern.proc.proc"))
	end)

	it("is complete", function()
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(75, #kinfo)
		assert.equal(75, #rows)
	end)

	it("has the processes of the truth, in the order of the kernel's list", function()
		local i = 0
		for line in real.truth(dump, "truth.txt"):gmatch "[^\n]+" do
			local pid, ppid, pgid, sid, uid, ruid, gid, jid, threads, state, flags, comm =
			    line:match "^P (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%u+) (%w+) '(.-)'"
			if pid then
				i = i + 1
				local row = rows[i]
				assert.same({ pid, ppid, pgid, sid, uid, ruid, gid, jid, threads, flags, comm },
				    { tostring(row.pid), tostring(row.ppid), tostring(row.pgid), tostring(row.sid),
				    tostring(row.uid), tostring(row.ruid), tostring(row.gid), tostring(row.jid),
				    tostring(row.threads), ("0x%x"):format(row.flags), row.comm })
				assert.equal(state == "ZOMBIE", row.state:sub(1, 1) == "Z")
			end
		end
		assert.equal(75, i)
	end)

	-- What each column is in a kinfo_proc.
	local FIELDS = {
		pid = "ki_pid", ppid = "ki_ppid", pgid = "ki_pgid", sid = "ki_sid", uid = "ki_uid",
		ruid = "ki_ruid", gid = "ki_groups", jid = "ki_jid", threads = "ki_numthreads",
		comm = "ki_comm", start = "ki_start.tv_sec",
	}
	for key, field in pairs(FIELDS) do
		it("has every " .. key .. " of kern.proc", function()
			local by_pid = real.by(rows, "pid")
			for _, ki in ipairs(kinfo) do
				assert.equal(ki[field], by_pid[ki.ki_pid][key], "pid " .. ki.ki_pid)
			end
		end)
	end

	it("has every address, flags, wait message and state of kern.proc", function()
		local by_pid = real.by(rows, "pid")
		for _, ki in ipairs(kinfo) do
			local row = by_pid[ki.ki_pid]
			assert.equal(("0x%x"):format(ki.ki_paddr), row.addr)
			assert.equal(ki.ki_flag & ~P_JAILED & 0xffffffff, row.flags)
			-- The kernel's own processes, and the init that panicked the system, moved
			-- on: their states are those of truth.txt.
			if ki.ki_flag & 0x200 == 0 then
				assert.equal(ki.ki_wmesg, row.wmesg:sub(1, 8), "pid " .. row.pid)
				assert.equal(letters(ki), row.state, "pid " .. row.pid)
			elseif ki.ki_wmesg == row.wmesg:sub(1, 8) then
				assert.equal(letters(ki), row.state, "pid " .. row.pid)
			end
		end
	end)

	it("has every argument of kern.proc.args", function()
		for _, row in ipairs(rows) do
			local bytes = real.truth(dump, "truth/kern.proc.args." .. row.pid)
			assert.equal((bytes:gsub("%z+$", ""):gsub("%z", " ")), row.args, "pid " .. row.pid)
		end
	end)

	it("has a terminal where kern.proc has a device", function()
		local by_pid = real.by(rows, "pid")
		for _, ki in ipairs(kinfo) do
			assert.equal(ki.ki_tdev == -1, by_pid[ki.ki_pid].tty == real.null, "pid " .. ki.ki_pid)
		end
		assert.equal("pts/0", by_pid[40].tty)
	end)

	-- What each keyword is in a kinfo_proc, of processes that slept all the while.
	local KEYWORDS = {
		vsize = "ki_size", nice = "ki_nice", pri = "ki_pri.pri_level",
		jobc = "ki_jobc", tpgid = "ki_tpgid", tsid = "ki_tsid", login = "ki_login", class = "ki_loginclass",
		emul = "ki_emul", acflag = "ki_acflag", xstat = "ki_xstat", cow = "ki_cow", tracer = "ki_tracer",
		fibnum = "ki_fibnum", rgid = "ki_rgid", svuid = "ki_svuid", svgid = "ki_svgid",
		tid = "ki_tid", lastcpu = "ki_lastcpu", oncpu = "ki_oncpu", runtime = "ki_runtime",
		nvcsw = "ki_rusage.ru_nvcsw", nivcsw = "ki_rusage.ru_nivcsw", minflt = "ki_rusage.ru_minflt",
		majflt = "ki_rusage.ru_majflt", inblock = "ki_rusage.ru_inblock", oublock = "ki_rusage.ru_oublock",
		msgsnd = "ki_rusage.ru_msgsnd", msgrcv = "ki_rusage.ru_msgrcv", nsignals = "ki_rusage.ru_nsignals",
		tsize = "ki_tsize", dsize = "ki_dsize", ssize = "ki_ssize", flags2 = "ki_flag2",
	}

	it("has every keyword's value of kern.proc", function()
		local list = "pid,vsz,nice,pri,jobc,tpgid,tsid,login,class,emul,acflag,xstat,cow,tracer,fib,rgid,"
		    .. "svuid,svgid,lwp,c,cpu,time,nvcsw,nivcsw,minflt,majflt,inblk,oublk,msgsnd,msgrcv,nsigs,"
		    .. "tsiz,dsiz,ssiz,flags2,rss,mwchan,%cpu,%mem,sigcatch,sigmask,sigignore,sigpend"
		local found, message, code = real.rows(dump, "ps", "-o", list)
		assert.equal("", message)
		assert.equal(0, code)
		local by_pid, compared = real.by(found, "pid"), 0
		for _, ki in ipairs(kinfo) do
			local row = by_pid[ki.ki_pid]
			-- Not the kernel's own, nor the init that asked, nor what runs; nor who waits
			-- for a vfork(2)ed child, which the kernel wakes every second to look.
			if ki.ki_flag & 0x200 == 0 and ki.ki_stat ~= 2 and ki.ki_flag & 0x10 == 0
			    and ki.ki_wmesg ~= "ppwait" then
				for key, field in pairs(KEYWORDS) do
					assert.equal(ki[field], row[key] == real.null and 0 or row[key],
					    ("%s of %d"):format(key, ki.ki_pid))
				end
				assert.equal(ki.ki_rssize * 4096, row.rss)
				assert.equal(ki.ki_wmesg, row.mwchan:sub(1, 8))
				-- SCHED_ULE has ccpu 0: ps(1) prints the plain share of FSCALE.
				assert.equal(ki.ki_pctcpu * 100 / 2048, row.cpu)
				for key, set in pairs { sigcatch = "ki_sigcatch", sigmask = "ki_sigmask",
					sigignore = "ki_sigignore", sigpend = "ki_siglist" } do
					assert.equal(ki[set .. ".__bits"], tonumber(row[key]:sub(-8), 16), key)
				end
				compared = compared + 1
			end
		end
		assert.is_true(compared >= 55)
	end)

	it("has a row for each thread with -H, with what the process has of it", function()
		local found = real.rows(dump, "ps", "-H")
		assert.equal(120, #found)
		local by_tid = real.by(found, "tid")
		for _, ki in ipairs(kinfo) do
			local row = by_tid[ki.ki_tid]
			assert.equal(ki.ki_pid, row.pid)
			if ki.ki_flag & 0x200 == 0 and ki.ki_stat ~= 2 then
				assert.equal(letters(ki), row.state, "tid " .. row.tid)
			end
		end
	end)

	it("is a tree, by the parents of kern.proc", function()
		local tree, message = real.rows(dump, "pstree")
		assert.equal("", message)
		assert.equal(75, #tree)
		local by_pid, depths = {}, { [0] = 0 }
		for _, ki in ipairs(kinfo) do
			by_pid[ki.ki_pid] = ki
		end
		for _, row in ipairs(tree) do
			assert.equal(by_pid[row.pid].ki_ppid, row.ppid)
			assert.equal(row.pid == 0 and 0 or depths[row.ppid] + 1, row.depth)
			depths[row.pid] = row.depth
		end
	end)

	it("has the zombie, with what lives on of it", function()
		local row = real.by(rows, "pid")[23]
		assert.equal(rows[#rows], row)
		assert.equal("Z", row.state)
		assert.equal("zombieparent", row.comm)
		assert.equal(22, row.ppid)
	end)

	it("has those first that use the CPU most, with -u and -r", function()
		for _, option in ipairs { "-u", "-r" } do
			local last, n = math.huge, 0
			for _, row in ipairs((real.rows(dump, "ps", option, "-o", "pid,%cpu"))) do
				assert.is_true(row.cpu <= last)
				last, n = row.cpu, n + 1
			end
			assert.equal(75, n)
			assert.is_true(last < 10)
		end
	end)
end)

describe("ps on amd64-minidump", function()
	local dump = real.sparse "amd64-minidump"
	if dump == nil then
		return pending "amd64-minidump is not here"
	end

	it("lists processes by the kernel's offset constants", function()
		local rows = real.rows(dump, "ps")
		local found = {}
		for i, row in ipairs(rows) do
			found[i] = { row.pid, row.comm, row.addr, row.threads, row.uid }
		end
		assert.same({
			{ 800, "sysctl", "0xfffff80002c3b528", 1, real.null },
			{ 28, "pagedaemon", "0xfffff80003845000", 3, real.null },
			{ 11, "idle", "0xfffff80003374000", 12, real.null },
		}, found)
	end)
end)
