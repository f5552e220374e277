--- Stacks of i386: sys/i386/include/pcb.h, frame.h, i386/exception.S.
-- @module vmcore.kern.stack.i386

local member = require "vmcore.kern.member"
local registers = require "vmcore.kern.stack.registers"
local x86 = require "vmcore.kern.stack.x86"

local i386 = { pc = "eip", fp = "ebp", sp = "esp", syscall = "eax" }

local KCODE, KDATA = 0x20, 0x28	-- selectors of the kernel
local T_PAGEFLT = 12		-- x86/include/trap.h
local PSL_VM = 0x20000		-- virtual 8086 mode
local ESP = 64			-- struct trapframe ends here, but for users
-- PMAP_TRM_MIN_ADDRESS of PAE, the lower one: the entries run as a copy that
-- is mapped above it.
local TRAMPOLINE = 0xff800000

i386.bottom = { fork_trampoline = true }
-- Numbers of registers: System V ABI, Intel386 supplement, 2.4.2.
i386.dwarf = { [0] = "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip" }
i386.linkage, i386.way_out = 8, x86.way_out

--- The registers of struct pcb.
function i386.pcb()
	return {
		{ "edi", "pcb_edi", 0 }, { "esi", "pcb_esi", 4 }, { "ebp", "pcb_ebp", 8 },
		{ "esp", "pcb_esp", 12 }, { "ebx", "pcb_ebx", 16 }, { "eip", "pcb_eip", 20 },
		{ "cr2", "pcb_cr2" },
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

--- Whether the processor enters a function by itself. A double fault is a task
-- of its own.
function i386.entry(name)
	return name == "dblfault_handler" and "trap" or x86.entry(name)
end

-- struct i386tss (x86/include/tss.h): what the processor wrote when it left the
-- task.
local TSS = {
	{ "eip", "tss_eip", 32 }, { "eflags", "tss_eflags", 36 }, { "eax", "tss_eax", 40 },
	{ "ecx", "tss_ecx", 44 }, { "edx", "tss_edx", 48 }, { "ebx", "tss_ebx", 52 },
	{ "esp", "tss_esp", 56 }, { "ebp", "tss_ebp", 60 }, { "esi", "tss_esi", 64 },
	{ "edi", "tss_edi", 68 }, { "es", "tss_es", 72 }, { "cs", "tss_cs", 76 },
	{ "ss", "tss_ss", 80 }, { "ds", "tss_ds", 84 },
}
local TSS_SIZE = 104
local T_DOUBLEFLT = 23

-- The task state segment of a CPU: since 12 struct pcpu points to it, before it
-- was in there; there is an array where the kernel has no types.
local function tss_of(k, cpu)
	local pcpu, T = k.kd:pcpu_address(cpu), k:type "struct pcpu"
	local pointer = member.pointer(T, "pc_common_tssp")
	if pcpu and pcpu ~= 0 and pointer then
		local ok, at = pcall(pointer, pcpu)
		return ok and at or nil
	elseif pcpu and pcpu ~= 0 and T and T:member "pc_common_tss" then
		return pcpu + T:member "pc_common_tss".offset
	end
	local array = k.kd:lookup "common_tss"
	return array and array + cpu * TSS_SIZE
end

--- The registers of the task that a double fault broke off.
function i386.elsewhere(walk, name)
	local k = walk.view.k
	local at = name == "dblfault_handler" and walk.cpu and tss_of(k, walk.cpu)
	local regs = at and registers.reader(k.kd, k:type "struct i386tss", TSS, "eip")(at)
	if not regs or regs.eip == 0 then
		return nil
	end
	regs.trapno, regs.err = T_DOUBLEFLT, 0
	return regs, at
end

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

--- The processor pushes a stack pointer only when it changes the stack. The
-- address of a page fault is in %cr2 only: that of the innermost one, when
-- savectx() wrote it down.
function i386.complete(regs, at, walk)
	if not i386.is_user(regs) then
		regs.esp, regs.ss = at + ESP, nil
	end
	if regs.trapno == T_PAGEFLT then
		regs.cr2, walk.cr2 = walk.cr2, nil
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

--- What happened.
function i386.trap(regs)
	return x86.trap(regs.trapno, regs.err, regs.cr2)
end

return i386
