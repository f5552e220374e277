--- What ps(1) tells of processes and threads beyond vmcore.kern.proc: sizes,
-- times, priorities, signals. What takes arithmetic is struct kinfo_proc's
-- (sys/user.h), which kvm_getprocs(3) makes.
-- @module vmcore.kern.procinfo

local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"

local procinfo = {}

-- sys/sysctl.h: processes, with a row for each thread
local KERN_PROC_PROC, KERN_PROC_INC_THREAD = 8, 0x10

-- FSCALE, sys/param.h: what ki_pctcpu and ccpu are parts of
local FSCALE = 2048

-- Members of struct kinfo_proc, by column.
local KINFO = {
	tpgid = "ki_tpgid", tsid = "ki_tsid", jobc = "ki_jobc", login = "ki_login",
	class = "ki_loginclass", emul = "ki_emul", acflag = "ki_acflag", xstat = "ki_xstat",
	slptime = "ki_slptime", cow = "ki_cow", tracer = "ki_tracer", runtime = "ki_runtime",
	pctcpu = "ki_pctcpu", swtime = "ki_swtime", dev = "ki_tdev", tsize = "ki_tsize",
	dsize = "ki_dsize", ssize = "ki_ssize", swrss = "ki_swrss",
	rssize = "ki_rssize",
}
-- Members of its ki_rusage.
local RUSAGE = {
	minflt = "ru_minflt", majflt = "ru_majflt", nvcsw = "ru_nvcsw", nivcsw = "ru_nivcsw",
	inblock = "ru_inblock", oublock = "ru_oublock", msgsnd = "ru_msgsnd", msgrcv = "ru_msgrcv",
	nsignals = "ru_nsignals", nswap = "ru_nswap",
}
-- Signal sets, as the four words of a sigset_t.
local SIGNALS = { sigpend = "ki_siglist", sigmask = "ki_sigmask", sigignore = "ki_sigignore",
	sigcatch = "ki_sigcatch" }
-- Members of struct proc, and of struct thread.
local PROC = { vsize = "p_vmspace.vm_map.size", nice = "p_nice", fibnum = "p_fibnum",
	rgid = "p_ucred.cr_rgid", svuid = "p_ucred.cr_svuid", svgid = "p_ucred.cr_svgid",
	jail = "p_ucred.cr_prison.pr_name", flags2 = "p_flag2", ["exit"] = "p_xexit" }
local THREAD = { tid = "td_tid", tdname = "td_name", pri = "td_priority", userpri = "td_user_pri",
	basepri = "td_base_pri", priclass = "td_pri_class", oncpu = "td_oncpu", lastcpu = "td_lastcpu" }

-- Rows of struct kinfo_proc by the address of the process; those of threads, by
-- that of the thread. They are made when one is asked for.
local function kinfo_rows(k, threads, report)
	local rows
	return function(s)
		if rows == nil then
			rows = {}
			local list, message = k.kd:getprocs(KERN_PROC_PROC | (threads and KERN_PROC_INC_THREAD or 0), 0)
			for _, ki in ipairs(list or {}) do
				rows[threads and ki.ki_tdaddr or ki.ki_paddr] = ki
			end
			if message then
				report("struct kinfo_proc: " .. message)
			end
		end
		return rows[threads and s.td or s.p]
	end
end

-- A sigset_t as digits, its last word first.
local function signals(set)
	local text = ""
	for i = #set.__bits, 1, -1 do
		text = text .. ("%08x"):format(set.__bits[i])
	end
	return text
end

local function of_kinfo(fields, kinfo)
	local function add(names, get)
		for key, name in pairs(names) do
			fields[key] = fields[key] or function(s)
				local ki = kinfo(s)
				return ki and get(ki, name)
			end
		end
	end
	add(KINFO, function(ki, name) return ki[name] end)
	add(RUSAGE, function(ki, name) return ki.ki_rusage and ki.ki_rusage[name] end)
	add(SIGNALS, function(ki, name) return ki[name] and signals(ki[name]) end)
	for key, name in pairs { systime = "ru_stime", usertime = "ru_utime" } do
		fields[key] = function(s)
			local ki = kinfo(s)
			local tv = ki and ki.ki_rusage and ki.ki_rusage[name]
			return tv and tv.tv_sec * 1000000 + tv.tv_usec
		end
	end
end

-- Percent of a CPU, as ps(1) has it: ki_pctcpu grows with ki_swtime towards what
-- is used, unless the scheduler does not decay it (ccpu is 0: SCHED_ULE).
local function cpu_field(k, fields)
	local ccpu = (member.integer(k, "ccpu") or 0) / FSCALE
	return function(s)
		local part, time = fields.pctcpu(s), fields.swtime(s)
		if part == nil or time == nil then
			return nil
		end
		local reached = ccpu > 0 and 1 - math.exp(time * math.log(ccpu)) or 1
		return time == 0 and 0.0 or 100.0 * part / FSCALE / reached
	end
end

-- Memory in use, which the kernel counts with the threads' stacks.
local function memory_fields(k, fields)
	local pages = member.integer(k, "physmem", k.kd:ptrsize())
	local size, resident = k:dump().page_size, fields.rssize
	fields.rss = function(s)
		local n = resident(s)
		return n and n * size
	end
	fields.pctmem = pages and pages > 0 and function(s)
		local n = resident(s)
		return n and 100.0 * n / pages
	end or nil
end

-- What it waits for: a message, else a lock.
local function wait_fields(k, TD, procs, fields)
	local lockname = member.pointer(TD, "td_lockname")
	local message, wchan = procs.threads.fields.wmesg, procs.threads.fields.wchan
	local function of_thread(get, nothing)
		return get and function(s)
			return s.td and get(s.td) or nothing
		end
	end
	fields.wmesg, fields.wchan = of_thread(message, ""), of_thread(wchan)
	fields.lockname = lockname and function(s)
		local at = s.td and lockname(s.td)
		return at and k.kd:read_string(at, 64) or ""
	end
	fields.mwchan = message and function(s)
		local text = fields.wmesg(s)
		local lock = text == "" and fields.lockname and fields.lockname(s) or ""
		return lock ~= "" and "*" .. lock or text
	end
end

local function time_fields(k, fields)
	local boot, uptime = clock.boottime(k), clock.uptime(k)
	local start = fields.start
	fields.etime = boot and uptime and start and function(s)
		local began = start(s)
		return began and math.max(boot + uptime - began, 0)
	end
end

--- What can be known of processes and their threads.
-- @tparam table k
-- @tparam table procs vmcore.kern.proc
-- @tparam function report
-- @tparam ?boolean threads whether times and what is counted are to be each
--   thread's, not the process's
-- @treturn table functions, by column, of { p, td } (addresses; td nil without a
--   thread): the columns of vmcore.kern.proc, and tid tdname pri userpri basepri
--   priclass oncpu lastcpu state (the thread's) wmesg wchan lockname mwchan vsize
--   rss (bytes) pctmem pctcpu cpu (percent) nice fibnum rgid svuid svgid jail
--   flags2 exit runtime systime usertime (microseconds) etime (seconds) slptime
--   and what struct kinfo_proc and rusage call tpgid tsid jobc login class emul
--   acflag xstat cow tracer dev tsize dsize ssize swrss (pages) minflt majflt
--   nvcsw nivcsw inblock oublock msgsnd msgrcv nsignals nswap; sigpend sigmask
--   sigignore sigcatch (hexadecimal digits); without those that the kernel does
--   not tell
function procinfo.new(k, procs, report, threads)
	local T, TD, fields = procs.type, k:type "struct thread" or procs.threads.type, {}
	for key, get in pairs(procs.fields) do
		fields[key] = function(s) return get(s.p) end
	end
	for key, path in pairs(PROC) do
		local get = member.unless_null(member.getter(T, path), 0)
		fields[key] = get and function(s) return get(s.p) end
	end
	for key, path in pairs(THREAD) do
		local get = member.getter(TD, path)
		fields[key] = get and function(s) return s.td and get(s.td) end
	end
	if procs.fields.state then
		fields.state = function(s) return procs.fields.state(s.p, s.td) end
	end
	wait_fields(k, TD, procs, fields)
	time_fields(k, fields)
	of_kinfo(fields, kinfo_rows(k, threads, report))
	memory_fields(k, fields)
	fields.cpu = cpu_field(k, fields)
	return fields
end

return procinfo
