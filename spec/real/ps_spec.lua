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

	it("has the zombie, with what lives on of it", function()
		local row = real.by(rows, "pid")[23]
		assert.equal(rows[#rows], row)
		assert.equal("Z", row.state)
		assert.equal("zombieparent", row.comm)
		assert.equal(22, row.ppid)
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
