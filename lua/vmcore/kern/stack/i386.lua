--- Stacks of i386: sys/i386/include/pcb.h, frame.h, i386/exception.S.
-- @module vmcore.kern.stack.i386

local x86 = require "vmcore.kern.stack.x86"

local i386 = { pc = "eip", fp = "ebp", sp = "esp", syscall = "eax" }

local KCODE, KDATA = 0x20, 0x28	-- selectors of the kernel
local PSL_VM = 0x20000		-- virtual 8086 mode
local ESP = 64			-- struct trapframe ends here, but for users
-- PMAP_TRM_MIN_ADDRESS of PAE, the lower one: the entries run as a copy that
-- is mapped above it.
local TRAMPOLINE = 0xff800000

i386.bottom = { fork_trampoline = true }
-- Numbers of registers: System V ABI, Intel386 supplement, 2.4.2.
i386.dwarf = { [0] = "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip" }
i386.linkage = 8

--- The registers of struct pcb.
function i386.pcb()
	return {
		{ "edi", "pcb_edi", 0 }, { "esi", "pcb_esi", 4 }, { "ebp", "pcb_ebp", 8 },
		{ "esp", "pcb_esp", 12 }, { "ebx", "pcb_ebx", 16 }, { "eip", "pcb_eip", 20 },
	}
end

--- The registers of struct trapframe.
function i386.trapframe()
	return {
		{ "fs", "tf_fs", 0 }, { "es", "tf_es", 4 }, { "ds", "tf_ds", 8 },
		{ "edi", "tf_edi", 12 }, { "esi", "tf_esi", 16 }, { "ebp", "tf_ebp", 20 },
		{ "ebx", "tf_ebx", 28 }, { "edx", "tf_edx", 32 }, { "ecx", "tf_ecx", 36 },
		{ "eax", "tf_eax", 40 }, { "trapno", "tf_trapno", 44 }, { "err", "tf_err", 48 },
		{ "eip", "tf_eip", 52 }, { "cs", "tf_cs", 56 }, { "eflags", "tf_eflags", 60 },
		{ "esp", "tf_esp", 64 }, { "ss", "tf_ss", 68 },
	}
end

i386.entry = x86.entry

--- A step to the caller, in the kernel's own text.
function i386.step(walk)
	local going, reason = x86.step(walk)
	if going and walk.pc >= TRAMPOLINE then
		local at = walk.kd:lookup "setidt_disp"
		walk.pc = walk.pc - (at and walk:ptr(at) or 0) & 0xffffffff
	end
	return going, reason
end

--- Where the trap frame can be: since 12 %ebp points to it when the handler is
-- called; before, it stands above the handler's arguments.
function i386.frames(walk)
	local inner = walk.inner
	return inner and { walk.fp, inner + 12, inner + 16, inner + 8 } or {}
end

--- Whether registers are those of a trap frame.
function i386.plausible(regs)
	local cs = regs.cs & 0xffff
	return cs == KCODE and regs.ds & 0xffff == KDATA and regs.es & 0xffff == KDATA
	    or cs & 3 == 3 and regs.ss & 3 == 3 or regs.eflags & PSL_VM ~= 0 and cs ~= 0
end

--- The processor pushes a stack pointer only when it changes the stack.
function i386.complete(regs, at)
	if not i386.is_user(regs) then
		regs.esp, regs.ss = at + ESP, nil
	end
end

--- Whether they are a user's.
function i386.is_user(regs)
	return regs.cs & 3 == 3 or regs.eflags & PSL_VM ~= 0
end

--- What is known better than by an entry's name.
function i386.kind(_, kind, name)
	if name:find "^doreti" then
		return "interrupt", "return from a trap, an interrupt or a system call"
	end
	return kind
end

--- What happened. The address of a page fault is in %cr2 only.
function i386.trap(regs)
	return x86.trap(regs.trapno, regs.err)
end

return i386
