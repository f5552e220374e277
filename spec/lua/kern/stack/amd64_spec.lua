--- Stacks of amd64: what a forged system's threads don't have.
local calls = require "spec.support.calls"

local TYPES = [[
struct pcb { unsigned long pcb_r15; unsigned long pcb_r14; unsigned long pcb_r13;
	unsigned long pcb_r12; unsigned long pcb_rbp; unsigned long pcb_rsp;
	unsigned long pcb_rbx; unsigned long pcb_rip; };
struct trapframe { unsigned long tf_rdi; unsigned long tf_rsi; unsigned long tf_rdx;
	unsigned long tf_rcx; unsigned long tf_r8; unsigned long tf_r9; unsigned long tf_rax;
	unsigned long tf_rbx; unsigned long tf_rbp; unsigned long tf_r10; unsigned long tf_r11;
	unsigned long tf_r12; unsigned long tf_r13; unsigned long tf_r14; unsigned long tf_r15;
	unsigned int tf_trapno; unsigned short tf_fs; unsigned short tf_gs; unsigned long tf_addr;
	unsigned int tf_flags; unsigned short tf_es; unsigned short tf_ds; unsigned long tf_err;
	unsigned long tf_rip; unsigned short tf_cs; unsigned short tf_pad[3];
	unsigned long tf_rflags; unsigned long tf_rsp; unsigned long tf_ss; };
]]
local USER = { tf_cs = 0x43, tf_ss = 0x3b, tf_rip = 0x2152ac, tf_rsp = 0x8205225c8,
	tf_rbp = 0x8205232c0, tf_rax = 4 }

local function world(o)
	local w = calls.new("amd64", TYPES, o)
	local td = w:thread {}
	local user = td.top - 192
	w.mem:struct(user, "struct trapframe", USER)
	local call = w:put(user - 16, 0x8205232c0, w:fn "fast_syscall_common" + 0xf8)
	return w, td, w:put(call - 0x60, call, w:fn "amd64_syscall" + 0x10c)
end

local function switch(w, td, rbp, rip, rsp)
	w:switched(td, { pcb_rbp = rbp, pcb_rsp = rsp or rbp - 0x20, pcb_rip = rip })
end

local SYSCALL = "fast_syscall_common+0xf8 syscall: syscall (4), rip = 0x2152ac, "
    .. "rsp = 0x8205225c8, rbp = 0x8205232c0"

-- A trap in `at`, with the registers rsp and rbp, on a stack that ends at sp.
local function trapped(w, td, sp, entry, members)
	members.tf_cs, members.tf_ss = 0x20, 0x28
	local frame = (sp - 192) & -16
	w.mem:struct(frame, "struct trapframe", members)
	local inner = w:put(frame - 16, members.tf_rbp, w:fn(entry) + 8)
	switch(w, td, inner, w:fn "trap" + 0x40)
end

describe("an amd64 stack", function()
	-- By a NULL pointer, one into the heap, one to a variable.
	it("goes through a call to what is no code", function()
		for i, at in ipairs { 0, -0x7ffffff0000, 0 } do
			local w, td, call = world()
			local sp = w:put(call - 0x40, w:fn "sys_read" + 0x20)
			w:fn "mi_switch"
			at = i == 3 and w.symbols[1].addr or at	-- allproc
			trapped(w, td, sp, "calltrap", { tf_trapno = 12, tf_err = 0x10, tf_rip = at,
				tf_rsp = sp, tf_rbp = call })
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.matches(": no code of the kernel's: reached through a bad pointer, left by the top of "
			    .. "the stack$", lines[3])
			assert.same({ "sys_read+0x20", "amd64_syscall+0x10c", SYSCALL },
			    { lines[4], lines[5], lines[6] })
		end
	end)

	it("takes what may be a module's for code where the modules are not known", function()
		local w, td, call = world()
		w:fn "mi_switch"
		local frame = w:put(call - 0x40, call, w:fn "sys_read" + 0x20)
		local sp = w:put(frame - 0x40, w:fn "bcmp" + 0x20)
		trapped(w, td, sp, "calltrap", { tf_trapno = 12, tf_rip = -0x7dffedcc, tf_rsp = sp, tf_rbp = frame })
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "0xffffffff82001234", "sys_read+0x20", "amd64_syscall+0x10c" },
		    { lines[3], lines[4], lines[5] })
	end)

	it("tells what the trap of a call to nowhere was", function()
		local w, td, call = world()
		local sp = w:put(call - 0x40, w:fn "sys_read" + 0x20)
		trapped(w, td, sp, "calltrap", { tf_trapno = 12, tf_err = 0x10, tf_rip = 0,
			tf_rsp = sp, tf_rbp = call })
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "trap+0x40",
			("calltrap+0x8 trap: trap 12 (page fault), error 0x10 (supervisor instruction fetch, "
			.. "page not present), address 0, rip = 0, rsp = %#x, rbp = %#x"):format(sp, call),
			"0", "sys_read+0x20", "amd64_syscall+0x10c", SYSCALL }, { lines[1], lines[2],
			lines[3]:match "^[^:]+", lines[4], lines[5], lines[6] })
	end)

	it("goes through traps in a function that has not set up its frame", function()
		for offset, words in pairs { [0] = 0, [1] = 1, [4] = false } do
			local w, td, call = world()
			w:code("bcmp", "\x55\x48\x89\xe5\x90\x90\x90\x90")
			local sp = call - 0x40
			w:put(sp, words == 0 and w:fn "sys_read" + 0x20 or call, w:fn "sys_read" + 0x20)
			trapped(w, td, sp, "calltrap", { tf_trapno = 9, tf_rip = w:fn "bcmp" + offset,
				tf_rsp = sp, tf_rbp = words and call or sp })
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "bcmp+0x" .. offset, "sys_read+0x20", "amd64_syscall+0x10c", SYSCALL },
			    { (lines[3]:gsub("%+0$", "+0x0")), lines[4], lines[5], lines[6] })
		end
	end)

	it("goes from a double fault's stack to the one that is full", function()
		local w, td, call = world()
		local frame = call
		for _ = 1, 20 do
			frame = w:put(frame - 0x40, frame, w:fn "recurse" + 0x30)
		end
		local ist = w.mem:alloc(4096, { pages = true }) + 4096
		trapped(w, td, ist, "Xdblfault", { tf_trapno = 23, tf_rip = w:fn "recurse" + 0x10,
			tf_rsp = td.low - 8, tf_rbp = frame })
		w:code("recurse", ("\x90"):rep(0x40))
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.matches("^Xdblfault%+0x8 trap: trap 23 %(double fault%), error 0", lines[2])
		assert.equal("recurse+0x10", lines[3])
		assert.equal(25, #lines)
		assert.equal(SYSCALL, lines[25])
	end)

	it("of an interrupt's own leads to the interrupted one without symbols, once", function()
		local w, td, call = world { no_types = true }
		local ist = w.mem:alloc(4096, { pages = true }) + 4096
		local inner = w:put(ist - 0x80, call, 0xffffffff80900123)
		w.fns, w.symbols = {}, (function(list)
			local kept = {}
			for _, s in ipairs(list) do
				kept[#kept + 1] = s.type ~= "func" and s or nil
			end
			return kept
		end)(w.symbols)
		switch(w, td, inner, 0xffffffff80900456)
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "0xffffffff80900456", "0xffffffff80900123" }, { lines[1], lines[2] })
		assert.equal(4, #lines)
	end)

	it("that is torn stops with a reason", function()
		for reason, write in pairs {
			["^frame pointer 0x12345 is not aligned"] = function(w, call)
				w:put(call, 0x12345)
			end,
			["^frame pointer 0xdeadc0dedeadc0d8 is not on the rest of the stack"] = function(w, call)
				w:put(call, 0xdeadc0dedeadc0d8)
			end,
			["^return address 0x1234 is not in the kernel"] = function(w, call)
				w:put(call + 8, 0x1234)
			end,
			["^the frame at .* reads as zeros"] = function(w, call)
				w:put(call, 0, 0)
			end,
		} do
			local w, td, call = world()
			w:fn "mi_switch"
			write(w, call)
			switch(w, td, call, w:fn "sys_read" + 0x20)
			local lines, broken = w:trace(td)
			assert.equal("sys_read+0x20", lines[1])
			assert.matches(reason, broken)
		end
	end)

	it("whose page was not dumped says which", function()
		local w, td, call = world()
		switch(w, td, call, w:fn "sys_read" + 0x20)
		w.mem:drop(w.mem:physical(call) & -4096)
		local lines, broken = w:trace(td)
		assert.same({ "sys_read+0x20" }, lines)
		assert.matches(("%#x"):format(call), broken, 1, true)
	end)

	it("of a thread that never ran has one frame", function()
		local w, td = world()
		switch(w, td, 0, w:fn "fork_trampoline", td.top - 200)
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "fork_trampoline+0" }, lines)
	end)
end)
