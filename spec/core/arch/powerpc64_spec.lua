--- powerpc64: the hashed page table and the radix tree, in both byte orders.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local powerpc64 = require "spec.support.arch.powerpc64"
local reader = require "spec.support.reader"

local TEXT = ("0123456789abcdef"):rep(1024)
local VALID, HID, BIG, KERNEL = 1, 2, 4, 1 << 36
local ORDERS = { { ">", "powerpc64" }, { "<", "powerpc64le" } }

local function memory(arch, endian, opts)
	opts = opts or {}
	opts.arch, opts.endian = arch, endian
	return forge.memory(opts)
end

local function kernel(endian, opts)
	opts = opts or {}
	opts.arch, opts.endian = "powerpc64", endian
	return forge.kernel(opts)
end

-- The kernel ran 4 MB above the beginning of the direct map.
local function open(mem, opts, ...)
	opts = opts or {}
	opts.memory = mem
	opts.header = opts.header or { startkernel = 0xc000000000500100,
		endkernel = 0xc000000001500100 }
	local dump = forge.minidump(opts)
	return dump, reader.open(dump, ...)
end

-- Walks of a dump without a direct map begin at address 0.
local function whole(dump)
	dump.kernbase, dump.kernend = 0, -1
	return dump:expected_pages()
end

for _, order in ipairs(ORDERS) do
local endian, name = order[1], order[2]

for _, v in ipairs{ { "powerpc64", "mmu_g5" }, { "powerpc64", "mmu_phyp" },
	{ "powerpc64nodmap", "mmu_phyp" } } do
	cases.minidumps{ name = ("%s: %s, %s"):format(name, v[1], v[2]),
		memory = { arch = v[1], mmu = v[2], endian = endian },
		sizes = { 1 << 24 }, span = 1 << 28, endless = true,
		host = endian == ">" and "ppc64" or "ppc64le" }
end

cases.minidumps{ name = name .. ": powerpc64, mmu_radix", memory = {
	arch = "powerpc64radix", endian = endian }, endless = true,
	host = endian == ">" and "ppc64" or "ppc64le" }

describe(name .. " minidumps", function()
	it("are read in both versions", function()
		for version = 1, 2 do
			local mem = memory("powerpc64", endian)
			local va = mem:alloc(16384, { pages = true })
			mem:write(va, TEXT)
			local dump, kd = open(mem, { version = version,
				msgbuf = "panic: x" })
			local d = kd:dump()
			assert.equal(name, d.arch)
			assert.equal(version, d.version)
			assert.equal("mini", d.kind)
			assert.equal(endian == ">" and "big" or "little",
			    kd:byteorder())
			assert.equal(8, kd:ptrsize())
			assert.is_true(TEXT == kd:read(va, #TEXT))
			assert.equal("panic: x",
			    kd:read_dump(d.msgbuf_offset, d.msgbuf_size))
			reader.walk(kd, dump:expected_pages(), 4096)
		end
	end)

	it("of unknown versions and MMUs are refused by name", function()
		local mem = memory("powerpc64", endian)
		local function refused(header, pattern, opts)
			opts = opts or {}
			opts.header = header
			local _, kd, message, code = open(mem, opts)
			reader.fails("notsup", pattern, kd, message, code)
		end
		refused({ version = 3 }, name .. " minidump header version 3")
		refused({ version = 4660 }, "version.* 4660")
		refused({ version = 0 }, "version 0")
		refused({ mmu_name = "mmu_booke" }, 'MMU "mmu_booke"')
		refused({ mmu_name = "mmu_g5x" }, 'MMU "mmu_g5x"')
	end)

	it("have hash tables of a power of two from 256 KB on", function()
		for _, size in ipairs{ 0, 4096, 0x20000, 0x40080, 0x60000 } do
			local mem = memory("powerpc64", endian)
			local _, kd, message, code = open(mem,
			    { header = { pmapsize = size } })
			reader.fails("format", "hashed page table of 0?x?%x+ bytes",
			    kd, message, code)
		end
	end)

	it("go with kernels of their machine and byte order", function()
		local mem = memory("powerpc64", endian)
		local function opened(opts)
			local _, kd, message, code = open(mem, {}, opts)
			return kd, message, code
		end
		assert(opened(kernel(endian)))
		assert(opened(kernel(endian, { etype = "DYN" })))
		reader.fails("format", "not a kernel for this dump",
		    opened(kernel(endian, { etype = "REL" })))
		reader.fails("format", "not a kernel for this dump",
		    opened(kernel(endian, { machine = 20 })))
		reader.fails("format", "not a kernel for this dump.*endian",
		    opened(kernel(endian == ">" and "<" or ">")))
	end)

	it("displace symbols by where the kernel ran", function()
		local mem = memory("powerpc64", endian)
		local data = mem:dmap(0x500000 + 0x200000)
		mem:u64(data, 0x1122334455667788)
		local _, kd = open(mem, {}, kernel(endian, { etype = "DYN",
			symbols = {
				{ name = "allproc", addr = 0x300000, size = 8 },
				{ name = "absolute", addr = 0x300000,
					section = "ABS" },
			} }))
		assert.equal(0xc000000000400000, kd:kerndisp())
		local sym = kd:symbol "allproc"
		assert.equal(data, sym.value)
		assert.equal(0x300000, kd:symbol("absolute").value)
		assert.equal("allproc", kd:symbol_at(data + 4).name)
		assert.equal(0x1122334455667788, kd:read_uint(data, 8))
	end)

	it("with a direct map take linked addresses for run-time ones", function()
		local mem = memory("powerpc64", endian)
		mem:u64(mem:dmap(0x700000), 0x1122334455667788)
		local _, kd = open(mem)
		assert.equal(0x1122334455667788, kd:read_uint(0x300000, 8))
		-- Behind the kernel's end there is nothing to be moved.
		reader.fails("fault-unmapped", "not mapped",
		    kd:read(0x1200000, 8))
		reader.fails("fault-unmapped", "not mapped", kd:read(0x8, 8))
	end)

	it("have a direct map up to its last byte", function()
		local mem = memory("powerpc64", endian)
		mem:write(mem:dmap(0x1ffff000), TEXT:sub(1, 4096))
		local _, kd = open(mem)
		local last = mem:dmap(0x1fffffff)
		assert.equal("f", kd:read(last, 1))
		reader.fails("fault-not-dumped", "0x20000000",
		    kd:read(last, 2))
		reader.fails("fault-not-dumped", "0x7ffffffffff",
		    kd:read(0xc007ffffffffffff, 1))
		reader.fails("fault-unmapped", "not mapped",
		    kd:read(0xc008000000000000, 1))
		reader.fails("fault-unmapped", "not mapped",
		    kd:read(0xbfffffffffffffff, 1))
		local page = kd:translate(last)
		assert.equal(last, page.dmap_vaddr)
		assert.equal(0, page.kmap_vaddr)
		assert.equal(3, page.prot)
	end)

	it("without one hold data at low addresses", function()
		-- UMA's memory has virtual addresses equal to physical ones,
		-- in the range that the kernel was linked for too.
		local mem = memory("powerpc64nodmap", endian)
		for _, va in ipairs{ 0x300000, 0x12345000, 0x2000 } do
			mem:map(va, va)
			mem:write(va, ("uma %x"):format(va))
		end
		for at = 0, 0x3fff, 4096 do
			mem:map(0xc000000000500000 + at, 0x500000 + at,
			    { prot = "rx" })
		end
		mem:map(0xc000000000700000, 0x700000)
		mem:write(0xc000000000700000, "kernel's data")
		local dump, kd = open(mem, {}, kernel(endian, { symbols = {
			{ name = "data", addr = 0x300000, size = 8 } } }))
		assert.equal("uma 300000", kd:read_string(0x300000))
		assert.equal("uma 12345000", kd:read_string(0x12345000))
		assert.equal("uma 2000", kd:read_string(0x2000))
		assert.equal(0xc000000000700000, kd:symbol("data").value)
		assert.equal("kernel's data",
		    kd:read_string(kd:symbol("data").value))
		-- What the table does not map is not mapped.
		reader.fails("fault-unmapped", "hashed page table",
		    kd:read(0x301000, 8))
		reader.fails("fault-unmapped", "hashed page table",
		    kd:read(0xc000000012345000, 8))
		assert.equal(0, kd:dump().dmapend)
		reader.walk(kd, whole(dump), 4096)
	end)

	it("tell not mapped, not dumped and cut off apart", function()
		local mem = memory("powerpc64nodmap", endian)
		local hole = mem:alloc(4096, { pages = true, dumped = false })
		local first = mem:alloc(8192, { pages = true })
		local dump = forge.minidump{ memory = mem }
		dump.opts.truncate = dump.length - 100
		local kd = reader.open(dump)
		reader.fails("fault-unmapped", "hashed page table",
		    kd:read(first + 8192, 8))
		reader.fails("fault-not-dumped", "not in the dump",
		    kd:read(hole, 8))
		local last = mem:translate(first) > mem:translate(first + 4096)
		    and first or first + 4096
		assert.equal(8, #kd:read(last, 8))
		reader.fails("fault-truncated", "past the end",
		    kd:read(last + 4000, 8))
		assert.is_true(kd:dump().truncated)
	end)
end)

describe(name .. " hash tables", function()
	for _, mmu in ipairs{ "mmu_g5", "mmu_phyp" } do
	it("of " .. mmu .. " are searched in both groups", function()
		for _, secondary in ipairs{ false, true } do
			local mem = memory("powerpc64nodmap", endian,
			    { mmu = mmu, secondary = secondary })
			local a = mem:alloc(16384, { pages = true })
			mem:write(a, TEXT)
			local large = mem.kernbase + (3 << 30)
			mem:map(large, 0x10000000, { size = 16 << 20 })
			mem:write(large + 0xabcdef, "sixteen megabytes")
			mem:write(large + 0xffffff, "!")
			local dump, kd = open(mem)
			assert.is_true(TEXT == kd:read(a, #TEXT))
			assert.equal("sixteen megabytes",
			    kd:read_string(large + 0xabcdef))
			assert.equal("!", kd:read(large + 0xffffff, 1))
			reader.fails("fault-unmapped", "hashed page table",
			    kd:read(large + 0x1000000, 1))
			reader.walk(kd, whole(dump), 4096)
		end
	end)
	end

	it("give entries to the address that is theirs only", function()
		local mem = memory("powerpc64nodmap", endian)
		local va, pa = mem.heap, mem:alloc_page()
		local vsid = powerpc64.vsid(va)
		local group = (vsid & 0x7fffffffff ~ (va & 0xfffffff) >> 12) & 2047
		local hi = vsid << 12 | (va >> 23 & 31) << 7 | VALID
		-- Each differs from the right one in what must not differ.
		for _, wrong in ipairs{ VALID, HID, BIG, 1 << 7, 1 << 12,
			KERNEL << 12, 1 << 62 } do
			powerpc64.raw(mem, group, hi ~ wrong, 0x7000 | 2)
		end
		powerpc64.raw(mem, group, hi | 0x78, pa | 2)
		mem:keep(pa)
		mem.store:put_bytes(pa, "right")
		local _, kd = open(mem)
		assert.equal("right", kd:read(va, 5))
		assert.equal(pa, kd:translate(va).paddr)
	end)

	it("tell protections as they are", function()
		local mem = memory("powerpc64nodmap", endian)
		for prot, bits in pairs{ r = 1, rw = 3, rx = 5, rwx = 7 } do
			local va = mem:alloc(4096, { pages = true, prot = prot })
			local _, kd = open(mem)
			assert.equal(bits, kd:translate(va).prot)
		end
	end)

	it("are walked past what is not the kernel's", function()
		local mem = memory("powerpc64nodmap", endian)
		-- A user's page, the hypervisor's real mode area, an entry
		-- that lies where nobody looks for it, one of a terabyte
		-- segment: in the first groups.
		powerpc64.raw(mem, 0, 0x12345 << 12 | VALID, 0x3000 | 2)
		powerpc64.raw(mem, 0, 0x1ffffff << 12 | VALID, 0x3000 | 2)
		powerpc64.raw(mem, 1, powerpc64.vsid(mem.heap) << 12 | 3 << 7 |
		    BIG | VALID, 0x3000 | 2)
		powerpc64.raw(mem, 1, 1 << 62 | KERNEL << 12 | VALID, 0x3000)
		mem:alloc(40960, { pages = true })
		-- Segments all over the address space, far above the memory.
		for _, va in ipairs{ 0xc0007ffff0000000, 0xc00800077fff0000,
			0xffffffff, 0x0fffffffffff0000, 0xffffffffffff0000 } do
			mem:map(va & -4096, mem:alloc_page(), { prot = "r" })
		end
		local dump, kd = open(mem)
		reader.walk(kd, whole(dump), 4096)
	end)

	it("of any size are inverted", function()
		for _, nptegs in ipairs{ 2048, 4096, 1 << 16, 1 << 17 } do
			for _, secondary in ipairs{ false, true } do
				local mem = memory("powerpc64", endian,
				    { nptegs = nptegs, secondary = secondary })
				for i = 0, 31 do
					mem:map(mem.kernbase + (i << 23) +
					    (i * 37 << 12), mem:alloc_page(),
					    { prot = i % 2 == 0 and "rw" or "r" })
				end
				mem:map(mem.kernbase + (7 << 28), 0x11000000,
				    { size = 16 << 20 })
				local dump, kd = open(mem)
				reader.walk(kd, dump:expected_pages(), 4096)
			end
		end
	end)

	it("that are cut off lose what was in there", function()
		local mem = memory("powerpc64nodmap", endian)
		for i = 0, 63 do
			mem:map(mem.kernbase + i * 4096, mem:alloc_page())
		end
		local dump = forge.minidump{ memory = mem }
		dump.opts.truncate = dump.at.pmap + 2048 * 64
		local kd = reader.open(dump)
		local there = 0
		local done, message, code = kd:walk_pages(function()
			there = there + 1
		end)
		assert.is_nil(done)
		assert.equal("fault-truncated", code)
		assert.matches("hashed page table, group 0x400", message)
		assert.is_true(there < 64)
		local _, _, class = kd:read(mem.kernbase, 8)
		assert.matches("^fault%-", class)
	end)
end)

describe(name .. " bitmaps", function()
	it("have ranges in the order that the firmware gave", function()
		-- A bit's number depends on the ranges before it in the list.
		local mem = memory("powerpc64", endian)
		local vas = {}
		for i, pa in ipairs{ 0x3000, 0x400000, 0x10000000, 0x10fff000,
			0x18000000 } do
			vas[i] = mem:dmap(pa)
			mem:write(vas[i], ("at %x"):format(pa))
		end
		local dump, kd = open(mem, { dump_avail = {
			{ 0x10000000, 0x11000000 }, { 0x400000, 0x800000 },
			{ 0x18000000, 0x18800000 }, { 0x3000, 0x100000 } } })
		for _, va in ipairs(vas) do
			local pa = va & 0xffffffff
			assert.equal(("at %x"):format(pa), kd:read_string(va))
			assert.equal(dump:offset(pa), kd:translate(va).offset)
		end
		reader.fails("fault-not-dumped", "0x11000000",
		    kd:read(mem:dmap(0x11000000), 1))
		reader.walk(kd, dump:expected_pages(), 4096)
		local bad, message, code = select(2, open(mem, { dump_avail = {
			{ 0x10000000, 0x11000000 }, { 0x10800000, 0x10900000 } } }))
		reader.fails("format", "0x10800000 on overlaps", bad, message,
		    code)
	end)

	it("are made of words of 64 bits", function()
		-- Which page is which depends on the bits before it.
		local mem = memory("powerpc64", endian)
		for _, pfn in ipairs{ 0x1001, 0x1008, 0x1021, 0x103e, 0x1040,
			0x107f } do
			mem:write(mem:dmap(pfn << 12), ("page %x"):format(pfn))
		end
		for version = 1, 2 do
			local dump, kd = open(mem, { version = version })
			for _, pfn in ipairs{ 0x1001, 0x1008, 0x1021, 0x103e,
				0x1040, 0x107f } do
				local va = mem:dmap(pfn << 12)
				assert.equal(("page %x"):format(pfn),
				    kd:read_string(va))
				assert.equal(dump:offset(pfn << 12),
				    kd:translate(va).offset)
			end
			reader.fails("fault-not-dumped", "0x1006000",
			    kd:read(mem:dmap(0x1006000), 1))
		end
	end)
end)

describe(name .. " text", function()
	-- Booted by firmware, a kernel may leave its image out of the dump.
	local function build(arch)
		local mem = memory(arch, endian)
		for at = 0, 0x4fff, 4096 do
			mem:map(0xc000000000500000 + at, 0x500000 + at,
			    { prot = "rx", dumped = false })
		end
		local _, kd = open(mem, {}, kernel(endian, { etype = "DYN",
			sections = {
				{ name = ".text", addr = 0x100100,
					data = TEXT:sub(1, 0x1f00) },
				{ name = ".rodata", addr = 0x102000,
					data = "FreeBSD 13.2\0" },
				{ name = ".data", addr = 0x103000,
					data = ("d"):rep(64) },
				{ name = ".bss", addr = 0x104000, size = 64 },
			} }))
		return kd
	end

	for _, arch in ipairs{ "powerpc64", "powerpc64nodmap" } do
	it("comes from the kernel file when not dumped: " .. arch, function()
		local kd = build(arch)
		local base = 0xc000000000400000
		assert.is_true(TEXT:sub(1, 0x1f00) ==
		    kd:read(base + 0x100100, 0x1f00))
		assert.equal("FreeBSD 13.2", kd:read_string(base + 0x102000))
		-- Not before it, not behind it, and nothing that was written to.
		for _, at in ipairs{ 0x100000, 0x10200e, 0x103000, 0x104000 } do
			reader.fails("fault-not-dumped", "not in the dump",
			    kd:read(base + at, 1))
		end
		assert.is_nil(kd:translate(base + 0x100100).offset)
	end)
	end
end)

describe(name .. " kernels that left themselves out", function()
	-- Their version is in the file and in the dump's header.
	local function identity_of(noted)
		local version = "FreeBSD 13.2-RELEASE GENERIC\n"
		local mem = memory("powerpc64", endian)
		mem:alloc(64, { where = "dmap" })
		local bytes = forge.minidump{ memory = mem, header = {
			startkernel = 0xc000000000500100,
			endkernel = 0xc000000001500100 } }:tostring()
		if noted then
			bytes = forge.kdh.encode{ arch = name, length = #bytes,
				versionstring = noted } .. bytes
		end
		local kd = assert(reader.open(bytes, kernel(endian, {
			sections = { { name = ".data", addr = 0x300000,
				data = version .. ("\0"):rep(100) } },
			symbols = { { name = "version", addr = 0x300000,
				size = #version + 1 } } })))
		return require("vmcore.kern.identity").kernel(kd)
	end

	it("are compared by what the dump's header says", function()
		assert.is_true(identity_of "FreeBSD 13.2-RELEASE GENERIC\n    x")
		local matches, how = identity_of "FreeBSD 13.1-RELEASE GENERIC\n"
		assert.is_false(matches)
		assert.matches("does not match", how)
		assert.is_nil(identity_of())
	end)
end)

describe(name .. " radix trees", function()
	local function build(opts)
		local mem = memory("powerpc64radix", endian, opts)
		local a = mem:alloc(16384, { pages = true })
		mem:write(a, TEXT)
		return mem, a
	end

	it("map pages of every size", function()
		local mem, a = build{ ram = { { 0, 0x20000000 },
			{ 0x40000000, 0xc0000000 },
			{ 1 << 39, (1 << 39) + 0x10000000 } }, top = 0x20000000 }
		local maps = {
			[1 << 21] = { mem.kernbase + (1 << 34), 0x10000000 },
			[1 << 30] = { mem.kernbase + (1 << 35), 0x40000000 },
			[1 << 39] = { mem.kernbase + (1 << 40), 1 << 39 },
		}
		for size, m in pairs(maps) do
			if size < 1 << 39 then
				mem:map(m[1], m[2], { size = size, prot = "r" })
				mem:write(m[1] + size - 16, "the last bytes ")
			end
		end
		local dump, kd = open(mem)
		assert.is_true(TEXT == kd:read(a, #TEXT))
		for size, m in pairs(maps) do
			if size < 1 << 39 then
				assert.equal("the last bytes ",
				    kd:read(m[1] + size - 16, 15))
				assert.equal(m[2] + size - 16,
				    kd:translate(m[1] + size - 16).paddr)
			end
		end
		reader.walk(kd, dump:expected_pages(), 4096)
	end)

	it("have a leaf for 512 GB at the root", function()
		local mem = build{ ram = { { 0, 0x20000000 },
			{ 1 << 39, (1 << 39) + 0x10000000 } }, top = 0x20000000 }
		local va = mem.kernbase + (1 << 40)
		mem:map(va, 1 << 39, { size = 1 << 39 })
		mem.store:put_bytes((1 << 39) + 0x123456, "far away")
		mem:keep((1 << 39) + 0x123456)
		local _, kd = open(mem)
		assert.equal("far away", kd:read(va + 0x123456, 8))
	end)

	it("map memory that no range of the dump has", function()
		-- From address 0 to the end of them all.
		local mem = memory("powerpc64radix", endian)
		local va = mem.kernbase + (1 << 40)
		mem:map(va, 0, { size = 1 << 39 })
		local _, kd = open(mem, { dump_avail = {} })
		local pages = {}
		assert.is_true(kd:walk_pages(function(page)
			pages[#pages + 1] = page
		end))
		assert.equal(1, #pages)
		assert.equal(va, pages[1].kmap_vaddr)
		assert.equal(1 << 39, pages[1].len)
		assert.is_nil(pages[1].offset)
	end)

	it("tell protections", function()
		local mem = build()
		for prot, bits in pairs{ r = 1, rw = 3, rx = 5, rwx = 7 } do
			local va = mem:alloc(4096, { pages = true, prot = prot })
			local _, kd = open(mem)
			assert.equal(bits, kd:translate(va).prot)
		end
	end)

	it("are walked past tables that were not dumped", function()
		local mem, a = build()
		local far = mem.kernbase + (1 << 33)
		mem:map(far, mem:alloc_page())
		local pagetable = require "spec.support.pagetable"
		local slot = pagetable.slot(mem, far, 12)
		mem:map(mem.kernbase + (1 << 34), mem:alloc_page())
		mem:drop(slot & -4096)
		local dump, kd = open(mem)
		local expected = {}
		for _, page in ipairs(dump:expected_pages()) do
			if page.kmap_vaddr ~= far then
				expected[#expected + 1] = page
			end
		end
		-- Its page is one that only the direct map reaches now.
		local lost = mem:translate(far)
		table.insert(expected, #expected + 1, false)
		for i = #expected, 2, -1 do
			local before = expected[i - 1]
			if before.kmap_vaddr ~= 0 or before.paddr < lost then
				expected[i] = { paddr = lost, kmap_vaddr = 0,
					dmap_vaddr = mem:dmap(lost), prot = 3,
					offset = dump:offset(lost), len = 4096 }
				break
			end
			expected[i] = before
		end
		local message = reader.walk(kd, expected, 4096, true)
		assert.matches("not in the dump", message)
		assert.is_true(TEXT == kd:read(a, #TEXT))
		reader.fails("fault-not-dumped", "page table",
		    kd:read(far, 8))
	end)

	it("have roots of 64 KB", function()
		local mem = build()
		local _, kd, message, code = open(mem,
		    { header = { pmapsize = 4096 } })
		reader.fails("format", "radix tree of 0x1000 bytes", kd, message,
		    code)
	end)

	it("that lead back to themselves end", function()
		local mem = build()
		local slot = mem.root + 0x1010 * 8
		local entry = string.pack(">i8", mem.root | 1 << 63)
		mem.store:put_bytes(slot, entry)
		local _, kd = open(mem)
		local n = 0
		local done = kd:walk_pages(function() n = n + 1 end)
		assert.is_true(done == nil or n < 100000)
	end)
end)

describe(name .. " damage", function()
	for _, arch in ipairs{ "powerpc64", "powerpc64nodmap",
		"powerpc64radix" } do
	it("is survived: " .. arch, function()
		local mem = memory(arch, endian, { ram = { { 0, 0x2100000 } },
			top = 0x2000000, free = 0x2000000 - 0x100000 })
		local va = mem:alloc(8192, { pages = true })
		reader.survives(forge.minidump{ memory = mem }:tostring(), {
			addresses = { va, 0, 0x300000, 0xc000000000500100,
				0xffffffffffffffff }, front = 0x50000, flips = 100 })
	end)
	end
end)
end
