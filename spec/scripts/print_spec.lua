--- `vmcore print`: values of expressions.
local lab = require "spec.support.lab"

describe("print", function()
	local sys, bad

	setup(function()
		sys = lab.system("plain13", { layout = 13 })
		bad = lab.system("print-bad", { layout = 13, prepare = function(s)
			local at = s:var("broken", "struct proc *", 0xfffffe0000123000)
			assert(at)
		end })
	end)

	local function lines(of, ...)
		local out, err, status = lab.vmcore("-M", of.core, "-N", of.kernel, "print", ...)
		return out, err, status
	end

	it("prints scalars as what they are", function()
		local out, err, status = lines(sys, "hz", "1 + 2", "ostype", "0 - 1", "(unsigned long)-1",
		    "hz > 1 ? 7 : 8")
		assert.equal("", err)
		assert.equal("100\n3\n\"FreeBSD\"\n-1\n18446744073709551615\n7\n",
		    out)
		assert.equal(0, status)
		assert.equal("0x64\n0x3\n", (lines(sys, "-x", "hz", "1 + 2")))
	end)

	it("prints structs and pointers", function()
		local first = sys.truth.processes[sys.truth.order[1]]
		local out = lines(sys, "-z", "*allproc.lh_first")
		assert.truthy(out:find(("(struct proc)0x%x {\n"):format(first.addr), 1, true), out)
		assert.truthy(out:find(("  .p_comm = %q,\n"):format(first.comm), 1, true), out)
		assert.truthy(lines(sys, "-o", "boottimebin"):find("/*     0     8 */ .sec = ", 1, true))
		assert.equal("NULL\n", (lines(sys, "(struct proc *)0")))
	end)

	it("follows pointers when it is told", function()
		local out = lines(sys, "-f", "1", "-d", "2", "allproc")
		assert.truthy(out:find("    .p_comm = ", 1, true), out)
	end)

	it("prints what can't be read as faults", function()
		local out = lines(bad, "-d", "1", "broken")
		assert.truthy(out:find("(struct proc *)0xfffffe0000123000 ", 1, true), out)
		assert.truthy(out:find("<fault 0xfffffe00001230", 1, true), out)
		local _, err, status = lines(bad, "broken->p_pid")
		assert.truthy(err:find("0xfffffe00001230", 1, true), err)
		assert.equal(1, status)
	end)

	it("prints a healthy system, and what is left of a damaged one", function()
		lab.golden("print", (lines(sys, "-d", "1", "hz", "ostype", "boottimebin", "allproc",
		    "*allproc.lh_first->p_ucred")))
		local out, err, status = lines(bad, "-d", "1", "hz", "*broken->p_ucred", "broken",
		    "ostype")
		lab.golden("print-damaged", out .. "--- standard error\n" .. err)
		assert.equal(1, status)
	end)

	it("says what is wrong with an expression", function()
		local _, err, status = lines(sys, "nosuch + 1")
		assert.truthy(err:find("nosuch", 1, true), err)
		assert.equal(1, status)
	end)
end)
