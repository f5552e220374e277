--- kvm(3)'s knowledge of the kernel, on real dumps, against what the kernel
-- itself said a moment before it panicked.
local kvm = require "kvm"
local real = require "spec.support.real"

-- A field of a row by its path; an array of numbers gives its first, as
-- real.records has it.
local function field(row, path)
	for part in path:gmatch "[^.]+" do
		row = row[part]
	end
	return type(row) == "table" and row[1] or row
end

-- What does not change while a system goes on.
local LASTING = { "ki_structsize", "ki_layout", "ki_args", "ki_paddr", "ki_addr", "ki_tracep",
	"ki_textvp", "ki_fd", "ki_vmspace", "ki_pid", "ki_ppid", "ki_pgid", "ki_tpgid", "ki_sid",
	"ki_tsid", "ki_jobc", "ki_tdev_freebsd11", "ki_siglist.__bits", "ki_sigmask.__bits", "ki_sigignore.__bits",
	"ki_sigcatch.__bits", "ki_uid", "ki_ruid", "ki_svuid", "ki_rgid", "ki_svgid", "ki_ngroups",
	"ki_groups", "ki_swrss", "ki_tsize", "ki_dsize", "ki_ssize", "ki_xstat", "ki_acflag",
	"ki_estcpu", "ki_cow", "ki_start.tv_sec", "ki_start.tv_usec", "ki_childtime.tv_sec",
	"ki_childtime.tv_usec", "ki_flag", "ki_kiflag", "ki_traceflag", "ki_nice", "ki_lock",
	"ki_rqindex", "ki_tdname", "ki_login", "ki_lockname", "ki_comm", "ki_emul",
	"ki_loginclass", "ki_moretdname", "ki_tdev", "ki_tracer", "ki_flag2", "ki_fibnum",
	"ki_cr_flags", "ki_jid", "ki_numthreads", "ki_tid", "ki_pri.pri_class", "ki_pcb",
	"ki_kstack", "ki_udata", "ki_tdaddr", "ki_pd", "ki_sflag",
	"ki_rusage_ch.ru_utime.tv_usec" }
-- What only those change that ran: not the processes that slept.
local ASLEEP = { "ki_size", "ki_rssize", "ki_stat", "ki_wmesg", "ki_wchan", "ki_tdflags",
	"ki_runtime", "ki_pctcpu", "ki_oncpu", "ki_oncpu_old", "ki_pri.pri_level",
	"ki_pri.pri_native", "ki_pri.pri_user", "ki_rusage.ru_utime.tv_usec",
	"ki_rusage.ru_stime.tv_usec", "ki_rusage.ru_minflt", "ki_rusage.ru_nvcsw",
	"ki_rusage.ru_nivcsw", "ki_rusage.ru_maxrss" }

describe("kvm(3) on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local kd, rows, kinfo, by_pid

	setup(function()
		kd = assert(kvm.openx{ kernel = dump.kernel, core = dump.core })
		rows = assert(kd:getprocs())
		by_pid = real.by(rows, "ki_pid")
		kinfo = real.records(dump.types, "struct kinfo_proc",
		    real.truth(dump, "truth/kern.proc.proc"))
	end)

	teardown(function()
		kd:close()
	end)

	it("has every process, and read all of each", function()
		assert.equal(75, #kinfo)
		assert.equal(75, #rows)
		assert.equal("none", kd:errclass())
	end)

	for _, path in ipairs(LASTING) do
		it("has every " .. path .. " of kern.proc", function()
			for _, ki in ipairs(kinfo) do
				assert.equal(ki[path], field(by_pid[ki.ki_pid], path), "pid " .. ki.ki_pid)
			end
		end)
	end

	for _, path in ipairs(ASLEEP) do
		it("has the same " .. path .. " where nothing moved on", function()
			local same = 0
			for _, ki in ipairs(kinfo) do
				local row = by_pid[ki.ki_pid]
				-- Switches tell who ran meanwhile.
				if ki["ki_rusage.ru_nvcsw"] == row.ki_rusage.ru_nvcsw and
				    ki.ki_runtime == row.ki_runtime and ki.ki_flag & 0x200 == 0 then
					same = same + 1
					assert.equal(ki[path], field(row, path), "pid " .. ki.ki_pid)
				end
			end
			assert.is_true(same >= 50)
		end)
	end

	it("counts on from then", function()
		for _, ki in ipairs(kinfo) do
			local row = by_pid[ki.ki_pid]
			for _, path in ipairs{ "ki_slptime", "ki_swtime" } do
				local later = row[path] - ki[path]
				assert.is_true(later <= 2 and later >= 0 or path == "ki_slptime" and
				    row.ki_runtime > ki.ki_runtime, path .. " of pid " .. ki.ki_pid)
			end
			assert.is_true(row.ki_runtime >= ki.ki_runtime)
		end
	end)

	it("has every thread", function()
		local found, n = {}, 0
		for _, row in ipairs(kd:getprocs(kvm.KERN_PROC_ALL)) do
			found[row.ki_tid] = row
		end
		for line in real.truth(dump, "truth.txt"):gmatch "[^\n]+" do
			local pid, tid, name, wmesg, last, on, td, pcb, kstack = line:match(
			    "^T (%d+) (%d+) '(.-)' state=%d+ inh=%w+ wmesg='(.-)' lastcpu=(%-?%d+) " ..
			    "oncpu=(%-?%d+) td=(%w+) pcb=(%w+) kstack=(%w+)")
			if tid then
				n = n + 1
				local row = found[tonumber(tid)]
				assert.same({ pid, name, wmesg:sub(1, 8), last, on, td, pcb, kstack },
				    { tostring(row.ki_pid), row.ki_tdname .. row.ki_moretdname, row.ki_wmesg,
				    tostring(row.ki_lastcpu), tostring(row.ki_oncpu),
				    ("0x%x"):format(row.ki_tdaddr), ("0x%x"):format(row.ki_pcb),
				    ("0x%x"):format(row.ki_kstack) })
				found[row.ki_tid] = nil
			end
		end
		assert.equal(120, n)
		assert.is_nil(next(found))
	end)

	it("selects as the kernel does", function()
		local function pids(list)
			local out = {}
			for i, p in ipairs(list) do
				out[i] = p.ki_pid
			end
			table.sort(out)
			return out
		end
		local OPS = { PGRP = "ki_pgid", SESSION = "ki_sid", UID = "ki_uid", RUID = "ki_ruid",
			RGID = "ki_rgid", GID = "ki_groups", PID = "ki_pid" }
		for op, path in pairs(OPS) do
			for _, of in ipairs(kinfo) do
				local expected = {}
				for _, ki in ipairs(kinfo) do
					if ki[path] == of[path] then
						expected[#expected + 1] = ki
					end
				end
				assert.same(pids(expected), pids(kd:getprocs(kvm["KERN_PROC_" .. op],
				    of[path])), op)
			end
		end
		local tdev = by_pid[40].ki_tdev
		for _, row in ipairs(kd:getprocs(kvm.KERN_PROC_TTY, tdev)) do
			assert.equal(tdev, row.ki_tdev)
		end
	end)

	it("has the arguments of kern.proc.args", function()
		local n = 0
		for pid in pairs(by_pid) do
			local bytes = real.truth(dump, "truth/kern.proc.args." .. pid)
			local argv, _, code = kd:getargv(pid)
			if bytes == "" or argv == nil then
				assert.equal("notsup", code)
			else
				n = n + 1
				assert.equal(bytes, table.concat(argv, "\0") .. "\0", "pid " .. pid)
			end
		end
		assert.is_true(n >= 55, n .. " arguments")
	end)

	it("has the processors, and their times", function()
		local function int(name)
			return (string.unpack("<i4", real.truth(dump, "truth/" .. name)))
		end
		assert.equal(int "hw.ncpu", kd:getncpus())
		assert.equal(256, kd:getmaxcpu())
		assert.equal(1, kd:getpcpu(1).pc_cpuid)
		assert.is_false(kd:getpcpu(2))
		local times, then_ = kd:getcptime(), real.truth(dump, "truth/kern.cp_time")
		for i, state in ipairs{ "user", "nice", "sys", "intr", "idle" } do
			local before = string.unpack("<i8", then_, i * 8 - 7)
			assert.is_true(times[state] >= before and times[state] < before + 400, state)
		end
	end)

	it("has the load averages of vm.loadavg", function()
		local a, b, c, scale = string.unpack("<I4I4I4xxxxi8", real.truth(dump, "truth/vm.loadavg"))
		assert.same({ a / scale, b / scale, c / scale }, { kd:getloadavg() })
	end)

	it("has no swap", function()
		local devices, total = kd:getswapinfo()
		assert.same({}, devices)
		assert.equal(0, total.total)
	end)

	it("has both network stacks, each with its interfaces", function()
		local list = kd:vnet_list()
		assert.equal(2, #list)
		local default = kd:read_ptr(kd:lookup "vnet0")
		assert.equal(default, kd:vnet())
		local seen = {}
		for _, vnet in ipairs(list) do
			assert.is_true(kd:vnet_select(vnet))
			local first = kd:read_ptr(kd:lookup "ifnet")
			assert.is_nil(seen[first])
			seen[first] = true
			local ifp = kvm.pointer(kd:type("struct", "ifnet"):pointer(), first)
			assert.equal(vnet, kvm.toaddress(ifp.if_vnet))
		end
		assert.is_true(kd:vnet_select())
	end)

	it("has the counters of TCP", function()
		-- struct tcpstat is an array of counter_u64_t; the first ones are
		-- tcps_connattempt, accepts, connects.
		local at = kd:lookup "tcpstat"
		for i = 0, 2 do
			local was = string.unpack("<i8", real.truth(dump, "truth/net.inet.tcp.stats"), i * 8 + 1)
			assert.equal(was, kd:counter_u64_fetch(kd:read_ptr(at + 8 * i)))
		end
	end)
end)

-- The whole types of other releases, of which there is no dump here: forged
-- systems of that layout.
for _, release in ipairs{ "freebsd12-amd64", "freebsd15-amd64" } do
	describe("processes in the layout of " .. release, function()
		local layout = real.file("..", "layouts/" .. release .. ".types.jsonl.zst")
		if layout == nil then
			return pending "that layout is not here"
		end

		it("are those that were forged", function()
			local s = require "spec.support.system".new{ layout = layout }
			local dir = require "spec.support.lab".folder()
			s:write(dir)
			local kd <close> = assert(kvm.openx{ kernel = dir .. "/kernel",
				core = dir .. "/vmcore.0" })
			local seen = 0
			for _, row in ipairs(kd:getprocs(kvm.KERN_PROC_ALL)) do
				local p, t = s.truth.processes[row.ki_pid], s.truth.threads[row.ki_tid]
				seen = seen + 1
				assert.same({ p.ppid, p.pgid, p.sid, p.uid, p.gid, 1 + #p.groups, p.jid, p.comm,
					p.started, p.exit or 0, (t.wmesg or ""):sub(1, 8), t.name, t.oncpu },
				    { row.ki_ppid, row.ki_pgid, row.ki_sid, row.ki_uid, row.ki_groups[1],
				    row.ki_ngroups, row.ki_jid, row.ki_comm, row.ki_start.tv_sec,
				    row.ki_xstat >> 8, row.ki_wmesg, row.ki_tdname .. row.ki_moretdname,
				    row.ki_oncpu })
			end
			assert.equal("none", kd:errclass())
			local threads = 0
			for _ in pairs(s.truth.threads) do
				threads = threads + 1
			end
			assert.equal(threads, seen)
			assert.same({ 0.5, 0.25, 0.125 }, { kd:getloadavg() })
		end)
	end)
end
