--- Every allocation of the core fails once, in turn: spec/support/memerr.lua
-- does it, in the variant of the module that is built for it.
local cc = require "spec.support.cc"
local forge = require "spec.support.forge"

local modfile = require "spec.support.modfile"
local part = require "spec.support.part"
local tiny = require "spec.support.tiny"

local BUILD = os.getenv "B" or "build"
local DIR = BUILD .. "/spec-memerr"
local DATA = 0xffffffff81000000

local TYPES = [[
enum colour { RED, GREEN = 5, BLUE };
struct proc {
	struct proc *p_next;
	int p_pid;
	char p_comm[20];
	union { long p_long; struct { int p_flag:3; }; };
};
]]

describe("a core that runs out of memory", function()
	local kernel, core = DIR .. "/kernel", DIR .. "/core"

	setup(function()
		os.execute("mkdir -p " .. DIR)
		local types = forge.types(TYPES)
		local mem = forge.memory{ types = types }
		local init = mem:make("struct proc", { p_pid = 1, p_comm = "init", p_flag = 2 })
		local first = mem:make("struct proc", { p_comm = "kernel", p_next = init })
		mem:map_fresh(DATA, 8192)
		mem:u32(DATA + 0x10, 100)
		mem:u64(DATA + 0x18, first)
		forge.kernel{ types = types, symbols = {
			{ name = "hz", addr = DATA + 0x10, size = 4, ctype = "int" },
			{ name = "allproc", addr = DATA + 0x18, size = 8, ctype = "struct proc *" },
			{ name = "local_one", addr = DATA + 0x40, size = 8, bind = "local" },
			{ name = "last", addr = DATA + 0x1ff8, size = 8 },
		} }:write(kernel)
		modfile.new{ kind = "elf_obj", types = forge.types(TYPES ..
		    "struct own { struct proc *p; enum colour c; };"),
			sections = { { name = ".data", flags = "WA", size = 64 } }, symbols = {
			    { name = "own", section = ".data", size = 16, ctype = "struct own" } },
		}:write(kernel .. ".ko")
		forge.minidump{ memory = mem }:write(core)
		cc.run(("gzip -kf %s"):format(core))
	end)

	it("says so or answers right, and answers right when asked again", function()
		local lua = os.getenv "LUA" or "lua5.4"
		local out, err, status = cc.run(("LUA_CPATH=%s/test/?.so ASAN_OPTIONS=detect_leaks=1 %s " ..
		    "spec/support/memerr.lua %s %s %s.gz"):format(BUILD, lua, kernel, core, core))
		assert.equal("", err)
		assert.equal(0, status)
		-- Lest the sweep has become one over nothing.
		for name, count in out:gmatch "([%w_]+): (%d+) allocations" do
			if name:find "^open" or name == "types" then
				assert.is_true(tonumber(count) > 3, name)
			end
		end
	end)

	it("does so where types and lines are DWARF's, too", function()
		if not part.has "libdw" then
			return pending "built without libdw"
		end
		local copies, symbols = {}, {}
		for i = 1, 150 do
			copies[i] = ("typedef struct proc *copy_t%d;"):format(i)
			symbols[i] = { name = "copy" .. i, addr = DATA + 0x100 + 8 * i, size = 8, ctype = "copy_t" .. i }
		end
		local types = forge.types(TYPES .. table.concat(copies))
		local func = types:add{ k = "func", r = types:id "int", p = { types:id "struct proc *", 0 } }
		local path = DIR .. "/dwarf"
		symbols[#symbols + 1] = { name = "allproc", addr = DATA + 0x18, size = 8, ctype = "struct proc *" }
		symbols[#symbols + 1] = { name = "panic", addr = 0xffffffff80200000, size = 64, type = "func",
			ctype = func }
		forge.kernel{ types = types, ctf = false, dwarf = { copies = 3 }, symbols = symbols }:write(path)
		-- In the kernel file, and in one beside it.
		cc.run(("cd %s && cp dwarf split.debug && objcopy -R '.debug*' dwarf split"):format(DIR))
		local lua = os.getenv "LUA" or "lua5.4"
		for _, file in ipairs { path, DIR .. "/split" } do
			local out, err, status = cc.run(("LUA_CPATH=%s/test/?.so " ..
			    "ASAN_OPTIONS=detect_leaks=1 %s spec/support/memerr.lua %s /dev/null - " ..
			    "spec.support.dwarferr"):format(BUILD, lua, file))
			assert.equal("", err)
			assert.equal(0, status)
			for count in out:gmatch "[%w_]+: (%d+) allocations" do
				assert.is_true(tonumber(count) > 1)
			end
		end
	end)

	it("does so where it knows the kernel's structs, too", function()
		local k = tiny.new():write(DIR .. "/tiny")
		local lua = os.getenv "LUA" or "lua5.4"
		local out, err, status = cc.run(("LUA_CPATH=%s/test/?.so ASAN_OPTIONS=detect_leaks=1 %s " ..
		    "spec/support/memerr.lua %s %s - spec.support.kernerr"):format(BUILD, lua, k.kernel,
		    k.core))
		assert.equal("", err)
		assert.equal(0, status)
		for name, count in out:gmatch "([%w_]+): (%d+) allocations" do
			assert.is_true(tonumber(count) > 3, name)
		end
	end)
end)
