--- arm64: minidumps with pages of 4 and 16 KB.
local cases = require "spec.core.arch.cases"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

for page, sizes in pairs{ [4096] = { 1 << 21 }, [16384] = { 1 << 25 } } do
	cases.minidumps{ name = ("arm64, %d KB pages"):format(page // 1024),
		memory = { arch = "arm64", page = page }, sizes = sizes,
		versions = page == 16384 and { 3 } or nil, host = "aarch64",
		wrong = { { etype = "DYN" } } }
end

local function open(mem, o, kernel)
	o = o or {}
	o.memory = mem
	return reader.open(forge.minidump(o), kernel and forge.kernel(kernel))
end

-- An L3 descriptor of the page at va, put into the dump as it is.
local function patched(mem, va, entry, o)
	o = o or {}
	o.memory = mem
	local d = forge.minidump(o)
	local at = d.at.pmap + (va - mem.kernbase) // mem.page * 8
	local s = d:tostring()
	return s:sub(1, at) .. string.pack("<i8", entry) .. s:sub(at + 9)
end

describe("arm64 minidumps", function()
	it("are read through tagged pointers", function()
		local mem = forge.memory{ arch = "arm64" }
		local va = mem:alloc(4096, { pages = true })
		mem:u64(va + 8, 77)
		local kd = assert(open(mem))
		for _, tag in ipairs{ 0x00ff000000000000, 0x5a80000000000000,
			0xa5ff000000000000, 0x80 << 48 } do
			local tagged = va & 0xffffffffffff | tag
			assert.equal(77, kd:read_uint(tagged + 8, 8))
			assert.equal(va, kd:translate(tagged).kmap_vaddr)
		end
		local dmap = mem:dmap(mem:translate(va))
		local tagged = dmap & 0xffffffffffff | 0x1280000000000000
		assert.equal(77, kd:read_uint(tagged + 8, 8))
		assert.equal(0, kd:translate(tagged).kmap_vaddr)
		-- Bit 55 says whose it is: without it, it is a user's.
		cases.fails("fault-unmapped", kd, "read",
		    va & 0xffffffffffff | 0xff << 56, 8)
	end)

	it("have a direct map that does not begin with address 0", function()
		local mem = forge.memory{ arch = "arm64",
			dmapphys = 0x40000000 }
		local va = mem:alloc(64, { where = "dmap" })
		mem:u64(va, 3)
		local kd = assert(open(mem))
		assert.equal(3, kd:read_uint(va, 8))
		local found
		kd:walk_pages(function(p)
			if p.dmap_vaddr == va & -4096 then
				found = p.paddr
			end
		end)
		assert.equal(va - mem.dmapbase + 0x40000000 & -4096, found)
	end)

	it("say the page size in version 3, and in none before", function()
		local mem = forge.memory{ arch = "arm64" }
		local va = mem:alloc(4096, { pages = true })
		mem:u64(va, 9)
		for _, flags in ipairs{ 2, 3, 4, 0x80000001 } do
			local kd, message, code = open(mem,
			    { header = { flags = flags } })
			assert.is_nil(kd)
			assert.equal("notsup", code)
			assert.matches("flag", message)
		end
		for version = 1, 2 do
			local s = forge.minidump{ memory = mem,
				version = version }:tostring()
			local kd = assert(reader.open(s:sub(1, 76) .. "\1" ..
			    s:sub(78)))
			assert.equal(4096, kd:dump().page_size)
			assert.equal(9, kd:read_uint(va, 8))
		end
	end)

	it("take as executable what the kernel may execute", function()
		local mem = forge.memory{ arch = "arm64" }
		local va = mem:alloc(4096, { pages = true })
		local pa = mem:translate(va)
		local PXN, UXN, USER, RO = 1 << 53, 1 << 54, 1 << 6, 1 << 7
		for bits, prot in pairs{ [UXN] = 7, [PXN] = 3, [PXN | UXN] = 3,
			[PXN | USER] = 7, [UXN | USER] = 3, [RO | UXN] = 5 } do
			local kd = assert(reader.open(patched(mem, va,
			    pa | 1 << 10 | 3 << 8 | bits | 3)))
			assert.equal(prot, kd:translate(va).prot)
		end
	end)

	it("have descriptors that are not valid although they are not 0",
	    function()
		local mem = forge.memory{ arch = "arm64" }
		local va = mem:alloc(4096, { pages = true })
		for kind = 0, 2 do
			local kd = assert(reader.open(patched(mem, va,
			    mem:translate(va) | kind)))
			cases.fails("fault-unmapped", kd, "read", va, 1)
			kd:walk_pages(function(p)
				assert.equal(0, p.kmap_vaddr)
			end)
		end
	end)

	it("drop what is no address from a 16 KB descriptor", function()
		local mem = forge.memory{ arch = "arm64", page = 16384 }
		local va = mem:alloc(16384, { pages = true })
		local pa = mem:translate(va)
		local kd = assert(reader.open(patched(mem, va,
		    pa | 0x3000 | 3 << 8 | 3)))
		assert.equal(pa, kd:translate(va).paddr)
	end)
end)

describe("LPA2 on arm64", function()
	local HIGH = 0x000c000000000000		-- bits 51 and 50

	-- A dump with a page at va above 2^50 whose descriptor has these bits
	-- in place of the shareability, and the variable that says what they are.
	local function build(value, in_high)
		local low, high = { 0x40000000, 0x60000000 },
		    { HIGH, HIGH + 0x100000 }
		local mem = forge.memory{ arch = "arm64", ram = { low, high },
			top = 0x60000000 }
		local var = mem:alloc(4096, { pages = true })
		local va = mem:alloc(4096, { pages = true })
		local pa = in_high and HIGH + 0x4000 or mem:translate(va)
		mem.store:put(pa, 8, 0x123456789)
		mem:keep(pa, 4096)
		mem:u8(var, value)
		local s = patched(mem, va, pa & ~HIGH | 3 << 8 | 3)
		return reader.file(s), va, { arch = "arm64", symbols = {
			{ name = "pmap_lpa_enabled", addr = var, size = 1 } } }
	end

	local function open_path(path, kernel)
		local kvm = require "kvm"
		local file = kernel and
		    forge.kernel(kernel):write(reader.path()) or nil
		return assert(kvm.openx{ core = path, kernel = file,
			no_kernel = not file })
	end

	it("puts the address's top bits where shareability was", function()
		local path, va, kernel = build(1, true)
		local kd = open_path(path, kernel)
		assert.equal(HIGH + 0x4000, kd:translate(va).paddr)
		assert.equal(0x123456789, kd:read_uint(va, 8))
	end)

	it("is seen even where the kernel lies that high itself", function()
		local mem = forge.memory{ arch = "arm64", ram = {
			{ 0x40000000, 0x60000000 }, { HIGH, HIGH + 0x100000 } },
			top = 0x60000000 }
		-- The forge's shareability reads as these two bits, both set.
		local var = mem:map(mem.heap, HIGH + 0x8000)
		mem:u64(var, 1)
		local kd = assert(open(mem, {}, { arch = "arm64", symbols = {
			{ name = "pmap_lpa_enabled", addr = var, size = 1 } } }))
		assert.equal(1, kd:read_uint(var, 8))
	end)

	it("is off when the kernel says so, and without a kernel", function()
		local path, va, kernel = build(0, false)
		for _, k in ipairs{ kernel, false } do
			local kd = open_path(path, k)
			assert.equal(0x123456789, kd:read_uint(va, 8))
			assert.equal("", kd:geterr())
		end
	end)
end)

describe("an address space of arm64", function()
	local USER = 0x0000aaaa12340000

	for page, block in pairs{ [4096] = 1 << 30, [16384] = 1 << 25 } do
		it("is read by its root, page size " .. page, function()
			local mem = forge.memory{ arch = "arm64", page = page }
			local process = forge.memory{ arch = "arm64",
				page = page, free = 0x50000000 }
			process.store, process.kept = mem.store, mem.kept
			mem:keep(process.root, page)
			mem:alloc(page)
			process:map_fresh(USER, 2 * page, { prot = "rw",
				bits = 1 << 6 })
			process:write(USER + page - 2, "secret")
			process:map(block, 0x880000000 & -block,
			    { size = block, prot = "r" })
			mem:keep(0x880000000, page)
			local kd = assert(open(mem))
			-- A process sees its own tags.
			for _, va in ipairs{ USER, USER | 0xff << 56 } do
				assert.equal("secret", kd:read_in(
				    process.root | 1, va + page - 2, 6))
			end
			local near = kd:translate_in(process.root, USER)
			assert.equal(3, near.prot)
			local off = 0x880000000 & block - 1
			local far = kd:translate_in(process.root, block + off + 7)
			assert.equal(0x880000007, far.paddr)
			assert.equal(1, far.prot)
			cases.fails("fault-unmapped", kd, "read_in",
			    process.root, USER + 2 * page, 1)
		end)
	end
end)

describe("damaged dumps of arm64", function()
	it("are errors and no more", function()
		for _, page in ipairs{ 4096, 16384 } do
			local mem = forge.memory{ arch = "arm64", page = page,
				ram = { { 0x40000000, 0x40800000 } },
				free = 0x40100000, kernbase = 0xffff000010000000 }
			local va = mem:alloc(2 * page, { pages = true })
			reader.survives(forge.minidump{
				memory = mem }:tostring(), { flips = 100,
				addresses = { va, mem:dmap(0x40100000) } })
		end
	end)
end)
