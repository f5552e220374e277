--- i386: minidumps and full dumps, with and without PAE.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local ARCHES = { i386 = "i386", i386pae = "i386 with PAE" }
local LOW = { 0x100000, 0x2000000 }

-- The kernel's static part, mapped from va on to pa, and its variables.
local function loaded(mem, va, pa, more)
	local big = 1 << mem.levels[#mem.levels - 1].shift
	mem:map(va & -big, pa & -big, { size = big, prot = "rwx" })
	local symbols, at = {}, va + 0x1000
	for name, value in pairs(more) do
		if name == "kernbase" then
			symbols[#symbols + 1] = { name = name, addr = value,
				section = "ABS", type = "notype" }
		else
			mem:u32(at, value)
			symbols[#symbols + 1] = { name = name, addr = at,
				size = 4 }
			at = at + 4
		end
	end
	return symbols
end

-- The address layouts, by what the kernel's symbols are.
local layouts = {}

layouts["above 3 GB, FreeBSD 11"] = { kernbase = 0xc0000000,
	heap = 0xd0000000, symbols = function(mem, pae)
		return loaded(mem, 0xc0100000, 0x100000, {
			kernbase = 0xc0000000,
			IdlePTD = pae and 0x4000 or mem.root,
			IdlePDPT = pae and mem.root or nil })
	end }

layouts["above another place, FreeBSD 11"] = { kernbase = 0x60000000,
	heap = 0x70000000, symbols = function(mem, pae)
		return loaded(mem, 0x60100000, 0x100000, {
			kernbase = 0x60000000,
			IdlePTD = pae and 0x4000 or mem.root,
			IdlePDPT = pae and mem.root or nil })
	end }

layouts["at its physical address, FreeBSD 12"] = { kernbase = 0x400000,
	heap = 0x20000000, symbols = function(mem, pae)
		return loaded(mem, 0x800000, 0x800000, { kernbase = 0x400000,
			IdlePTD = pae and 0x4000 or mem.root,
			IdlePDPT = pae and mem.root or nil })
	end }

-- One kernel for both, which has all the variables whatever it runs with.
layouts["at its physical address, FreeBSD 13"] = { kernbase = 0x800000,
	heap = 0x20000000, symbols = function(mem, pae)
		return loaded(mem, 0x800000, 0x800000, { kernbase = 0x800000,
			pae_mode = pae and 1 or 0,
			IdlePTD_pae = 0x4000,
			IdlePTD_nopae = pae and 0x5000 or mem.root,
			IdlePDPT = pae and mem.root or 0x6000 })
	end }

for arch, name in pairs(ARCHES) do
	local pae = arch == "i386pae"
	cases.minidumps{ name = name, memory = { arch = arch }, host = "i686",
		wrong = { { etype = "DYN" }, { machine = 6 } } }
	for layout, l in pairs(layouts) do
		cases.full{ name = name .. ", " .. layout, host = "i686",
			memory = { arch = arch, kernbase = l.kernbase,
				heap = l.heap }, low = LOW,
			protection = function(prot)
				return pae and prot or prot | 4
			end,
			full = function(_, mem)
				-- FreeBSD leaves e_version 0.
				return l.symbols(mem, pae),
				    { header = { version = 0 } }
			end }
	end
end

describe("i386 minidumps", function()
	it("have PAE or not, as the header says", function()
		local mem = forge.memory{ arch = "i386" }
		mem:alloc(4096)
		for _, mode in ipairs{ 2, 0x80000000 } do
			local kd, message, code = reader.open(forge.minidump{
				memory = mem, header = { paemode = mode } })
			assert.is_nil(kd)
			assert.equal("format", code)
			assert.matches("paemode " .. mode, message)
		end
	end)

	it("reach above 4 GB of physical memory with PAE", function()
		local mem = forge.memory{ arch = "i386pae", ram = {
			{ 0x1000, 0x20000000 }, { 0x100000000, 0x100100000 } },
			top = 0x20000000 }
		mem:map(mem.heap, 0x100042000, { prot = "r" })
		mem:write(mem.heap, "high")
		local d = forge.minidump{ memory = mem }
		local kd = assert(reader.open(d))
		assert.equal("high", kd:read(mem.heap, 4))
		assert.equal(0x100042000, kd:translate(mem.heap).paddr)
		assert.equal(1, kd:translate(mem.heap).prot)
		reader.walk(kd, d:expected_pages(), 4096)
	end)

	it("have tables that end with the address space", function()
		local mem = forge.memory{ arch = "i386", kernbase = 0xffc00000,
			heap = 0xffd00000 }
		local va = mem:map(0xfffff000, mem:alloc_page())
		mem:write(va, ("x"):rep(4096))
		local d = forge.minidump{ memory = mem,
			kernend = 0x100400000 }
		local kd = assert(reader.open(d))
		assert.equal("x", kd:read(0xffffffff, 1))
		cases.fails("fault-unmapped", kd, "read", 0xffffffff, 2)
		kd:walk_pages(function(p)
			assert.is_true(p.kmap_vaddr < 1 << 32)
		end)
	end)
end)

describe("i386 full dumps", function()
	local function open(symbols, ram)
		local mem = forge.memory{ arch = "i386", ram = ram or {
			{ 0x100000, 0x4000000 } }, kernbase = 0xc0000000,
			heap = 0xd0000000 }
		mem:alloc(4096)
		return reader.open(forge.elfdump{ memory = mem },
		    forge.kernel{ arch = "i386", symbols = symbols(mem) })
	end

	it("do not fit any kernel", function()
		local kd, message, code = open(function(mem)
			return loaded(mem, 0xc0100000, 0x100000,
			    { IdlePTD = 0x3000000 })
		end)
		assert.is_nil(kd)
		assert.equal("format", code)
		assert.matches("kernel page tables: .*right kernel file", message)
	end)

	it("need no symbol for the usual layout", function()
		local kd = assert(open(function(mem)
			return loaded(mem, 0xc0100000, 0x100000,
			    { IdlePTD = mem.root })
		end))
		assert.equal(0xc0000000, kd:dump().kernbase)
		assert.equal(8, #kd:read(0xd0000000, 8))
	end)

	it("hold physical memory when there are no symbols at all", function()
		local mem = forge.memory{ arch = "i386", ram = {
			{ 0x100000, 0x400000 } }, free = 0x200000 }
		mem.store:put(0x123000, 4, 7)
		local kd = assert(reader.open(forge.elfdump{ memory = mem }))
		assert.equal("\7\0\0\0", kd:read_phys(0x123000, 4))
		cases.fails("fault-unmapped", kd, "read", 0x123000, 4)
	end)
end)

describe("an address space of i386", function()
	local USER = 0xbfbf0000

	for arch, name in pairs(ARCHES) do
		it("is read by its root: " .. name, function()
			local mem = forge.memory{ arch = arch }
			local process = forge.memory{ arch = arch,
				free = 0x8000000 }
			process.store, process.kept = mem.store, mem.kept
			mem:keep(process.root)
			mem:alloc(4096)
			process:map_fresh(USER, 8192, { prot = "r" })
			process:write(USER + 4093, "secret")
			process:map(0x8000000, 0xc000000, {
				size = 1 << process.levels[
				    #process.levels - 1].shift })
			local kd = assert(reader.open(forge.minidump{
				memory = mem }))
			local root = process.root | 0x18
			assert.equal("secret", kd:read_in(root, USER + 4093, 6))
			assert.equal(arch == "i386" and 5 or 1,
			    kd:translate_in(root, USER).prot)
			assert.equal(0xc123456,
			    kd:translate_in(root, 0x8123456).paddr)
			cases.fails("fault-unmapped", kd, "read_in", root,
			    USER + 8192, 1)
			cases.fails("fault-unmapped", kd, "read_in", root,
			    1 << 32, 1)
		end)
	end
end)

describe("damaged dumps of i386", function()
	it("are errors and no more", function()
		for arch in pairs(ARCHES) do
			local mem = forge.memory{ arch = arch, ram = {
				{ 0x100000, 0x400000 } }, free = 0x200000,
				heap = 0x900000 }
			local va = mem:alloc(8192, { pages = true })
			reader.survives(forge.minidump{
				memory = mem }:tostring(), { flips = 100,
				addresses = { va, 0xfffffffc } })
		end
	end)
end)
