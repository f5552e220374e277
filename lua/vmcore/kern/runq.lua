--- Run queues: sys/runq.h, and what the schedulers make of them, SCHED_ULE
-- (kern/sched_ule.c) and SCHED_4BSD (kern/sched_4bsd.c).
--
--	local view = assert(runq.new(k))
--	for _, cpu in ipairs(view:cpus()) do
--		for _, q in ipairs(cpu.queues) do print(cpu.cpu, q.name, #view:threads(q)) end
--	end
--
-- @module vmcore.kern.runq

local kvm = require "kvm"
local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local runq = {}

-- The queues of a struct tdq in the order in which a CPU looks for a thread.
-- Since 15 there is one for all priorities; before, that of timesharing
-- threads is a wheel, which begins at tdq_ridx.
local PARTS = {
	{ "tdq_runq", "all" },
	{ "tdq_realtime", "realtime" }, { "tdq_timeshare", "timeshare", "tdq_ridx" }, { "tdq_idle", "idle" },
}

local methods = {}
local view_meta = { __index = methods }

-- Where a CPU's struct tdq is: a DPCPU variable since 13, an array before, and
-- one for all without SMP.
local function tdq_finder(k, T)
	if k:has_symbol "pcpu_entry_tdq" then
		return function(cpu) return pcpu.address(k, "tdq", cpu) end
	end
	local at, t = k.kd:lookup "tdq_cpu", k.kd:type_of_symbol "tdq_cpu"
	local n = t and t:strip().kind == "array" and t:strip().nelems or 1
	return at and T and function(cpu)
		return cpu < n and at + cpu * T.size or nil
	end
end

local function ule_cpu(view, cpu, at)
	local found = { cpu = cpu, tdq = at, queues = {} }
	found.load = view.load and view.load(at)
	for _, part in ipairs(view.parts) do
		table.insert(found.queues, { name = part.name, address = at + part.offset, cpu = cpu,
			first = part.first and part.first(at) or 0 })
	end
	return found
end

-- SCHED_ULE: every CPU has its own.
local function ule(k)
	local T = k:type "struct tdq"
	local find, parts = tdq_finder(k, T), {}
	for _, part in ipairs(PARTS) do
		local m = member.getter(T, part[1]) and T:member(part[1])
		parts[#parts + 1] = m and { name = part[2], offset = m.offset,
			first = part[3] and member.getter(T, part[3]) } or nil
	end
	return find and #parts > 0 and { scheduler = "ULE", find = find, parts = parts,
		load = member.getter(T, "tdq_load") }
end

-- SCHED_4BSD: one for all, and those of threads that are bound to a CPU.
local function fourbsd(k)
	local at, t = k.kd:lookup "runq", k.kd:type_of_symbol "runq"
	t = t and t:strip()
	if at == nil or t == nil or t.name ~= "runq" then
		return nil
	end
	return { scheduler = "4BSD", common = at, bound = k.kd:lookup "runq_pcpu", size = t.size }
end

local function bound_queue(view, cpu)
	return view.bound and { { name = "bound", cpu = cpu, first = 0,
		address = view.bound + cpu * view.size } } or {}
end

local function one_cpu(view, cpu, pc)
	local at = view.find and view.find(cpu)
	local found = at and ule_cpu(view, cpu, at) or { cpu = cpu, queues = bound_queue(view, cpu) }
	found.thread = view.curthread(pc)
	found.idle = found.thread ~= nil and found.thread == view.idlethread(pc)
	return found
end

--- The CPUs with their run queues.
-- @tparam ?function report called with messages about those out of reach
-- @treturn {table...} cpu (number; nil for the queue that all CPUs share),
--   thread (address of the one that runs), idle (whether that is the idle
--   thread), load (runnable threads, the running
--   one included unless it is the idle thread; nil where nobody counts) and
--   queues: a list of name ("realtime", "timeshare", "idle"; "all" since 15;
--   with SCHED_4BSD "common" and "bound"), address, cpu, first (the index that
--   its CPU looks at first)
function methods:cpus(report)
	local list = {}
	if self.common then
		list[1] = { load = member.integer(self.k, "sched_tdcnt"),
			queues = { { name = "common", address = self.common, first = 0 } } }
	end
	for cpu, pc in pcpu.each(self.k) do
		local ok, found = pcall(one_cpu, self, cpu, kvm.toaddress(pc))
		if ok then
			list[#list + 1] = found
		elseif report then
			report(("CPU %d: %s"):format(cpu, tostring(found)))
		end
	end
	return list
end

-- Whether a bit stands for each queue that has threads, and for no other.
local function check(view, queue, list, report)
	local used, word = {}, view.word
	for _, item in ipairs(list) do
		used[item.queue] = true
	end
	for i = 0, view.count - 1 do
		local bits = view.k.kd:read_uint(queue.address + view.status + i // (8 * word) * word, word)
		local set = bits == nil or bits >> i % (8 * word) & 1 == 1
		if bits and set ~= (used[i] or false) then
			report(("rq_status of the queue at %#x says that list %d is %s"):format(queue.address, i,
			    set and "in use, but nothing was found there" or "empty, but it has threads"))
		end
	end
end

--- The threads in a run queue, those that would run first before others.
-- @tparam table queue of cpus()
-- @tparam ?function report called with messages about lists that end early,
--   and bits that don't agree with them
-- @treturn {table...} td (address), queue (index of the list: the priority
--   since 15, a quarter of it before)
function methods:threads(queue, report)
	report = report or function() end
	local list = self.waiters(queue.address, function(status)
		report(("run queue at %#x: %s"):format(queue.address, status.message))
	end)
	check(self, queue, list, report)
	local ordered = {}
	for round = 1, queue.first > 0 and 2 or 1 do
		for _, item in ipairs(list) do
			if queue.first == 0 or (item.queue >= queue.first) == (round == 1) then
				ordered[#ordered + 1] = item
			end
		end
	end
	return ordered
end

--- What can be known of a kernel's run queues.
-- @tparam table k
-- @treturn[1] table with cpus(), threads(); `scheduler`: "ULE" or "4BSD"
-- @treturn[2] nil
-- @treturn[2] string message
function runq.new(k)
	local R, TD, P = k:type "struct runq", k:type "struct thread", k:type "struct pcpu"
	local view = R and TD and (ule(k) or fourbsd(k))
	local status = member.getter(R, "rq_status") and R:member "rq_status"
	local words = status and status.type:strip():members()[1]
	if not view or words == nil or not TD:member "td_runq" then
		return nil, "the kernel file does not tell where run queues are"
	end
	view.k, view.status = k, status.offset
	view.word = words.type:strip().target.size
	view.count = R:member "rq_queues".type:strip().nelems
	view.waiters = lock.queues(R, "rq_queues", "td_runq", TD)
	local function none() end
	view.curthread = member.pointer(P, "pc_curthread") or none
	view.idlethread = member.pointer(P, "pc_idlethread") or none
	return setmetatable(view, view_meta)
end

return runq
