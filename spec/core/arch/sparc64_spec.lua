--- sparc64: dumps of a kind of their own, and the kernel's TSB.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local TEXT = ("0123456789abcdef"):rep(1024)
local RAM = { { 0, 0x400000 }, { 0x10000000, 0x10400000 } }

local function memory(opts)
	opts = opts or {}
	opts.arch, opts.ram = "sparc64", opts.ram or RAM
	opts.free, opts.tsb = 0x100000, opts.tsb or 1024
	return forge.memory(opts)
end

local function kernel(opts)
	opts = opts or {}
	opts.arch = "sparc64"
	return forge.kernel(opts)
end

local function open(mem, opts, k)
	opts = opts or {}
	opts.memory = mem
	local dump = forge.sparc64dump(opts)
	return dump, reader.open(dump, k)
end

-- An entry of the TSB for va, as it is given.
local function put(mem, va, vpn, data)
	local at = mem.tsb_pa + (va >> 13 & mem.tsb_mask) * 32
	mem.store:put(at, 8, vpn)
	mem.store:put(at + 8, 8, data)
end

cases.full{ name = "sparc64", memory = { arch = "sparc64", tsb = 65536,
	ram = { { 0x80000000, 0x80000000 + 65 * 8192 },
		{ 0x80000000 + 128 * 8192, 0x90000000 } } },
	sizes = {}, span = 1 << 22, host = "sparc64", dump = forge.sparc64dump,
	full = function() return {}, {} end }

describe("sparc64 dumps", function()
	it("are recognised by a header that adds up", function()
		local mem = memory()
		local va = mem:alloc(16384, { pages = true })
		mem:write(va, TEXT)
		local _, kd = open(mem, {}, kernel{ symbols = {
			{ name = "start", addr = va, size = 8 } } })
		local d = kd:dump()
		assert.equal("sparc64", d.arch)
		assert.equal("full", d.kind)
		assert.equal(8192, d.page_size)
		assert.equal("big", kd:byteorder())
		assert.equal(8, kd:ptrsize())
		assert.equal("01234567", kd:read(kd:symbol("start").value, 8))
		assert.is_true(TEXT == kd:read(va, #TEXT))
		-- Without a kernel, too.
		_, kd = open(mem)
		assert.is_true(TEXT == kd:read(va, #TEXT))
	end)

	it("are none when the header does not", function()
		local mem = memory()
		for _, header in ipairs{ { size = 1024 }, { size = 0 },
			{ nregions = 0 }, { nregions = -1 }, { nregions = 40 } } do
			local _, kd, message, code = open(mem,
			    { header = header })
			reader.fails("format", "not a FreeBSD kernel crash dump",
			    kd, message, code)
		end
	end)

	it("have a TSB of a power of two", function()
		local _, kd, message, code = open(memory(),
		    { header = { tsb_mask = 0x3fe } })
		reader.fails("format", "TSB mask 0x3fe", kd, message, code)
	end)

	it("go with kernels of sparc64", function()
		for _, opts in ipairs{ { machine = 2 }, { class = 32 },
			{ etype = "DYN" } } do
			local _, kd, message, code = open(memory(), {},
			    kernel(opts))
			reader.fails("format", "not a kernel for this dump", kd,
			    message, code)
		end
	end)

	it("have regions in any order, with holes between them", function()
		local mem = memory()
		mem.store:put_bytes(0x10000000, "second")
		mem.store:put_bytes(0x3ffff0, "end of the first")
		local dump, kd = open(mem, { regions = { RAM[2], RAM[1] } })
		assert.equal("second", kd:read_phys(0x10000000, 6))
		assert.equal("end of the first", kd:read_phys(0x3ffff0, 16))
		assert.equal(512, dump:offset(0x10000000))
		reader.fails("fault-not-dumped", "0x400000",
		    kd:read_phys(0x400000, 1))
		reader.fails("fault-not-dumped", "0x10400000",
		    kd:read_phys(0x10400000, 1))
	end)

	it("begin with data right behind a header of any length", function()
		-- 60 regions: 3 sectors of header.
		local ram = {}
		for i = 0, 59 do
			ram[i + 1] = { i << 16, (i << 16) + 0x8000 }
		end
		local mem = memory{ tsb = 32 }
		mem.store:put_bytes(0, "first")
		mem.store:put_bytes(59 << 16, "last")
		local dump, kd = open(mem, { regions = ram })
		assert.equal(1536, dump:offset(0))
		assert.equal("first", kd:read_phys(0, 5))
		assert.equal("last", kd:read_phys(59 << 16, 4))
	end)
end)

describe("sparc64 addresses", function()
	it("from 0xfffff80000000000 on are physical ones", function()
		local mem = memory()
		local va = mem:dmap(0x10400000 - 16)
		mem:write(va, "the last bytes..")
		local _, kd = open(mem)
		assert.equal("the last bytes..", kd:read(va, 16))
		local page = kd:translate(va)
		assert.equal(0x10400000 - 16, page.paddr)
		assert.equal(va, page.dmap_vaddr)
		assert.equal(0, page.kmap_vaddr)
		reader.fails("fault-not-dumped", "0x10400000",
		    kd:read(va + 8, 16))
		reader.fails("fault-not-dumped", "0x7ffffffffff",
		    kd:read(-1, 1))
		reader.fails("fault-unmapped", "not in the TSB",
		    kd:read(0xfffff7ffffffffff, 1))
	end)

	it("elsewhere are in the TSB or not mapped", function()
		local mem = memory()
		local va = mem:alloc(8192, { pages = true })
		mem:write(va, "tagged")
		-- The same slot, another tag.
		local alias = va + (1024 << 13)
		local _, kd = open(mem)
		assert.equal("tagged", kd:read(va, 6))
		reader.fails("fault-unmapped", "not in the TSB",
		    kd:read(alias, 1))
		-- Not valid, or a tag of another page size.
		local data = 1 << 63 | 0x200000
		for _, e in ipairs{ { va >> 13 << 2, data & ~(1 << 63) },
			{ va >> 13 << 2 | 1, data },
			{ va >> 13 << 2, data | 1 << 61 } } do
			put(mem, va, e[1], e[2])
			_, kd = open(mem)
			reader.fails("fault-unmapped", "not in the TSB",
			    kd:read(va, 1))
		end
	end)

	it("are mapped by pages of every size", function()
		for sz = 0, 3 do
			local shift = 13 + 3 * sz
			local mem = memory()
			local va = 0xd0400000
			local part = va + (1 << shift) - 8192
			put(mem, part, va >> shift << 2 | sz,
			    1 << 63 | sz << 61 | 0x10000000)
			mem.store:put_bytes(0x10000000 + (1 << shift) - 8,
			    "the end")
			local _, kd = open(mem)
			assert.equal("the end",
			    kd:read(va + (1 << shift) - 8, 7))
			assert.equal(0x10000000 + (1 << shift) - 8192,
			    kd:translate(part).paddr)
		end
	end)

	it("tell protections", function()
		local mem = memory()
		-- What the kernel calls TD_W, TD_SW and TD_EXEC.
		for bits, prot in pairs{ [0] = 1, [2] = 3, [0x100] = 3,
			[0x800] = 5, [0x902] = 7 } do
			put(mem, 0xd0000000, 0xd0000000 >> 13 << 2,
			    1 << 63 | 0x200000 | bits)
			local _, kd = open(mem)
			assert.equal(prot, kd:translate(0xd0000000).prot)
		end
	end)
end)

describe("sparc64 walks", function()
	it("visit the TSB by ascending address, then the rest", function()
		local mem = memory()
		for _, i in ipairs{ 900, 3, 2000, 77, 1023, 1024 + 5 } do
			mem:map(mem.kernbase + i * 8192, 0x200000 + i * 1024 // 8192
			    * 8192, { prot = i % 2 == 0 and "rw" or "r" })
		end
		-- An entry in a slot that is not its own maps nothing.
		put(mem, 0xd0000000 + 8192 * 11, 0xd0000000 >> 13 << 2,
		    1 << 63 | 0x200000)
		local dump, kd = open(mem)
		reader.walk(kd, dump:expected_pages(), 8192)
	end)

	it("say when the TSB is not in the dump", function()
		local mem = memory()
		mem:alloc(8192, { pages = true })
		local _, kd = open(mem, { header = { tsb_pa = 0x20000000 } })
		local done, message, code = kd:walk_pages(function() end)
		assert.is_nil(done)
		assert.equal("fault-not-dumped", code)
		assert.matches("TSB entry 0: physical address 0x20000000",
		    message)
	end)
end)

describe("sparc64 damage", function()
	it("is survived", function()
		local mem = memory{ ram = { { 0, 0x200000 } }, tsb = 256 }
		local va = mem:alloc(16384, { pages = true })
		reader.survives(forge.sparc64dump{ memory = mem }:tostring(), {
			addresses = { va, 0, mem:dmap(0x100000), -1 },
			front = 1024 })
	end)

	it("of regions is told", function()
		local bytes = forge.sparc64dump{
			memory = memory{ tsb = 32 } }:tostring()
		local bad = bytes:sub(1, 72) .. ("\xff"):rep(8) .. bytes:sub(81)
		reader.fails("format", "region 1: 0xffffffffffffffff bytes",
		    reader.open(bad))
	end)
end)
