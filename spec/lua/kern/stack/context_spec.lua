--- Where registers are.
local calls = require "spec.support.calls"

local TYPES = [[
struct pcb { unsigned long pcb_r15; unsigned long pcb_r14; unsigned long pcb_r13;
	unsigned long pcb_r12; unsigned long pcb_rbp; unsigned long pcb_rsp;
	unsigned long pcb_rbx; unsigned long pcb_rip; };
struct trapframe { unsigned long tf_rip; unsigned long tf_rsp; unsigned long tf_rbp;
	unsigned long tf_cs; unsigned long tf_err; unsigned long tf_addr; unsigned int tf_trapno; };
]]

-- A world with a thread on each of CPUs 0 to 2 and one on none; CPU 1 stopped.
local function world(pointer)
	local w = calls.new("amd64", TYPES)
	local tds = {}
	for cpu = 0, 3 do
		tds[cpu] = w:thread { oncpu = cpu < 3 and cpu or -1 }
		w:switched(tds[cpu], { pcb_rip = 0xffffffff80300000 + cpu, pcb_rsp = tds[cpu].top - 64 })
	end
	local array = w.mem:alloc(3 * 64)
	w.mem:struct(array + 64, "struct pcb", { pcb_rip = 0xffffffff80400001,
		pcb_rsp = tds[1].top - 64 })
	if pointer then
		w:var("stoppcbs", "struct pcb *", array, 8)
	else
		w.symbols[#w.symbols + 1] = { name = "stoppcbs", addr = array, size = 3 * 64 }
	end
	w:var("stopped_cpus", "unsigned long", 1 << 1 | 1 << 2, 8)
	w:var("dumptid", "int", tds[0].tid)
	w:var("dumppcb", "struct pcb", { pcb_rip = 0xffffffff80500000, pcb_rsp = tds[0].top - 64 })
	return w, tds
end

for name, pointer in pairs { ["an array"] = false, ["a pointer"] = true } do
	describe("with stoppcbs as " .. name .. ", the registers", function()
		it("are those of dumppcb, stoppcbs, or its pcb, said to be stale where it ran", function()
			local w, tds = world(pointer)
			w:open(function(_, stacks)
				local function of(cpu)
					local context = stacks:context(tds[cpu].addr)
					return { context.source, context.regs.rip, context.low, context.high }
				end
				local function want(cpu, source, rip)
					assert.same({ source, rip, tds[cpu].low, tds[cpu].top }, of(cpu))
				end
				want(0, "dumppcb", 0xffffffff80500000)
				want(1, "stoppcbs", 0xffffffff80400001)
				-- Its CPU is said to have stopped, but left no registers.
				want(2, "stale", 0xffffffff80300002)
				want(3, "pcb", 0xffffffff80300003)
			end)
		end)
	end)
end
