--- Threads that spin for a lock, by their stacks.
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local spinning = require "vmcore.kern.spinning"

local function frames(text)
	local list = {}
	for name in text:gmatch "%S+" do
		list[#list + 1] = { pc = 1, fn = name ~= "?" and { name = name, offset = 4 } or nil }
	end
	return list
end

describe("a stack", function()
	it("tells the function that tries to get a lock, and its caller", function()
		local fn, caller = spinning.frame(frames "cpustop_handler trap lock_delay __mtx_lock_sleep demo_ioctl")
		assert.same({ "__mtx_lock_sleep", "demo_ioctl" }, { fn, caller.name })
		fn, caller = spinning.frame(frames "_sx_xlock_hard ? demo_ioctl")
		assert.same({ "_sx_xlock_hard" }, { fn, caller })
		assert.is_nil((spinning.frame(frames "sched_switch mi_switch ?")))
		assert.is_nil((spinning.frame {}))
	end)
end)

describe("lockchain", function()
	local sys = lab.system("spinning", { layout = 13, cpus = 3, prepare = locks.prepare,
		change = locks.place, extra = { { pid = 760, comm = "spun", on = 2, stack = { "lock_delay",
		"__mtx_lock_sleep", "demo_ioctl", "sys_ioctl" } } } })

	it("has threads that spin, where nothing but the stack tells", function()
		local rows, err, status = lab.rows(sys, "lockchain")
		assert.equal("", err)
		assert.equal(0, status)
		local last = rows[#rows]
		assert.same({ "spun", "spinning", lab.null, lab.null }, { last.comm, last.how, last.lock, last.chain })
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "lockchain")
		assert.matches("%(pid 760, spun%) runs on CPU 2 in __mtx_lock_sleep, called by demo_ioctl%+0x%x+, " ..
		    "for a lock that is not recorded\n", out)
	end)
end)
