--- Stacks of arm64, of three generations of struct pcb.
local calls = require "spec.support.calls"

local NEW = [[
struct pcb { unsigned long pcb_x[12]; unsigned long pcb_sp; unsigned long pcb_tpidr_el0; };
struct trapframe { unsigned long tf_sp; unsigned long tf_lr; unsigned long tf_elr;
	unsigned long tf_spsr; unsigned long tf_esr; unsigned long tf_far;
	unsigned long tf_x[30]; };
]]
local OLD = [[
struct pcb { unsigned long pcb_x[30]; unsigned long pcb_lr; unsigned long _reserved;
	unsigned long pcb_sp; };
struct trapframe { unsigned long tf_sp; unsigned long tf_lr; unsigned long tf_elr;
	unsigned int tf_spsr; unsigned int tf_esr; unsigned long tf_x[30]; };
]]
local OLDEST = OLD:gsub("pcb_x%[30%]", "pcb_x[31]"):gsub("pcb_lr", "pcb_pc"):gsub(
    "unsigned long _reserved;", "")

local GENERATIONS = {
	{ name = "since 14", types = NEW, fp = 10, lr = { "pcb_x", 11 }, far = true },
	{ name = "of 13", types = OLD, fp = 29, lr = "pcb_lr" },
	{ name = "until 12", types = OLDEST, fp = 29, lr = { "pcb_x", 30 } },
}

local function switch(w, td, g, fp, pc)
	local n = g.fp == 10 and 12 or g.lr == "pcb_lr" and 30 or 31
	local x = {}
	for i = 1, n do
		x[i] = 0
	end
	x[g.fp + 1] = fp
	local members = { pcb_x = x, pcb_sp = fp }
	if type(g.lr) == "table" then
		x[g.lr[2] + 1] = pc
	else
		members[g.lr] = pc
	end
	w:switched(td, members)
end

for _, g in ipairs(GENERATIONS) do
	describe("an arm64 stack " .. g.name, function()
		it("leads to where the thread began", function()
			local w = calls.new("arm64", g.types)
			local td = w:thread {}
			local b = w:put(td.top - 0x40, 0, w:fn "fork_trampoline" + 0x10)
			-- A signed return address: the bits above 48 are a code.
			local a = w:put(td.top - 0x80, b, (w:fn "fork_exit" + 0x20) & ~(0x7f << 48) | 0x2a << 48)
			switch(w, td, g, a, w:fn "sched_switch" + 0x44)
			local lines, broken = w:trace(td)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20", "fork_trampoline+0x10" }, lines)
			assert.is_nil(broken)
		end)

		-- The vector's frame record holds the user's registers; what is above it
		-- is left from when the process was new.
		it("of a user ends with the vector that the user came by", function()
			for esr, kind in pairs { [0x15 << 26] = "syscall", [0x24 << 26 | 7] = "trap" } do
				local w = calls.new("arm64", g.types)
				local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
				local user = w:put(td.top - 0x40, td.top - 0x20, w:fn "fork_trampoline" + 0x10, 0, 0,
				    0, w:fn "fork_trampoline" + 0x10)
				w.mem:struct(user - size, "struct trapframe", { tf_elr = 0x123458, tf_sp = 0x7fff0f00,
					tf_esr = esr, tf_spsr = 0 })
				local call = w:put(user - size - 0x20, user, w:fn "handle_el0_sync" + 0x30)
				switch(w, td, g, call, w:fn "mi_switch" + 0x10)
				local lines, broken = w:trace(td)
				assert.is_nil(broken)
				assert.equal("mi_switch+0x10", lines[1])
				assert.matches("^handle_el0_sync%+0x30 " .. kind, lines[2])
				assert.equal(2, #lines)
			end
		end)

		it("of a process that is new ends where it began", function()
			local w = calls.new("arm64", g.types)
			local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
			w.mem:struct(td.top - size, "struct trapframe", { tf_elr = 0x123458, tf_spsr = 0 })
			local fork = w:put(td.top - size - 0x20, 0, w:fn "fork_trampoline" + 0x14)
			local exit = w:put(fork - 0x40, fork, w:fn "fork_exit" + 0x20)
			switch(w, td, g, exit, w:fn "fork_return" + 0x10)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "fork_return+0x10", "fork_exit+0x20", "fork_trampoline+0x14" }, lines)
		end)

		it("goes through a trap, out of a function without a frame, to a user", function()
			local w = calls.new("arm64", g.types)
			local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
			local function vector(name, at, members)
				w.mem:struct(at - size, "struct trapframe", members)
				return w:fn(name) + 0x30
			end
			local user = td.top - 0x20
			w:put(user, 0x7fff1000, 0x123456)
			local from_user = vector("handle_el0_sync", user, { tf_elr = 0x123458,
				tf_sp = 0x7fff0f00, tf_esr = 0x15 << 26, tf_spsr = 0 })
			local call = w:put(user - size - 0x20, user, from_user)
			w:code("memmove", "\x1f\x20\x03\xd5\x1f\x20\x03\xd5")	-- nop; nop
			local trap = w:put(call - 0x200, call, w:fn "memmove" + 4)
			local from_trap = vector("handle_el1h_sync", trap, { tf_elr = w:fn "memmove" + 8,
				tf_sp = call, tf_lr = w:fn "sys_read" + 0x18, tf_spsr = 0x5,
				tf_esr = 0x25 << 26 | 1 << 6 | 7, tf_far = g.far and 0x1230 or nil,
				tf_x = (function()
					local x = {}
					for i = 1, 30 do x[i] = i == 30 and call or 0 end
					return x
				end)() })
			local inner = w:put(trap - size - 0x30, trap, from_trap)
			switch(w, td, g, inner, w:fn "panic" + 0x10)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({
				"panic+0x10",
				("handle_el1h_sync+0x30 trap: trap 37 (data abort), error 0x94000047 "
				.. "(write, translation fault, level 3)%s, pc = %#x, sp = %#x, fp = %#x")
				    :format(g.far and ", address 0x1230" or "", w:fn "memmove" + 8, call, call),
				"memmove+0x8", "sys_read+0x18",
				("handle_el0_sync+0x30 syscall: syscall (0), pc = 0x123458, sp = 0x7fff0f00,"
				.. " fp = 0"),
			}, lines)
		end)
	end)
end

-- A trap of a call to `at`, from sys_read() of a thread of the kernel.
local function called(at)
	local w = calls.new("arm64", NEW)
	local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
	local call = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
	local trap = w:put(call - 0x100, call, at)
	local x = {}
	for i = 1, 30 do x[i] = i == 30 and call or 0 end
	w.mem:struct(trap - size, "struct trapframe", { tf_elr = at, tf_sp = call,
		tf_lr = w:fn "sys_read" + 0x18, tf_spsr = 5, tf_esr = 0x21 << 26 | 7, tf_x = x })
	local inner = w:put(trap - size - 0x30, trap, w:fn "handle_el1h_sync" + 0x30)
	switch(w, td, GENERATIONS[1], inner, w:fn "mi_switch" + 0x10)
	return w, td
end

describe("an arm64 stack", function()
	it("goes through a call to what is no code", function()
		for _, at in ipairs { 0, 0x1238, -0x5ffffffff000 } do
			local w, td = called(at)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.matches("^handle_el1h_sync%+0x30 trap: trap 33 %(instruction abort%)", lines[2])
			assert.equal(("%#x: no code of the kernel's: reached through a bad pointer, left by the link "
			    .. "register"):format(at):gsub("^0:", "0x0:"), (lines[3]:gsub("^0:", "0x0:")))
			assert.same({ "sys_read+0x18", "fork_exit+0x20" }, { lines[4], lines[5] })
		end
	end)

	it("without types is read by the size of struct pcb", function()
		for _, g in ipairs { GENERATIONS[1], GENERATIONS[2] } do
			local w = calls.new("arm64", g.types:gsub("pcb_sp;", g.far and
			    "pcb_sp; char pad[1000];" or "pcb_sp; char pad[1112];"), { no_types = true })
			local td = w:thread {}
			local a = w:put(td.top - 0x80, 0, w:fn "fork_exit" + 0x20)
			switch(w, td, g, a, w:fn "sched_switch" + 0x44)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20" }, (w:trace(td)))
		end
	end)

	it("that is zeros says so", function()
		local w = calls.new("arm64", NEW)
		local td = w:thread {}
		switch(w, td, GENERATIONS[1], td.top - 0x80, w:fn "sched_switch" + 0x44)
		local lines, broken = w:trace(td)
		assert.same({ "sched_switch+0x44" }, lines)
		assert.equal(("the frame at %#x reads as zeros"):format(td.top - 0x80), broken)
	end)
end)
