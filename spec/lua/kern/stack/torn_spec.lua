--- Torn stacks of every architecture whose frames are linked: what was read
-- stays read, and the end has a reason.
local calls = require "spec.support.calls"

local function zeros(n, first)
	local list = { first }
	for i = #list + 1, n do
		list[i] = 0
	end
	return list
end

-- The types; the registers of a thread that was switched out, from frame and
-- pc; where of a frame the link and the return address are.
local ARCHES = {
	amd64 = { types = [[
struct pcb { unsigned long pcb_rbp; unsigned long pcb_rsp; unsigned long pcb_rip; };
struct trapframe { unsigned long tf_rip; unsigned long tf_rsp; unsigned long tf_rbp;
	unsigned long tf_cs; unsigned long tf_err; unsigned long tf_addr; unsigned int tf_trapno; };]],
		regs = function(f, pc) return { pcb_rbp = f, pcb_rsp = f - 32, pcb_rip = pc } end,
		link = 0, ret = 8 },
	i386 = { types = [[
struct pcb { int pcb_ebp; int pcb_esp; int pcb_eip; };
struct trapframe { int tf_ebp; int tf_trapno; int tf_err; int tf_eip; int tf_cs; int tf_ds;
	int tf_es; int tf_ss; int tf_eflags; int tf_esp; };]],
		regs = function(f, pc) return { pcb_ebp = f, pcb_esp = f - 32, pcb_eip = pc } end,
		link = 0, ret = 4 },
	arm64 = { types = [[
struct pcb { unsigned long pcb_x[12]; unsigned long pcb_sp; };
struct trapframe { unsigned long tf_sp; unsigned long tf_lr; unsigned long tf_elr;
	unsigned long tf_spsr; unsigned long tf_esr; unsigned long tf_x[30]; };]],
		regs = function(f, pc)
			local x = zeros(12)
			x[11], x[12] = f, pc
			return { pcb_x = x, pcb_sp = f }
		end, link = 0, ret = 8 },
	riscv = { types = [[
struct pcb { unsigned long pcb_ra; unsigned long pcb_sp; unsigned long pcb_s[12]; };
struct trapframe { unsigned long tf_ra; unsigned long tf_sp; unsigned long tf_s[12];
	unsigned long tf_sepc; unsigned long tf_sstatus; unsigned long tf_scause; };]],
		regs = function(f, pc) return { pcb_ra = pc, pcb_sp = f - 64, pcb_s = zeros(12, f) } end,
		link = -16, ret = -8 },
	powerpc64 = { types = [[
struct pcb { unsigned long pcb_sp; unsigned long pcb_lr; };
struct trapframe { unsigned long fixreg[32]; unsigned long lr; unsigned long srr0;
	unsigned long srr1; unsigned long exc; };]], memory = { endian = ">" },
		regs = function(f, pc) return { pcb_sp = f, pcb_lr = pc } end,
		link = 0, ret = 16, above = true, ends = true },
}

-- Four frames, the third in a page of its own, and where words of them are.
local function world(name)
	local arch = ARCHES[name]
	local w = calls.new(name, arch.types, { memory = arch.memory })
	local td, size = w:thread {}, w.mem.ptrsize
	local frames = { td.top - 3 * 4096 - 0x100, td.top - 3 * 4096 - 0x80, td.top - 4096 - 0x80,
		td.top - 0x80 }
	local names = { "mi_switch", "sys_read", "syscall", "fork_exit" }
	local s = { w = w, td = td, frames = frames }
	-- powerpc64's callee saves the return address in its caller's frame.
	function s.link(i) return frames[i] + arch.link end
	function s.ret(i) return (arch.above and frames[i + 1] or frames[i]) + arch.ret end
	function s.put(at, value) w.mem:put(at, size, value) end
	for i = 1, 4 do
		s.put(s.link(i), frames[i + 1] or 0)
		if i < 4 or not arch.above then
			s.put(s.ret(i), w:fn(names[i]) + 0x24)
		end
	end
	w:switched(td, arch.regs(frames[1], w:fn "sched_switch" + 0x44))
	return s, arch
end

-- How to tear the second frame, and what is said then.
local TEARS = {
	["leads back"] = { function(s) s.put(s.link(2), s.frames[1]) end, "is not on the" },
	["leads to itself"] = { function(s) s.put(s.link(2), s.frames[2]) end, "is not on the" },
	["leads to an odd place"] = { function(s) s.put(s.link(2), s.frames[3] + 1) end, "is not aligned" },
	["leads beyond the stack"] = { function(s) s.put(s.link(2), s.td.top + 64) end, "is not on the" },
	["leads below the stack"] = { function(s) s.put(s.link(2), s.td.low - 4096) end, "is not on the" },
	["was freed"] = { function(s)
		s.put(s.link(2), 0xdeadc0dedeadc0de & (s.w.mem.ptrsize == 4 and 0xffffffff or -1))
	end, "is not " },
	["returns to a user's memory"] = { function(s) s.put(s.ret(2), 0x1234) end,
		"^return address 0x1234 is not in the kernel$" },
	["reads as zeros"] = { function(s)
		s.put(s.link(2), 0)
		s.put(s.ret(2), 0)
	end, "reads as zeros$" },
}

for name in pairs(ARCHES) do
	describe("a stack of " .. name, function()
		it("that is whole has all frames", function()
			local s, arch = world(name)
			local lines, broken = s.w:trace(s.td)
			assert.is_nil(broken)
			assert.same({ "sched_switch+0x44", "mi_switch+0x24", "sys_read+0x24", "syscall+0x24",
				not arch.above and "fork_exit+0x24" or nil }, lines)
		end)

		for what, tear in pairs(TEARS) do
			it("whose frame " .. what .. " ends there", function()
				local s, arch = world(name)
				tear[1](s)
				local lines, broken = s.w:trace(s.td)
				assert.same({ "sched_switch+0x44", "mi_switch+0x24" }, { lines[1], lines[2] })
				assert.is_true(#lines <= 3)
				if arch.ends and what == "reads as zeros" then	-- so ends a back chain
					assert.is_nil(broken)
				else
					assert.matches(tear[2], broken)
				end
			end)
		end

		it("with a page that was not dumped ends there", function()
			local s, arch = world(name)
			s.w.mem:drop(s.w.mem:physical(s.frames[3] & -4096) & -4096)
			local lines, broken = s.w:trace(s.td)
			assert.same({ "sched_switch+0x44", "mi_switch+0x24", not arch.above and "sys_read+0x24" or nil },
			    lines)
			assert.matches(("%#x"):format(s.link(3) + (arch.above and arch.ret or 0)), broken, 1, true)
		end)

		it("that was not dumped at all has one frame", function()
			local s = world(name)
			for page = 0, 3 do
				s.w.mem:drop(s.w.mem:physical(s.td.low + page * 4096) & -4096)
			end
			local lines, broken = s.w:trace(s.td)
			assert.same({ "sched_switch+0x44" }, lines)
			assert.is_string(broken)
		end)
	end)
end
