--- Loaded modules and their symbols.
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local modules = require "spec.support.modules"
local vmcore = require "vmcore"

local OBJ, DYN = 0xffffffff82000000, 0xffffffff82400000

local SYMBOLS = {
	{ name = "demo_attach", offset = 0x100, size = 0x80, func = true },
	{ name = "inside", offset = 0x110, label = true },
	{ name = "demo_detach", offset = 0x180, size = 0x40, func = true, bind = "local" },
	{ name = "demo_softc", offset = 0x1000, size = 0x20 },
	{ name = "asm_tail", offset = 0x1c0, func = true },
	{ name = "elsewhere", offset = 0, undefined = true },
}

local function prepare(class)
	return function(sys)
		modules.add(sys, { name = "if_demo.ko", kind = "elf_obj", address = OBJ, size = 0x3000,
			symbols = SYMBOLS, class = class })
		modules.add(sys, { name = "dyn.ko", kind = "elf", id = 3, refs = 2, address = DYN,
			size = 0x3000, symbols = SYMBOLS, class = class })
		modules.finish(sys)
	end
end

local function with(name, options, fn)
	local sys = lab.system(name, options)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	fn(kld.new(k), k, sys)
end

for _, layout in ipairs { 12, 13, 15 } do
	for _, name in ipairs { "by class", "by contents" } do
		local options = { layout = layout, prepare = prepare(name == "by contents" and false or nil) }

		describe(("modules of %d, known %s"):format(layout, name), function()
			it("are listed", function()
				with(layout .. name, options, function(klds)
					local files, broken = klds:files()
					assert.is_nil(broken)
					local found = {}
					for i, f in ipairs(files) do
						found[i] = { f.id, f.refs, f.name, f.path, f.address, f.size }
					end
					assert.same({
						{ 1, 1, "kernel", "/boot/kernel/kernel", 0xffffffff80200000, 0x800000 },
						{ 2, 1, "if_demo.ko", "/boot/kernel/if_demo.ko", OBJ, 0x3000 },
						{ 3, 2, "dyn.ko", "/boot/kernel/dyn.ko", DYN, 0x3000 } }, found)
				end)
			end)

			it("have symbols by address", function()
				with(layout .. name, options, function(klds, k)
					for base, module in pairs { [OBJ] = "if_demo.ko", [DYN] = "dyn.ko" } do
						for at, want in pairs { [0x100] = "demo_attach+0", [0x120] = "demo_attach+20",
							[0x17f] = "demo_attach+7f", [0x180] = "demo_detach+0",
							[0x1008] = "demo_softc+8", [0x200] = "asm_tail+40" } do
							local symbol, offset, of = klds:symbol_at(base + at)
							assert.equal(want, ("%s+%x"):format(symbol.name, offset))
							assert.equal(module, of)
						end
						-- What no symbol covers is the file's.
						local symbol, offset, of = klds:symbol_at(base + 0x20)
						assert.same({ module, 0x20, module }, { symbol.name, offset, of })
					end
					local panic = k:symbol "panic"
					local symbol, offset, of = klds:symbol_at(panic.value + 9)
					assert.same({ "panic", 9 }, { symbol.name, offset, of })
				end)
			end)

			it("have symbols by name, each its own", function()
				with(layout .. name, options, function(klds)
					local found = {}
					for i, s in ipairs(klds:named "demo_detach") do
						found[i] = { s.module, s.value, s.type, s.bind }
					end
					assert.same({ { "if_demo.ko", OBJ + 0x180, "func", "local" },
						{ "dyn.ko", DYN + 0x180, "func", "local" } }, found)
					assert.same({}, klds:named "elsewhere")
					local n = {}
					for _, module in klds:each_symbol() do
						n[module or "kernel"] = (n[module or "kernel"] or 0) + 1
					end
					assert.equal(5, n["dyn.ko"])
					assert.is_true(n.kernel > 100)
				end)
			end)
		end)
	end
end

describe("modules", function()
	it("in a circle end, and what is lost is said", function()
		local first
		with("kld damaged", { layout = 13, prepare = function(sys)
			first = modules.add(sys, { name = "a.ko", kind = "elf_obj", address = OBJ, size = 0x1000,
				symbols = SYMBOLS })
			local second = modules.add(sys, { name = "b.ko", kind = "elf_obj", address = DYN,
				size = 0x1000 })
			sys:fill(second, "struct linker_file", { filename = 0xdead000 })
			sys.mem:struct(first, "struct elf_file_obj", { ddbsymcnt = 1 << 40 })
			sys.mem:u64(second + sys.types:offsetof("struct linker_file", "link"), first)
			modules.finish(sys)
		end }, function(klds)
			local files, broken = klds:files()
			assert.matches("circle", broken)
			assert.equal(3, #files)
			local symbols, lost = klds:symbols(files[2])
			assert.same({}, symbols)
			assert.equal("a.ko has no symbol table", lost)
			assert.is_nil(files[3].name)
			local symbol, offset, module = klds:symbol_at(DYN + 0x20)
			assert.same({ "module at 0xffffffff82400000", 0x20, "module at 0xffffffff82400000" },
				{ symbol.name, offset, module })
			assert.equal("a.ko", (klds:symbol_at(OBJ + 0x100)).name)
			assert.equal("a.ko+0x100", klds:name_at(OBJ + 0x100))
			assert.is_nil(klds:name_at(nil))
			assert.is_nil(klds:name_at(0))
		end)
	end)
end)
