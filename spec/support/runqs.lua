--- Run queues of a forged system: those of SCHED_ULE, or of SCHED_4BSD.
--
--	system.new{ prepare = runqs.prepare } and then runqs.place(s): what was put
--	where is told in s.truth.runq, by "cpu queue list": names of threads
local percpu = require "spec.support.percpu"
local source = require "spec.support.source"
local types = require "spec.support.types"

local runqs = {}

local function parse(sys)
	types.parse(source.read(("spec/support/layouts/lock%d-amd64.h"):format(
	    sys.osreldate // 100000)), nil, sys.types)
end

-- Zeros are dumped too.
local function zeroed(sys, name, spelling)
	local at = sys:var(name, spelling, {}, { bind = "local" })
	sys.mem:write(at, ("\0"):rep(sys.types:sizeof(spelling)))
	return at
end

--- A kernel with SCHED_ULE: an array until 12, per-CPU variables since.
function runqs.prepare(sys)
	parse(sys)
	if sys.osreldate < 1300000 then
		return zeroed(sys, "tdq_cpu", "struct tdq[8]")
	end
	percpu.var(sys, "tdq", "struct tdq")
end

--- A kernel with SCHED_4BSD.
function runqs.prepare_4bsd(sys)
	parse(sys)
	zeroed(sys, "runq", "struct runq")
	zeroed(sys, "runq_pcpu", "struct runq[8]")
	sys:var("sched_tdcnt", "int", 3)
end

--- Where the struct tdq of a CPU is.
function runqs.tdq(s, cpu)
	local symbols, set = s.sys.by_name, s.types
	if symbols.tdq_cpu then
		return symbols.tdq_cpu.addr + cpu * set:sizeof "struct tdq"
	end
	return symbols.pcpu_entry_tdq.addr + s.memory:get(symbols.dpcpu_off.addr + cpu * 8, 8)
end

-- Append a thread to a list of a struct runq, and set its bit.
local function enqueue(s, rq, i, td)
	local set = s.types
	s.sys:tailq_insert(rq + set:offsetof("struct runq", "rq_queues") + i * 16, td, "struct thread",
	    "td_runq")
	local word = rq + i // 64 * 8
	s.memory:u64(word, s.memory:get(word, 8) | 1 << i % 64)
	s.memory:struct(td, "struct thread", { td_state = 3, td_inhibitors = 0 })
end

local function thread(s, pid, i)
	return s.truth.processes[pid].threads[i or 1].addr
end

-- What is to run where: CPU, kind, priority, process.
local PLAN = {
	{ 0, "realtime", 84, 6 }, { 0, "timeshare", 190, 480 }, { 0, "timeshare", 140, 655 },
	{ 0, "idle", 240, 612 }, { 1, "realtime", 84, 8 }, { 1, "realtime", 84, 7 },
}

-- The wheel of CPU 0 begins after the list of the first one that waits.
local RIDX = 40

--- Let threads wait for a CPU.
-- @tparam table s
-- @tparam ?table plan other threads than the usual ones: CPU, kind, priority, process
function runqs.place(s, plan)
	local set, truth, loads = s.types, {}, { [0] = 1, 1 }
	local one = set:has("struct tdq", "tdq_runq")
	for _, item in ipairs(plan or PLAN) do
		local cpu, kind, pri, pid = table.unpack(item)
		local at, i = runqs.tdq(s, cpu), one and pri or pri // 4
		enqueue(s, at + set:offsetof("struct tdq", one and "tdq_runq" or "tdq_" .. kind), i, thread(s, pid))
		s.memory:struct(thread(s, pid), "struct thread", { td_priority = pri })
		loads[cpu] = loads[cpu] + 1
		truth[#truth + 1] = ("%d %s %d %s"):format(cpu, one and "all" or kind, i,
		    s.truth.processes[pid].comm)
	end
	for cpu = 0, 1 do
		s.memory:struct(runqs.tdq(s, cpu), "struct tdq", { tdq_load = loads[cpu] })
	end
	if not one then
		s.memory:struct(runqs.tdq(s, 0), "struct tdq", { tdq_ridx = RIDX })
	end
	s.truth.runq = truth
end

--- The same with SCHED_4BSD: two wait for any CPU, one for CPU 1.
function runqs.place_4bsd(s)
	local at = s.sys.by_name
	enqueue(s, at.runq.addr, 35, thread(s, 655))
	enqueue(s, at.runq.addr, 21, thread(s, 6))
	enqueue(s, at.runq_pcpu.addr + s.types:sizeof "struct runq", 20, thread(s, 7))
end

return runqs
