--- Stacks of arm64: sys/arm64/include/pcb.h, frame.h, arm64/exception.S.
-- @module vmcore.kern.stack.arm64

local link = require "vmcore.kern.stack.link"

local arm64 = { pc = "pc", fp = "fp", sp = "sp", syscall = "x8" }

-- Without types, the size of struct pcb tells: since 14 it has only the
-- registers that calls preserve.
local PCB_SMALL = 1300

arm64.bottom = { fork_trampoline = true }

local function register(i)
	return i == 29 and "fp" or i == 30 and "pc" or "x" .. i
end

local function array(set, path, first, last, offset)
	for i = first, last do
		set[#set + 1] = { register(i), path, offset + (i - first) * 8, index = i - first }
	end
	return set
end

-- Numbers of registers: DWARF for the Arm 64-bit Architecture, 4.1.
arm64.dwarf = { [30] = "lr", [31] = "sp" }
for i = 0, 29 do
	arm64.dwarf[i] = register(i)
end
arm64.linkage, arm64.way_out = 0, link.way_out

--- The registers of struct pcb. A thread that was switched out goes on where
-- its link register points.
-- @tparam ?kvm.type T
-- @tparam ?integer size of struct pcb, where there is no T
function arm64.pcb(T, size)
	local x = T and T:member "pcb_x"
	local n = x and x.type:strip().nelems or size and size < PCB_SMALL and 12 or 30
	if n == 12 then			-- since 14: x19 to x30
		return array({ { "sp", "pcb_sp", 96 } }, "pcb_x", 19, 30, 0)
	elseif n == 30 then		-- 13: x0 to x29, pcb_lr
		return array({ { "pc", "pcb_lr", 240 }, { "sp", "pcb_sp", 256 } }, "pcb_x", 0, 29, 0)
	end				-- until 12: x0 to x30
	return array({ { "sp", "pcb_sp", 256 } }, "pcb_x", 0, 30, 0)
end

--- The registers of struct trapframe, and its size.
function arm64.trapframe(T, size)
	local new = not T and size and size < PCB_SMALL
	local set = array({
		{ "sp", "tf_sp", 0 }, { "lr", "tf_lr", 8 }, { "pc", "tf_elr", 16 },
		{ "spsr", "tf_spsr", 24, size = new and 8 or 4 },
		{ "esr", "tf_esr", new and 32 or 28, size = new and 8 or 4 },
		{ "far", "tf_far", new and 40 or nil },
	}, "tf_x", 0, 29, new and 48 or 32)
	return set, T and T.size or new and 288 or 272
end

--- An address without its authentication code: the kernel's have 48 bits.
function arm64.clean(address)
	return address >> 55 & 1 == 1 and address | 0xffff << 48 or address
end

-- stp x29, x30, [sp, #...], with or without !
local function saves(code)
	for at = 1, #code - 3, 4 do
		local word = string.unpack("<I4", code, at)
		if word & 0xfec07fff == 0xa8007bfd then
			return true
		end
	end
	return false
end

--- From a frame to its caller's: [fp] is that one's, the word above it the
-- return address.
function arm64.step(walk)
	if walk.interrupted and walk.regs.lr and
	    link.leave(walk, saves, arm64.clean(walk.regs.lr)) then
		return true
	end
	local fp = walk.fp
	if fp == 0 then
		return false
	end
	local below = walk.exact and walk.pc or walk.pc - 1
	local going, reason = walk:follow(fp, fp)
	if going then
		walk.pc = arm64.clean(walk.pc)
		walk.below_pc, walk.below_fp = below, fp
	end
	return going, reason
end

--- The vectors of exception.S: handle_el1h_sync, handle_el0_irq, ...
function arm64.entry(name)
	if name:find "^handle_el%d.*_sync" or name == "handle_serror" or
	    name == "handle_empty_exception" then
		return "trap"
	end
	return name:find "^handle_el%d.*_f?irq" and "interrupt" or nil
end

--- The trap frame stands below the frame record that the vector makes.
function arm64.frames(walk)
	return { walk.fp - walk.view.trapframe_size }
end

--- Whether registers are those of a trap frame: the interrupted mode is EL0 or
-- EL1 of 64 bits, or a 32-bit user's.
function arm64.plausible(regs)
	local mode = regs.spsr & 0x1f
	return mode == 0 or mode == 4 or mode == 5 or mode == 0x10
end

--- Whether they are a user's.
function arm64.is_user(regs)
	return regs.spsr & 0xf == 0
end

local function class(regs)
	return regs.esr >> 26 & 0x3f
end

--- A system call is a trap of a class of its own: EXCP_SVC32, EXCP_SVC64.
function arm64.kind(regs, kind)
	return kind == "trap" and (class(regs) == 0x15 or class(regs) == 0x11) and "syscall" or kind
end

-- arm64/include/armreg.h, EXCP_*
local CLASSES = {
	[0x00] = "unknown instruction", [0x07] = "FP or SIMD access", [0x0d] = "branch target",
	[0x0e] = "illegal state", [0x18] = "system register access", [0x19] = "SVE access",
	[0x1c] = "pointer authentication failure",
	[0x20] = "instruction abort from user", [0x21] = "instruction abort",
	[0x22] = "misaligned pc", [0x24] = "data abort from user", [0x25] = "data abort",
	[0x26] = "misaligned sp", [0x28] = "floating-point exception",
	[0x2c] = "floating-point exception", [0x2f] = "SError",
	[0x30] = "breakpoint from user", [0x31] = "breakpoint", [0x32] = "single step from user",
	[0x33] = "single step", [0x34] = "watchpoint from user", [0x35] = "watchpoint",
	[0x38] = "breakpoint instruction", [0x3c] = "breakpoint instruction",
}
-- Fault status of an abort, without the table's level: ISS_DATA_DFSC_*.
local FAULTS = { [0] = "address size", "translation", "access flag", "permission" }
local ABORTS = { [0x20] = true, [0x21] = true, [0x24] = true, [0x25] = true }

--- What happened.
function arm64.trap(regs)
	local number = class(regs)
	local trap = { number = number, name = CLASSES[number], error = regs.esr }
	if ABORTS[number] then
		local status = regs.esr & 0x3f
		local fault = status < 0x10 and FAULTS[status >> 2]
		local write = number >= 0x24 and (regs.esr >> 6 & 1 == 1 and "write, " or "read, ") or ""
		trap.address = regs.far
		trap.meaning = fault and ("%s%s fault, level %d"):format(write, fault, status & 3)
	end
	return trap
end

return arm64
