--- Files of modules: placing them, their symbols, their types.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local modfile = require "spec.support.modfile"

local BASE <const> = 0xffffffff82000000
local KERNEL = [[
typedef unsigned int u_int;
enum color { RED, GREEN };
struct ifnet { int if_index; u_int if_flags; };
struct changed { int a; int b; };
typedef struct ifnet *if_t;
typedef struct changed changed_t;
]]
local MODULE = KERNEL:gsub("int a; int b;", "int a; int b; int c;") .. [[
struct opaque;
struct demo_softc { if_t ifp; changed_t *changed; enum color color; u_int flags; struct kernel_only *k; };
int demo_attach(struct demo_softc *sc);
]]
local SECTIONS = {
	{ name = ".text", flags = "AX", size = 0x200 },
	{ name = ".data", flags = "WA", size = 0x100, align = 64 },
	{ name = ".bss", flags = "WA", size = 0x40 },
	{ name = ".comment", flags = "", size = 8 },
	{ name = "set_vnet", flags = "WA", size = 32 },
}
local SYMBOLS = {
	{ name = "demo_attach", section = ".text", offset = 0x100, size = 0x40, type = "func" },
	{ name = "helper", section = ".text", offset = 0x140, size = 0x10, type = "func", bind = "local" },
	{ name = "demo_softc", section = ".data", offset = 0x20, size = 40, ctype = "struct demo_softc" },
	{ name = "vnet_entry_demo", section = "set_vnet", offset = 8, size = 8, ctype = "if_t" },
	{ name = "elsewhere", section = "UND", type = "notype" },
	{ name = "shared", section = ".bss", offset = 8, size = 4, ctype = "u_int" },
}

local function types_of(text)
	local set = forge.types(text)
	for _, s in ipairs(SYMBOLS) do
		if s.name == "demo_attach" then
			s.ctype = set.functions and set.functions.demo_attach
		end
	end
	return set
end

local function new(kind, o)
	local options = { kind = kind, sections = SYMBOLS and SECTIONS, symbols = SYMBOLS,
		types = types_of(MODULE) }
	for key, value in pairs(o or {}) do
		options[key] = value
	end
	return modfile.new(options)
end

local dir, kernel
local function open()
	return assert(kvm.openx { kernel = kernel, core = "/dev/null" })
end

local function placed(kd, f, sets)
	local m = assert(kd:module(f:write(dir .. "/demo.ko")))
	f:place(BASE, sets)
	for _, s in ipairs(f.sections) do
		if s.name ~= ".comment" then
			assert(m:place(s.index, s.at))
		end
	end
	return m
end

describe("the file of a module", function()
	setup(function()
		dir = lab.folder()
		kernel = forge.kernel { types = forge.types(KERNEL .. "struct kernel_only { int x; };"),
			symbols = { { name = "shared", addr = 0xffffffff81000000, size = 4 } } }:write(dir .. "/kernel")
	end)

	for _, kind in ipairs { "elf_obj", "elf" } do
		describe("of kind " .. kind, function()
			it("tells its sections", function()
				local kd <close> = open()
				local f = new(kind)
				local m = assert(kd:module(f:write(dir .. "/demo.ko")))
				assert.equal(kind == "elf_obj", m:relocatable())
				assert.equal(dir .. "/demo.ko", m:path())
				assert.matches("demo%.ko$", tostring(m))
				assert.equal("module", kvm.type_of(m))
				local found = {}
				for i = 1, 5 do
					local s = m:sections()[i]
					found[i] = { s.name, s.size, s.alloc, s.placed, s.index }
				end
				assert.same({ { ".text", 0x200, true, false, 1 }, { ".data", 0x100, true, false, 2 },
					{ ".bss", 0x40, true, false, 3 }, { ".comment", 8, false, false, 4 },
					{ "set_vnet", 32, true, false, 5 } }, found)
				assert.is_nil((m:symbol "demo_attach"))
				assert.is_nil((m:symbol_at(BASE)))
				assert.is_nil(kd:lookup "demo_attach")
			end)

			it("has the best symbol of a name that was placed", function()
				local kd <close> = open()
				local f = new(kind, { symbols = {
					{ name = "twice", section = ".text", offset = 8, type = "func", bind = "local" },
					{ name = "twice", section = ".bss", offset = 8 } } })
				local m = assert(kd:module(f:write(dir .. "/demo.ko")))
				f:place(BASE)
				assert(m:place(f.sections[1].index, f.sections[1].at))
				assert.equal("local", m:symbol "twice".bind)
				assert.equal(f.sections[1].at + 8, kd:lookup "twice")
				assert(m:place(f.sections[3].index, f.sections[3].at))
				assert.equal("global", m:symbol "twice".bind)
			end)

			it("has symbols where it was placed", function()
				local kd <close> = open()
				local f = new(kind)
				local m = placed(kd, f, { set_vnet = 0xffffffff81002000 })
				for _, name in ipairs { "demo_attach", "helper", "demo_softc", "vnet_entry_demo", "shared" } do
					local at = f:address_of(name)
					assert.equal(at, m:symbol(name).value)
					local symbol, offset = m:symbol_at(at + 3)
					assert.same({ name, 3 }, { symbol.name, offset })
				end
				assert.equal(0xffffffff81002008, m:symbol "vnet_entry_demo".value)
				assert.is_nil((m:symbol "elsewhere"))
				assert.is_nil((m:symbol_at(BASE + 0x100000)))
				local n = 0
				for _ in m:symbols() do
					n = n + 1
				end
				assert.equal(#SYMBOLS, n)
				-- The kernel's own come first.
				assert.equal(f:address_of "demo_attach", kd:lookup "demo_attach")
				assert.equal(0xffffffff81000000, kd:lookup "shared")
			end)

			it("can be placed again", function()
				local kd <close> = open()
				local f = new(kind)
				local m = placed(kd, f)
				assert.equal("demo_attach", (m:symbol_at(f:address_of "demo_attach")).name)
				f:place(BASE + 0x10000)
				m:place(1, f.by_name[".text"].at)
				assert.equal(f:address_of "demo_attach", m:symbol "demo_attach".value)
				assert.equal("demo_attach", (m:symbol_at(f:address_of "demo_attach")).name)
			end)

			it("has types of its own, and shares the kernel's", function()
				local kd <close> = open()
				local m = placed(kd, new(kind))
				local softc = m:type("struct", "demo_softc")
				assert.equal(softc, m:type_of_symbol "demo_softc")
				assert.is_nil((kd:type("struct", "demo_softc")))
				assert.equal(kd:type("struct", "ifnet"), m:type("struct", "ifnet"))
				assert.equal(kd:type("typedef", "if_t"), m:type("typedef", "if_t"))
				assert.equal(kd:type("typedef", "u_int"), softc:member "flags".type)
				assert.equal(kd:type("enum", "color"), softc:member "color".type)
				assert.equal(kd:type("typedef", "if_t"), softc:member "ifp".type)
				-- One that was compiled otherwise stays another.
				assert.equal(8, kd:type("struct", "changed").size)
				assert.equal(12, m:type("struct", "changed").size)
				assert.equal(12, softc:member "changed".type.target.size)
				-- What is only declared there is what the kernel has defined.
				assert.equal(kd:type("struct", "kernel_only"), softc:member "k".type.target)
				assert.equal(kd:type("struct", "kernel_only"), m:type("struct", "kernel_only"))
				assert.equal("int(struct demo_softc *)", (tostring(m:type_of_symbol "demo_attach"):gsub(" %(", "(")))
				assert.is_nil((m:type_of_symbol "elsewhere"))
			end)
		end)
	end

	it("may leave out the types that the kernel has", function()
		local set = forge.types "struct demo_softc { int n; };"
		-- Its first type is the parent's.
		local parent = forge.types(KERNEL)
		local id = parent:id "struct ifnet"
		for _, t in ipairs(set.list) do
			if t.n == "demo_softc" then
				t.m[1] = { "ifp", -id, 0 }
				t.s = 8
			end
		end
		local labelled = forge.kernel { types = parent, ctf_options = { labels = { { "demo", #parent.list } } } }
		labelled:write(dir .. "/labelled")
		for label, message in pairs { demo = false, another = "labelled another, which .* is not" } do
			local kd <close> = assert(kvm.openx { kernel = dir .. "/labelled", core = "/dev/null" })
			local m = placed(kd, new("elf_obj", { types = set, symbols = {}, ctf_options = {
				child = true, parname = "kernel", parlabel = label } }))
			local t, why = m:type("struct", "demo_softc")
			if message then
				assert.is_nil(t)
				assert.matches(message, why)
			else
				assert.equal(kd:type("struct", "ifnet"), t:member "ifp".type)
			end
		end
	end)

	it("without types says so, and has the kernel's no less", function()
		local kd <close> = open()
		local m = placed(kd, new("elf_obj", { types = false, symbols = SYMBOLS }))
		local t, message, code = m:type("struct", "demo_softc")
		assert.is_nil(t)
		assert.matches("^module .*demo%.ko has no type information", message)
		assert.equal("notype", code)
	end)

	it("must be a module of that machine", function()
		local kd <close> = open()
		for _, o in ipairs { { machine = 183 }, { endian = ">" }, { class = 32 } } do
			o.types = false
			local m, message = kd:module(new("elf_obj", o):write(dir .. "/other.ko"))
			assert.is_nil(m)
			assert.matches("other%.ko: for another machine than the kernel", message)
		end
		local m, message = kd:module(kernel)
		assert.is_nil(m)
		assert.matches("neither a relocatable file nor a shared object", message)
		m, message = kd:module(dir .. "/missing.ko")
		assert.is_nil(m)
		assert.matches("missing%.ko", message)
		m = placed(kd, new "elf_obj")
		assert.is_nil((m:place(99, BASE)))
		assert.is_nil((m:place(4, BASE)))
	end)

	for arch, base in pairs { i386 = 0xc1000000, powerpc64 = 0xc000000001000000, powerpc = 0xd1000000 } do
		it("may be of " .. arch, function()
			local a = forge.arches[arch]
			forge.kernel { arch = arch, symbols = { { name = "hz", addr = base, size = 4 } } }
			    :write(dir .. "/" .. arch)
			local kd <close> = assert(kvm.openx { kernel = dir .. "/" .. arch, core = "/dev/null" })
			for _, kind in ipairs { "elf", "elf_obj" } do
				local f = new(kind, { types = false, class = a.class, endian = a.endian, machine = a.machine })
				local m = assert(kd:module(f:write(dir .. "/other.ko")))
				f:place(base + 0x100000)
				for _, s in ipairs(f:loaded()) do
					assert(m:place(s.index, s.at))
				end
				for _, name in ipairs { "demo_attach", "helper", "demo_softc" } do
					local at = f:address_of(name)
					assert.equal(at, m:symbol(name).value)
					assert.equal(name, m:symbol_at(at + 2).name)
					assert.equal(f:address_of(name), m:symbol(name).value)
				end
			end
		end)
	end

	it("that is cut off is an error anywhere", function()
		local bytes = new("elf_obj").bytes
		for n = 0, #bytes - 1, 97 do
			local kd <close> = open()
			local f <close> = assert(io.open(dir .. "/cut.ko", "wb"))
			f:write(bytes:sub(1, n))
			f:flush()
			local m = kd:module(dir .. "/cut.ko")
			if m then
				for i in pairs(m:sections()) do
					m:place(i, BASE + i * 4096)
				end
				assert(not m:symbol "nosuch" and not m:symbol_at(BASE + 1 << 30))
				assert(not m:type("struct", "nosuch"))
			end
		end
	end)

	it("survives flipped bits", function()
		local bytes = new("elf_obj").bytes
		math.randomseed(5)
		for _ = 1, 300 do
			local at = math.random(#bytes)
			local kd <close> = open()
			local f <close> = assert(io.open(dir .. "/flipped.ko", "wb"))
			f:write(bytes:sub(1, at - 1), string.char(bytes:byte(at) ~ 1 << math.random(0, 7)), bytes:sub(at + 1))
			f:flush()
			local m = kd:module(dir .. "/flipped.ko")
			if m then
				for i in pairs(m:sections()) do
					m:place(i, math.random(0))
				end
				for s in m:symbols() do
					m:symbol_at(s.value)
					m:type_of_symbol(s.name)
				end
				m:type("struct", "demo_softc")
			end
		end
	end)

	it("lives no longer than its descriptor", function()
		local kd = open()
		local m = placed(kd, new "elf_obj")
		kd:close()
		assert.error_matches(function() m:symbol "demo_attach" end, "closed")
		assert.matches("closed", tostring(m))
	end)
end)
