--- Per-CPU variables of CPUs whose ids are sparse, and linker sets.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local linkerset = require "vmcore.kern.linkerset"
local modworld = require "spec.support.modworld"
local pcpu = require "vmcore.kern.pcpu"
local vmcore = require "vmcore"

local types = forge.types [[
struct counts { int n; long sum; };
struct pcpu { void *pc_curthread; unsigned int pc_cpuid; };
struct sysinit { int order; };
]]
local memory = forge.memory { types = types }
local SET <const> = memory:alloc(4096)
local pcpus, offsets = memory:alloc(64 * 8), memory:alloc(64 * 8)
local cpus, areas = {}, {}
for _, cpu in ipairs { 0, 1, 5 } do
	cpus[cpu] = memory:make("struct pcpu", { pc_cpuid = cpu })
	areas[cpu] = memory:alloc(4096)
	memory:ptr(pcpus + cpu * 8, cpus[cpu])
	memory:ptr(offsets + cpu * 8, areas[cpu] - SET)
	memory:u32(areas[cpu] + 64, 100 + cpu)
	memory:u64(areas[cpu] + 72, 200 + cpu)
end
local last = memory:alloc(4)
memory:u32(last, 5)
local set = memory:alloc(24)
for i = 0, 2 do
	memory:ptr(set + i * 8, i ~= 1 and memory:make("struct sysinit", { order = i }) or 0)
end

describe("per-CPU data", function()
	local k

	setup(function()
		local dir = lab.folder()
		local function symbol(name, addr, size, ctype)
			return { name = name, addr = addr, size = size, ctype = ctype, type = "object" }
		end
		forge.kernel { types = types, symbols = {
			symbol("cpuid_to_pcpu", pcpus, 512), symbol("dpcpu_off", offsets, 512),
			symbol("mp_maxid", last, 4, "unsigned int"),
			symbol("__start_set_pcpu", SET, 0), symbol("__stop_set_pcpu", SET + 2048, 0),
			symbol("pcpu_entry_counts", SET + 64, 16, "struct counts"),
			symbol("__start_set_sysinit_set", set, 0), symbol("__stop_set_sysinit_set", set + 24, 0),
		} }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		k:close()
	end)

	it("is that of the CPUs there are", function()
		local found = {}
		for cpu, pc in pcpu.each(k) do
			assert.equal(cpu, pc.pc_cpuid)
			found[#found + 1] = cpu
		end
		assert.same({ 0, 1, 5 }, found)
	end)

	it("has variables", function()
		for cpu in pairs(cpus) do
			assert.equal(areas[cpu] + 64, pcpu.address(k, "counts", cpu))
			assert.equal(100 + cpu, pcpu.variable(k, "counts", cpu).n)
			assert.equal(200 + cpu, pcpu.variable(k, "counts", cpu).sum)
		end
		assert.error_matches(function() pcpu.variable(k, "counts", 2) end, "no CPU 2")
		assert.error_matches(function() pcpu.variable(k, "nosuch", 0) end, "pcpu_entry_nosuch")
	end)

	it("tells whose an address is", function()
		assert.same({ cpu = 5, name = "counts", offset = 8 }, pcpu.owner(k, areas[5] + 72))
		assert.same({ cpu = 1, pcpu = cpus[1], offset = 8 }, pcpu.owner(k, cpus[1] + 8))
		assert.is_nil(pcpu.owner(k, last))
	end)

	it("is apart from linker sets, which have pointers", function()
		local orders = {}
		for s in linkerset.foreach(k, "sysinit_set", "struct sysinit") do
			orders[#orders + 1] = s.order
		end
		assert.same({ 0, 2 }, orders)
		assert.is_nil(linkerset.foreach(k, "nosuch_set", "struct sysinit"))
		assert.same({ set, set + 24 }, { linkerset.bounds(k, "sysinit_set") })
	end)
end)

for _, layout in ipairs { 12, 13, 15 } do
	describe("per-CPU data of a system with modules as in " .. layout, function()
		local w, k = modworld.new { layout = layout }, nil

		setup(function()
			local sys = lab.system("pcpu modules " .. layout, w.options)
			w:write(sys.dir)
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		end)

		teardown(function()
			k:close()
		end)

		it("is that of sparse CPUs", function()
			local found = {}
			for cpu in pcpu.each(k) do
				found[#found + 1] = cpu
			end
			assert.same({ 0, 3 }, found)
			assert.equal(0, pcpu.crashed(k))
			assert.equal(w.cpus[0].pcpu, vmcore.toaddress(pcpu.of(k)))
			assert.equal(w.cpus[3].pcpu, vmcore.toaddress(pcpu.of(k, 3)))
			assert.error_matches(function() pcpu.of(k, 1) end, "there is no CPU 1")
		end)

		it("has the variables of modules", function()
			for cpu in pairs(w.cpus) do
				assert.equal(cpu + 1, pcpu.variable(k, "own", cpu).number)
				assert.equal(1000 * cpu + 10, pcpu.variable(k, "demo_counts", cpu).n)
				assert.equal(1000 * cpu + 20, pcpu.variable(k, "dyn_counts", cpu).n)
				k.kd:dpcpu_setcpu(cpu)
				assert.equal((pcpu.address(k, "dyn_counts", cpu)), k.kd:lookup "dyn_counts")
			end
			assert.equal(10, pcpu.variable(k, "demo_counts").n)
			assert.error_matches(function() pcpu.variable(k, "demo_counts", 2) end, "there is no CPU 2")
		end)

		it("tells whose an address is, in modules too", function()
			local base = w.cpus[3].base
			assert.same({ cpu = 3, name = "demo_counts", offset = 8, module = "if_demo.ko" },
				pcpu.owner(k, w.files[1]:address_of "pcpu_entry_demo_counts" + base + 8))
			assert.same({ cpu = 3, name = "own", offset = 0 },
				pcpu.owner(k, k:symbol "pcpu_entry_own".value + base))
			assert.same({ cpu = 3, offset = 0 }, pcpu.owner(k, k:symbol "pcpu_entry_modspace".value + 0x300 + base))
		end)

		it("is apart from linker sets of modules", function()
			for i, module in ipairs { "if_demo", "dyn.ko" } do
				local units = {}
				for softc in linkerset.foreach(k, "demo_set", k:type("struct demo_softc", module), module) do
					units[#units + 1] = softc.unit
				end
				assert.same({ i }, units)
			end
			assert.is_nil(linkerset.foreach(k, "demo_set", "struct own"))
			assert.is_nil(linkerset.foreach(k, "nosuch_set", "struct own", "dyn"))
		end)
	end)
end
