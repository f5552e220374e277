--- `vmcore info`: what a dump is and of what system.
local lab = require "spec.support.lab"

describe("info", function()
	local sys

	-- Without what differs from run to run.
	local function steady(text)
		return (text:gsub("/tmp/[%w_]*/", "DIR/"))
	end

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	it("tells all of a dump with its kernel", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "info")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("info", steady(out))
	end)

	it("tells what the dump knows when there is no kernel", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(sys.core, dir))
		local out, err, status = lab.vmcore("-M", dir .. "/vmcore.0", "info")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("info-bare", steady(out))
	end)

	it("is one object, and one line of CSV below the keys", function()
		local rows = lab.rows(sys, "info")
		assert.equal(1, #rows)
		assert.equal("mini", rows[1].kind)
		assert.is_false(rows[1].truncated)
		assert.is_true(rows[1].matches)
		assert.equal(720, rows[1].crash_pid)
		assert.equal("0xfffffe0000000000", rows[1].kernbase)
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "info", "--csv")
		assert.equal(2, select(2, out:gsub("\r\n", "")))
	end)

	it("tells what is left of a truncated dump, and warns", function()
		local dir = lab.folder()
		os.execute(("head -c 2000000 %s >%s/vmcore.0"):format(sys.core, dir))
		local out, err, status = lab.vmcore("-M", dir .. "/vmcore.0", "-N", sys.kernel, "info")
		lab.golden("info-damaged", steady(out .. "--- standard error\n" .. err))
		assert.equal(0, status)
	end)

	it("says that the kernel is another's", function()
		local other = lab.system("15", { layout = 15 })
		local out, err = lab.vmcore("-M", sys.core, "-N", other.kernel, "info")
		assert.matches("WARNING: the kernel file does not match the dump", err)
		assert.matches("Kernel matches:  no", out)
	end)
end)
