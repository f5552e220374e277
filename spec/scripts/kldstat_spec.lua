--- `vmcore kldstat`: the modules of a forged system.
local lab = require "spec.support.lab"
local modules = require "spec.support.modules"

local function prepare(sys)
	modules.add(sys, { name = "if_demo.ko", kind = "elf_obj", address = 0xffffffff82000000,
		size = 0x3210, refs = 2 })
	modules.add(sys, { name = "\27[2Jevil.ko", kind = "elf_obj", address = 0xffffffff82010000,
		size = 0x1000, id = 5, path = "/tmp/evil.ko" })
	modules.finish(sys)
end

describe("kldstat", function()
	it("prints modules", function()
		local sys = lab.system("kldstat", { layout = 15, prepare = prepare })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kldstat")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("kldstat", out)
		assert.same({ id = 2, refs = 2, address = "0xffffffff82000000", size = 0x3210,
			name = "if_demo.ko", path = "/boot/kernel/if_demo.ko" }, lab.rows(sys, "kldstat")[2])
	end)

	it("prints what is left of a damaged list", function()
		local sys = lab.system("kldstat damaged", { layout = 13, prepare = function(s)
			local file = modules.add(s, { name = "if_demo.ko", kind = "elf_obj",
				address = 0xffffffff82000000, size = 0x3210 })
			s.mem:u64(file + s.types:offsetof("struct linker_file", "link"), 0xfffffe0000123000)
			modules.finish(s)
		end })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kldstat")
		assert.equal(1, status)
		lab.golden("kldstat-damaged", out .. "--- standard error\n" .. err)
	end)
end)
