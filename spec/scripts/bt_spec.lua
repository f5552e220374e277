--- `vmcore bt`: what it prints of whole and damaged systems.
local kvm = require "kvm"
local lab = require "spec.support.lab"
local modules = require "spec.support.modules"
local part = require "spec.support.part"

-- A thread whose stack goes through a module, and the module.
local function with_module(sys)
	local f = sys:fn "demo_ioctl"
	modules.add(sys, { name = "if_demo.ko", kind = "elf_obj", address = f.addr & -256, size = 256,
		symbols = { { name = "demo_ioctl", offset = f.addr & 255, size = f.size, func = true } } })
	modules.finish(sys)
end

-- Stacks that are torn in different ways.
local function tear(s)
	local memory = s.memory
	local function innermost(pid)
		return s.truth.processes[pid].threads[1].regs.rbp
	end
	memory:u64(innermost(480), innermost(480) - 64)		-- back to where it came from
	memory:u64(innermost(612), 0xdeadc0dedeadc0de)
	memory:u64(innermost(640) + 8, 0x1234)
	memory:write(innermost(655), ("\0"):rep(16))
	memory:struct(s.truth.processes[700].threads[1].addr, "struct thread", { td_pcb = 0 })
	memory:struct(s.truth.processes[701].threads[1].addr, "struct thread",
	    { td_kstack = 0xfffffe0000123000 })
	memory:struct(s.truth.processes[1].threads[1].addr, "struct thread", { td_name = "\27[31m\xff" })
end

describe("bt", function()
	local sys, damaged

	setup(function()
		sys = lab.system("bt", { layout = 13, prepare = with_module })
		damaged = lab.system("bt damaged", { layout = 15, change = tear })
	end)

	local function vmcore(s, ...)
		return lab.vmcore("-M", s.core, "-N", s.kernel, "bt", ...)
	end

	it("prints the stack of the thread that wrote the dump", function()
		local out, err, status = vmcore(sys)
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("bt", out)
	end)

	it("prints all stacks and registers of a damaged system, and where they are torn", function()
		local out, err, status = vmcore(damaged, "-r", "init", "480", "612", "640", "655", "700",
		    "701", "nosuch")
		assert.equal(1, status)
		lab.golden("bt-damaged", out .. "--- standard error\n" .. err)
	end)

	it("tells source lines, where the kernel has DWARF", function()
		if not part.has "libdw" then
			return pending "built without libdw"
		end
		local lines = lab.system("bt lines", { layout = 13, ctf = false, dwarf = { version = 4 } })
		local out, err, status = vmcore(lines)
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("bt-lines", out)
		local kd <close> = assert(kvm.openx { core = lines.core, kernel = lines.kernel })
		assert.equal("dwarf", kd:type_source())
		for i, row in ipairs(lab.rows(lines, "bt")) do
			local pc = math.tointeger(row.pc)
			-- The innermost frame is where it stands, a caller at its call.
			local file, line = kd:source_line(i == 1 and pc or pc - 1)
			assert.equal(("%s:%d"):format(file, line), row.source)
		end
		-- So does a file that is named.
		local plain = lab.system("13", { layout = 13 })
		out, err, status = lab.vmcore("-M", plain.core, "-N", plain.kernel, "--debug", lines.kernel, "bt")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("bt-lines", out)
		out, err, status = lab.vmcore("-M", plain.core, "-N", plain.kernel, "--debug", "/nosuch", "bt")
		assert.equal("", out)
		assert.matches("/nosuch", err)
		assert.equal(3, status)
	end)

	it("has every frame that was made, as JSON", function()
		local rows, err, status = lab.rows(sys, "bt", "-a")
		assert.equal("", err)
		assert.equal(0, status)
		local i = 0
		for _, pid in ipairs(sys.truth.order) do
			for _, truth in ipairs(sys.truth.processes[pid].threads) do
				for n, frame in ipairs(truth.trace) do
					i = i + 1
					local row = rows[i]
					assert.same({ truth.tid, pid, truth.name, n - 1, ("0x%x"):format(frame.pc), frame.name,
						frame.offset, frame.name == "demo_ioctl" and "if_demo.ko" or lab.null },
					    { row.tid, row.pid, row.name, row.frame, row.pc, row["function"], row.offset,
						row.module })
				end
			end
		end
		assert.is_true(#rows >= i)
	end)

	it("tells kinds of frames", function()
		local kinds = {}
		for _, row in ipairs((lab.rows(sys, "bt", "crasher"))) do
			if row.kind ~= "call" then
				kinds[#kinds + 1] = row["function"] .. " " .. row.kind .. " " .. row.trap
			end
		end
		assert.equal(2, #kinds)
		assert.matches("^calltrap trap trap 12 %(page fault%), error 0 %(", kinds[1])
		assert.matches("^fast_syscall_common syscall syscall %(4%), rip = 0x8003a1c2a,", kinds[2])
	end)

	it("gives registers when asked", function()
		local rows = lab.rows(sys, "bt", "-r", "crasher")
		local regs = sys.truth.panic_thread.regs
		assert.matches(("rip=%#x "):format(regs.rip), rows[1].registers, 1, true)
		assert.matches(("rbp=%#x "):format(regs.rbp), rows[1].registers, 1, true)
		assert.equal(lab.null, rows[2].registers)
		assert.equal(lab.null, lab.rows(sys, "bt", "crasher")[1].registers)
	end)

	it("says of a thread without registers that it has none", function()
		local rows, err, status = lab.rows(damaged, "bt", "700")
		assert.equal(1, #rows)
		assert.equal("it has no pcb", rows[1].stop)
		assert.equal(lab.null, rows[1].pc)
		assert.matches("1 stack could not be followed to the end", err)
		assert.equal(1, status)
	end)

	it("wants to know which thread, where none wrote the dump", function()
		local live = lab.system("live", { layout = 13, change = function(s)
			s.memory:u32(s.truth.symbols.dumptid.addr, 0)
		end })
		local out, err, status = vmcore(live)
		assert.equal("", out)
		assert.matches("no thread wrote this dump: name one, or use %-a", err)
		assert.equal(1, status)
	end)
end)
