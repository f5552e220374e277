--- powerpc, 32 and 64 bits: full dumps, which hold virtual memory.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local TEXT = ("0123456789abcdef"):rep(1024)

-- What differs: the architecture, where its kernel is linked and runs, and
-- where the mapped memory is.
local TARGETS = {
	{ name = "powerpc", arch = "powerpc", endian = ">", link = 0x100000,
		kva = 0xe0000000, msgbuf = 0xd0001000 },
	{ name = "powerpc64", arch = "powerpc64", endian = ">", link = 0x100000,
		kva = 0xc008000000000000, msgbuf = 0xc000000000f01000 },
	{ name = "powerpc64le", arch = "powerpc64", endian = "<",
		link = 0x100000, kva = 0xc008000000000000,
		msgbuf = 0xc000000000f01000 },
}

for _, t in ipairs(TARGETS) do

local function memory()
	return forge.memory{ arch = t.arch, endian = t.endian,
		ram = { { 0, 0x4000000 } } }
end

-- A kernel with 8 KB of text, 4 KB of read-only data, then data.
local function kernel(opts)
	local o = { arch = t.arch, endian = t.endian, sections = {
		{ name = ".text", addr = t.link + 0x100,
			data = TEXT:sub(1, 0x1f00) },
		{ name = ".rodata", addr = t.link + 0x2000,
			data = TEXT:sub(1, 0x800) },
		{ name = ".data", addr = t.link + 0x3000,
			data = ("d"):rep(4096) },
		{ name = ".bss", addr = t.link + 0x4000, size = 0x1800 } },
		symbols = {
			{ name = "panicstr", addr = t.link + 0x3100, size = 8 },
			{ name = "_etext", addr = t.link + 0x2800,
				type = "notype", section = "ABS" },
			{ name = "_end", addr = t.link + 0x5800,
				type = "notype", section = "ABS" } } }
	for k, v in pairs(opts or {}) do
		o[k] = v
	end
	return forge.kernel(o)
end

-- What the kernel writes: its data from the page of etext on, the message
-- buffer, and mapped memory.
local function build(opts, displacement)
	local mem = memory()
	local base = t.link + (displacement or 0)
	local virtual = {
		{ va = t.kva, pa = 0x20000, size = 0x4000 },
		{ va = base + 0x2000, pa = 0x10000, size = 0x4000 },
		{ va = t.msgbuf, pa = 0x18000, size = 0x2000 },
	}
	mem.store:put_bytes(0x20000, TEXT)
	mem.store:put_bytes(0x10000, ("r"):rep(0x800))
	mem.store:put_bytes(0x11100, "run-time data\0")
	mem.store:put_bytes(0x18000, "<118>message\0")
	local o = { memory = mem, virtual = virtual }
	for k, v in pairs(opts or {}) do
		o[k] = v
	end
	return forge.elfdump(o), base, virtual
end

describe(t.name .. " full dumps", function()
	it("are read by virtual address", function()
		local dump, base = build()
		local kd = assert(reader.open(dump, kernel()))
		local d = kd:dump()
		assert.equal(t.name, d.arch)
		assert.equal("full", d.kind)
		assert.is_true(TEXT == kd:read(t.kva, #TEXT))
		assert.equal("run-time data", kd:read_string(base + 0x3100))
		assert.equal("<118>message", kd:read_string(t.msgbuf))
		assert.equal("f", kd:read(t.kva + 0x3fff, 1))
		reader.fails("fault-unmapped", "not in the part",
		    kd:read(t.kva + 0x4000, 1))
		reader.fails("fault-unmapped", "not in the part",
		    kd:read(t.kva + 0x3fff, 2))
		reader.fails("fault-unmapped", "not in the part",
		    kd:read(t.kva - 1, 1))
		reader.fails("notsup", "virtual memory", kd:read_phys(0x20000, 8))
	end)

	it("take text from the kernel file", function()
		local dump, base = build()
		local kd = assert(reader.open(dump, kernel()))
		assert.is_true(TEXT:sub(1, 0x1f00) ==
		    kd:read(base + 0x100, 0x1f00))
		-- The page of etext was dumped: the dump is right.
		assert.equal("rrrr", kd:read(base + 0x2000, 4))
		assert.equal(TEXT:sub(0x1f00 - 3, 0x1f00) .. "rrrr",
		    kd:read(base + 0x1ffc, 8))
		reader.fails("fault-unmapped", "not in the part",
		    kd:read(base + 0xff, 1))
		-- Without a kernel file there is none.
		kd = assert(reader.open((build())))
		reader.fails("fault-unmapped", "not in the part",
		    kd:read(base + 0x100, 1))
	end)

	it("tell where a relocatable kernel ran", function()
		for _, etype in ipairs{ "EXEC", "DYN" } do
			local by = 0x1c00000
			local dump, base = build(nil, by)
			local kd = assert(reader.open(dump,
			    kernel{ etype = etype }))
			assert.equal(by, kd:kerndisp())
			assert.equal(base + 0x3100, kd:symbol("panicstr").value)
			assert.equal("run-time data",
			    kd:read_string(kd:symbol("panicstr").value))
			assert.is_true(TEXT:sub(1, 0x1f00) ==
			    kd:read(base + 0x100, 0x1f00))
		end
	end)

	it("may lie behind a kerneldumpheader", function()
		for version = 1, 4 do
			local plain = build():tostring()
			local header = forge.kdh.encode{ version = version,
				arch = t.name, length = #plain,
				archversion = 1, hostname = "ppc" }
			assert.equal(512, #header)
			local kd = assert(reader.open(header .. plain, kernel()))
			assert.is_true(TEXT == kd:read(t.kva, #TEXT))
			assert.equal("run-time data",
			    kd:read_string(kd:symbol("panicstr").value))
			assert.equal("ppc", kd:dump().note.hostname)
		end
	end)

	it("are walked by their segments", function()
		local dump, _, virtual = build()
		table.sort(virtual, function(a, b)
			return math.ult(a.va, b.va)
		end)
		local expected = {}
		for _, s in ipairs(virtual) do
			for off = 0, s.size - 1, 4096 do
				expected[#expected + 1] = { paddr = 0,
					kmap_vaddr = s.va + off, dmap_vaddr = 0,
					prot = 3, len = 4096,
					offset = dump:offset(s.pa + off) }
			end
		end
		local kd = assert(reader.open(dump))
		local got = {}
		assert.is_true(kd:walk_pages(function(page)
			assert.equal(0, page.paddr)
			got[#got + 1] = page
		end))
		got = forge.walk.split(got, 4096)
		for _, page in ipairs(got) do
			page.paddr = 0
		end
		assert.same(expected, got)
	end)

	it("may be larger than 2 GB in one piece", function()
		local mem = memory()
		local far = 0x60000000
		mem.store:put_bytes(far + 0x90001234, "far away")
		local dump = forge.elfdump{ memory = mem, virtual = {
			{ va = t.kva - 0xa0000000, pa = far,
				size = 0xa0000000 } } }
		local kd = assert(reader.open(dump))
		assert.equal("far away",
		    kd:read(t.kva - 0xa0000000 + 0x90001234, 8))
	end)

	it("of physical memory have no page table", function()
		local mem = memory()
		mem.store:put_bytes(0x500000, "somewhere")
		local dump = forge.elfdump{ memory = mem,
			ram = { { 0x400000, 0x600000 } } }
		local kd = assert(reader.open(dump, kernel()))
		assert.equal("somewhere", kd:read_phys(0x500000, 9))
		reader.fails("notsup", t.name .. " holds no page table",
		    kd:read(t.kva, 8))
		assert.equal("0123", kd:read(t.link + 0x100, 4))
		if t.arch == "powerpc64" then
			assert.equal("somewhere",
			    kd:read(0xc000000000500000, 9))
			reader.fails("fault-not-dumped", "0x600000",
			    kd:read(0xc000000000600000, 1))
		end
	end)

	it("of physical memory tell where the kernel ran", function()
		if t.arch ~= "powerpc64" then
			return
		end
		for direct = 0, 1 do
			local mem = memory()
			mem.store:put(0x700000, 8, 0xc000000000500100)
			mem.store:put(0x700008, 4, direct)
			mem.store:put_bytes(0x700010, "data of the kernel\0")
			mem.store:put_bytes(0x123000, "UMA's\0")
			local kd = assert(reader.open(forge.elfdump{
				memory = mem, ram = { { 0, 0x1000000 } } },
			    kernel{ etype = "DYN", symbols = {
				{ name = "__startkernel", addr = 0x300000,
					size = 8 },
				{ name = "hw_direct_map", addr = 0x300008,
					size = 4 },
				{ name = "text", addr = 0x300010, size = 20 },
			    } }))
			assert.equal(0xc000000000400000, kd:kerndisp())
			assert.equal("data of the kernel",
			    kd:read_string(kd:symbol("text").value))
			if direct == 0 then
				assert.equal("UMA's", kd:read_string(0x123000))
			else
				reader.fails("notsup", "no page table",
				    kd:read(0x123000, 1))
			end
			reader.fails("notsup", "no page table",
			    kd:read(0x2000000, 1))
			reader.fails("notsup", "no page table",
			    kd:read(t.kva, 1))
		end
	end)

	it("go with kernels of their kind", function()
		local dump = build()
		local function opened(opts)
			return reader.open(dump, kernel(opts))
		end
		reader.fails("format", "not a kernel", opened{ etype = "REL" })
		reader.fails("format", "not a kernel", opened{ machine = 62 })
		reader.fails("format", "not a kernel",
		    opened{ class = t.arch == "powerpc" and 64 or 32 })
	end)

	it("that are damaged are survived", function()
		reader.survives(build():tostring(), { addresses = { t.kva,
			t.msgbuf, t.link, 0, 0xffffffff, -1 } })
	end)
end)
end

describe("powerpc", function()
	it("has addresses of 32 bits", function()
		local mem = forge.memory{ arch = "powerpc" }
		mem.store:put_bytes(0x10000, TEXT:sub(1, 4096))
		local kd = assert(reader.open(forge.elfdump{ memory = mem,
			virtual = { { va = 0xfffff000, pa = 0x10000,
				size = 4096 } } }))
		assert.equal("f", kd:read(0xffffffff, 1))
		reader.fails("fault-unmapped", "past the end of the address",
		    kd:read(0xffffffff, 2))
		reader.fails("fault-unmapped", "past the end of the address",
		    kd:read(0x1fffff000, 1))
		assert.equal(4, kd:ptrsize())
	end)

	it("is big-endian", function()
		local mem = forge.memory{ arch = "powerpc", endian = "<" }
		reader.fails("notsup", "unknown architecture", reader.open(
		    forge.elfdump{ memory = mem, virtual = {
			{ va = 0xe0000000, pa = 0, size = 4096 } } }))
	end)

	it("has no minidumps", function()
		reader.fails("notsup", "unknown architecture",
		    reader.open("minidump FreeBSD/powerpc" .. ("\0"):rep(8192)))
	end)
end)
