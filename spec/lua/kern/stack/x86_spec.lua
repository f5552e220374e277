--- Names and numbers of x86 traps.
local x86 = require "vmcore.kern.stack.x86"

describe("x86", function()
	it("knows entries by their names", function()
		for name, kind in pairs { calltrap = "trap", nmi_calltrap = "trap", Xdblfault = "trap",
			Xpage_pti = "trap", fork_trampoline = "trap", doreti_ast = "trap",
			Xapic_isr1 = "interrupt", Xtimerint_pti = "interrupt", Xcpustop = "interrupt",
			Xxen_intr_upcall = "interrupt", fast_syscall_common = "syscall",
			Xfast_syscall_pti = "syscall", Xint0x80_syscall = "syscall" } do
			assert.equal(kind, x86.entry(name), name)
		end
		for _, name in ipairs { "trap", "X", "XX_free", "xen_intr", "amd64_syscall", "" } do
			assert.is_nil(x86.entry(name), name)
		end
	end)

	it("decodes page faults", function()
		for code, meaning in pairs { [0] = "supervisor read, page not present",
			[2] = "supervisor write, page not present",
			[3] = "supervisor write, protection violation",
			[7] = "user write, protection violation",
			[0x11] = "supervisor instruction fetch, protection violation",
			[9] = "supervisor read, reserved bits in PTE" } do
			assert.same({ number = 12, name = "page fault", error = code, meaning = meaning,
				address = 0x38 }, x86.trap(12, code, 0x38))
		end
		assert.same({ number = 9, name = "general protection fault", error = 0 },
		    x86.trap(9, 0, 0x38))
		assert.same({ number = 99, error = 1 }, x86.trap(99, 1))
	end)
end)
