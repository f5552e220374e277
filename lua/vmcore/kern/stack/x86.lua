--- What amd64 and i386 stacks have in common: frames that %rbp and %ebp link,
-- and the numbers of traps.
-- @module vmcore.kern.stack.x86

local x86 = {}

-- sys/x86/include/trap.h
local TRAPS = {
	[1] = "privileged instruction fault", [3] = "breakpoint instruction fault",
	[6] = "arithmetic trap", [9] = "general protection fault", [10] = "debug exception",
	[12] = "page fault", [14] = "alignment fault", [18] = "integer divide fault",
	[19] = "non-maskable interrupt trap", [20] = "overflow trap",
	[21] = "FPU bounds check fault", [22] = "FPU device not available",
	[23] = "double fault", [24] = "FPU operand fetch fault", [25] = "invalid TSS fault",
	[26] = "segment not present fault", [27] = "stack fault", [28] = "machine check trap",
	[29] = "SIMD floating-point exception", [30] = "reserved (unknown) fault",
	[31] = "system call", [32] = "DTrace pid return trap",
}
local T_PAGEFLT = 12

-- Error code of a page fault: PGEX_* of sys/x86/include/pmap.h's users.
local PGEX_P, PGEX_W, PGEX_U, PGEX_RSV, PGEX_I = 0x1, 0x2, 0x4, 0x8, 0x10

local function page_fault(code)
	return ("%s %s, %s"):format(code & PGEX_U ~= 0 and "user" or "supervisor",
	    code & PGEX_I ~= 0 and "instruction fetch" or
	    code & PGEX_W ~= 0 and "write" or "read",
	    code & PGEX_RSV ~= 0 and "reserved bits in PTE" or
	    code & PGEX_P ~= 0 and "protection violation" or "page not present")
end

--- What a trap frame's number, error code and address tell.
-- @tparam integer number tf_trapno
-- @tparam integer code tf_err
-- @tparam ?integer address that faulted
-- @treturn table number, name, error, address, meaning
function x86.trap(number, code, address)
	local trap = { number = number, name = TRAPS[number], error = code }
	if number == T_PAGEFLT then
		trap.meaning, trap.address = page_fault(code), address
	end
	return trap
end

-- Names of assembly entries that lead to trap(): exception.s, exception.S.
local EXCEPTIONS = {}
for name in ([[Xdiv Xdbg Xnmi Xbpt Xofl Xbnd Xill Xdna Xdblfault Xfpusegm Xtss Xmissing Xstk
	Xprot Xpage Xfpu Xalign Xmchk Xxmm Xrsvd Xdtrace_ret calltrap fork_trampoline
	mchk_calltrap nmi_calltrap doreti doreti_ast]]):gmatch "%S+" do
	EXCEPTIONS[name] = true
end
local CALLS = {
	Xfast_syscall = true, Xfast_syscall_pti = true, fast_syscall_common = true,
	Xint0x80_syscall = true, Xint0x80_syscall_pti = true, int0x80_syscall_common = true,
	Xlcall_syscall = true,
}

--- Whether a function is one that the processor enters by itself, or the way
-- back from there, under which a trap frame is. Every vector of the interrupt table has a name X... (IDTVEC()).
-- @tparam string name
-- @treturn ?string "trap", "interrupt", "syscall"
function x86.entry(name)
	if CALLS[name] then
		return "syscall"
	elseif EXCEPTIONS[name] or EXCEPTIONS[name:match "^(X%l+)_pti$"] then
		return "trap"
	elseif name:find "^X%l" then
		return "interrupt"
	end
	return nil
end

local PUSH_MOV = "\x55\x48\x89\xe5"	-- pushq %rbp; movq %rsp, %rbp
local PUSH_MOV32 = "\x55\x89\xe5"

-- Whether a function that was interrupted at `pc` has not set up its frame, or
-- has taken it down: then the return address is on top of the stack. As
-- db_backtrace() of amd64 and i386 asks.
local function is_bare(walk, word)
	if not walk:is_code(walk.pc) then
		return true, 0
	end
	local code = walk.kd:read(walk.pc, 4) or ""
	if code == PUSH_MOV or code:sub(1, 3) == PUSH_MOV32 or code:byte() == 0xc3 then
		return true, 0
	elseif code:sub(1, 3) == PUSH_MOV:sub(2) or code:sub(1, 2) == PUSH_MOV32:sub(2) and word == 4 then
		return true, word	-- movq %rsp, %rbp: %rbp was pushed
	end
	local f = walk:name()
	return f ~= nil and f.offset == 0, 0
end

--- Where the way out of a function without a frame is.
x86.way_out = "the top of the stack"

--- To the caller of an interrupted function.
-- @tparam table walk see vmcore.kern.stack.walk
-- @treturn ?boolean nil when its frame is as that of any other
local function from_bare(walk)
	local word = walk.word
	local bare, pushed = is_bare(walk, word)
	if not bare then
		return nil
	end
	local at = walk.sp + pushed
	local address = walk:ptr(at)
	if address == nil or not walk:is_text(address) then
		return nil
	end
	walk.inner, walk.sp, walk.pc = at - word, at + word, address
	return true
end

--- From a frame to its caller's: [fp] is that one's frame pointer, the word
-- above it the return address.
-- @tparam table walk
-- @treturn ?boolean true: go on; false: the stack begins here
-- @treturn ?string why it is broken
function x86.step(walk)
	if walk.interrupted and from_bare(walk) then
		return true
	end
	local fp = walk.fp
	if fp == 0 then
		return false
	end
	return walk:follow(fp, fp)
end

return x86
