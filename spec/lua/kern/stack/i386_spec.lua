--- Stacks of i386, whose trap frames have moved.
local calls = require "spec.support.calls"

local TYPES = [[
struct pcb { int pcb_edi; int pcb_esi; int pcb_ebp; int pcb_esp; int pcb_ebx; int pcb_eip; };
struct trapframe { int tf_fs; int tf_es; int tf_ds; int tf_edi; int tf_esi; int tf_ebp;
	int tf_isp; int tf_ebx; int tf_edx; int tf_ecx; int tf_eax; int tf_trapno; int tf_err;
	int tf_eip; int tf_cs; int tf_eflags; int tf_esp; int tf_ss; };
]]
local TSS = [[
struct i386tss { int tss_link; int tss_esp0; int tss_ss0; int tss_esp1; int tss_ss1;
	int tss_esp2; int tss_ss2; int tss_cr3; int tss_eip; int tss_eflags; int tss_eax;
	int tss_ecx; int tss_edx; int tss_ebx; int tss_esp; int tss_ebp; int tss_esi;
	int tss_edi; int tss_es; int tss_cs; int tss_ss; int tss_ds; int tss_fs; int tss_gs;
	int tss_ldt; int tss_ioopt; };
]]
local USER = { tf_cs = 0x33, tf_ss = 0x3b, tf_ds = 0x3b, tf_es = 0x3b, tf_fs = 0x13,
	tf_eip = 0x804800, tf_esp = 0xbfbf0000, tf_ebp = 0xbfbf0100, tf_eax = 4 }
local KERNEL = { tf_cs = 0x20, tf_ds = 0x28, tf_es = 0x28, tf_fs = 8 }

local function frame(w, at, base, more)
	local members = {}
	for _, list in ipairs { base, more or {} } do
		for key, value in pairs(list) do
			members[key] = value
		end
	end
	w.mem:struct(at, "struct trapframe", members)
	return at
end

local function switch(w, td, ebp, eip)
	w:switched(td, { pcb_ebp = ebp, pcb_esp = ebp - 0x20, pcb_eip = eip })
end

describe("an i386 stack", function()
	it("leads to where the thread began", function()
		for _, o in ipairs { {}, { no_types = true } } do
			local w = calls.new("i386", TYPES, o)
			local td = w:thread {}
			local b = w:put(td.top - 0x40, 0, w:fn "fork_trampoline" + 0x10)
			local a = w:put(td.top - 0x80, b, w:fn "fork_exit" + 0x20)
			switch(w, td, a, w:fn "sched_switch" + 0x44)
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "sched_switch+0x44", "fork_exit+0x20", "fork_trampoline+0x10" }, lines)
		end
	end)

	-- Where the frame is, given the address of the handler's own frame: that
	-- its saved %ebp points there, or so many bytes above it.
	for name, gap in pairs { ["since 12"] = false, ["until 11"] = 12, ["of interrupts"] = 16 } do
		it("goes through a trap to a user, " .. name, function()
			local w = calls.new("i386", TYPES)
			local td = w:thread {}
			local user = frame(w, td.top - 0x60, USER)
			local call = gap and user - gap or user - 0x20
			w:put(call, gap and 0xbfbf0100 or user, w:fn "Xint0x80_syscall" + 0x40)
			local trap = frame(w, call - 0x100, KERNEL, { tf_eip = w:fn "sys_read" + 0x30,
				tf_ebp = call, tf_trapno = 12, tf_err = 2 })
			local inner = gap and trap - gap or trap - 0x20
			w:put(inner, gap and call or trap, w:fn "calltrap" + 7)
			switch(w, td, inner, w:fn "trap" + 9)
			w:code("sys_read", ("\x90"):rep(0x40))
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "trap+0x9",
				("calltrap+0x7 trap: trap 12 (page fault), error 0x2 (supervisor write, page "
				.. "not present), eip = %#x, esp = %#x, ebp = %#x"):format(w:fn "sys_read" + 0x30,
				    trap + 64, call),
				"sys_read+0x30",
				"Xint0x80_syscall+0x40 syscall: syscall (4), eip = 0x804800, esp = 0xbfbf0000, "
				.. "ebp = 0xbfbf0100" }, lines)
		end)
	end

	it("has the address of the innermost page fault, when the registers were saved after it", function()
		for _, crashed in ipairs { true, false } do
			local w = calls.new("i386", (TYPES:gsub("int pcb_eip;", "%0 int pcb_cr2;")))
			local td = w:thread {}
			local outer = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x10)
			local function fault(call, name)
				local trap = frame(w, call - 0x100, KERNEL, { tf_eip = w:fn(name) + 0x30, tf_ebp = call,
					tf_trapno = 12 })
				return w:put(trap - 0x20, trap, w:fn "calltrap" + 7)
			end
			w:code("sys_read", ("\x90"):rep(0x40))
			w:code("copyin", ("\x90"):rep(0x40))
			local inner = fault(fault(outer, "sys_read"), "copyin")
			local members = { pcb_ebp = inner, pcb_esp = inner - 0x20, pcb_eip = w:fn "trap" + 9,
				pcb_cr2 = 0x18 }
			w:switched(td, members)
			if crashed then
				w:var("dumptid", "int", td.tid)
				w:var("dumppcb", "struct pcb", members)
			end
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.equal(crashed, lines[2]:find("page not present), address 0x18, eip", 1, true) ~= nil)
			assert.matches("^copyin", lines[3])
			assert.matches("page not present%), eip", lines[4])
			assert.matches("^sys_read", lines[5])
		end
	end)

	-- The handler runs on a stack of its own; the task that it broke off is in
	-- the CPU's task state segment.
	for name, o in pairs {
		["a pointer in struct pcpu"] = { "struct pcpu { int pc_cpuid; struct i386tss *pc_common_tssp; };" },
		["struct pcpu"] = { "struct pcpu { int pc_cpuid; struct i386tss pc_common_tss; };" },
		["an array"] = { "", no_types = true },
	} do
		it("goes through a double fault, whose registers are in " .. name, function()
			local w = calls.new("i386", TYPES .. TSS .. o[1], o)
			local td = w:thread { oncpu = 1 }
			local call = w:put(td.top - 0x40, 0, w:fn "fork_trampoline" + 0x10)
			for _ = 1, 5 do
				call = w:put(call - 0x40, call, w:fn "recurse" + 0x30)
			end
			local members = { tss_eip = w:fn "recurse" + 0x12, tss_esp = td.low - 4, tss_ebp = call,
				tss_cs = 0x20, tss_ds = 0x28, tss_es = 0x28, tss_eflags = 0x10246 }
			w:code("recurse", ("\x90"):rep(0x40))
			local array = w.mem:alloc(2 * 104)
			w.mem:struct(array + 104, "struct i386tss", members)
			w:symbol("common_tss", array, 2 * 104)
			if not o.no_types then
				w:var("mp_maxid", "int", 1)
				local pcpu = w.mem:make("struct pcpu", { pc_cpuid = 1 })
				if o[1]:find "tssp" then
					w.mem:struct(pcpu, "struct pcpu", { pc_common_tssp = array + 104 })
				else
					w.mem:struct(pcpu + 4, "struct i386tss", members)
				end
				w:put(w:var("cpuid_to_pcpu", "int", 0, 8), 0, pcpu)
			end
			local own = w.mem:alloc(4096, { pages = true }) + 4096
			local inner = w:put(own - 0x40, 0, w:fn "dblfault_handler" + 0x30)
			w:switched(td, { pcb_ebp = inner, pcb_esp = inner - 0x20, pcb_eip = w:fn "panic" + 9 })
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ "panic+0x9", ("dblfault_handler+0x30 trap: trap 23 (double fault), error 0, "
			    .. "eip = %#x, esp = %#x, ebp = %#x"):format(w:fn "recurse" + 0x12, td.low - 4, call),
			    "recurse+0x12" }, { lines[1], lines[2], lines[3] })
			assert.equal("fork_trampoline+0x10", lines[#lines])
			assert.equal(9, #lines)
		end)
	end

	it("of a double fault whose task can't be found ends there", function()
		local w = calls.new("i386", TYPES)
		local td = w:thread { oncpu = 1 }
		local inner = w:put(td.top - 0x40, 0, w:fn "dblfault_handler" + 0x30)
		w:switched(td, { pcb_ebp = inner, pcb_esp = inner - 0x20, pcb_eip = w:fn "panic" + 9 })
		local lines = w:trace(td)
		assert.same({ "panic+0x9", "dblfault_handler+0x30" }, lines)
	end)

	it("goes through a copy of the entries above PMAP_TRM_MIN_ADDRESS", function()
		local w = calls.new("i386", TYPES)
		local td = w:thread {}
		local user = frame(w, td.top - 0x60, USER)
		local disp = 0xffc00000 - w:fn "Xint0x80_syscall"
		w:var("setidt_disp", "int", disp)
		local call = w:put(user - 0x20, user, w:fn "Xint0x80_syscall" + 0x40 + disp)
		switch(w, td, call, w:fn "syscall" + 9)
		local lines = w:trace(td)
		assert.matches("^Xint0x80_syscall%+0x40 syscall", lines[2])
	end)
end)
