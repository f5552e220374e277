-- The dumps the forge writes, against the arithmetic of the formats.
local forge = require "spec.support.forge"
local pagetable = require "spec.support.pagetable"

describe("forge: minidump", function()
	local avail = { { 0x1000, 0x9f000 }, { 0x100000, 0xbff00000 },
		{ 0x100000000, 0x440000000 } }

	it("lays sections out as FORMATS says", function()
		local mem = forge.memory{ ram = avail }
		local d = forge.minidump{ memory = mem,
			msgbuf = ("m"):rep(98200), avail_size = 4096 }
		assert.equal(102400, d.at.avail)
		assert.equal(106496, d.at.bitmap)
		assert.equal(106496 + d.bitmapsize, d.at.pmap)
		assert.equal(106496 + d.bitmapsize + d.pmapsize, d.at.sparse)
	end)

	it("numbers bits through holes and unaligned starts", function()
		local d = forge.minidump{ memory = forge.memory{ ram = avail } }
		assert.equal(0, d:bit(0x1000))
		assert.equal(158, d:bit(0x100000))
		assert.equal(786078, d:bit(0x100000000))
		assert.is_nil(d:bit(0xa0000))
		d = forge.minidump{ memory = forge.memory(),
			dump_avail = { { 0x1800, 0x5400 } } }
		assert.same({ 0, 4, 5 }, { d:bit(0x1000), d:bit(0x5000),
			d.nbits })
		d = forge.minidump{ memory = forge.memory(), version = 2 }
		assert.equal(5, d:bit(0x5000))
	end)

	it("puts pages where it says", function()
		local mem = forge.memory()
		local va = mem:alloc(8 * 4096, { pages = true })
		for i = 0, 7 do
			mem:u64(va + i * 4096, 1000 + i)
		end
		mem:drop(mem:translate(va + 4096))
		for version = 1, 3 do
			local d = forge.minidump{ memory = mem,
				version = version, extra_bits = { 7 },
				kernend = mem.kernbase + (1 << 30) }
			local s = d:tostring()
			assert.equal(d.length, #s)
			assert.is_nil(d:offset(mem:translate(va + 4096)))
			for i = 2, 7 do
				local off = d:offset(mem:translate(va + i * 4096))
				assert.equal(1000 + i,
				    (string.unpack("<I8", s, off + 1)))
			end
			local file = os.tmpname()
			d:write(file)
			local f = assert(io.open(file, "rb"))
			assert.is_true(f:read "a" == s)
			f:close()
			os.remove(file)
		end
	end)
end)

describe("forge: architectures", function()
	local cases = { { "amd64" }, { "arm64" }, { "arm64", page = 16384 },
		{ "riscv" }, { "riscv", levels = forge.arches.riscv.sv48 },
		{ "i386" }, { "i386pae" }, { "arm" }, { "arm", endian = ">" } }

	for _, case in ipairs(cases) do
		local name = case[1] .. " " .. (case.page or case.endian or "")
		it("has every mapping in its tables: " .. name, function()
			local arch = forge.arches[case[1]]
			case.arch = arch
			local mem = forge.memory(case)
			local levels = mem.levels
			local big = 1 << levels[#levels - 1].shift
			local base = mem.heap + 16 * big
			mem:map(base, mem.free & -big, { size = big })
			local va = mem:alloc(5 * mem.page, { pages = true })
			local d = forge.minidump{ memory = mem }
			assert.equal(0, #d:tostring() - d.length)
			for _, probe in ipairs{ base + big - 8, va + 4 *
				mem.page + 1, mem.heap - 8 } do
				local entry, shift = pagetable.walk(mem, probe, 1)
				local mask = (1 << shift) - 1
				assert.equal(mem:translate(probe),
				    arch.table_address(entry) & ~mask |
				    probe & mask)
			end
			local n = 0
			for _, p in ipairs(d:expected_pages()) do
				n = n + (p.kmap_vaddr ~= 0 and 1 or 0)
			end
			assert.equal(5 + big // mem.page, n)
		end)
	end

	it("hashes powerpc64 addresses as FORMATS says", function()
		assert.equal(0x1d800ecc40,
		    forge.arches.powerpc64.vsid(0xc008000000000000))
	end)

	it("writes whole dumps of the others, either byte order", function()
		for _, name in ipairs{ "powerpc64", "powerpc64radix", "mips64",
			"mips" } do
			for _, endian in ipairs{ "<", ">" } do
				local mem = forge.memory{ arch = name,
					endian = endian }
				local va = mem:alloc(9 * 4096, { pages = true })
				mem:u32(va + 8 * 4096, 77)
				local d = forge.minidump{ memory = mem }
				local s = d:tostring()
				assert.equal(d.length, #s)
				assert.equal(77, (string.unpack(endian .. "I4",
				    s, 1 + d:offset(mem:translate(va +
				    8 * 4096)))))
			end
		end
	end)

	it("expands larger pages in the minidump", function()
		for _, name in ipairs{ "arm64", "riscv", "i386", "i386pae",
			"arm" } do
			local mem = forge.memory{ arch = name }
			local arch, levels = mem.arch, mem.levels
			local big = 1 << levels[#levels - 1].shift
			local va = (mem.heap + big) & -big
			mem:map(va, mem.free & -big, { size = big })
			local d = forge.minidump{ memory = mem }
			local s = d:tostring()
			local at = d.at.pmap + arch.entry *
			    ((va - mem.kernbase) // mem.page + 3)
			local entry = string.unpack("<i" .. arch.entry, s, at + 1)
			assert.equal((mem.free & -big) + 3 * mem.page,
			    arch.table_address(entry) & -mem.page)
		end
	end)
end)

describe("forge: kerneldumpheader", function()
	for version = 1, 4 do
		it("has parity 0 in version " .. version, function()
			local s = forge.kdh.encode{ version = version,
				hostname = "host", panicstring = ("p"):rep(300),
				versionstring = "FreeBSD\n", length = 1 << 33 }
			local x = 0
			for i = 1, 512, 4 do
				x = x ~ string.unpack(">I4", s, i)
			end
			assert.equal(512, #s)
			assert.equal(0, x)
		end)
	end

	it("stands on both sides of the dump on a device", function()
		local s = forge.kdh.device(("d"):rep(5000), { hostname = "h" })
		local last, first = s:sub(-512), s:sub(65537, 65536 + 512)
		assert.equal(first, last)
		assert.equal("d", s:sub(65536 + 513, 65536 + 513))
	end)
end)

describe("forge: system", function()
	for _, release in ipairs{ 12, 13, 15 } do
		it("is whole with the layout of " .. release, function()
			local s = forge.system{ layout = release }
			local set, mem, t = s.types, s.memory, s.truth
			local link = set:offsetof("struct proc", "p_list")
			local at = mem:get(t.symbols.allproc.addr, 8)
			for _, pid in ipairs(t.order) do
				assert.equal(t.processes[pid].addr, at)
				at = mem:get(at + link, 8)
			end
			assert.equal(0, at)
			assert.equal(12 == release,
			    t.symbols.zombproc ~= nil)
			assert.equal("zombie", t.processes[771].state)
			assert.equal(t.panic_thread.tid,
			    mem:get(t.symbols.dumptid.addr, 4))
		end)
	end
end)
