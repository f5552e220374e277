--- mips: minidumps of the ABIs o32, n32 and n64, in both byte orders.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local TEXT = ("0123456789abcdef"):rep(1024)

-- The same physical address by its names, by ABI: without translation.
local SEGMENTS32 = { 0x80000000, 0xa0000000, 0xffffffff80000000,
	0xffffffffa0000000 }
local SEGMENTS64 = { 0x8000000000000000, 0x9000000000000000,
	0x9800000000000000, 0xa800000000000000, 0xb800000000000000,
	0xffffffff80000000, 0xffffffffa0000000 }

local TARGETS = {
	{ "mips", ">", "mips", SEGMENTS32 },
	{ "mips", "<", "mipsel", SEGMENTS32 },
	{ "mipsn32", ">", "mipsn32", SEGMENTS32 },
	{ "mipsn32", "<", "mipsn32el", SEGMENTS32 },
	{ "mips64", ">", "mips64", SEGMENTS64 },
	{ "mips64", "<", "mips64el", SEGMENTS64 },
}

for _, target in ipairs(TARGETS) do
local arch, endian, name, segments = table.unpack(target)
local wide = arch == "mips64"

local function memory(opts)
	opts = opts or {}
	opts.arch, opts.endian = arch, endian
	-- Memory from 512 MB on is in no segment of 32-bit kernels.
	opts.top = opts.top or not opts.ram and 0x10000000 or nil
	return forge.memory(opts)
end

local function kernel(opts)
	local o = { arch = arch, endian = endian,
		flags = arch == "mipsn32" and 0x20 or 0 }
	for k, v in pairs(opts or {}) do
		o[k] = v
	end
	return forge.kernel(o)
end

-- Only the kernel file tells n32 from o32.
local function open(mem, opts, k)
	opts = opts or {}
	opts.memory = mem
	local dump = forge.minidump(opts)
	return dump, reader.open(dump, k or kernel())
end

-- Without a kernel file n32 is taken for o32.
if arch ~= "mipsn32" then
	cases.minidumps{ name = name, memory = { arch = arch, endian = endian },
		sizes = {}, span = wide and 1 << 21 or 1 << 22, aliased = true,
		base = 0x8000000, host = wide and "mips64" or "mips" }
end

describe(name .. " minidumps", function()
	it("are read in both versions", function()
		for version = 1, 2 do
			local mem = memory()
			local va = mem:alloc(16384, { pages = true })
			mem:write(va, TEXT)
			mem:write(mem:alloc(100, { where = "dmap" }), "direct")
			local dump, kd = open(mem, { version = version })
			local d = kd:dump()
			assert.equal(name, d.arch)
			assert.equal(version, d.version)
			assert.equal(wide and 8 or 4, d.ptrsize)
			assert.is_true(TEXT == kd:read(va, #TEXT))
			assert.equal(0, kd:kerndisp())
			reader.walk(kd, dump:expected_pages(), 4096)
		end
	end)

	it("have pages that nothing but the page table reaches", function()
		local mem = memory()
		mem:keep(0x20000000, 8192)
		mem:map(mem.heap, 0x20001000)
		local dump, kd = open(mem)
		local expected = dump:expected_pages()
		assert.equal(wide and 2 or 1, #expected)
		reader.walk(kd, expected, 4096)
	end)

	it("are known without a kernel file", function()
		local mem = memory()
		local kd = reader.open(forge.minidump{ memory = mem })
		assert.equal(arch == "mipsn32" and name:gsub("n32", "") or name,
		    kd:dump().arch)
	end)

	it("of unknown versions are refused", function()
		for _, version in ipairs{ 0, 3, 1000 } do
			local _, kd, message, code = open(memory(),
			    { header = { version = version } })
			reader.fails("notsup", "mips minidump header version.* "
			    .. version, kd, message, code)
		end
	end)

	it("go with kernels of their class and byte order", function()
		local function opened(opts)
			local _, kd, message, code = open(memory(), {},
			    kernel(opts))
			return kd, message, code
		end
		assert(opened{ etype = "DYN" })
		reader.fails("format", "not a kernel for this dump.*endian",
		    opened{ endian = endian == ">" and "<" or ">" })
		reader.fails("format", "not a kernel for this dump.*class",
		    opened{ class = wide and 32 or 64 })
		reader.fails("format", "not a kernel for this dump",
		    opened{ machine = 62 })
	end)

	it("hold memory that is not mapped, by all its names", function()
		local mem = memory()
		mem.store:put_bytes(0x123000, TEXT:sub(1, 4096))
		mem:keep(0x123000)
		local _, kd = open(mem)
		for _, base in ipairs(segments) do
			assert.equal("f", kd:read(base + 0x123fff, 1))
			assert.equal("4567", kd:read(base + 0x123004, 4))
			reader.fails("fault-not-dumped", "0x124000",
			    kd:read(base + 0x123fff, 2))
			local page = kd:translate(base + 0x123000)
			assert.equal(0x123000, page.paddr)
			assert.equal(3, page.prot)
		end
	end)

	it("tell not mapped, not dumped and cut off apart", function()
		local mem = memory()
		local hole = mem:alloc(4096, { pages = true, dumped = false })
		local first = mem:alloc(8192, { pages = true })
		local dump = forge.minidump{ memory = mem }
		dump.opts.truncate = dump.length - 100
		local kd = reader.open(dump, kernel())
		reader.fails("fault-unmapped", "the PTE is not valid",
		    kd:read(first + 8192, 8))
		reader.fails("fault-unmapped", "past the end of the dump's page",
		    kd:read(first + 0x1000000, 8))
		reader.fails("fault-not-dumped", "not in the dump",
		    kd:read(hole, 8))
		local last = mem:translate(first) > mem:translate(first + 4096)
		    and first or first + 4096
		reader.fails("fault-truncated", "past the end",
		    kd:read(last + 4000, 8))
	end)

	it("tell which pages are read-only", function()
		local mem = memory()
		for prot, bits in pairs{ r = 5, rw = 7 } do
			local va = mem:alloc(4096, { pages = true, prot = prot })
			local _, kd = open(mem)
			assert.equal(bits, kd:translate(va).prot)
		end
	end)

	it("have page frames of 35 or 40 bits", function()
		-- Software's bits lie above the frame's.
		local top = arch == "mips" and 1 << 35 or 1 << 40
		local mem = memory{ ram = { { 0, 0x8000000 },
			{ top - 0x100000, top } }, top = 0x8000000 }
		local va = mem.heap + 0x10000
		mem:map(va, top - 4096, { prot = "r" })
		mem:write(va, "the last page")
		local dump, kd = open(mem, { version = 2 })
		assert.equal("the last page", kd:read_string(va))
		assert.equal(top - 4096, kd:translate(va).paddr)
		reader.walk(kd, dump:expected_pages(), 4096)
	end)

	it("have bitmaps of the kernel's words", function()
		local mem = memory()
		local pfns = { 0x1001, 0x1008, 0x1021, 0x103e, 0x1040, 0x107f }
		for _, pfn in ipairs(pfns) do
			mem.store:put_bytes(pfn << 12, ("page %x"):format(pfn))
			mem:keep(pfn << 12)
		end
		for version = 1, 2 do
			local _, kd = open(mem, { version = version })
			for _, pfn in ipairs(pfns) do
				local va = mem:dmap(pfn << 12)
				assert.equal(("page %x"):format(pfn),
				    kd:read_string(va))
			end
			reader.fails("fault-not-dumped", "0x1006000",
			    kd:read(mem:dmap(0x1006000), 1))
		end
	end)

	it("that are damaged are survived", function()
		local mem = memory{ ram = { { 0, 0x2100000 } } }
		local va = mem:alloc(8192, { pages = true })
		reader.survives(forge.minidump{ memory = mem }:tostring(), {
			kernel = kernel():write(reader.path()),
			addresses = { va, 0, segments[1], segments[2],
				0xffffffff, -1 } })
	end)
end)

describe(name .. " addresses", function()
	it("end where they end", function()
		local mem = memory()
		local _, kd = open(mem)
		if wide then
			-- Devices of some processors, far above any memory.
			reader.fails("fault-not-dumped", "0x1670000000000",
			    kd:read(0x8001670000000000, 8))
			reader.fails("fault-unmapped", "past the end",
			    kd:read(-1, 1))
			reader.fails("fault-unmapped", "neither in the kernel map",
			    kd:read(0x1000, 1))
			return
		end
		reader.fails("fault-unmapped", "past the end of the dump",
		    kd:read(0xffffffff, 1))
		reader.fails("fault-unmapped", "past the end of the dump",
		    kd:read(-0x4001, 1))
		reader.fails("fault-unmapped", "past the end of the address",
		    kd:read(-1, 1))
		reader.fails("fault-unmapped", "past the end of the address",
		    kd:read(0x180000000, 1))
		reader.fails("fault-unmapped", "neither in the kernel map",
		    kd:read(0x7fffffff, 1))
	end)
end)
end

describe("mips kernel maps", function()
	it("may come sign-extended in the header", function()
		local mem = forge.memory{ arch = "mips" }
		local va = mem:alloc(4096, { pages = true })
		mem:write(va, "here")
		local kd = assert(reader.open(forge.minidump{ memory = mem,
			header = { kernbase = 0xffffffffc0000000 } }))
		assert.equal("mips", kd:dump().arch)
		assert.equal("here", kd:read(va, 4))
		assert.equal("here", kd:read(va | -1 << 32, 4))
		assert.equal(0xc0000000, kd:dump().kernbase)
	end)
end)

describe("mips full dumps", function()
	it("have no page tables, but memory that needs none", function()
		for _, arch in ipairs{ "mips", "mips64" } do
			local mem = forge.memory{ arch = arch }
			mem.store:put_bytes(0x123456, "unmapped")
			local dump = forge.elfdump{ memory = mem,
				ram = { { 0x100000, 0x200000 } } }
			local kd = assert(reader.open(dump,
			    forge.kernel{ arch = arch }))
			assert.equal(arch, kd:dump().arch)
			assert.equal("unmapped",
			    kd:read(mem:dmap(0x123456), 8))
			assert.equal("unmapped",
			    kd:read(0xffffffffa0123456, 8))
			reader.fails("notsup", "no page table",
			    kd:read(mem.kernbase, 8))
		end
	end)
end)
