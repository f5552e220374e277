--- Stacks of amd64: sys/amd64/include/pcb.h, frame.h, and what
-- amd64/amd64/exception.S leaves on the stack.
-- @module vmcore.kern.stack.amd64

local x86 = require "vmcore.kern.stack.x86"

local amd64 = { pc = "rip", fp = "rbp", sp = "rsp", syscall = "rax" }

--- The registers of struct pcb.
function amd64.pcb()
	return {
		{ "rip", "pcb_rip", 56 }, { "rbp", "pcb_rbp", 32 }, { "rsp", "pcb_rsp", 40 },
		{ "rbx", "pcb_rbx", 48 }, { "r12", "pcb_r12", 24 }, { "r13", "pcb_r13", 16 },
		{ "r14", "pcb_r14", 8 }, { "r15", "pcb_r15", 0 },
	}
end

--- The registers of struct trapframe.
function amd64.trapframe()
	return {
		{ "rdi", "tf_rdi", 0 }, { "rsi", "tf_rsi", 8 }, { "rdx", "tf_rdx", 16 },
		{ "rcx", "tf_rcx", 24 }, { "r8", "tf_r8", 32 }, { "r9", "tf_r9", 40 },
		{ "rax", "tf_rax", 48 }, { "rbx", "tf_rbx", 56 }, { "rbp", "tf_rbp", 64 },
		{ "r10", "tf_r10", 72 }, { "r11", "tf_r11", 80 }, { "r12", "tf_r12", 88 },
		{ "r13", "tf_r13", 96 }, { "r14", "tf_r14", 104 }, { "r15", "tf_r15", 112 },
		{ "trapno", "tf_trapno", 120, size = 4 }, { "addr", "tf_addr", 128 },
		{ "err", "tf_err", 144 }, { "rip", "tf_rip", 152 },
		{ "cs", "tf_cs", 160, size = 2 }, { "rflags", "tf_rflags", 168 },
		{ "rsp", "tf_rsp", 176 }, { "ss", "tf_ss", 184, size = 2 },
	}
end

-- Numbers of registers: System V ABI, AMD64 supplement, 3.6.2.
amd64.dwarf = { [0] = "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10",
	"r11", "r12", "r13", "r14", "r15", "rip" }
-- Kernel and modules are compiled for the highest two gigabytes: KERNBASE,
-- amd64/include/vmparam.h.
amd64.code = -0x80000000
amd64.linkage, amd64.way_out = 16, x86.way_out

amd64.entry = x86.entry
amd64.step = x86.step

--- Where the trap frame is of an entry that `walk` has come to.
-- @treturn {integer...} candidates
function amd64.frames(walk)
	return walk.inner and { walk.inner + 16 } or {}
end

--- Whether registers are those of a trap frame, and not of something else.
function amd64.plausible(regs)
	local cs = regs.cs & 0xffff
	return cs == 0x20 or cs & 3 == 3 or cs == 0 and regs.rip == 0
end

--- Whether they are a user's.
function amd64.is_user(regs)
	return regs.cs & 3 == 3
end

--- A thread of the kernel begins with a trap frame that never was. doreti is
-- the way back from traps, interrupts and some system calls, and only traps
-- set a number.
function amd64.kind(regs, kind, name)
	if name == "fork_trampoline" and not amd64.is_user(regs) then
		return "call"
	elseif name:find "^doreti" then
		return "interrupt", "return from a trap, an interrupt or a system call"
	end
	return kind
end

--- What happened.
function amd64.trap(regs)
	return x86.trap(regs.trapno, regs.err, regs.addr)
end

return amd64
