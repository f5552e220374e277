--- amd64: minidumps and full dumps, four and five levels.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local KERNBASE, KERNLOAD, BIG = 0xffffffff80000000, 0x200000, 0x200000
local LOADED = 0x82000000

-- The kernel, loaded at physical address load, with the variables by which a
-- full dump is understood; more is of further ones.
local function loaded(mem, load, more)
	local va = KERNBASE + KERNLOAD
	mem:map(va, load, { size = BIG, prot = "rwx" })
	local symbols, at = {}, va + 0x1000
	for name, value in pairs(more) do
		mem:u64(at, value)
		symbols[#symbols + 1] = { name = name, addr = at, size = 8 }
		at = at + 8
	end
	return symbols
end

local function delta(load)
	return { vaddr = KERNBASE, paddr = load, align = KERNLOAD }
end

-- The table that the top slot of a five-level root leads to.
local function pml4(mem)
	return mem.arch.table_address(mem.store:get(mem.root + 511 * 8, 8))
end

for _, la57 in ipairs{ false, true } do
	local name = la57 and "amd64, five levels" or "amd64"
	cases.minidumps{ name = name, memory = { arch = "amd64", la57 = la57 },
		host = "x86_64", wrong = { { etype = "DYN" } } }
	cases.full{ name = name, memory = { arch = "amd64", la57 = la57 },
		host = "x86_64", full = function(_, mem)
			mem:map_direct(BIG)
			return loaded(mem, LOADED, { la57 = la57 and 1 or 0,
				KPML4phys = la57 and 0 or mem.root,
				KPML5phys = la57 and mem.root or 0 }),
			    { delta = delta(LOADED) }
		end }
end

describe("amd64 minidumps", function()
	local function dump(o, fn)
		local mem = forge.memory(o.memory or {})
		local at = fn(mem)
		o.memory = mem
		local d = forge.minidump(o)
		return assert(reader.open(d)), d, at
	end

	it("find pages by the test vectors of the format", function()
		local kd, d = dump({ version = 3, memory = {
			ram = { { 0x1800, 0x5400 }, { 0x100000, 0xbff00000 } } } },
		    function(mem)
			for _, pa in ipairs{ 0x1000, 0x5000, 0x100000 } do
				mem:map(mem.heap + pa, pa)
				mem:u64(mem.heap + pa, pa)
			end
		end)
		assert.equal(d.at.sparse, kd:translate(0xfffffe0010001000).offset)
		assert.equal(d.at.sparse + 4096,
		    kd:translate(0xfffffe0010005000).offset)
		assert.equal(d.at.sparse + 8192,
		    kd:translate(0xfffffe0010100000).offset)
		assert.equal(0x5000, kd:read_uint(0xfffffe0010005000, 8))
		-- One range's last page is no page of the hole behind it.
		cases.fails("fault-not-dumped", kd, "read_phys", 0xa0000, 8)
	end)

	it("have pages up to the last bit of a bitmap of whole pages",
	    function()
		local kd, d = dump({ memory = {
			ram = { { 0x1000, 0x1000 + 32768 * 4096 } } } },
		    function(mem)
			mem:map(mem.heap, 32768 * 4096)
			mem:u64(mem.heap, 11)
		end)
		assert.equal(4096, d.bitmapsize)
		assert.equal(11, kd:read_uint(0xfffffe0010000000, 8))
		cases.fails("fault-not-dumped", kd, "read_phys", 32769 * 4096,
		    1)
	end)

	it("without dump_avail have a bit for every page there could be",
	    function()
		for version = 1, 2 do
			local kd, d = dump({ version = version,
				bitmapsize = 1 << 20 }, function(mem)
				mem:alloc(4096)
			end)
			local top = (1 << 20) * 8 * 4096
			for _, pa in ipairs{ top - 1, top, 1 << 51, -1 } do
				cases.fails("fault-not-dumped", kd,
				    "read_phys", pa, 1)
			end
			reader.walk(kd, d:expected_pages(), 4096)
		end
	end)

	it("may have no page at all", function()
		local kd = dump({ version = 3, bitmapsize = 0 },
		    function(mem)
			mem:map(mem.heap + BIG, 0, { size = BIG,
				dumped = false })
		end)
		local pages = {}
		assert.is_true(kd:walk_pages(function(p)
			pages[#pages + 1] = p
		end))
		assert.equal(BIG, pages[1] and pages[1].len)
		assert.is_nil(pages[1].offset)
	end)

	it("have superpages whose frames have the PAT bit, in any version",
	    function()
		for version = 1, 3 do
			local kd = dump({ version = version }, function(mem)
				local pa = 0x8000000
				mem:map(mem.heap + BIG, pa, { size = BIG,
					bits = 1 << 12 })
				mem:keep(pa + 0x5000, 4096)
				mem:u64(mem.heap + BIG + 0x5000, 42)
			end)
			if version > 1 then
				assert.equal(42, kd:read_uint(
				    0xfffffe0010205000, 8))
			end
		end
	end)

	it("have pages of 1 GiB, broken up by the kernel", function()
		for version = 2, 3 do
			local kd, d = dump({ version = version },
			    function(mem)
				mem:map(0xfffffe0040000000, 0x100000000,
				    { size = 1 << 30, prot = "r" })
				mem:keep(0x100000000 + 0x7654000, 4096)
				mem:u64(0xfffffe0047654008, 99)
			end)
			assert.equal(99, kd:read_uint(0xfffffe0047654008, 8))
			assert.equal(1, kd:translate(0xfffffe0047654008).prot)
			assert.equal(d:offset(0x107654000),
			    kd:translate(0xfffffe0047654000).offset)
		end
	end)

	it("may lack a page table, which loses its pages only", function()
		local kd, d, at = dump({}, function(mem)
			local far = mem.heap + (1 << 30)
			mem:map_fresh(far, 8192)
			local va = mem:alloc(4096, { pages = true })
			mem:u64(va, 7)
			local entry = require "spec.support.pagetable".walk(mem,
			    far, 21)
			mem:drop(mem.arch.table_address(entry), 4096)
			return { va = va, far = far }
		end)
		assert.equal(7, kd:read_uint(at.va, 8))
		local message = cases.fails("fault-not-dumped", kd, "read",
		    at.far, 8)
		assert.matches("page table with the PTE: physical address",
		    message)
		local seen = {}
		local done, why = kd:walk_pages(function(p)
			seen[p.kmap_vaddr] = true
		end)
		assert.is_nil(done)
		assert.matches("page table", why)
		for _, p in ipairs(d:expected_pages()) do
			assert.equal(math.ult(p.kmap_vaddr, at.far) or nil,
			    seen[p.kmap_vaddr])
		end
	end)

	it("tell the end of the page table area from what follows it",
	    function()
		local kd = dump({ header = { pmapsize = 4000 } },
		    function(mem) mem:alloc(4096) end)
		local message = cases.fails("fault-unmapped", kd, "read",
		    0xfffffe0000000000 + 500 * BIG, 8)
		assert.matches("page table area", message)
	end)

	it("of a running system end in a sector with their header", function()
		local mem = forge.memory{}
		local va = mem:alloc(4096, { pages = true })
		mem:u64(va, 5)
		local d = forge.minidump{ memory = mem }
		local kd = assert(reader.open(d:tostring() .. ("\0"):rep(512)))
		assert.equal(5, kd:read_uint(va, 8))
		assert.is_false(kd:dump().truncated)
		assert.equal(d.length, kd:dump().size_expected)
	end)
end)

describe("amd64 full dumps", function()
	local function open(o)
		local mem = forge.memory{ la57 = o.la57,
			ram = { { 0x100000, 0x4000000 } } }
		local va = mem:alloc(8192, { pages = true })
		mem:write(va + 4090, "across pages")
		local symbols = loaded(mem, o.load, o.symbols(mem))
		local d = forge.elfdump{ memory = mem, header = o.header,
			delta = o.delta and delta(o.load) }
		local kd, message, code = reader.open(d, forge.kernel{
			symbols = symbols })
		return kd, va, mem, message, code
	end

	local function reads(kd, va, message)
		assert.truthy(kd, message)
		assert.equal("across pages", kd:read(va + 4090, 12))
		kd:close()
	end

	it("lie at a fixed place up to FreeBSD 13.0", function()
		local kd, va, _, message = open{ load = KERNLOAD,
			symbols = function(mem)
				return { KPML4phys = mem.root }
			end }
		reads(kd, va, message)
	end)

	it("lie anywhere in 13.1 to 14, and say so in kernphys only",
	    function()
		local kd, va, _, message = open{ load = 0x2a00000,
			symbols = function(mem)
				return { KPML4phys = mem.root,
					kernphys = 0x2a00000 }
			end }
		reads(kd, va, message)
	end)

	it("say where they lie from 15 on", function()
		local kd, va, _, message = open{ load = 0x2a00000,
			delta = true, symbols = function(mem)
				return { KPML4phys = mem.root, kernphys = 1 }
			end }
		reads(kd, va, message)
	end)

	it("translate by five levels when la57 says so", function()
		local kd, va, _, message = open{ load = 0x2a00000, la57 = true,
			delta = true, symbols = function(mem)
				return { KPML4phys = pml4(mem), la57 = 1,
					KPML5phys = mem.root }
			end }
		reads(kd, va, message)
	end)

	it("do not fit any kernel", function()
		local kd, _, _, message, code = open{ load = 0x2a00000,
			symbols = function(mem)
				return { KPML4phys = mem.root, kernphys = 0x400000 }
			end }
		assert.is_nil(kd)
		assert.equal("format", code)
		assert.matches("right kernel", message)
	end)

	it("have no holes in the middle of the address space", function()
		local kd = open{ load = KERNLOAD, symbols = function(mem)
			return { KPML4phys = mem.root }
		end }
		local message = cases.fails("fault-unmapped", kd, "read",
		    0x0000800000000000, 8)
		assert.matches("canonical", message)
		cases.fails("fault-unmapped", kd, "read", 0x00007ffffffff000, 8)
	end)

	it("are not read past the end of a segment by large pages", function()
		local mem = forge.memory{ ram = { { 0x100000, 0x4000000 } } }
		local symbols = loaded(mem, KERNLOAD, { KPML4phys = mem.root })
		mem:map(0xfffffe0040000000, 0, { size = 1 << 30 })
		local kd = assert(reader.open(forge.elfdump{ memory = mem },
		    forge.kernel{ symbols = symbols }))
		assert.equal(8, #kd:read(0xfffffe0043fffff8, 8))
		cases.fails("fault-not-dumped", kd, "read",
		    0xfffffe0043fffff8, 9)
		cases.fails("fault-not-dumped", kd, "read",
		    0xfffffe00400ffff8, 8)
	end)
end)

describe("an address space of amd64", function()
	local USER = 0x7fffdead0000

	for _, la57 in ipairs{ false, true } do
		it("is read by its root, levels: " .. (la57 and 5 or 4),
		    function()
			local mem = forge.memory{ la57 = la57 }
			local process = forge.memory{ la57 = la57,
				free = 0x8000000 }
			process.store, process.kept = mem.store, mem.kept
			mem:keep(process.root)
			mem:alloc(4096)
			process:map_fresh(USER, 8192, { prot = "rx" })
			process:write(USER + 4093, "secret")
			process:map(USER + BIG & -BIG, 0xa000000, { size = BIG })
			local kd = assert(reader.open(forge.minidump{
				memory = mem }))
			-- The low bits of CR3 are no address.
			local root = process.root | 0x1b
			assert.equal("secret", kd:read_in(root, USER + 4093, 6))
			local page = kd:translate_in(root, USER + 9)
			assert.equal(process:translate(USER + 9), page.paddr)
			assert.equal(5, page.prot)
			assert.equal(0, page.kmap_vaddr)
			assert.equal(4096 - 9, page.len)
			local far = (USER + BIG & -BIG) + 0x1234
			assert.equal(0xa001234,
			    kd:translate_in(root, far).paddr)
			local message = cases.fails("fault-not-dumped", kd,
			    "read_in", root, far, 1)
			assert.matches("address space at", message)
			cases.fails("fault-unmapped", kd, "read_in", root,
			    USER + 8192, 1)
			cases.fails("fault-unmapped", kd, "read", USER, 1)
			cases.fails("fault-not-dumped", kd, "translate_in",
			    0x1f000000, USER)
			if not la57 then
				cases.fails("fault-unmapped", kd,
				    "translate_in", root, 1 << 50)
			end
		end)
	end
end)

describe("damaged dumps of amd64", function()
	it("are errors and no more", function()
		local mem = forge.memory{ ram = { { 0x100000, 0x400000 } },
			free = 0x200000 }
		local va = mem:alloc(3 * 4096, { pages = true })
		mem:map(mem.heap + BIG & -BIG, 0x200000, { size = BIG })
		for version = 1, 3, 2 do
			reader.survives(forge.minidump{ memory = mem,
				version = version }:tostring(),
			    { addresses = { va, mem.kernbase, mem:dmap(0x200000) } })
		end
	end)
end)
