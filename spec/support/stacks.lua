--- Kernel stacks and the registers that lead into them, amd64.
--
-- A chain names functions from the innermost to the outermost, as a backtrace
-- prints them. { trap = "calltrap", trapno = 12, addr = 0 } stands for an
-- exception: a trapframe on the stack, and the interrupted function next. The
-- last name decides how the stack began: fast_syscall_common from a user's
-- system call, fork_trampoline for a kernel thread.
--
--	local regs, trace = stacks.build(sys, top, { "sched_switch", ...,
--	    "amd64_syscall", "fast_syscall_common" })
--	regs.rip, regs.rbp, regs.rsp
--	trace[1]	--> { pc = , name = , offset = }
local stacks = {}

local TRAPFRAME = 192		-- amd64/include/frame.h
local USER_CS, USER_SS, KERNEL_CS, KERNEL_SS = 0x43, 0x3b, 0x20, 0x28

-- An address inside a function: where its call returns to.
local function inside(sys, name)
	local f = sys:fn(name)
	return f.addr + 0x20 + #name * 4 % (f.size - 0x30)
end

local function note(trace, sys, name, pc)
	table.insert(trace, 1, { pc = pc, name = name,
		offset = pc - sys:fn(name).addr })
end

-- A trapframe below sp; returns its address.
local function trapframe(sys, sp, regs)
	local at = (sp - TRAPFRAME) & -16
	local fields = { tf_rip = regs.rip, tf_rbp = regs.rbp, tf_rsp = regs.rsp,
		tf_cs = regs.cs, tf_ss = regs.ss, tf_rflags = 0x10246,
		tf_trapno = regs.trapno or 0, tf_addr = regs.addr or 0,
		tf_err = regs.err or 0, tf_rax = regs.rax or 0 }
	sys.mem:struct(at, "struct trapframe", fields)
	return at
end

-- The outermost end of a chain: what the first frame returns into.
local function begin(sys, sp, name)
	local state = { trace = {} }
	if name == "fork_trampoline" then
		state.frame = trapframe(sys, sp, { rip = 0, rbp = 0, rsp = 0,
			cs = 0, ss = 0 })
		state.fp = 0
	else
		state.frame = trapframe(sys, sp, { rip = 0x8003a1c2a,
			rbp = 0x7fffffffe7d0, rsp = 0x7fffffffe788,
			cs = USER_CS, ss = USER_SS, trapno = 0, rax = 4 })
		state.fp = 0x7fffffffe7d0
	end
	state.sp, state.ret = state.frame, inside(sys, name)
	note(state.trace, sys, name, state.ret)
	return state
end

local function push_trap(sys, state, trap)
	local frame = trapframe(sys, state.sp, { rip = state.ret,
		rbp = state.fp, rsp = state.sp, cs = KERNEL_CS, ss = KERNEL_SS,
		trapno = trap.trapno, addr = trap.addr, err = trap.err })
	state.sp, state.ret = frame, inside(sys, trap.trap)
	note(state.trace, sys, trap.trap, state.ret)
end

local function push_frame(sys, state, name)
	local mem, fp = sys.mem, state.sp - 16
	mem:u64(fp, state.fp)
	mem:u64(fp + 8, state.ret)
	state.fp, state.sp = fp, fp - 0x30 - #name % 4 * 16
	state.ret = inside(sys, name)
	note(state.trace, sys, name, state.ret)
end

--- Lay a chain out below top.
-- @treturn table the registers of the innermost function: rip, rbp, rsp, rbx
-- @treturn table the expected backtrace, innermost first
-- @treturn integer the address of the trapframe the stack begins with
function stacks.build(sys, top, chain)
	local state = begin(sys, top, chain[#chain])
	for i = #chain - 1, 1, -1 do
		local link = chain[i]
		if type(link) == "table" then
			push_trap(sys, state, link)
		else
			push_frame(sys, state, link)
		end
	end
	return { rip = state.ret, rbp = state.fp, rsp = state.sp,
		rbx = state.sp + 8 }, state.trace, state.frame
end

--- A chain for a thread that called what its description says.
-- @tparam table names the description's stack
-- @tparam boolean kernel a kernel thread
-- @tparam table inner functions in front
function stacks.chain(names, kernel, inner)
	local out = {}
	for _, list in ipairs{ inner, names or {}, kernel and
	    { "fork_exit", "fork_trampoline" } or
	    { "amd64_syscall", "fast_syscall_common" } } do
		for _, name in ipairs(list) do
			out[#out + 1] = name
		end
	end
	return out
end

--- Store registers into a struct pcb.
function stacks.put_pcb(sys, at, regs)
	sys.mem:struct(at, "struct pcb", { pcb_rip = regs.rip,
		pcb_rbp = regs.rbp, pcb_rsp = regs.rsp, pcb_rbx = regs.rbx,
		pcb_r12 = 0x1212, pcb_r13 = 0x1313, pcb_r14 = 0x1414,
		pcb_r15 = 0x1515 })
end

return stacks
