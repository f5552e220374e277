-- The forge against itself, the arithmetic of the formats, and readelf.
local forge = require "spec.support.forge"
local pagetable = require "spec.support.pagetable"

local function temporary(write)
	local path = os.tmpname()
	write(path)
	return path
end

local function run(command)
	local p = assert(io.popen(command .. " 2>/dev/null"))
	local out = p:read "a"
	p:close()
	return out
end

describe("forge: zlib", function()
	it("computes Adler-32", function()
		assert.equal(0x11e60398, forge.zlib.adler32 "Wikipedia")
		assert.equal(1, forge.zlib.adler32 "")
	end)

	it("stores in blocks of at most 65535 bytes", function()
		local s = forge.zlib.store(("x"):rep(70000))
		assert.equal(2 + 5 + 65535 + 5 + 4465 + 4, #s)
		assert.equal(0, s:byte(3))
		assert.equal(1, s:byte(3 + 5 + 65535))
	end)
end)

describe("forge: elf", function()
	local symbols = {
		{ name = "global", addr = 0x1000, size = 8, ctype = "int" },
		{ name = "hidden", addr = 0x1008, size = 4, bind = "local" },
		{ name = "code", addr = 0x2000, size = 16, type = "func" } }
	local set = forge.types "int x; struct s { int a; };"

	for _, case in ipairs{ { 64, "<", 62 }, { 64, ">", 21 },
		{ 32, "<", 3 }, { 32, ">", 8 } } do
		it(("agrees with readelf: class %d, %s"):format(case[1],
		    case[2]), function()
			if run "readelf --version" == "" then
				return pending "no readelf"
			end
			local path = temporary(function(p)
				forge.kernel{ class = case[1], endian = case[2],
					machine = case[3], types = set,
					symbols = symbols }:write(p)
			end)
			local out = run("readelf -hSsW " .. path)
			assert.equal("", run("readelf -aW " .. path ..
			    " 2>&1 >/dev/null"))
			assert.truthy(out:find("ELF" .. case[1], 1, true))
			assert.truthy(out:find(case[2] == "<" and "little" or
			    "big", 1, true))
			assert.truthy(out:find "OBJECT +LOCAL +DEFAULT.-hidden")
			assert.truthy(out:find "FUNC +GLOBAL +DEFAULT.-code")
			assert.truthy(out:find "%.SUNW_ctf +PROGBITS")
			local first = out:find("hidden", 1, true)
			assert.is_true(first < out:find("global", 1, true))
			os.remove(path)
		end)
	end

	it("keeps a given symbol order", function()
		local e = forge.elf.new{ keep_order = true }
		e:symbol{ name = "b", bind = "global" }
		e:symbol{ name = "a", bind = "local" }
		assert.equal("b", e:symbols()[1].name)
	end)
end)

describe("forge: types", function()
	it("lays out as LP64 and as ILP32", function()
		local text = "struct s { char c; long l; void *p; short h; };"
		local wide = forge.types(text)
		assert.equal(8, wide:offsetof("struct s", "l"))
		assert.equal(32, wide:sizeof "struct s")
		local narrow = forge.types(text, { ptrsize = 4, align = 4 })
		assert.equal(8, narrow:offsetof("struct s", "p"))
		assert.equal(16, narrow:sizeof "struct s")
	end)

	it("places bit-fields, anonymous members and arrays", function()
		local set = forge.types[[ struct s { unsigned a:3; unsigned b:30;
		    union { int x; struct { char lo, hi; }; }; char t[4][2]; }; ]]
		assert.equal(32, set:member("struct s", "b").bit)
		assert.equal(30, set:member("struct s", "b").bits)
		assert.equal(72, set:member("struct s", "hi").bit)
		assert.equal(8 * 12 + 56, set:member("struct s", "t[3][1]").bit)
	end)

	it("knows functions, pointers to them and offsets of real kernels",
	    function()
		local set = forge.types[[ struct s { int (*f)(struct s *, ...); int
		    far @ 100; } @ 200; int g(int); ]]
		assert.equal(100, set:offsetof("struct s", "far"))
		assert.equal(200, set:sizeof "struct s")
		assert.equal("func", set.list[set.functions.g].k)
	end)

	for _, release in ipairs{ 12, 13, 15 } do
		it("ships the layout of FreeBSD " .. release, function()
			local set = forge.system_types(release)
			assert.equal(0, set:offsetof("struct proc", "p_list"))
			assert.equal(288, set:sizeof "struct pstats")
		end)
	end
end)

describe("forge: ctf", function()
	local set = forge.types[[ struct big { char pad[9000]; int last; };
	    struct s { int a; }; int f(int, char *, ...); ]]
	local objects = { { name = "v", type = "object", value = 1,
		ctype = "struct s" }, { name = "f", type = "func", value = 2,
		ctype = set.functions.f } }

	for version, units in pairs{ [2] = 2, [3] = 4 } do
		it("has a consistent header, version " .. version, function()
			local s = forge.ctf.encode(set, { version = version,
				symbols = objects, labels = { { "L", 1 } } })
			local magic, v, flags, _, _, lbl, obj, fun, typ, str, len =
			    string.unpack("<I2BBI4I4I4I4I4I4I4I4", s)
			assert.equal(0xcff1, magic)
			assert.equal(version, v)
			assert.equal(0, flags)
			assert.same({ 0, 8, 8 + units }, { lbl, obj, fun })
			assert.is_true(typ >= fun + 5 * units and typ % 4 == 0)
			assert.equal(#s, 36 + str + len)
		end)
	end

	it("inflates to the same", function()
		local plain = forge.ctf.encode(set)
		local z = forge.ctf.encode(set, { compress = true })
		assert.equal(1, z:byte(4))
		assert.equal(plain:sub(37), z:sub(37 + 7, -5))
	end)
end)

describe("forge: memory", function()
	local text = [[ struct s { short a; long b; unsigned lo:4; unsigned hi:12;
	    char name[8]; struct { int x[3]; } in; double d; }; ]]

	for _, endian in ipairs{ "<", ">" } do
		it("reads back what it wrote, " .. endian, function()
			local mem = forge.memory{ endian = endian,
				types = forge.types(text) }
			local at = mem:alloc(8192, { pages = true }) + 4090
			mem:struct(at, "struct s", { a = -2, b = 0x1122334455667788,
				lo = 5, hi = 0xabc, name = "name",
				["in"] = { x = { 1, 2, 3 } }, d = 1.5 })
			local s = mem:read(at, 64)
			assert.same({ -2, 0x1122334455667788, 17 },
			    { string.unpack(endian .. "i2xxxxxxi8", s) })
			local unit = string.unpack(endian .. "I2", s, 17)
			assert.equal(endian == "<" and 0xabc5 or 0x5abc, unit)
			assert.equal("name\0\0\0\0", s:sub(19, 26))
			assert.equal(3, (string.unpack(endian .. "I4", s, 37)))
			assert.equal(1.5, (string.unpack(endian .. "d", s, 41)))
		end)
	end

	it("maps what its page tables say, every size", function()
		for _, la57 in ipairs{ false, true } do
			local mem = forge.memory{ la57 = la57 }
			local base = 0xffffffff80000000
			mem:map(base, 0x40000000, { size = 1 << 30, prot = "rw" })
			mem:map(0xfffffe0000200000, 0x400000, { size = 1 << 21 })
			local va = mem:alloc(3 * 4096, { pages = true })
			for _, probe in ipairs{ base + 0x1234567,
				0xfffffe0000201234, va + 0x1abc } do
				local entry, shift = pagetable.walk(mem, probe,
				    12)
				local mask = (1 << shift) - 1
				local frame = entry & 0x000ffffffffff000 & ~mask
				assert.equal(mem:translate(probe),
				    frame | probe & mask)
			end
		end
	end)
end)

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
			local file = temporary(function(p) d:write(p) end)
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
