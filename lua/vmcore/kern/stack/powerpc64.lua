--- Stacks of powerpc64: sys/powerpc/include/pcb.h, frame.h,
-- powerpc/aim/trap_subr64.S; the back chain of the ELF ABIs.
-- @module vmcore.kern.stack.powerpc64

local link = require "vmcore.kern.stack.link"

-- The kernel runs in the direct map, below what the dump calls kernbase.
local powerpc64 = { pc = "pc", fp = "r1", sp = "r1", syscall = "r0", text = 0x100000 }

powerpc64.way_out = link.way_out

local LR_SAVE = 16		-- of a frame: where its callee saves the link register
local TRAPFRAME = 48		-- of the frame that a trap makes
local PSL_PR = 0x4000		-- srr1: the trap came from a user

powerpc64.bottom = { fork_trampoline = true, [".fork_trampoline"] = true }

--- The registers of struct pcb.
function powerpc64.pcb()
	local set = { { "cr", "pcb_cr", 160 }, { "r1", "pcb_sp", 168 }, { "r2", "pcb_toc", 176 },
		{ "pc", "pcb_lr", 184 } }
	for i = 12, 31 do
		set[#set + 1] = { "r" .. i, "pcb_context", (i - 12) * 8, index = i - 12 }
	end
	return set
end

--- The registers of struct trapframe.
function powerpc64.trapframe()
	local set = { { "lr", "lr", 256 }, { "cr", "cr", 264 }, { "xer", "xer", 272 },
		{ "ctr", "ctr", 280 }, { "pc", "srr0", 288 }, { "srr1", "srr1", 296 },
		{ "exc", "exc", 304 }, { "dar", "cpu.aim.dar", 312 }, { "dsisr", "cpu.aim.dsisr", 320 } }
	for i = 0, 31 do
		set[#set + 1] = { "r" .. i, "fixreg", i * 8, index = i }
	end
	return set
end

-- stdu r1, -...(r1)
local function makes_frame(big)
	local word = big and ">I4" or "<I4"
	return function(code)
		for at = 1, #code - 3, 4 do
			if string.unpack(word, code, at) & 0xffff0003 == 0xf8210001 then
				return true
			end
		end
		return false
	end
end

--- From a frame to its caller's.
function powerpc64.step(walk)
	if walk.interrupted and link.leave(walk,
	    makes_frame(walk.kd:byteorder() == "big"), walk.regs.lr) then
		return true
	end
	local sp = walk.sp
	local inside, reason = walk:enter_frame(sp)
	if not inside then
		return inside, reason
	end
	local outer, message = walk:ptr(sp)
	if outer == nil then
		return nil, message
	elseif outer == 0 then
		return false
	elseif math.ult(outer, walk.low) or not math.ult(outer, walk.high) then
		return nil, ("back chain %#x is not on the stack"):format(outer)
	end
	local address, why = walk:ptr(outer + LR_SAVE)
	if address == nil then
		return nil, why
	end
	walk.inner, walk.sp, walk.fp, walk.pc = sp, outer, outer, address
	return true
end

-- Traps return to a label; the return address is it, or some instruction in
-- front of it.
local function labels(view)
	if view.trap_labels == nil then
		view.trap_labels = {}
		for _, name in ipairs { "trapexit", "asttrapexit" } do
			local address = view.k.kd:lookup(name)
			if address then
				table.insert(view.trap_labels, address)
			end
		end
	end
	return view.trap_labels
end

--- Whether the walk is where a trap's handler returns to.
function powerpc64.entry(_, walk)
	for _, label in ipairs(walk.exact and {} or labels(walk.view)) do
		local before = label - walk.pc
		if before >= 0 and before <= 8 then
			return "trap"
		end
	end
	return nil
end

--- Where the trap frame is.
function powerpc64.frames(walk)
	return { walk.sp + TRAPFRAME }
end

-- powerpc/include/trap.h, EXC_*
local EXCEPTIONS = {
	[0x100] = "system reset", [0x200] = "machine check", [0x300] = "data storage interrupt",
	[0x380] = "data segment exception", [0x400] = "instruction storage interrupt",
	[0x480] = "instruction segment exception", [0x500] = "external interrupt",
	[0x600] = "alignment", [0x700] = "program", [0x800] = "floating-point unavailable",
	[0x900] = "decrementer", [0x980] = "hypervisor decrementer", [0xc00] = "system call",
	[0xd00] = "trace", [0xe00] = "hypervisor data storage",
	[0xe20] = "hypervisor instruction storage", [0xe40] = "hypervisor emulation assistance",
	[0xea0] = "hypervisor virtualization", [0xf00] = "performance monitor",
	[0xf20] = "vector unavailable", [0xf40] = "VSX unavailable", [0xf60] = "facility unavailable",
}
local EXC_DSI, EXC_DSE, EXC_SC = 0x300, 0x380, 0xc00
local INTERRUPTS = { [0x500] = true, [0x900] = true, [0x980] = true, [0xea0] = true, [0xf00] = true }

--- Whether registers are those of a trap frame.
function powerpc64.plausible(regs)
	return EXCEPTIONS[regs.exc] ~= nil
end

--- Whether they are a user's.
function powerpc64.is_user(regs)
	return regs.srr1 & PSL_PR ~= 0
end

--- The exception tells what kind of trap it is.
function powerpc64.kind(regs, kind)
	return regs.exc == EXC_SC and "syscall" or INTERRUPTS[regs.exc] and "interrupt" or kind
end

--- What happened.
function powerpc64.trap(regs)
	local number = regs.exc
	local trap = { number = number, name = EXCEPTIONS[number] }
	if number == EXC_DSI or number == EXC_DSE then
		trap.address = regs.dar
		if number == EXC_DSI then
			-- DSISR_STORE and DSISR_NOTFOUND, powerpc/include/spr.h
			trap.error = regs.dsisr
			trap.meaning = (regs.dsisr & 0x02000000 ~= 0 and "write" or "read")
			    .. (regs.dsisr & 0x40000000 ~= 0 and ", page not present" or "")
		end
	end
	return trap
end

return powerpc64
