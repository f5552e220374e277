--- arm: minidumps and full dumps, both byte orders and page table formats.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local pagetable = require "spec.support.pagetable"
local reader = require "spec.support.reader"

local SECTION, LARGE, SUPER = 1 << 20, 1 << 16, 1 << 24
local KERNVA, KERNPA = 0xc0100000, 0x82100000
local HOSTS = { ["<"] = "armv7l", [">"] = "armv7b" }

local function protection(prot, size)
	return size == LARGE and prot & ~4 or prot
end

-- The kernel's section with the variable that leads to the tables.
local function loaded(mem, value, more)
	mem:map(KERNVA & -SECTION, KERNPA & -SECTION, { size = SECTION,
		prot = "rwx" })
	mem:u32(KERNVA + 0x1000, value)
	local symbols = { { name = "kernel_l1pa", addr = KERNVA + 0x1000,
		size = 4 } }
	for name, number in pairs(more or {}) do
		symbols[#symbols + 1] = { name = name, addr = number,
			section = "ABS", type = "notype" }
	end
	return symbols
end

local function delta()
	return { vaddr = KERNVA, paddr = KERNPA, align = 4096 }
end

for endian, host in pairs(HOSTS) do
	local v = { name = "arm " .. endian, host = host,
		memory = { arch = "arm", endian = endian },
		sizes = { SECTION, LARGE, SUPER },
		wrong = { { etype = "DYN" },
			{ endian = endian == "<" and ">" or "<" } } }
	cases.minidumps(v)
	v.protection = protection
	v.full = function(_, mem)
		return loaded(mem, mem.root - KERNPA + KERNVA),
		    { delta = delta() }
	end
	cases.full(v)
end

-- A dump with one page whose descriptor is entry(pa); its page holds "text".
local function page(entry, header)
	local mem = forge.memory{ arch = "arm" }
	local va = mem:alloc(4096, { pages = true })
	mem:write(va, "text")
	mem.store:put(pagetable.slot(mem, va, 12), 4,
	    entry(mem:translate(va)))
	return va, reader.open(forge.minidump{ memory = mem,
		header = header })
end

describe("arm minidumps", function()
	local V4, V6, LPAE = 1, 2, 3

	it("of V4 kernels have their own permissions", function()
		for bits, prot in pairs{ [0x12] = 3, [0x02] = 1, [0xff2] = 3,
			[0x22] = 1 } do
			local va, kd = page(function(pa) return pa | bits end,
			    { mmuformat = V4, arch = 5 })
			assert.equal("text", kd:read(va, 4))
			assert.equal(prot, kd:translate(va).prot)
		end
	end)

	it("of V4 kernels have no tiny pages", function()
		local va, kd = page(function(pa) return pa | 3 end,
		    { mmuformat = V4, arch = 5 })
		cases.fails("fault-unmapped", kd, "read", va, 1)
		va, kd = page(function(pa) return pa | 3 end,
		    { mmuformat = V6 })
		assert.equal("text", kd:read(va, 4))
		assert.equal(3, kd:translate(va).prot)
	end)

	it("of early kernels do not say the format", function()
		-- Type 3: a page in V6, nothing in V4.
		for arch, mapped in pairs{ [0] = true, [7] = true,
			[5] = false, [4] = false } do
			local va, kd = page(function(pa) return pa | 3 end,
			    { mmuformat = 0, arch = arch })
			assert.equal(mapped and "text" or nil, (kd:read(va, 4)))
		end
	end)

	it("say which arm it was", function()
		for arch, name in pairs{ [0] = "arm", [5] = "arm",
			[6] = "armv6", [7] = "armv7" } do
			local _, kd = page(function(pa) return pa | 2 end,
			    { arch = arch })
			assert.equal(name, kd:dump().arch)
		end
	end)

	it("are refused when their format is not known", function()
		for format, why in pairs{ [LPAE] = "LPAE",
			[4] = "format 4" } do
			local _, kd, message, code = page(function(pa)
				return pa | 2
			end, { mmuformat = format })
			assert.is_nil(kd)
			assert.equal("notsup", code)
			assert.matches(why, message)
		end
	end)

	it("have descriptors of type 0 that are not 0", function()
		local va, kd = page(function(pa) return pa | 0xff0 end)
		cases.fails("fault-unmapped", kd, "read", va, 1)
	end)
end)

describe("the page table area of arm minidumps", function()
	-- kernel_vm_end wherever it may be: the area is as long as it must be.
	local function build(o)
		local mem = forge.memory{ arch = "arm" }
		local va = mem:alloc(3 * 4096, { pages = true })
		for at = 0, 3 * 4096 - 4, 4 do
			mem:u32(va + at, at * 0x9e3779b9)
		end
		o.memory = mem
		o.kernend = 0xc0000000 + 0x14900 * 4096
		return forge.minidump(o), va
	end

	local function reads(kd, va)
		for at = 0, 8192, 1020 do
			assert.equal(at * 0x9e3779b9 & 0xffffffff,
			    kd:read_uint(va + at, 4))
		end
	end

	it("is not padded", function()
		local d, va = build{}
		assert.equal(0x52400, d.pmapsize)
		assert.equal(0x400, d.at.sparse % 4096)
		local kd = assert(reader.open(d))
		reads(kd, va)
		reader.walk(kd, d:expected_pages(), 4096)
		assert.is_false(kd:dump().truncated)
	end)

	it("is seen to be padded where it is", function()
		local d, va = build{ unpadded = false }
		assert.equal(0, d.at.sparse % 4096)
		reads(assert(reader.open(d)), va)
	end)

	it("is not padded in a dump that is cut off, or followed by more",
	    function()
		local d, va = build{}
		local s = d:tostring()
		for _, bytes in ipairs{ s:sub(1, -4097), s:sub(1, -100),
			s .. ("\0"):rep(0xc00 + 512) } do
			reads(assert(reader.open(bytes)), va)
		end
	end)
end)

describe("arm full dumps", function()
	local function open(value, o)
		local mem = forge.memory{ arch = "arm", ram = o.ram or
			{ { 0x82000000, 0x84000000 } }, free = 0x82200000 }
		mem:map(mem.heap, o.page or 0x83000000)
		mem:write(mem.heap, "text")
		local symbols = loaded(mem, value(mem), o.more)
		local kd, message, code = reader.open(forge.elfdump{
			memory = mem, delta = o.delta },
		    forge.kernel{ arch = "arm", symbols = symbols })
		return kd, mem.heap, message, code
	end

	local function virtual(mem)
		return mem.root - KERNPA + KERNVA
	end

	local function physical(mem)
		return mem.root
	end

	it("find their tables by a virtual and by a physical address",
	    function()
		for _, value in ipairs{ virtual, physical } do
			for _, o in ipairs{ { delta = delta() }, { more = {
				kernbase = KERNVA, physaddr = KERNPA } } } do
				local kd, va, message = open(value, o)
				assert.truthy(kd, message)
				assert.equal("text", kd:read(va, 4))
				assert.equal(0xc0100000, kd:dump().kernbase)
			end
		end
	end)

	it("tell a physical address that could be a virtual one", function()
		local kd, va, message = open(physical, { delta = delta(),
			ram = { { 0x82000000, 0x84000000 },
			    { 0xc8000000, 0xc9000000 } } })
		assert.truthy(kd, message)
		assert.equal("text", kd:read(va, 4))
	end)

	it("do not fit any kernel", function()
		for _, o in ipairs{ { delta = delta() }, {} } do
			local kd, _, message, code = open(function()
				return 0x83000000
			end, o)
			assert.is_nil(kd)
			assert.equal(o.delta and "format" or "nosym", code)
			assert.matches("kernel page tables: ", message)
		end
	end)
end)

describe("an address space of arm", function()
	it("is read by its root", function()
		local mem = forge.memory{ arch = "arm" }
		local process = forge.memory{ arch = "arm",
			free = 0x20000000, top = 0x28000000 }
		process.store, process.kept = mem.store, mem.kept
		mem:keep(process.root, 0x4000)
		mem:alloc(4096)
		process:map_fresh(0x8000, 8192, { prot = "rx" })
		process:write(0x8ffd, "secret")
		process:map(SUPER, 0x15000000, { size = SUPER })
		local kd = assert(reader.open(forge.minidump{ memory = mem }))
		local root = process.root | 0x6a
		assert.equal("secret", kd:read_in(root, 0x8ffd, 6))
		assert.equal(5, kd:translate_in(root, 0x8000).prot)
		assert.equal(0x15abcdef,
		    kd:translate_in(root, SUPER + 0xabcdef).paddr)
		cases.fails("fault-unmapped", kd, "read_in", root, 0xa000, 1)
	end)
end)

describe("damaged dumps of arm", function()
	it("are errors and no more", function()
		local mem = forge.memory{ arch = "arm", ram = {
			{ 0x10000000, 0x10400000 } }, free = 0x10100000,
			heap = 0xc0400000 }
		local va = mem:alloc(8192, { pages = true })
		reader.survives(forge.minidump{ memory = mem }:tostring(),
		    { addresses = { va, 0xfffffffc } })
		local symbols = loaded(forge.memory{ arch = "arm", ram = {
			{ 0x82000000, 0x84000000 } }, free = 0x82200000 },
		    0x82200000)
		local path = forge.kernel{ arch = "arm",
			symbols = symbols }:write(reader.path())
		local full = forge.memory{ arch = "arm", ram = {
			{ 0x82000000, 0x82400000 } }, free = 0x82200000 }
		loaded(full, full.root)
		reader.survives(forge.elfdump{ memory = full,
			delta = delta() }:tostring(), { kernel = path,
			addresses = { KERNVA, 0xfffffffc }, flips = 100 })
	end)
end)
