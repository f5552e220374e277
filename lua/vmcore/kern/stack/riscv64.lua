--- Stacks of riscv64: sys/riscv/include/pcb.h, frame.h, riscv/exception.S.
-- @module vmcore.kern.stack.riscv64

local link = require "vmcore.kern.stack.link"

local riscv64 = { pc = "pc", fp = "s0", sp = "sp", syscall = "t0" }

local SSTATUS_SPP = 0x100	-- the trap came from the kernel
local INTERRUPT = 1 << 63	-- of scause
local ECALL_USER = 8

riscv64.bottom = { fork_trampoline = true }
-- Numbers of registers: RISC-V ABIs, DWARF register numbers: x0 to x31.
riscv64.dwarf = { "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
	"a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
	"t5", "t6" }
riscv64.linkage, riscv64.way_out = 0, link.way_out

local function array(set, letter, path, n, offset)
	for i = 0, n - 1 do
		set[#set + 1] = { letter .. i, path, offset + i * 8, index = i }
	end
	return set
end

--- The registers of struct pcb: until 12 it had the temporary ones, too.
function riscv64.pcb()
	return array({ { "pc", "pcb_ra", 0 }, { "sp", "pcb_sp", 8 }, { "gp", "pcb_gp", 16 },
		{ "tp", "pcb_tp", 24 } }, "s", "pcb_s", 12, 32)
end

--- The registers of struct trapframe.
function riscv64.trapframe()
	local set = {
		{ "ra", "tf_ra", 0 }, { "sp", "tf_sp", 8 }, { "gp", "tf_gp", 16 },
		{ "tp", "tf_tp", 24 }, { "pc", "tf_sepc", 248 }, { "sstatus", "tf_sstatus", 256 },
		{ "stval", "tf_stval", 264 }, { "scause", "tf_scause", 272 },
	}
	array(set, "t", "tf_t", 7, 32)
	array(set, "s", "tf_s", 12, 88)
	return array(set, "a", "tf_a", 8, 184)
end

-- sd ra, ...(sp), or its short form
local function saves(code)
	local at = 1
	while at + 1 <= #code do
		local half = string.unpack("<I2", code, at)
		if half & 3 ~= 3 then
			if half & 0xe07f == 0xe006 then
				return true
			end
			at = at + 2
		elseif at + 3 > #code then
			break
		elseif string.unpack("<I4", code, at) & 0x01fff07f == 0x00113023 then
			return true
		else
			at = at + 4
		end
	end
	return false
end

--- From a frame to its caller's: fp points behind the frame, which ends with
-- the caller's fp and the return address.
function riscv64.step(walk)
	if walk.interrupted and link.leave(walk, saves, walk.regs.ra) then
		return true
	end
	local fp = walk.fp
	if fp == 0 then
		return false
	end
	return walk:follow(fp - 16, fp)
end

--- The vectors of exception.S.
function riscv64.entry(name)
	return name:find "^cpu_exception_handler_" and "trap" or nil
end

--- The trap frame is on top of the stack when a vector calls the kernel.
function riscv64.frames(walk)
	return { walk.inner or walk.sp }
end

--- Whether registers are those of a trap frame: code and cause are of a kind.
function riscv64.plausible(regs)
	return regs.scause & ~INTERRUPT < 64 and regs.pc & 1 == 0
end

--- Whether they are a user's.
function riscv64.is_user(regs)
	return regs.sstatus & SSTATUS_SPP == 0
end

--- The cause tells what kind of trap it is.
function riscv64.kind(regs, kind)
	if regs.scause & INTERRUPT ~= 0 then
		return "interrupt"
	end
	return regs.scause == ECALL_USER and "syscall" or kind
end

-- riscv/include/riscvreg.h, SCAUSE_*
local CAUSES = {
	[0] = "misaligned instruction", "instruction access fault", "illegal instruction",
	"breakpoint", "misaligned load", "load access fault", "misaligned store",
	"store access fault", "environment call from user", "environment call",
	[12] = "instruction page fault", [13] = "load page fault", [15] = "store page fault",
}

--- What happened.
function riscv64.trap(regs)
	local number = regs.scause
	return { number = number, name = CAUSES[number],
		address = number ~= 2 and number ~= 3 and regs.stval or nil }
end

return riscv64
