--- Stacks of powerpc64, of either byte order.
local calls = require "spec.support.calls"

local TYPES = [[
struct pcb { unsigned long pcb_context[20]; unsigned long pcb_cr; unsigned long pcb_sp;
	unsigned long pcb_toc; unsigned long pcb_lr; };
struct trapframe { unsigned long fixreg[32]; unsigned long lr; unsigned long cr;
	unsigned long xer; unsigned long ctr; unsigned long srr0; unsigned long srr1;
	unsigned long exc; union { struct { unsigned long dar; unsigned long dsisr; } aim; } cpu; };
]]
local PSL_PR = 0x4000

local function fixed(r1, r0)
	local r = { r0 or 0, r1 }
	for i = 3, 32 do r[i] = 0 end
	return r
end

local function switch(w, td, sp, pc)
	w:switched(td, { pcb_sp = sp, pcb_lr = pc })
end

for _, endian in ipairs { ">", "<" } do
	local o = { memory = { endian = endian } }

	describe("a powerpc64 stack, " .. endian, function()
		it("leads to where the thread began", function()
			local w = calls.new("powerpc64", TYPES, o)
			local td = w:thread {}
			local first = w:put(td.top - 0x40, 0, 0, 0)
			local second = w:put(first - 0x60, first, 0, w:fn "fork_exit" + 0x20)
			local third = w:put(second - 0x60, second, 0, w:fn "mi_switch" + 0x24)
			w:put(first + 16, w:fn "fork_trampoline" + 0x10)
			switch(w, td, third, w:fn "sched_switch" + 0x44)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20", "fork_trampoline+0x10" }, lines)
		end)

		it("goes through a trap, out of a leaf function, to a user", function()
			local w = calls.new("powerpc64", TYPES, o)
			local td, size = w:thread {}, w.mem.types:sizeof "struct trapframe"
			local exit = w:fn "trapexit"
			local outer = td.top - 48 - size
			w.mem:struct(outer + 48, "struct trapframe", { fixreg = fixed(0x3fff0000, 4),
				srr0 = 0x10001234, srr1 = PSL_PR, exc = 0xc00 })
			w:put(outer, 0x3fff0000, 0, exit - 4)
			local call = w:put(outer - 0x80, outer, 0, w:fn "syscall" + 0x40)
			w:put(outer + 16, exit - 4)
			-- No stdu: it made no frame.
			w:code("memcpy", string.pack(endian .. "I4I4", 0x60000000, 0x60000000))
			local trap = call - 48 - size
			w.mem:struct(trap + 48, "struct trapframe", { fixreg = fixed(call),
				srr0 = w:fn "memcpy" + 8, lr = w:fn "sys_read" + 0x20, exc = 0x300,
				["cpu.aim.dar"] = 0x18, ["cpu.aim.dsisr"] = 0x42000000 })
			w:put(trap, call, 0, exit)
			local inner = w:put(trap - 0x70, trap)
			switch(w, td, inner, w:fn "trap" + 0x30)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "trap+0x30",
				("memcpy-0 trap: trap 768 (data storage interrupt), error 0x42000000 (write, page "
				.. "not present), address 0x18, pc = %#x, r1 = %#x")
				    :format(w:fn "memcpy" + 8, call), "memcpy+0x8", "sys_read+0x20" },
			    { lines[1], (lines[2]:gsub("^[^ ]+", "memcpy-0")), lines[3], lines[4] })
			assert.matches("syscall: syscall %(4%), pc = 0x10001234, r1 = 0x3fff0000", lines[5])
			assert.is_nil(lines[6])
		end)

		it("is followed without types", function()
			local w = calls.new("powerpc64", TYPES, { memory = o.memory, no_types = true })
			local td = w:thread {}
			local first = w:put(td.top - 0x40, 0, 0, w:fn "fork_exit" + 0x20)
			local second = w:put(first - 0x60, first, 0, 0)
			switch(w, td, second, w:fn "sched_switch" + 0x44)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20" }, (w:trace(td)))
		end)
	end)
end
