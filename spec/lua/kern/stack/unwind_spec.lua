--- Call frame tables where frame pointers fail, on four architectures.
local calls = require "spec.support.calls"
local ehframe = require "spec.support.ehframe"

local AMD64 = [[
struct pcb { unsigned long pcb_r15; unsigned long pcb_r14; unsigned long pcb_r13;
	unsigned long pcb_r12; unsigned long pcb_rbp; unsigned long pcb_rsp;
	unsigned long pcb_rbx; unsigned long pcb_rip; };
struct trapframe { unsigned long tf_rbx; unsigned long tf_rbp; unsigned int tf_trapno;
	unsigned long tf_addr; unsigned long tf_err; unsigned long tf_rip; unsigned long tf_cs;
	unsigned long tf_rsp; unsigned long tf_ss; };
]]
local TABLE = 0xffffffff80a00000

local I386 = [[
struct pcb { int pcb_edi; int pcb_esi; int pcb_ebp; int pcb_esp; int pcb_ebx; int pcb_eip; };
struct trapframe { int tf_fs; int tf_es; int tf_ds; int tf_edi; int tf_esi; int tf_ebp;
	int tf_isp; int tf_ebx; int tf_edx; int tf_ecx; int tf_eax; int tf_trapno; int tf_err;
	int tf_eip; int tf_cs; int tf_eflags; int tf_esp; int tf_ss; };
]]
local ARM64 = [[
struct pcb { unsigned long pcb_x[12]; unsigned long pcb_sp; unsigned long pcb_tpidr_el0; };
struct trapframe { unsigned long tf_sp; unsigned long tf_lr; unsigned long tf_elr;
	unsigned long tf_spsr; unsigned long tf_esr; unsigned long tf_far; unsigned long tf_x[30]; };
]]
local RISCV64 = [[
struct pcb { unsigned long pcb_ra; unsigned long pcb_sp; unsigned long pcb_gp;
	unsigned long pcb_tp; unsigned long pcb_s[12]; };
struct trapframe { unsigned long tf_ra; unsigned long tf_sp; unsigned long tf_gp;
	unsigned long tf_tp; unsigned long tf_t[7]; unsigned long tf_s[12]; unsigned long tf_a[8];
	unsigned long tf_sepc; unsigned long tf_sstatus; unsigned long tf_stval;
	unsigned long tf_scause; };
]]

-- Bytes of def_cfa_offset, of offset.
local function frame(size) return "\x0e" .. ehframe.uleb(size) end
local function saved(register, n) return string.char(0x80 + register, n) end

-- A thread in sched_switch(), called by mi_switch(), which has no frame pointer
-- and uses %rbp for something else; sys_read() called it.
local function world(o)
	local w = calls.new("amd64", AMD64)
	local td = w:thread {}
	local read = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
	-- mi_switch(): 0x28 bytes, %rbp and %rbx saved below the return address.
	local cfa = read - 0x20
	w:put(cfa - 24, 0xbb, read, w:fn "sys_read" + 0x30)
	local inner = w:put(cfa - 0x28 - 16, 0x1234567, w:fn "mi_switch" + 0x44)
	local sp = w:put(inner - 0x38, w:fn "sched_switch" + 0x50)
	w:switched(td, { pcb_rbp = inner, pcb_rsp = sp, pcb_rip = w:fn "sched_switch" + 0x50 })
	local f = ehframe.new { address = TABLE, data = -8, ra = 16, initial = "\x0c\x07\x08\x90\x01",
		debug = o and o.debug }
	f:func(w:fn "mi_switch", 0x200, o and o.program or "\x41" .. frame(0x28) .. saved(6, 2)
	    .. saved(3, 3))
	return w, td, f
end

local FULL = { "sched_switch+0x50", "mi_switch+0x44", "sys_read+0x30", "fork_exit+0x20" }
local REASON = "frame pointer 0x1234567 is not aligned"

describe("a stack whose frame pointers fail", function()
	it("is followed by the tables of the kernel's file", function()
		for _, debug in ipairs { false, true } do
			local w, td, f = world { debug = debug }
			w:section(f:section())
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same(FULL, lines)
		end
	end)

	it("is followed by the tables of the kernel's debug file", function()
		local w, td, f = world { debug = true }
		w.debug = { f:section() }
		local lines, broken = w:trace(td)
		if broken and require "kvm".built_with():find "no libdw" then
			return pending "this vmcore is built without libdw"
		end
		assert.is_nil(broken)
		assert.same(FULL, lines)
	end)

	it("is followed by the tables in the dump", function()
		local w, td, f = world()
		local s = f:section()
		w.mem:map(TABLE, w.mem:alloc_page(), {})
		w.mem:write(TABLE, s.data)
		w:section { name = s.name, addr = TABLE, size = #s.data, type = "NOBITS", flags = "A" }
		assert.same(FULL, (w:trace(td)))
	end)

	it("ends where there are no tables, or none of the function", function()
		local w, td = world()
		local lines, broken = w:trace(td)
		assert.same({ FULL[1], FULL[2] }, lines)
		assert.equal(REASON, broken)
		w, td = world()
		local f = ehframe.new { address = TABLE, data = -8, ra = 16 }
		f:func(w:fn "sys_read", 0x200, "")
		w:section(f:section())
		local again, why = w:trace(td)
		assert.same({ lines, broken }, { again, why })
	end)

	it("ends where they don't lead on, and says why", function()
		for program, message in pairs {
			["\x0c\x03" .. ehframe.uleb(0x28)] = "the table wants register 3",
			[frame(0x10000)] = "frame that ends at 0x%x+, not on the rest of the stack, .*",
			[frame(0x29)] = "frame that ends at 0x%x+1, not on the rest of the stack, .*",
			[frame(0x20)] = "return address 0x%x+ is not in the kernel",
			["\x3f"] = "call frame instruction 0x3f",
		} do
			local w, td, f = world { program = program }
			w:section(f:section())
			local lines, broken = w:trace(td)
			assert.same({ FULL[1], FULL[2] }, lines)
			assert.matches("^" .. REASON .. "; call frame table: " .. message .. "$", broken)
		end
	end)

	it("has begun where the tables say so", function()
		local w, td, f = world { program = "\x07\x10" }
		w:section(f:section())
		local lines = w:trace(td)
		assert.same({ FULL[1], FULL[2] }, lines)
	end)
end)

describe("a switched out thread", function()
	-- Its stack pointer is that of cpu_switch(), whose return address is there.
	it("is followed by tables from its first function on", function()
		local w = calls.new("amd64", AMD64)
		local td = w:thread {}
		local outer = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
		local sp = w:put(outer - 0x80, w:fn "sched_switch" + 0x50)
		w:put(sp + 8 + 0x20, w:fn "mi_switch" + 0x10)
		w:switched(td, { pcb_rbp = 0x77, pcb_rsp = sp, pcb_rip = w:fn "sched_switch" + 0x50,
			pcb_r12 = outer })
		local f = ehframe.new { address = TABLE, data = -8, ra = 16, initial = "\x0c\x07\x08\x90\x01" }
		f:func(w:fn "sched_switch", 0x200, frame(0x28) .. "\x09\x06\x0c")	-- %rbp is in %r12
		w:section(f:section())
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "sched_switch+0x50", "mi_switch+0x10", "fork_exit+0x20" }, lines)
	end)
end)

-- A trap in a function whose program has pushed and dropped things since.
describe("an interrupted function", function()
	local function interrupted(offset)
		local w = calls.new("amd64", AMD64)
		local td = w:thread {}
		local outer = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
		local pushed = offset < 4 and 0 or offset < 8 and 0x18 or 0
		local sp = w:put(outer - 0x40 - pushed - 8, 0xbad)
		w:put(sp + pushed, w:fn "sys_read" + 0x30)
		local size = w.mem.types:sizeof "struct trapframe"
		local at = (sp - size) & -16
		w.mem:struct(at, "struct trapframe", { tf_cs = 0x20, tf_ss = 0x28, tf_trapno = 9,
			tf_rip = w:fn "bcopy" + offset, tf_rsp = sp, tf_rbp = outer })
		local inner = w:put(at - 16, outer, w:fn "calltrap" + 8)
		w:switched(td, { pcb_rbp = inner, pcb_rsp = inner - 0x40, pcb_rip = w:fn "trap" + 0x40 })
		w:code("bcopy", ("\x90"):rep(0x40))
		return w, td
	end

	it("is left by the tables, wherever it was", function()
		for _, offset in ipairs { 0, 3, 4, 7, 8 } do
			local w, td = interrupted(offset)
			local f = ehframe.new { address = TABLE, data = -8, ra = 16,
				initial = "\x0c\x07\x08\x90\x01" }
			f:func(w:fn "bcopy", 0x200, "\x44" .. frame(0x20) .. "\x44" .. frame(8))
			w:section(f:section())
			local lines, broken = w:trace(td)
			assert.is_nil(broken)
			assert.same({ ("bcopy+%#x"):format(offset):gsub("%+0$", "+0x0"), "sys_read+0x30",
				"fork_exit+0x20" }, { (lines[3]:gsub("%+0$", "+0x0")), lines[4], lines[5] })
		end
	end)

	it("without them, and without a frame, is left by the frame that its caller has", function()
		local w, td = interrupted(4)
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same({ "bcopy+0x4", "fork_exit+0x20" }, { lines[3], lines[4] })
	end)
end)

describe("a stack of another architecture whose frame pointers fail", function()
	it("is followed on i386", function()
		local w = calls.new("i386", I386)
		local td = w:thread {}
		local read = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
		local cfa = read - 0x20
		w:put(cfa - 8, read, w:fn "sys_read" + 0x30)
		local inner = w:put(cfa - 0x14 - 8, 0x1234567, w:fn "mi_switch" + 0x44)
		w:switched(td, { pcb_ebp = inner, pcb_esp = inner - 0x10, pcb_eip = w:fn "sched_switch" + 0x50 })
		local f = ehframe.new { address = 0xc0a00000, data = -4, ra = 8, word = 4,
			initial = "\x0c\x04\x04\x88\x01" }
		f:func(w:fn "mi_switch", 0x200, "\x41" .. frame(0x14) .. saved(5, 2))
		w:section(f:section())
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same(FULL, lines)
	end)

	it("is followed on riscv64", function()
		local w = calls.new("riscv", RISCV64)
		local td = w:thread {}
		local read = td.top - 0x40
		w:put(read - 16, 0, w:fn "fork_exit" + 0x20)
		local cfa = read - 0x40
		w:put(cfa - 16, read, w:fn "sys_read" + 0x30)
		local inner = cfa - 0x30
		w:put(inner - 16, 0x1234567, w:fn "mi_switch" + 0x44)
		w:switched(td, { pcb_s = { inner, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, pcb_sp = inner - 0x40,
			pcb_ra = w:fn "sched_switch" + 0x50 })
		local f = ehframe.new { address = 0xffffffc000a00000, data = -8, ra = 1,
			initial = "\x0c\x02\x00" }
		f:func(w:fn "mi_switch", 0x200, "\x42" .. frame(0x30) .. saved(1, 1) .. saved(8, 2))
		w:section(f:section())
		local lines, broken = w:trace(td)
		assert.is_nil(broken)
		assert.same(FULL, lines)
	end)

	-- mi_switch() has 0x30 bytes, and lr and x29 saved in them; sched_switch() a
	-- frame record at the beginning of its 0x40 bytes.
	it("is followed on arm64", function()
		local w = calls.new("arm64", ARM64)
		local td = w:thread {}
		local outer = w:put(td.top - 0x40, 0, w:fn "fork_exit" + 0x20)
		local sp = w:put(outer - 0x30, 0, (w:fn "sys_read" + 0x30) & ~(0x7f << 48) | 0x2a << 48, outer)
		local inner = w:put(sp - 0x40, 0x1234567, w:fn "mi_switch" + 0x44)
		w:switched(td, { pcb_x = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, inner, w:fn "sched_switch" + 0x50 },
			pcb_sp = inner })
		local function try(sched)
			local f = ehframe.new { address = 0xffff000000a00000, data = -8, code = 4, ra = 30,
				initial = "\x0c\x1f\x00", debug = true }
			f:func(w:fn "mi_switch", 0x200, "\x2d\x41\x0e\x30\x9e\x05\x9d\x04")
			f:func(w:fn "sched_switch", 0x200, sched)
			w.sections = { f:section() }
			return w:trace(td)
		end
		local lines, broken = try "\x41\x0c\x1d\x40\x9d\x08\x9e\x07"
		assert.is_nil(broken)
		assert.same(FULL, lines)
		-- Nothing tells where the frame of sched_switch() ends.
		lines, broken = try "\x41\x0e\x40\x9d\x08\x9e\x07"
		assert.same({ FULL[1], FULL[2] }, lines)
		assert.equal(REASON .. "; call frame table: the table wants register 31", broken)
	end)
end)
