--- The system as a whole.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local system = require "vmcore.kern.system"
local vmcore = require "vmcore"

describe("the system", function()
	local sys

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	-- The dump alone, without info.0 beside it.
	local function alone(options)
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(sys.core, dir))
		options.core = dir .. "/vmcore.0"
		return assert(vmcore.open(options))
	end

	it("tells why it panicked: by info.N, by the kernel, by its messages", function()
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal("page fault", system.panic(k))
		local without_note <close> = alone { kernel = sys.kernel }
		assert.equal("page fault", system.panic(without_note))
		local without_anything <close> = alone { no_kernel = true }
		assert.equal("page fault", system.panic(without_anything))
	end)

	it("tells its version and host", function()
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal("FreeBSD 13.2-RELEASE DEMO", system.version(k))
		assert.equal("demo.example.org", system.hostname(k))
		local without_note <close> = alone { kernel = sys.kernel }
		assert.equal("FreeBSD 13.2-RELEASE DEMO", system.version(without_note))
		local bare <close> = alone { no_kernel = true }
		assert.is_nil(system.version(bare))
		assert.is_nil(system.hostname(bare))
	end)

	it("tells the thread that wrote the dump", function()
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local crashed = system.crashed(k, proc.new(k))
		assert.equal(sys.truth.panic_thread.tid, crashed.tid)
		assert.equal(sys.truth.panic_thread.addr, vmcore.toaddress(crashed.td))
		assert.equal(720, crashed.p.p_pid)
	end)

	it("tells that thread where only its CPU leads to it", function()
		local cut = lab.system("crashed, in no list", { layout = 13, change = function(s)
			s.memory:struct(s.truth.processes[720].addr, "struct proc", { ["p_threads.tqh_first"] = 0 })
		end })
		local k <close> = assert(vmcore.open { core = cut.core, kernel = cut.kernel })
		assert.equal(720, system.crashed(k, proc.new(k)).p.p_pid)
	end)

	it("says that no list and no CPU has that thread", function()
		local cut = lab.system("crashed, nowhere", { layout = 13, change = function(s)
			s.memory:struct(s.truth.panic_thread.addr, "struct thread", { td_tid = 1 })
		end })
		local k <close> = assert(vmcore.open { core = cut.core, kernel = cut.kernel })
		local said = {}
		local row = system.describe(k, function(message) said[#said + 1] = message end)
		assert.is_nil(row.crash_pid)
		assert.matches("the crashed thread: %d+ is in no process's list", table.concat(said, "; "))
	end)

	it("has memory", function()
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal(0x3e000 * 4096, system.physmem(k))
	end)
end)
