-- The forge's kernels, types and memories, against themselves and readelf.
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

	it("compresses sections and shares names with .strtab", function()
		if run "readelf --version" == "" then
			return pending "no readelf"
		end
		local path = temporary(function(p)
			forge.kernel{ types = set, extern = true,
				symbols = { { name = "a", addr = 8, size = 4,
				ctype = "int" } }, sections = { { name = ".debug",
				compress = true, flags = "", data =
				("debug "):rep(20000) } } }:write(p)
		end)
		assert.truthy(run("readelf -z -p .debug " .. path):find(
		    "debug debug", 1, true))
		os.remove(path)
	end)

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
