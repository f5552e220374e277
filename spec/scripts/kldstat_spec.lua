--- `vmcore kldstat`: the modules of a forged system.
local kldworld = require "spec.support.kldworld"
local lab = require "spec.support.lab"
local modules = require "spec.support.modules"
local modworld = require "spec.support.modworld"

-- Where the files are differs from run to run.
local function here(sys, text)
	return (text:gsub(sys.dir, "/dump"))
end

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
		lab.golden("kldstat", here(sys, out))
		assert.same({ id = 2, refs = 2, address = "0xffffffff82000000", size = 0x3210,
			name = "if_demo.ko", path = "/boot/kernel/if_demo.ko", file = "missing" }, lab.rows(sys, "kldstat")[2])
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
		lab.golden("kldstat-damaged", here(sys, out .. "--- standard error\n" .. err))
	end)

	it("-v prints what the files consist of", function()
		local sys = lab.system("kldstat -v", { layout = 13, prepare = kldworld.prepare })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kldstat", "-v")
		assert.same({ "", 0 }, { err, status })
		lab.golden("kldstat-modules", out)
		sys = lab.system("kldstat -v damaged", { layout = 13, prepare = kldworld.prepare,
			change = function(s)
				s.memory:set(s.sys.modules[1], "struct module", "name", 0xfffffe0000123000)
				s.memory:set(s.sys.modules[2], "struct module", "flink.tqe_next", 0xdeadc0dedeadc0de)
			end })
		out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kldstat", "-v")
		assert.equal(1, status)
		lab.golden("kldstat-modules-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says which files of modules serve", function()
		local w = modworld.new { layout = 15 }
		local sys = lab.system("kldstat files", w.options)
		w.files[1]:write(sys.dir .. "/if_demo.ko")
		w.files[1]:write(sys.dir .. "/dyn.ko")
		local rows, err, status = lab.rows(sys, "kldstat")
		assert.same({ sys.kernel, sys.dir .. "/if_demo.ko", "wrong" }, { rows[1].file, rows[2].file, rows[3].file })
		assert.equal(1, status)
		assert.matches("^vmcore: .*/dyn%.ko is not the dyn%.ko of this dump: it is relocatable", err)
		os.execute(("mkdir '%s/more'"):format(sys.dir))
		w.files[2]:write(sys.dir .. "/more/dyn.ko")
		rows, err, status = lab.rows(sys, "--klddir", "/nowhere", "--klddir", sys.dir .. "/more", "kldstat")
		assert.same({ "", 0, sys.dir .. "/more/dyn.ko" }, { err, status, rows[3].file })
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "--klddir=" .. sys.dir .. "/more",
			"print", "dyn_softc.unit")
		assert.matches("2", out)
	end)

	it("gives programs the modules of their folders", function()
		local w = modworld.new { layout = 13 }
		local sys = lab.system("kldstat program", w.options)
		os.execute(("mkdir '%s/more'"):format(sys.dir))
		w:write(sys.dir .. "/more")
		local program = sys.dir .. "/program.lua"
		local f <close> = assert(io.open(program, "w"))
		f:write "print(k.var.demo_softc.unit, k.var.dyn_softc.unit, k:vnet(1).demo_hits)\n"
		f:flush()
		local out, err = lab.vmcore(program, "-M", sys.core, "--klddir", sys.dir .. "/more", "-N", sys.kernel)
		assert.same({ "1\t2\t210\n", "" }, { out, err })
	end)
end)

it("kldstat -v tells of modules that can't be followed in a file without a name", function()
	local sys = lab.system("kldstat, no name", { layout = 13, prepare = kldworld.prepare,
		change = function(s)
			local head = s.sys.by_name.linker_files.addr
			local link = s.types:offsetof("struct linker_file", "link")
			local file = s.memory:get(s.memory:get(head, 8) + link, 8)
			s.memory:struct(file, "struct linker_file", { filename = 0, ["modules.tqh_first"] = 0xdeadc0dedeadc0de })
		end })
	local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kldstat", "-v")
	assert.equal(1, status)
	assert.matches("modules of %?: flink: stopped", err)
end)
