--- DWARF as compilers write it, the files that it is found in, and damage.
local dwarfcc = require "spec.support.dwarfcc"
local forge = require "spec.support.forge"
local kvm = require "kvm"
local typedump = require "spec.support.typedump"

local describe = require "spec.support.part".describer("libdw", describe, pending)
local vmcore = require "vmcore"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)

-- What both a C compiler and the forge understand; they lay it out alike.
local SOURCE = [[
	typedef unsigned int u_int;
	typedef char name_t[12];
	enum color { RED, GREEN = 5, BLUE = -1 };
	enum level { LOW = 200, HIGH = 70000 };
	struct opaque;
	union both { int i; float f; };
	struct node {
		struct node *next;
		struct { int x; union { int y; short z; }; };
		unsigned int up : 1;
		unsigned int kind : 3;
		int level : 4;
		unsigned long long wide : 33;
		const char *label;
		name_t name;
		enum color color;
		struct opaque *hidden;
		int (*compare)(const struct node *, const struct node *, ...);
		union both value;
		double ratio;
		_Bool ok;
		int matrix[2][3];
		char many[256];
		char tail[];
	};
]]

local CODE = [[
static struct node second = { .level = 5, .kind = 7, .label = "two" };
static struct node first = { .next = &second, .level = -3, .up = 1 };
struct node *root = &first;
static int hz = 100;
int
panic(const char *fmt, ...)
{
	hz++;
	return (hz);
}
]]
local PANIC = 8		-- the line of hz++ in CODE

-- Another unit: what it declares stands in the first; its hz and its softc are
-- its own.
local OTHER = [[
struct node;
extern struct node *root;
struct softc { struct node *of; long unit; };
struct opaque { int inside; };
struct softc sc;
static long hz = 7;
long tick(struct softc *s) { sc = *s; return (root != (void *)0 ? hz++ : 0); }
]]
local THIRD = [[
struct softc { char name[8]; };
struct softc other;
void touch(void) { other.name[0]++; }
]]

local function open(path, more)
	local options = { kernel = path, core = "/dev/null" }
	for k, v in pairs(more or {}) do
		options[k] = v
	end
	return assert(kvm.openx(options))
end

local function read(path)
	local f = assert(io.open(path, "rb"))
	local text = f:read "a"
	f:close()
	return text
end

local function write(path, text)
	local f = assert(io.open(path, "wb"))
	f:write(text)
	f:close()
	return path
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

local WAYS = { "-gdwarf-2 -gstrict-dwarf", "-gdwarf-3", "-gdwarf-4", "-gdwarf-5", "-g -gz" }

for _, compiler in ipairs { "gcc", "clang" } do
	if dwarfcc.usable(compiler) then
		describe("DWARF of " .. compiler, function()
			for _, flags in ipairs(WAYS) do
				it(flags .. " describes the types that CTF does", function()
					local set = forge.types(SOURCE)
					forge.kernel{ types = set }:write(DIR .. "/ctf")
					local ctf <close> = open(DIR .. "/ctf")
					local path = dwarfcc.kernel(DIR .. "/kernel", { SOURCE .. CODE },
					    { compiler = compiler, flags = flags })
					local kd <close> = open(path)
					assert.equal("dwarf", kd:type_source())
					local names = typedump.names(ctf)
					assert.equal(typedump.text(ctf, names), typedump.text(kd, names))
					assert.equal("struct node *", tostring(kd:type_of_symbol "root"))
					assert.equal("int (const char *, ...)", tostring(kd:type_of_symbol "panic"))
					assert.equal(70000, kd:enumerator "HIGH")
					assert.equal(200, kd:enumerator "LOW")
					assert.equal(-1, kd:enumerator "BLUE")
				end)
			end

			it("tells which line an address is of", function()
				local path = dwarfcc.kernel(DIR .. "/lines", { "#line 1 \"a.c\"\n" .. SOURCE ..
				    "#line 1 \"/usr/src/sys/kern/b.c\"\n" .. CODE, OTHER }, { compiler = compiler })
				local kd <close> = open(path)
				local panic = kd:symbol "panic"
				local file, line = kd:source_line(panic.value)
				assert.equal("/usr/src/sys/kern/b.c", file)
				assert.is_true(line >= PANIC - 2 and line <= PANIC)
				local seen = {}
				for address = panic.value, panic.value + panic.size - 1 do
					seen[select(2, kd:source_line(address))] = true
				end
				assert.is_true(seen[PANIC])
				assert.matches("lines%-2%.c$", (kd:source_line(kd:symbol "tick".value)))
			end)
		end)
	end
end

local usable = dwarfcc.usable "cc"
local function with_compiler(name, fn)
	if usable then
		it(name, fn)
	end
end

describe("units of DWARF", function()
	local kd

	setup(function()
		if usable then
			kd = open(dwarfcc.kernel(DIR .. "/units", { SOURCE .. CODE, OTHER, THIRD }))
		end
	end)

	teardown(function()
		if kd then
			kd:close()
		end
	end)

	with_compiler("define what others declare", function()
		local opaque = kd:type("struct", "node"):member "hidden".type.target
		assert.equal("inside", opaque:members()[1].name)
		assert.equal(kd:type("struct", "opaque"), opaque)
		local of = kd:type("struct", "softc"):member "of".type
		assert.equal(kd:type("struct", "node"), of.target)
	end)

	with_compiler("have types and variables of their own", function()
		assert.equal(16, kd:type("struct", "softc").size)
		assert.equal(16, kd:type_of_symbol "sc".size)
		assert.equal(8, kd:type_of_symbol "other".size)
		assert.equal("name", kd:type_of_symbol "other":members()[1].name)
		-- Two static variables: which one is meant, the symbol's address says.
		local first = kd:symbol "hz"
		local t = kd:type_of_symbol "hz"
		assert.equal(first.size, t.size)
	end)

	with_compiler("make objects in a dump", function()
		local path = DIR .. "/units"
		local file = read(path)
		local memory = forge.memory{}
		local at = kd:symbol "root".value & -4096
		local section = kd:section ".data"
		memory:map_fresh(at, 8192)
		memory:write(section.addr, section.data)
		forge.minidump{ memory = memory }:write(DIR .. "/vmcore")
		local k <close> = assert(vmcore.open { core = DIR .. "/vmcore", kernel = path })
		assert.equal(-3, k.var.root.level)
		assert.equal(1, k.var.root.up)
		assert.equal(5, k.var.root.next.level)
		assert.equal(7, k.var.root.next.kind)
		assert.is_nil(k.var.root.next.next)
		assert.equal(5, k:eval "root->next->level")
		assert.equal(5, k:eval "GREEN")
		local source, line = k:source_line(k:symbol "panic".value)
		assert.matches("units%-1%.c$", source)
		assert.is_true(line > 20 and #file > 0)
	end)
end)

describe("a debug file", function()
	local function make(name)
		local dir = DIR .. "/" .. name
		os.execute("mkdir -p " .. dir)
		dwarfcc.kernel(dir .. "/kernel", { SOURCE .. CODE })
		dwarfcc.run(dir, "objcopy --only-keep-debug kernel kernel.debug && strip -g kernel && " ..
		    "objcopy --add-gnu-debuglink=kernel.debug kernel")
		return dir
	end

	local function found(dir, more)
		local kd <close> = open(dir .. "/kernel", more)
		return kd:type_source(), kd:debug_warning(), kd:debug_file()
	end

	with_compiler("is found beside the kernel, and in .debug there", function()
		local dir = make "link"
		local source, warning, path = found(dir)
		assert.equal("dwarf", source)
		assert.is_nil(warning)
		assert.equal(dir .. "/kernel.debug", path)
		dwarfcc.run(dir, "mkdir .debug && mv kernel.debug .debug")
		assert.equal("dwarf", (found(dir)))
		dwarfcc.run(dir, "mv .debug/kernel.debug elsewhere")
		assert.equal("none", (found(dir)))
		source, warning, path = found(dir, { debug = dir .. "/elsewhere" })
		assert.equal("dwarf", source)
		assert.is_nil(warning)
		assert.equal(dir .. "/elsewhere", path)
	end)

	with_compiler("needs no link", function()
		local dir = make "nolink"
		dwarfcc.run(dir, "strip -R .gnu_debuglink kernel")
		assert.equal("dwarf", (found(dir)))
	end)

	with_compiler("must be the kernel's", function()
		local dir = make "wrong"
		dwarfcc.run(dir, "echo >>kernel.debug")
		local source, warning, path = found(dir)
		assert.equal("none", source)
		assert.is_nil(path)
		assert.matches("^debug file .*/kernel%.debug is not used: it is not the one of this kernel: " ..
		    "its CRC is 0x%x+, %.gnu_debuglink says 0x%x+$", warning)
		source, warning, path = found(dir, { debug = dir .. "/kernel.debug" })
		assert.equal("dwarf", source)
		assert.matches("kernel%.debug is doubtful: it is not the one of this kernel: ", warning)
		assert.equal(dir .. "/kernel.debug", path)
		warning = select(2, found(dir))
		-- The handle says so once it has become known.
		local memory = forge.memory{}
		memory:map_fresh(0xffffffff81000000, 4096)
		forge.minidump{ memory = memory }:write(dir .. "/vmcore")
		local k <close> = assert(vmcore.open { core = dir .. "/vmcore", kernel = dir .. "/kernel" })
		local before = #k:warnings()
		assert.same({}, k:new_warnings())
		assert.equal("none", k:type_source())
		assert.same({ warning }, k:new_warnings())
		assert.equal(before + 1, #k:warnings())
		local none, message = k:type "struct node"
		assert.is_nil(none)
		assert.matches("has no type information.*is not the one of this kernel", message)
	end)

	with_compiler("is refused when it is no debug file, or of another machine", function()
		local dir = make "strange"
		dwarfcc.run(dir, "strip -R .gnu_debuglink kernel && echo nonsense >kernel.debug")
		local source, warning = found(dir)
		assert.equal("none", source)
		assert.matches("kernel%.debug is not used: .*not an ELF file", warning)
		forge.kernel{ arch = "i386", types = forge.types(SOURCE, { ptrsize = 4 }), ctf = false, dwarf = {} }
		    :write(dir .. "/kernel.debug")
		source, warning = found(dir)
		assert.equal("none", source)
		assert.matches("it is of another machine", warning)
		forge.kernel{ types = forge.types(SOURCE) }:write(dir .. "/kernel.debug")
		source, warning = found(dir)
		assert.equal("none", source)
		assert.matches("it has no DWARF", warning)
	end)

	it("that was named must be there", function()
		forge.kernel{ types = forge.types(SOURCE) }:write(DIR .. "/plain")
		local none, message, code = kvm.openx{ kernel = DIR .. "/plain", core = "/dev/null",
			debug = DIR .. "/nosuch" }
		assert.is_nil(none)
		assert.equal("sys", code)
		assert.matches("nosuch", message)
	end)

	with_compiler("gives lines where the kernel has CTF", function()
		local dir = DIR .. "/ctflines"
		os.execute("mkdir -p " .. dir)
		dwarfcc.kernel(dir .. "/kernel.debug", { SOURCE .. CODE })
		local debug <close> = open(dir .. "/kernel.debug")
		local panic = debug:symbol "panic"
		forge.kernel{ types = forge.types(SOURCE), symbols = { { name = "panic", addr = panic.value,
			size = panic.size, type = "func" } } }:write(dir .. "/kernel")
		local kd <close> = open(dir .. "/kernel")
		assert.equal("ctf", kd:type_source())
		assert.matches("%.c$", (kd:source_line(panic.value)))
	end)
end)

-- All that can be asked, without caring for the answers.
local function explore(path)
	local kd = kvm.openx{ kernel = path, core = "/dev/null" }
	if kd == nil then
		return
	end
	local text = typedump.text
	pcall(function() text(kd, typedump.names(kd)) end)
	pcall(text, kd, { { "struct", "node" }, { "enum", "color" }, { "typedef", "u_int" } })
	for _, name in ipairs { "root", "panic", "hz" } do
		kd:type_of_symbol(name)
		local symbol = kd:symbol(name)
		if symbol then
			kd:source_line(symbol.value)
		end
	end
	kd:enumerator "BLUE"
	kd:enumerator "NONE"
	kd:close()
end

-- Where sections lie in a file that the compiler made: offset and size.
local function sections(text)
	local shoff, n, names = string.unpack("<I8", text, 41), string.unpack("<I2", text, 61),
	    string.unpack("<I2", text, 63)
	local function header(i)
		local name, _, _, _, offset, size = string.unpack("<I4I4I8I8I8I8", text, shoff + 64 * i + 1)
		return name, offset, size
	end
	local out, _, strings = {}, header(names)
	for i = 1, n - 1 do
		local name, offset, size = header(i)
		out[string.unpack("z", text, strings + name + 1)] = { offset, size }
	end
	return out
end

describe("damaged DWARF", function()
	local ROUNDS = tonumber(os.getenv "FLIPS") or 300

	for _, flags in ipairs { "-gdwarf-2", "-gdwarf-4", "-gdwarf-5" } do
		with_compiler(flags .. " is survived, whatever bytes are wrong", function()
			local path = dwarfcc.kernel(DIR .. "/whole", { SOURCE .. CODE, OTHER, THIRD },
			    { flags = flags })
			local whole, random = read(path), 4711
			local places = {}
			for name, s in pairs(sections(whole)) do
				if name:find "^%.debug" and s[2] > 0 then
					places[#places + 1] = s
				end
			end
			table.sort(places, function(a, b) return a[1] < b[1] end)
			local function pick(n)
				random = (random * 1103515245 + 12345) & 0x7fffffff
				return (random >> 8) % n
			end
			for round = 1, ROUNDS do
				local text = whole
				for _ = 1, 1 + round % 4 do
					local s = places[1 + pick(#places)]
					local at = s[1] + pick(s[2])
					text = text:sub(1, at) .. string.char(pick(256)) .. text:sub(at + 2)
				end
				explore(write(DIR .. "/flipped", text))
			end
		end)
	end

	with_compiler("that is cut short is read as far as it goes", function()
		local path = dwarfcc.kernel(DIR .. "/whole", { SOURCE .. CODE, OTHER, THIRD })
		local whole = read(path)
		local shoff, info
		shoff = string.unpack("<I8", whole, 41)
		info = sections(whole)[".debug_info"]
		-- The size in its section header is what is cut.
		for i = 0, string.unpack("<I2", whole, 61) - 1 do
			local at = shoff + 64 * i
			if string.unpack("<I8", whole, at + 25) == info[1] then
				for size = 0, info[2], 7 do
					explore(write(DIR .. "/cut", whole:sub(1, at + 32) .. string.pack("<I8", size) ..
					    whole:sub(at + 41)))
				end
			end
		end
	end)

	it("is said to be", function()
		local set = forge.types "struct a { struct b *b; }; struct b { struct a a; int x[5]; };"
		local k = forge.kernel{ sections = { { name = ".debug_info", flags = "", data = ("\xff"):rep(40) },
			{ name = ".debug_abbrev", flags = "", data = "\0" } }, types = set, ctf = false }
		k:write(DIR .. "/noise")
		local kd <close> = open(DIR .. "/noise")
		assert.equal("none", kd:type_source())
		local none, message, code = kd:type("struct", "a")
		assert.is_nil(none)
		assert.equal("format", code)
		assert.matches("noise: damaged DWARF: ", message)
	end)
end)
