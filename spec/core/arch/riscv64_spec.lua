--- riscv64: minidumps.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local BIG = 1 << 21

cases.minidumps{ name = "riscv64", memory = { arch = "riscv" },
	host = "riscv64", wrong = { { etype = "DYN" } } }
cases.minidumps{ name = "riscv64, Sv48", host = "riscv64",
	memory = { arch = "riscv", levels = forge.arches.riscv.sv48 } }

local function world(bits, size)
	local mem = forge.memory{ arch = "riscv" }
	local va, pa = mem.heap + BIG, 0x88000000
	for at = 0, (size or 4096) - 1, 4096 do
		mem:map(va + at, pa, { bits = bits })
		mem.store:put(pa + at, 8, at + 1)
		mem:keep(pa + at)
	end
	return mem, va, assert(reader.open(forge.minidump{ memory = mem }))
end

describe("riscv64 minidumps", function()
	it("have attributes above the address", function()
		-- PBMT, N with an address that is no run; T-HEAD's bits on
		-- memory (62 to 60) and on devices (63).
		for _, bits in ipairs{ 1 << 61, 2 << 61, 1 << 63, 7 << 60,
			0x1f << 59 } do
			local _, va, kd = world(bits)
			assert.equal(0x88000000, kd:translate(va).paddr)
			assert.equal(1, kd:read_uint(va, 8))
		end
	end)

	it("have runs of 64 KB that sixteen equal entries map", function()
		local _, va, kd = world(1 << 63 | 8 << 10, 65536)
		for page = 0, 15 do
			local at = va + page * 4096
			assert.equal(0x88000000 + page * 4096,
			    kd:translate(at).paddr)
			assert.equal(page * 4096 + 1, kd:read_uint(at, 8))
		end
	end)

	it("have entries that are valid and map nothing", function()
		local mem, va = world()
		mem.store:put(require "spec.support.pagetable".slot(mem, va, 12),
		    8, 0x88000000 >> 12 << 10 | 1 | 1 << 5)
		local kd = assert(reader.open(forge.minidump{ memory = mem }))
		cases.fails("fault-unmapped", kd, "read", va, 1)
		kd:walk_pages(function(p) assert.equal(0, p.kmap_vaddr) end)
	end)

	it("keep the protection of superpages", function()
		for prot, bits in pairs{ r = 1, rw = 3, rx = 5, rwx = 7 } do
			local mem = forge.memory{ arch = "riscv" }
			local va = mem.heap + BIG & -BIG
			mem:map(va, 0x88000000, { size = BIG, prot = prot })
			local kd = assert(reader.open(forge.minidump{
				memory = mem }))
			assert.equal(bits, kd:translate(va + 0x5000).prot)
		end
	end)

	it("have a direct map that does not begin with address 0", function()
		local mem = forge.memory{ arch = "riscv" }
		local va = mem:alloc(64, { where = "dmap" })
		mem:u64(va, 3)
		local d = forge.minidump{ memory = mem }
		local kd = assert(reader.open(d))
		assert.equal(3, kd:read_uint(va, 8))
		assert.equal(va - mem.dmapbase + 0x80000000,
		    kd:translate(va).paddr)
		reader.walk(kd, d:expected_pages(), 4096)
	end)
end)

describe("an address space of riscv64", function()
	local USER = 0x2345678000
	local modes = { [8] = forge.arches.riscv.levels,
		[9] = forge.arches.riscv.sv48 }

	local function build(levels)
		local mem = forge.memory{ arch = "riscv" }
		local var = mem:alloc(4096, { pages = true })
		mem:u32(var, levels == modes[9] and 1 or 0)
		local process = forge.memory{ arch = "riscv", levels = levels,
			free = 0x90000000 }
		process.store, process.kept = mem.store, mem.kept
		mem:keep(process.root)
		process:map_fresh(USER, 8192, { prot = "rx", bits = 1 << 4 })
		process:write(USER + 4093, "secret")
		process:map(1 << 37, 0x100000000 & -(1 << 30),
		    { size = 1 << 30 })
		local kd = assert(reader.open(forge.minidump{ memory = mem },
		    forge.kernel{ arch = "riscv", symbols = {
			{ name = "pmap_mode", addr = var, size = 4 } } }))
		return kd, process
	end

	for mode, levels in pairs(modes) do
		it("is read by its root, mode " .. mode, function()
			local kd, process = build(levels)
			-- The register says the mode; an ASID is no matter.
			local satp = mode << 60 | 0x1234 << 44 |
			    process.root >> 12
			for _, root in ipairs{ satp, process.root } do
				assert.equal("secret", kd:read_in(root,
				    USER + 4093, 6))
				assert.equal(5, kd:translate_in(root,
				    USER).prot)
				assert.equal((0x100000000 & -(1 << 30)) + 5,
				    kd:translate_in(root, (1 << 37) + 5).paddr)
				cases.fails("fault-unmapped", kd, "read_in",
				    root, USER + 8192, 1)
			end
		end)
	end

	it("is not read in a mode that is not known", function()
		local kd, process = build(modes[8])
		local message = cases.fails("inval", kd, "translate_in",
		    10 << 60 | process.root >> 12, USER)
		assert.matches("mode 10", message)
		cases.fails("fault-unmapped", kd, "translate_in",
		    process.root, 1 << 45)
	end)
end)

describe("damaged dumps of riscv64", function()
	it("are errors and no more", function()
		local mem = forge.memory{ arch = "riscv",
			ram = { { 0x80000000, 0x80800000 } }, free = 0x80100000,
			kernbase = 0xffffffc010000000 }
		local va = mem:alloc(8192, { pages = true })
		reader.survives(forge.minidump{ memory = mem }:tostring(),
		    { addresses = { va, mem:dmap(0x80100000) } })
	end)
end)
