--- Types from DWARF: the same answers as from CTF.  What stands in .debug_info
-- is written by spec/support/dwarf.lua; compilers' own is in
-- dwarfcc_spec.lua.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local typedump = require "spec.support.typedump"

local describe = require "spec.support.part".describer("libdw", describe, pending)
local vmcore = require "vmcore"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)

local SOURCE = [[
	typedef unsigned int u_int;
	typedef char name_t[12];
	typedef int (*compare_t)(const struct node *, void *, ...);
	enum color { RED, GREEN = 5, BLUE = -1 };
	struct opaque;
	union both { int i; float f; };
	struct node {
		struct node *next;
		struct { int x; union { int y; short z; }; };
		u_int up : 1;
		u_int kind : 3;
		int level : 4;
		unsigned long long wide : 33;
		unsigned char last : 7;
		const char *label;
		name_t name;
		enum color color;
		struct opaque *hidden;
		compare_t compare;
		union both value;
		double ratio;
		_Bool ok;
		const volatile short *odd;
		int matrix[2][3];
		struct both_ends { struct node *first, **last; } ends[2];
		char tail[];
	};
	typedef struct node node_t;
]]

local TARGETS = {
	{ "amd64", {} },
	{ "powerpc64", { endian = ">" } },
	{ "i386", { ptrsize = 4, align = 4 } },
	{ "mips", { ptrsize = 4, endian = ">" } },
}

-- A kernel of DWARF only, and one of CTF.
local function write(name, arch, set, how, symbols)
	local path = DIR .. "/" .. name
	forge.kernel{ arch = arch, types = set, symbols = symbols, ctf = how == nil and 3,
		dwarf = how }:write(path)
	return path
end

local function open(path, more)
	local options = { kernel = path, core = "/dev/null" }
	for k, v in pairs(more or {}) do
		options[k] = v
	end
	return assert(kvm.openx(options))
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

describe("DWARF", function()
	for _, target in ipairs(TARGETS) do
		for version = 2, 5 do
			it(("%d describes types of %s as CTF does"):format(version, target[1]), function()
				local set = forge.types(SOURCE, target[2])
				local ctf <close> = open(write("ctf", target[1], set))
				local kd <close> = open(write("dwarf", target[1], set, { version = version }))
				assert.equal("dwarf", kd:type_source())
				assert.equal("ctf", ctf:type_source())
				local names = typedump.names(ctf)
				assert.is_true(#names >= 8)
				assert.equal(typedump.text(ctf, names), typedump.text(kd, names))
				assert.same(#names, #typedump.names(kd))
			end)
		end
	end

	for _, layout in ipairs { 12, 13, 15 } do
		it(("describes the structures of FreeBSD %d as CTF does"):format(layout), function()
			local set = forge.system_types(layout)
			local ctf <close> = open(write("ctf", "amd64", set))
			local kd <close> = open(write("dwarf", "amd64", set, { copies = 2, compress = true }))
			local names = typedump.names(ctf)
			assert.is_true(#names > 30)
			assert.equal(typedump.text(ctf, names), typedump.text(kd, names))
		end)
	end

	it("tells the types of symbols and the values of enumerators", function()
		local set = forge.types(SOURCE .. "int handler(struct node *, int);")
		local symbols = {
			{ name = "root", addr = 0xffffffff81000000, size = 8, ctype = "struct node *" },
			{ name = "hz", addr = 0xffffffff81000010, size = 4, ctype = "int" },
			{ name = "untyped", addr = 0xffffffff81000020, size = 4 },
			{ name = "compare", addr = 0xffffffff80200000, size = 16, type = "func" },
		}
		local func = set:add{ k = "func", r = set:id "int", p = { set:id "struct node *", 0 } }
		symbols[4].ctype = func
		local kd <close> = open(write("symbols", "amd64", set, { version = 5 }, symbols))
		assert.equal("struct node *", tostring(kd:type_of_symbol "root"))
		assert.equal("int", tostring(kd:type_of_symbol "hz"))
		assert.equal("int (struct node *, ...)", tostring(kd:type_of_symbol "compare"))
		local none, message, code = kd:type_of_symbol "untyped"
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("no type is recorded for the symbol untyped", message)
		assert.equal(5, kd:enumerator "GREEN")
		assert.equal(-1, kd:enumerator "BLUE")
		none, message, code = kd:enumerator "MAUVE"
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("no enumerator MAUVE", message)
	end)

	it("has one type where units repeat it", function()
		local set = forge.types(SOURCE)
		local symbols = { { name = "root", addr = 0xffffffff81000000, size = 8,
			ctype = "struct node *" } }
		local kd <close> = open(write("copies", "amd64", set, { copies = 3 }, symbols))
		local root = kd:type_of_symbol "root"
		assert.equal(kd:type("struct", "node"), root.target)
		assert.equal(root, root.target:member "next".type)
		assert.equal(kd:type("typedef", "name_t"), root.target:member "name".type)
		-- All of them came up before the third unit was gone through.
		local n = 0
		for _ in kd:types() do
			n = n + 1
		end
		assert.equal(n, #(function()
			local once <close> = open(write("once", "amd64", set, {}))
			local list = {}
			for t in once:types() do
				list[#list + 1] = tostring(t)
			end
			return list
		end)())
	end)

	it("gives C's base types that it lacks", function()
		local kd <close> = open(write("bases", "amd64", forge.types "struct a { int x; };", {}))
		assert.equal("unsigned long", tostring(kd:type("integer", "long unsigned int")))
		assert.equal("void", tostring(kd:type "void"))
		local none, message, code = kd:type("struct", "none")
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("no struct none among the types of .*/bases", message)
		none, message = kd:type("struct", "opaque")
		assert.is_nil(none, message)
	end)

	it("is not asked for types where there is CTF", function()
		local set = forge.types(SOURCE)
		local path = DIR .. "/both"
		forge.kernel{ types = set, dwarf = {} }:write(path)
		local kd <close> = open(path)
		assert.equal("ctf", kd:type_source())
		assert.is_nil(kd:debug_warning())
		assert.equal(path, kd:debug_file())
	end)

	it("stands in for CTF that is damaged", function()
		local path = DIR .. "/damagedctf"
		local k = forge.kernel{ types = forge.types(SOURCE), ctf = false, dwarf = {},
			sections = { { name = ".SUNW_ctf", flags = "", data = "no CTF at all, which is longer than its header is" } } }
		k:write(path)
		local kd <close> = open(path)
		assert.equal("dwarf", kd:type_source())
	end)

	for version = 2, 5 do
		it(("%d tells source lines"):format(version), function()
			local func = { k = "func", r = 0, p = {} }
			local set = forge.types "struct a { int x; };"
			local id = set:add(func)
			local base = 0xffffffff80200000
			local kd <close> = open(write("lines", "amd64", set, { version = version }, {
				{ name = "first", addr = base, size = 64, type = "func", ctype = id },
				{ name = "second", addr = base + 256, size = 50, type = "func", ctype = id },
			}))
			for _, case in ipairs { { 0, 100 }, { 15, 100 }, { 16, 101 }, { 63, 103 },
			    { 256, 200 }, { 256 + 49, 203 } } do
				assert.same({ "kern/forge.c", case[2] },
				    { kd:source_line(base + case[1]) }, case[1])
			end
			for _, outside in ipairs { -1, 64, 255, 256 + 50, 1 << 20 } do
				local none, message, code = kd:source_line(base + outside)
				assert.is_nil(none)
				assert.equal("nosym", code)
				assert.matches("lines has no source line for 0xffffffff80", message)
			end
		end)
	end

	it("serves every command as CTF does", function()
		local with = lab.system("13", { layout = 13 })
		local without = lab.system("13 dwarf", { layout = 13, ctf = false, dwarf = { copies = 2 } })
		for _, command in ipairs { "ps", "threads", "pcpu", "dmesg" } do
			local out, err, status = lab.vmcore("-M", with.core, "-N", with.kernel, command)
			local out2, err2, status2 = lab.vmcore("-M", without.core, "-N", without.kernel, command)
			assert.equal(out, out2)
			assert.equal(err, err2)
			assert.equal(status, status2)
		end
		local k <close> = assert(vmcore.open { core = without.core, kernel = without.kernel })
		assert.equal("dwarf", k:type_source())
		assert.equal(720, k:object("struct proc", without.truth.processes[720].addr).p_pid)
	end)

	-- libdw passes a section over that belongs to a group, however long it is.
	it("ends where the section ends that it was taken from", function()
		local abbrev = "\1\x11\1\0\0" .. "\2\x13\0\x0b\x0b\3\8\0\0" .. "\0"
		local body = string.pack("<I2I4B", 4, 0, 8) .. "\1" .. "\2\8tail"
		local info = { name = ".debug_info", flags = "", align = 1,
			data = string.pack("<s4", body) }
		local other = { name = ".debug_info", flags = "G", align = 1, data = ("\0"):rep(256) }
		local path = DIR .. "/runaway"
		for _, list in ipairs { { info }, { other, info } } do
			list[#list + 1] = { name = ".debug_info2", flags = "", align = 1, data = "ored\0" }
			list[#list + 1] = { name = ".debug_abbrev", flags = "", align = 1, data = abbrev }
			forge.kernel{ ctf = false, sections = list }:write(path)
			local kd <close> = open(path)
			assert.equal("dwarf", kd:type_source())
			for t in kd:types() do
				error("there is a " .. tostring(t))
			end
		end
	end)

	it("is gone through once for a symbol that many units define", function()
		local N = 20000
		local abbrev = "\1\x11\1\0\0" .. "\2\x34\0\3\8\2\x18\0\0" .. "\0"
		local units = {}
		for i = 1, N do
			units[i] = string.pack("<s4", string.pack("<I2I4B", 4, 0, 8) .. "\1" ..
			    "\2many\0\9\3" .. string.pack("<i8", 0xffffffff82000000 + 16 * i) .. "\0")
		end
		local path = DIR .. "/many"
		forge.kernel{ ctf = false, symbols = { { name = "many", addr = 0xffffffff81000000, size = 8 } },
			sections = { { name = ".debug_info", flags = "", data = table.concat(units) },
			    { name = ".debug_abbrev", flags = "", data = abbrev } } }:write(path)
		local kd <close> = open(path)
		local before = os.clock()
		local none, message = kd:type_of_symbol "many"
		assert.is_nil(none)
		assert.matches("no type is recorded for the symbol many", message)
		assert.is_true(os.clock() - before < 2)
	end)

	it("has lines only so long as its units' lists of text can be true", function()
		local N = 20000
		local abbrev = "\1\x11\0\x55\x17\0\0" .. "\0"
		local unit = string.pack("<s4", string.pack("<I2I4B", 4, 0, 8) .. "\1" .. ("\0"):rep(4))
		local path = DIR .. "/shared"
		forge.kernel{ ctf = false, sections = {
			{ name = ".debug_info", flags = "", data = unit:rep(N) },
			{ name = ".debug_ranges", flags = "", data = string.pack("<i8i8", 16, 16):rep(N) .. ("\0"):rep(16) },
			{ name = ".debug_abbrev", flags = "", data = abbrev } } }:write(path)
		local kd <close> = open(path)
		local before = os.clock()
		local none, _, code = kd:source_line(16)
		assert.is_nil(none)
		assert.equal("nosym", code)
		assert.is_true(os.clock() - before < 2)
	end)

	it("says what is missing where there is neither", function()
		local path = DIR .. "/neither"
		forge.kernel{ symbols = { { name = "hz", addr = 0xffffffff81000000, size = 4 } } }:write(path)
		local kd <close> = open(path)
		assert.equal("none", kd:type_source())
		local none, message, code = kd:type("struct", "proc")
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("kernel file .*/neither has no type information %(%.SUNW_ctf%); " ..
		    "no DWARF for .*/neither: it has none %(%.debug_info%), and no debug file was found", message)
		none, message, code = kd:source_line(0xffffffff80200000)
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("no DWARF for", message)
		none, message, code = kd:debug_file()
		assert.is_nil(none)
		assert.equal("notype", code)
		assert.matches("no DWARF for", message)
	end)
end)
