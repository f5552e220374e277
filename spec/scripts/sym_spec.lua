--- `vmcore sym`: names and addresses of a forged system.
local lab = require "spec.support.lab"
local modules = require "spec.support.modules"

local BASE = 0xffffffff82000000

local function prepare(sys)
	sys:fn "demo_ioctl"
	modules.add(sys, { name = "if_demo.ko", kind = "elf_obj", address = BASE, size = 0x3000,
		symbols = { { name = "demo_attach", offset = 0x100, size = 0x80, func = true },
		{ name = "demo_ioctl", offset = 0x200, size = 0x80, func = true, bind = "local" } } })
	modules.finish(sys)
end

describe("sym", function()
	local sys

	setup(function()
		sys = lab.system("sym", { layout = 13, prepare = prepare })
	end)

	local function rows(...)
		local found, err, status = lab.rows(sys, "sym", ...)
		for i, row in ipairs(found) do
			found[i] = { row.address, row.name, row.offset, row.type, row.module }
		end
		return found, err, status
	end

	local function hex(value)
		return ("0x%x"):format(value)
	end

	it("finds names, in the kernel and in modules", function()
		local kernel = sys.truth.symbols.demo_ioctl.addr
		local found, err, status = rows "demo_ioctl"
		assert.same({ { hex(kernel), "demo_ioctl", 0, "func", lab.null },
			{ hex(BASE + 0x200), "demo_ioctl", 0, "func", "if_demo.ko" } }, found)
		assert.equal("", err)
		assert.equal(0, status)
		assert.same({ { hex(BASE + 0x110), "demo_attach", 0x10, "func", "if_demo.ko" } },
		    (rows "demo_attach+0x10"))
	end)

	it("finds addresses", function()
		local panic = sys.truth.symbols.panic.addr
		assert.same({ { hex(panic + 7), "panic", 7, "func", lab.null },
			{ hex(BASE + 0x27f), "demo_ioctl", 0x7f, "func", "if_demo.ko" } },
		    (rows(hex(panic + 7), hex(BASE + 0x27f))))
	end)

	it("finds patterns", function()
		local found = rows "*emo_?ttach"
		assert.same({ { hex(BASE + 0x100), "demo_attach", 0, "func", "if_demo.ko" } }, found)
		assert.same({}, (rows "demo.attac*"))
	end)

	it("prints a healthy system, and what is left of a damaged one", function()
		local words = { "demo_ioctl", "panic+2", ("0x%x"):format(BASE + 0x110) }
		lab.golden("sym", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "sym", table.unpack(words))))
		local bad = lab.system("sym damaged", { layout = 13, prepare = prepare, change = function(s)
			s.memory:ptr(s.sys.by_name.linker_files.addr, 0xfffffe0000123000)
		end })
		local out, err, status = lab.vmcore("-M", bad.core, "-N", bad.kernel, "sym", table.unpack(words))
		lab.golden("sym-damaged", out .. "--- standard error\n" .. err)
		assert.equal(1, status)
	end)

	it("prints for people, and says what it does not find", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sym", "demo_attach+16",
		    "nosuch", "0x10")
		assert.equal("ADDRESS                SIZE TYPE   BIND   MODULE       OFFSET NAME\n"
		    .. "0xffffffff82000110      128 func   global if_demo.ko       16 demo_attach+0x10\n", out)
		assert.equal("vmcore: no symbol called nosuch\nvmcore: no symbol at 0x10\n", err)
		assert.equal(1, status)
	end)
end)
