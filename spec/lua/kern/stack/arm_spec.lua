--- Stacks of arm, by the kernel's unwind tables.
local calls = require "spec.support.calls"

local TYPES = [[
struct switchframe { unsigned int sf_r4; unsigned int sf_r5; unsigned int sf_r6;
	unsigned int sf_r7; unsigned int sf_r8; unsigned int sf_r9; unsigned int sf_r10;
	unsigned int sf_r11; unsigned int sf_r12; unsigned int sf_sp; unsigned int sf_lr;
	unsigned int sf_pc; };
struct pcb { struct switchframe pcb_regs; };
struct trapframe { unsigned int tf_spsr; unsigned int tf_r[13]; unsigned int tf_usr_sp;
	unsigned int tf_usr_lr; unsigned int tf_svc_sp; unsigned int tf_svc_lr; unsigned int tf_pc; };
]]
TYPES = TYPES:gsub("unsigned int tf_r%[13%];", function()
	local members = {}
	for i = 0, 12 do
		members[#members + 1] = ("unsigned int tf_r%d;"):format(i)
	end
	return table.concat(members, " ")
end)

local CANTUNWIND = 1

-- Functions in the order of their addresses, each with its entry: an inline
-- program of three bytes, or an integer.
local FUNCTIONS = {
	{ "cpu_switch", "\xb0\xb0\xb0" },
	{ "savectx", "\xb0\xb0\xb0" },
	{ "exception_exit", CANTUNWIND },
	{ "swi_entry", CANTUNWIND },
	{ "fork_trampoline", CANTUNWIND },
	{ "sched_switch", "\x9b\xaf\xb0" },	-- sp = r11; pop r4-r11, lr
	{ "mi_switch", "\x01\xa8\xb0" },	-- sp += 8; pop r4, lr
	{ "fork_exit", "\x84\x80\xb0" },	-- pop lr and r11
	{ "abort_handler", "\x84\x80\xb0" },
	{ "sys_read", "\x84\x80\xb0" },
	{ "swi_handler", "\x84\x80\xb0" },
	{ "arm_irq_handler", "\x84\x80\xb0" },
	{ "large", "\xb2\x01\xb0" },		-- sp += 0x204 + 4
	{ "leaf", "\xb0\xb0\xb0" },
}

local function prel31(target, at)
	return target - at & 0x7fffffff
end

-- The index, and for `table` functions programs beside it.
local function tables(w, beside)
	local mem = w.mem
	local start = mem:alloc(#FUNCTIONS * 8, { pages = true })
	for i, f in ipairs(FUNCTIONS) do
		local at, what = start + (i - 1) * 8, f[2]
		mem:u32(at, prel31(w:fn(f[1]), at))
		if beside and beside[f[1]] then
			local extab = mem:alloc(#beside[f[1]])
			mem:write(extab, beside[f[1]])
			mem:u32(at + 4, prel31(extab, at + 4))
		elseif type(what) == "string" then
			mem:u32(at + 4, 0x80 << 24 | (string.unpack(">I3", what)))
		else
			mem:u32(at + 4, what)
		end
	end
	w.symbols[#w.symbols + 1] = { name = "__exidx_start", addr = start, type = "notype" }
	w.symbols[#w.symbols + 1] = { name = "__exidx_end", addr = start + #FUNCTIONS * 8,
		type = "notype" }
end

local MODULES = [[
struct linker_file { struct { struct linker_file *tqe_next; struct linker_file **tqe_prev; } link;
	int refs; int flags; int id; char *filename; char *pathname; char *address;
	unsigned int size; char *exidx_addr; unsigned int exidx_size; };
struct linker_files { struct linker_file *tqh_first; struct linker_file **tqh_last; };
]]

local function world(o, beside)
	local w = calls.new("arm", TYPES .. (o and o.modules and MODULES or ""), o)
	for _, f in ipairs(FUNCTIONS) do
		w:fn(f[1])
	end
	if not (o and o.no_tables) then
		tables(w, beside)
	end
	return w, w:thread {}
end

local function switch(w, td, members)
	local regs = {}
	for key, value in pairs(members) do
		regs["pcb_regs.sf_" .. key] = value
	end
	w:switched(td, regs)
end

-- fork_exit() and what called mi_switch(), from the top of a stack.
local function sleeping(w, td)
	local outer = w:put(td.top - 0x20, 0, w:fn "fork_trampoline" + 8)	-- r11, lr
	local middle = w:put(outer - 16, 0, 0, 4, w:fn "fork_exit" + 0x30)	-- 8 bytes, r4, lr
	local inner = w:put(middle - 36, 4, 5, 6, 7, 8, 9, 10, 11, w:fn "mi_switch" + 0x24)
	switch(w, td, { pc = w:fn "cpu_switch" + 0x28, lr = w:fn "sched_switch" + 0x44,
		sp = inner - 0x40, r11 = inner })
end

local SLEEPING = { "cpu_switch+0x28", "sched_switch+0x44", "mi_switch+0x24", "fork_exit+0x30",
	"fork_trampoline+0x8" }

describe("an arm stack", function()
	it("leads to where the thread began", function()
		for _, o in ipairs { {}, { no_types = true } } do
			local w, td = world(o)
			sleeping(w, td)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same(SLEEPING, lines)
		end
	end)

	it("is followed by programs beside the index, of every form", function()
		for _, program in ipairs {
			-- Personality 0, and 1 with a word more; a routine of its own.
			string.pack("<I4", 0x8001a8b0),
			string.pack("<I4I4", 0x810101a8, 0xb0b0b0b0),
			string.pack("<I4I4I4", 0x00001000, 0x0101a8b0, 0xb0b0b0b0),
		} do
			local w, td = world({}, { mi_switch = program })
			sleeping(w, td)
			assert.same(SLEEPING, (w:trace(td)))
		end
	end)

	it("goes through an interrupt and an abort to a user", function()
		local w, td = world()
		local user = td.top - 80
		w.mem:struct(user, "struct trapframe", { tf_spsr = 0x10, tf_pc = 0x8124, tf_usr_sp = 0xbffff000,
			tf_r11 = 0xbffff100, tf_r7 = 4 })
		local handler = w:put(user - 8, 0, w:fn "swi_entry" + 0x40)
		local read = w:put(handler - 8, 0, w:fn "swi_handler" + 0x20)
		local abort = read - 84
		w.mem:struct(abort, "struct trapframe", { tf_spsr = 0x13, tf_pc = w:fn "leaf" + 4,
			tf_svc_sp = read, tf_svc_lr = w:fn "sys_read" + 0x10, tf_r11 = 0x77 })
		local aborted = w:put(abort - 8, 0, w:fn "exception_exit")
		local irq = aborted - 84
		w.mem:struct(irq, "struct trapframe", { tf_spsr = 0x13, tf_pc = w:fn "abort_handler" + 4,
			tf_svc_sp = aborted, tf_r11 = 0x78 })
		local interrupted = w:put(irq - 8, 0, w:fn "exception_exit")
		switch(w, td, { pc = w:fn "savectx" + 8, lr = w:fn "arm_irq_handler" + 0x1c,
			sp = interrupted - 8 })
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "savectx+0x8", "arm_irq_handler+0x1c",
			("exception_exit+0 interrupt: interrupt, pc = %#x, sp = %#x, r11 = 0x78"):format(
			    w:fn "abort_handler" + 4, aborted),
			"abort_handler+0x4",
			("exception_exit+0 trap: abort, pc = %#x, sp = %#x, r11 = 0x77"):format(
			    w:fn "leaf" + 4, read),
			"leaf+0x4", "sys_read+0x10", "swi_handler+0x20",
			"swi_entry+0x40 syscall: syscall (4), pc = 0x8124, sp = 0xbffff000, r11 = 0xbffff100",
		}, lines)
	end)

	it("goes through a module, by the module's own index", function()
		for _, how in ipairs { "whole", "none", "torn" } do
			local w, td = world { modules = true }
			local mem = w.mem
			local text = mem:alloc(4096, { pages = true })
			local index = mem:alloc(16)
			mem:u32(index, prel31(text, index))
			mem:u32(index + 4, 0x80 << 24 | (string.unpack(">I3", "\x01\xa8\xb0")))
			local function name(s) return mem:string(nil, s) end
			local file = mem:make("struct linker_file", { refs = 1, id = 2, size = 4096, address = text,
				filename = name "if_demo.ko", pathname = name "/boot/kernel/if_demo.ko",
				exidx_addr = how ~= "none" and index or 0, exidx_size = how == "torn" and 7 or 8 })
			local kernel = mem:make("struct linker_file", { refs = 1, id = 1, filename = name "kernel",
				pathname = name "kernel", ["link.tqe_next"] = file })
			w:var("linker_files", "struct linker_files", { tqh_first = kernel })
			sleeping(w, td)
			-- The caller of mi_switch() is in the module.
			local outer = w:put(td.top - 0x40, 0, 0, 4, w:fn "fork_exit" + 0x30)
			w:put(outer - 16, 0, 0, 4, text + 0x30)
			local inner = w:put(outer - 16 - 36, 4, 5, 6, 7, 8, 9, 10, 11, w:fn "mi_switch" + 0x24)
			w:put(outer + 16, 0, w:fn "fork_trampoline" + 8)
			switch(w, td, { pc = w:fn "cpu_switch" + 0x28, lr = w:fn "sched_switch" + 0x44,
				sp = inner - 0x40, r11 = inner })
			local lines, broken = w:trace(td)
			assert.same({ "mi_switch+0x24", "if_demo.ko+0x30" }, { lines[3], lines[4] })
			if how == "whole" then
				assert.is_nil(broken)
				assert.same({ "fork_exit+0x30", "fork_trampoline+0x8" }, { lines[5], lines[6] })
			else
				assert.equal(how == "none" and "no unwind tables of the module are known: if_demo.ko"
				    or "an unwind index of 7 bytes", broken)
			end
		end
	end)

	it("without tables says exactly that", function()
		local w, td = world { no_tables = true }
		sleeping(w, td)
		local lines, broken = w:trace(td)
		assert.same({ "cpu_switch+0x28", "sched_switch+0x44" }, lines)
		assert.equal("the kernel has no __exidx_start: arm's stacks can't be followed without", broken)
	end)

	it("that tables lead astray stops with a reason", function()
		for reason, program in pairs {
			["^the unwind table refuses"] = "\x80\x00\xb0",
			["^spare unwind instruction 0xb4"] = "\xb4\xb0\xb0",
			["^spare unwind instruction 0xca"] = "\xca\xb0\xb0",
			["^stack pointer 0x%x+ is not on the rest of the stack"] = "\x7f\xa8\xb0",
			["^the return address is not known"] = "\x01\xb0\xb0",
			["^unwind table at 0x%x+: personality 5"] = false,
		} do
			local beside = { mi_switch = program and string.pack("<I4", 0x80 << 24 |
			    (string.unpack(">I3", program))) or string.pack("<I4", 0x85000000) }
			local w, td = world({}, beside)
			sleeping(w, td)
			local _, broken = w:trace(td)
			assert.matches(reason, broken)
		end
	end)
end)
