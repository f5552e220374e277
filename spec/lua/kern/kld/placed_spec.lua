--- The files of modules: found, made sure of, placed.
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local vmcore = require "vmcore"

local function open(sys, options)
	options = options or {}
	options.core, options.kernel = sys.core, sys.kernel
	return assert(vmcore.open(options))
end

local function file_of(klds, name)
	for _, file in ipairs(klds:files()) do
		if file.name == name then
			return file
		end
	end
end

for _, layout in ipairs { 12, 13, 15 } do
	for _, how in ipairs { "by class", "by contents" } do
		local w = modworld.new { layout = layout, class = how == "by contents" and false or nil }
		local name = ("placed %d %s"):format(layout, how)

		describe(("files of modules of %d, known %s"):format(layout, how), function()
			local sys, k, klds

			setup(function()
				sys = lab.system(name, w.options)
				w:write(sys.dir)
				k = open(sys)
				klds = kld.new(k)
			end)

			teardown(function()
				k:close()
			end)

			it("are found beside the kernel", function()
				for i, base in ipairs { "if_demo.ko", "dyn.ko" } do
					local m, trouble = klds:module(file_of(klds, base))
					assert.is_nil(trouble)
					assert.equal(sys.dir .. "/" .. base, m:path())
					for _, s in ipairs(w.files[i].sections) do
						local found = m:sections()[s.index]
						assert.equal(s.flags:find "A" ~= nil, found.placed)
						if found.placed then
							assert.equal(s.at, found.addr)
						end
					end
				end
			end)

			it("have their symbols where the kernel has them", function()
				for i, prefix in ipairs { "demo", "dyn" } do
					local f = w.files[i]
					for _, s in ipairs { prefix .. "_attach", "helper", prefix .. "_softc", "unit" } do
						local found, offset, module = klds:symbol_at(f:address_of(s) + 2)
						assert.same({ s, 2, i == 1 and "if_demo.ko" or "dyn.ko" }, { found.name, offset, module })
					end
				end
				assert.equal(w.files[1]:address_of "demo_attach", k.kd:lookup "demo_attach")
			end)

			it("tell sections", function()
				local s, module = klds:section_at(w.files[1].by_name[".data"].at + 16)
				assert.same({ ".data", "if_demo.ko" }, { s.name, module })
				s, module = klds:section_at(w.files[2].by_name[".bss"].at)
				assert.same({ ".bss", "dyn.ko" }, { s.name, module })
				assert.is_nil(klds:section_at(w.files[1].address + 0xfff))
				assert.is_nil(klds:section_at(k:symbol "panic".value))
			end)
		end)
	end
end

describe("the file of a module", function()
	-- What becomes of if_demo.ko and dyn.ko in some state.
	local function with(name, o, fn)
		local w = modworld.new(o)
		local sys = lab.system("placed " .. name, w.options)
		fn(sys, w, function(options)
			local k = open(sys, options)
			local klds = kld.new(k)
			return function(base)
				local m, trouble = klds:module(file_of(klds, base))
				return m and m:path(), trouble
			end, klds, k
		end)
	end

	local function folder(sys, name)
		os.execute(("mkdir -p '%s/%s'"):format(sys.dir, name))
		return sys.dir .. "/" .. name
	end

	it("is missing without trouble; symbols are the dump's", function()
		with("missing", {}, function(_, w, ask)
			local of, klds = ask()
			local path, trouble = of "if_demo.ko"
			assert.is_nil(path)
			assert.is_nil(trouble)
			local symbol, _, module = klds:symbol_at(w.files[1]:address_of "demo_attach" + 1)
			assert.same({ "demo_attach", "if_demo.ko" }, { symbol.name, module })
			assert.is_nil(klds:section_at(w.files[1]:address_of "demo_attach"))
		end)
	end)

	it("is looked for under klddir, as such and by the path it had", function()
		with("klddir", {}, function(sys, w, ask)
			local flat, root = folder(sys, "flat"), folder(sys, "root")
			w.files[1]:write(flat .. "/if_demo.ko")
			w.files[2]:write(folder(sys, "root/boot/kernel") .. "/dyn.ko")
			local of = ask { klddir = flat }
			assert.equal(flat .. "/if_demo.ko", (of "if_demo.ko"))
			assert.is_nil((of "dyn.ko"))
			of = ask { klddir = { flat, root } }
			assert.equal(flat .. "/if_demo.ko", (of "if_demo.ko"))
			assert.equal(root .. "/boot/kernel/dyn.ko", (of "dyn.ko"))
		end)
	end)

	it("is not the wrong one, and another candidate may be right", function()
		with("wrong", {}, function(sys, w, ask)
			local wrong = folder(sys, "wrong")
			w.files[2]:write(wrong .. "/if_demo.ko")
			w.files[1]:write(wrong .. "/dyn.ko")
			local path, trouble = ask { klddir = wrong } "if_demo.ko"
			assert.is_nil(path)
			assert.matches("/wrong/if_demo%.ko is not the if_demo%.ko of this dump: it is a shared object", trouble)
			path, trouble = ask { klddir = wrong } "dyn.ko"
			assert.is_nil(path)
			assert.matches("it is relocatable, what was loaded is not", trouble)
			w:write(sys.dir)
			assert.equal(sys.dir .. "/if_demo.ko", (ask { klddir = wrong } "if_demo.ko"))
			assert.equal(sys.dir .. "/dyn.ko", (ask { klddir = wrong } "dyn.ko"))
		end)
	end)

	-- Files that were compiled from a little different source.
	local modfile = require "spec.support.modfile"
	local function variant(f, change)
		local copy = { kind = f.kind, sections = {}, symbols = {}, types = f.types }
		for i, s in ipairs(f.sections) do
			copy.sections[i] = { name = s.name, flags = s.flags, type = s.type, align = s.align,
				size = s.size or #s.data }
		end
		for i, s in ipairs(f.symbols) do
			copy.symbols[i] = { name = s.name, section = s.section, offset = s.offset, size = s.size,
				type = s.type, bind = s.bind }
		end
		change(copy)
		return modfile.new(copy)
	end

	it("of another build is told by its sections or symbols", function()
		with("builds", {}, function(sys, w, ask)
			local cases = {
				{ 1, "its %.data has 272 bytes, what was loaded 256", function(f)
					f.sections[3].size = 272
				end },
				{ 1, "its section 3 is %.datx, what was loaded is %.data", function(f)
					f.sections[3].name = ".datx"
					f.symbols[3].section = ".datx"
				end },
				{ 1, "it has no section 7, which was loaded", function(f)
					f.sections[7].flags = ""
				end },
				{ 1, "its symbol demo_attach is not that", function(f) f.symbols[1].size = 0x78 end },
				{ 1, "its symbol demo_softc is not that", function(f) f.symbols[3].offset = 0x28 end },
				{ 2, "it takes up 16384 bytes, what was loaded 8192", function(f)
					f.sections[1].size = 0x2400
				end },
				{ 2, "its symbol helper is not that", function(f) f.symbols[2].name = "helped" end },
				{ 2, "its symbol dyn_softc is not that", function(f) f.symbols[3].offset = 0x28 end },
			}
			for _, case in ipairs(cases) do
				local base = case[1] == 1 and "if_demo.ko" or "dyn.ko"
				variant(w.files[case[1]], case[3]):write(sys.dir .. "/" .. base)
				local path, trouble = ask() (base)
				assert.is_nil(path)
				assert.matches(case[2], trouble)
			end
		end)
	end)

	it("that is damaged is not used", function()
		with("damaged file", {}, function(sys, w, ask)
			local bytes = w.files[1].bytes
			for _, text in ipairs { "", "no ELF file", bytes:sub(1, 700), bytes:sub(1, #bytes - 100) } do
				local f <close> = assert(io.open(sys.dir .. "/if_demo.ko", "wb"))
				f:write(text)
				f:flush()
				local of, klds = ask()
				local path, trouble = of "if_demo.ko"
				assert.is_nil(path)
				assert.matches("if_demo%.ko: ", trouble)
				assert.equal("demo_attach", klds:symbol_at(w.files[1]:address_of "demo_attach").name)
			end
		end)
	end)

	it("has no place when the dump does not tell", function()
		local function progtab(value)
			return { prepare = function(sys, w)
				sys.mem:struct(w.at[1], "struct elf_file_obj", value(w))
			end }
		end
		local cases = {
			["many"] = { { nprogtab = 1 << 30 }, "its table of sections has 1073741824 entries" },
			["none"] = { { progtab = 0 }, "its table of sections is gone" },
			["poison"] = { { progtab = 0xdeadc0dedeadc0de }, "where it was loaded can't be told: .*0xdeadc0de" },
		}
		for name, case in pairs(cases) do
			with("progtab " .. name, progtab(function() return case[1] end), function(sys, w, ask)
				w:write(sys.dir)
				local of = ask()
				local path, trouble = of "if_demo.ko"
				assert.is_nil(path)
				assert.matches(case[2], trouble)
				assert.is_not_nil((of "dyn.ko"))
			end)
		end
	end)

	it("is no device or FIFO, for which one would wait", function()
		with("fifo", {}, function(sys, w, ask)
			os.execute(("mkfifo '%s/if_demo.ko'"):format(sys.dir))
			local path, trouble = ask() "if_demo.ko"
			assert.is_nil(path)
			assert.matches("if_demo%.ko: not a regular file", trouble)
			w.files[1]:write(folder(sys, "right") .. "/if_demo.ko")
			assert.is_not_nil((ask { klddir = sys.dir .. "/right" } "if_demo.ko"))
		end)
	end)

	it("is not looked for outside of the folders", function()
		with("paths", { prepare = function(sys, w)
			sys:fill(w.at[1], "struct linker_file", {
				pathname = sys.mem:string(nil, "/../out/../if_demo.ko"), filename = 0 })
			sys:fill(w.at[2], "struct linker_file", { pathname = sys.mem:string(nil, "/boot/..") })
		end }, function(sys, w, ask)
			w.files[1]:write(sys.dir .. "/if_demo.ko")
			local inner = folder(sys, "inner")
			local of, klds = ask { klddir = inner }
			-- By its last part only.
			local files = klds:files()
			assert.equal(sys.dir .. "/if_demo.ko", klds:module(files[2]):path())
			assert.is_nil((of "dyn.ko"))
		end)
	end)
end)
