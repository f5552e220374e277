--- Stacks of riscv64.
local calls = require "spec.support.calls"

local TYPES = [[
struct pcb { unsigned long pcb_ra; unsigned long pcb_sp; unsigned long pcb_gp;
	unsigned long pcb_tp; %s unsigned long pcb_s[12]; };
struct trapframe { unsigned long tf_ra; unsigned long tf_sp; unsigned long tf_gp;
	unsigned long tf_tp; unsigned long tf_t[7]; unsigned long tf_s[12];
	unsigned long tf_a[8]; unsigned long tf_sepc; unsigned long tf_sstatus;
	unsigned long tf_stval; unsigned long tf_scause; };
]]
local NEW, OLD = TYPES:format "", TYPES:format "unsigned long pcb_t[7];"
local SPP = 0x100

local function s0(value)
	local s = { value }
	for i = 2, 12 do s[i] = 0 end
	return s
end

local function switch(w, td, fp, sp, pc)
	w:switched(td, { pcb_ra = pc, pcb_sp = sp, pcb_s = s0(fp) })
end

for name, types in pairs { ["since 13"] = NEW, ["until 12"] = OLD } do
	describe("a riscv64 stack " .. name, function()
		it("leads to where the thread began", function()
			local w = calls.new("riscv", types)
			local td = w:thread {}
			w:put(td.top - 16, 0, w:fn "fork_trampoline" + 8)
			w:put(td.top - 0x60, td.top, w:fn "fork_exit" + 0x20)
			switch(w, td, td.top - 0x50, td.top - 0x90, w:fn "sched_switch" + 0x44)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20", "fork_trampoline+0x8" }, lines)
		end)

		it("goes through a trap and an interrupt to a user", function()
			local w = calls.new("riscv", types)
			local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
			local user = td.top - size
			w.mem:struct(user, "struct trapframe", { tf_sepc = 0x11234, tf_sp = 0x3fff0000,
				tf_s = s0(0x3fff0100), tf_scause = 8, tf_t = { 4, 0, 0, 0, 0, 0, 0 } })
			w:put(user - 16, 0x3fff0100, w:fn "cpu_exception_handler_user" + 0x60)
			-- A leaf function: addi sp, sp, -16; c.nop
			w:code("memcpy", "\x13\x01\x01\xff\x01\x00")
			local trap = user - 0x80 - size
			w.mem:struct(trap, "struct trapframe", { tf_sepc = w:fn "memcpy" + 6,
				tf_ra = w:fn "copyout" + 0x10, tf_sp = user - 0x80, tf_s = s0(user),
				tf_scause = 15, tf_stval = 0x10, tf_sstatus = SPP })
			w:put(trap - 16, user, w:fn "cpu_exception_handler_supervisor" + 0x60)
			local timer = trap - 0x60 - size
			w.mem:struct(timer, "struct trapframe", { tf_sepc = w:fn "trap_pfault" + 0x40,
				tf_sp = trap - 0x60, tf_s = s0(trap), tf_scause = 1 << 63 | 5,
				tf_sstatus = SPP })
			-- c.sdsp ra, 8(sp)
			w:code("trap_pfault", "\x06\xe4" .. ("\x01\x00"):rep(40))
			w:put(timer - 16, trap, w:fn "cpu_exception_handler_supervisor" + 0x60)
			switch(w, td, timer, timer - 0x40, w:fn "intr" + 4)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "intr+0x4",
				("cpu_exception_handler_supervisor+0x60 interrupt: interrupt, pc = %#x, "
				.. "sp = %#x, s0 = %#x"):format(w:fn "trap_pfault" + 0x40, trap - 0x60, trap),
				"trap_pfault+0x40",
				("cpu_exception_handler_supervisor+0x60 trap: trap 15 (store page fault), "
				.. "address 0x10, pc = %#x, sp = %#x, s0 = %#x"):format(w:fn "memcpy" + 6,
				    user - 0x80, user),
				"memcpy+0x6", "copyout+0x10",
				"cpu_exception_handler_user+0x60 syscall: syscall (4), pc = 0x11234, "
				.. "sp = 0x3fff0000, s0 = 0x3fff0100",
			}, lines)
		end)
	end)
end

describe("a riscv64 stack", function()
	it("is followed without types", function()
		local w = calls.new("riscv", NEW, { no_types = true })
		local td = w:thread {}
		w:put(td.top - 0x60, 0, w:fn "fork_exit" + 0x20)
		switch(w, td, td.top - 0x50, td.top - 0x90, w:fn "sched_switch" + 0x44)
		assert.same({ "sched_switch+0x44", "fork_exit+0x20" }, (w:trace(td)))
	end)

	it("that runs in a circle ends", function()
		local w = calls.new("riscv", NEW)
		local td = w:thread {}
		w:put(td.top - 0x60, td.top - 0x80, w:fn "a" + 0x20)
		w:put(td.top - 0x90, td.top - 0x50, w:fn "b" + 0x20)
		switch(w, td, td.top - 0x50, td.top - 0x100, w:fn "c" + 4)
		local lines, broken = w:trace(td)
		assert.same({ "c+0x4", "a+0x20" }, lines)
		assert.matches("^frame pointer .* is not on the rest of the stack", broken)
	end)
end)
