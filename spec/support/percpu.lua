--- Per-CPU data: struct pcpu, CPU sets, stopped CPUs, the dump's own context.
local stacks = require "spec.support.stacks"

local percpu = {}

--- The description of a CPU's idle thread; it runs where nothing else does.
function percpu.idle(cpu)
	return { name = "idle: cpu" .. cpu, on = cpu > 1 and cpu or nil,
		queued = cpu <= 1, idlethread = true, pri = 255, class = 4,
		stack = { "acpi_cpu_idle", "cpu_idle", "sched_idletd" } }
end

-- The first cpus bits of a CPU set.
local function cpuset(sys, cpus, without)
	local words = {}
	for i = 1, sys.types:sizeof "struct _cpuset" // 8 do
		words[i] = 0
	end
	for c = 0, cpus - 1 do
		if c ~= without then
			words[c // 64 + 1] = words[c // 64 + 1] | 1 << c % 64
		end
	end
	return { __bits = words }
end

-- The array of struct pcpu and the variables that lead to it.
local function areas(sys, cpus)
	local set = sys.types
	local size = set:sizeof "struct pcpu"
	local maxcpu = set:sizeof "struct _cpuset" * 8
	local base
	if set:has("struct pcpu", "pc_sched") or
	    set:has("struct thread", "td_realucred") then
		base = sys.mem:alloc(cpus * size, { pages = true })
		sys:var("__pcpu", "struct pcpu *", base)
	else
		base = sys:var("__pcpu", ("struct pcpu[%d]"):format(maxcpu), nil,
		    { align = 4096 })
	end
	local list = {}
	for c = 0, cpus - 1 do
		list[c + 1] = base + c * size
	end
	sys:var("cpuid_to_pcpu", ("struct pcpu *[%d]"):format(maxcpu), list)
	local offsets = {}
	for c = 0, cpus - 1 do
		offsets[c + 1] = list[c + 1]
	end
	sys:var("dpcpu_off", ("unsigned long[%d]"):format(maxcpu), offsets)
	return list, maxcpu
end

-- stoppcbs: an array, and from 14 on a pointer to one.
local function stopped(sys, builder, cpus, maxcpu)
	local size = sys.types:sizeof "struct pcb"
	local base
	if sys.types:has("struct ucred", "cr_gid") then
		base = sys.mem:alloc(cpus * size)
		sys:var("stoppcbs", "struct pcb *", base)
	else
		base = sys:var("stoppcbs", ("struct pcb[%d]"):format(maxcpu))
	end
	for c = 0, cpus - 1 do
		local t = builder.cpu[c]
		if t and t ~= builder.dump then
			stacks.put_pcb(sys, base + c * size, t.regs)
		end
	end
end

--- Make the per-CPU data of a system whose threads were built.
function percpu.build(sys, builder, cpus)
	local list, maxcpu = areas(sys, cpus)
	local head = sys:var("cpuhead", "struct cpuhead", { stqh_first = list[1] })
	local offset = sys.types:offsetof("struct pcpu", "pc_allcpu")
	sys.mem:u64(head + 8, list[cpus] + offset)
	for c = 0, cpus - 1 do
		local t, at = builder.cpu[c], list[c + 1]
		sys:fill(at, "struct pcpu", { pc_cpuid = c, pc_apic_id = c,
			pc_curthread = t and t.addr or 0,
			pc_curpcb = t and t.pcb or 0, pc_prvspace = at,
			pc_allcpu = list[c + 2] and
			    { stqe_next = list[c + 2] } or {},
			pc_cp_time = { 100 + c, 10, 50, 5, 90000 + c } })
		for _, other in pairs(builder.truth.threads) do
			if other.name == "idle: cpu" .. c then
				sys.mem:set(at, "struct pcpu", "pc_idlethread",
				    other.addr)
			end
		end
	end
	sys:var("mp_ncpus", "int", cpus)
	sys:var("mp_maxid", "unsigned int", cpus - 1)
	sys:var("mp_maxcpus", "int", maxcpu)
	sys:var("all_cpus", "struct _cpuset", cpuset(sys, cpus))
	sys:var("stopped_cpus", "struct _cpuset", cpuset(sys, cpus, 0))
	stopped(sys, builder, cpus, maxcpu)
	local dump = builder.dump
	stacks.put_pcb(sys, sys:var("dumppcb", "struct pcb"), dump.regs)
	sys:var("dumptid", "int", dump.tid)
	sys:var("dumping", "int", 1)
end

local ROOM = 16384		-- bytes of a CPU's own variables

--- Define a variable that each CPU has for itself (sys/pcpu.h, DPCPU).
-- @tparam table sys
-- @tparam string name
-- @tparam string ctype
-- @treturn {[integer]=integer} the addresses of the copies, by CPU, from 0 on
function percpu.var(sys, name, ctype)
	local own = sys.percpu
	if own == nil then
		own = { start = sys:reserve(".data", ROOM, 64), used = 0 }
		for cpu = 0, sys.mem:get(sys.by_name.mp_ncpus.addr, 4) - 1 do
			own[cpu] = sys.mem:alloc(ROOM, { align = 64 })
			-- Zeros are dumped too.
			sys.mem:write(own[cpu], ("\0"):rep(ROOM))
			sys.mem:ptr(sys.by_name.dpcpu_off.addr + cpu * 8, own[cpu] - own.start)
		end
		sys.percpu = own
	end
	local at = own.used
	own.used = at + (sys.types:sizeof(ctype) + 63 & -64)
	assert(own.used <= ROOM)
	sys:symbol { name = "pcpu_entry_" .. name, addr = own.start + at, size = sys.types:sizeof(ctype),
		section = ".data", bind = "local", ctype = sys.types:id(ctype) }
	local copies = {}
	for cpu = 0, #own do
		copies[cpu] = own[cpu] + at
	end
	return copies
end

return percpu
