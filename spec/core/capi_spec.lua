--- The C API as C programs use it: spec/core/c/*.c, compiled against kvm.h and
-- the built library, run on forged dumps.
local cc = require "spec.support.cc"
local forge = require "spec.support.forge"
local header = require "spec.support.header"

local BUILD = os.getenv "B" or "build"
local DIR = BUILD .. "/spec-capi"
local DATA = 0xffffffff81000000

local TYPES = [[
struct proc {
	struct proc *p_next;
	int p_pid;
	char p_comm[20];
};
]]

-- A kernel with an int `hz', and a list of two processes behind `allproc'.
local function make(name, hz, options)
	local types = forge.types(TYPES)
	local mem = forge.memory{ types = types }
	local init = mem:make("struct proc", { p_pid = 1, p_comm = "init" })
	local swapper = mem:make("struct proc", { p_comm = "kernel", p_next = init })
	mem:map_fresh(DATA, 8192)
	mem:u32(DATA + 0x10, hz)
	mem:u64(DATA + 0x18, init)
	mem:u64(DATA + 0x20, swapper)
	mem:u64(DATA + 0x28, mem:string(nil, "page fault"))
	local kernel = forge.kernel{ types = types, symbols = {
		{ name = "hz", addr = DATA + 0x10, size = 4, ctype = "int" },
		{ name = "allproc", addr = DATA + 0x18, size = 8, ctype = "struct proc *" },
		{ name = "panicstr", addr = DATA + 0x28, size = 8, ctype = "char *" },
		{ name = "last", addr = DATA + 0x1ff8, size = 8 },
	} }
	options = options or {}
	options.memory = mem
	local dump = forge.minidump(options)
	return { kernel = kernel:write(("%s/%s.kernel"):format(DIR, name)),
		core = dump:write(("%s/%s.core"):format(DIR, name)), hz = hz,
		dump = dump }
end

describe("the C API", function()
	local a, b

	setup(function()
		os.execute("mkdir -p " .. DIR)
		a, b = make("a", 100), make("b", 1000, { version = 2 })
	end)

	-- Run a program that checks by itself.
	local function passes(program, ...)
		local out, err, status = cc.exec(program, ...)
		assert.equal("", err)
		assert.equal(0, status)
		return out
	end

	it("serves a program written for libkvm, linked either way", function()
		for _, shared in ipairs{ false, true } do
			local program = cc.build("classic", shared)
			assert.equal("hz = 100\n", passes(program, a.kernel, a.core))
			assert.equal("hz = 1000\n", passes(program, b.kernel, b.core))
		end
	end)

	it("keeps the contract of kvm(3) on arguments", function()
		passes(cc.build "contract", a.kernel, a.core)
	end)

	it("asks the resolver it was given", function()
		passes(cc.build "resolver", a.kernel, a.core, a.hz)
	end)

	it("has no state shared between descriptors or threads", function()
		passes(cc.build "threads", a.kernel, a.core, a.hz, b.kernel, b.core, b.hz)
	end)

	it("knows what a kernel consists of", function()
		local k = require "spec.support.tiny".new():write(DIR .. "/tiny")
		passes(cc.build "kernel", k.kernel, k.core, DIR)
	end)

	it("knows types, symbols and the dump", function()
		passes(cc.build "types", a.kernel, a.core)
	end)

	it("runs the program that kvm(3) shows", function()
		local page = require "spec.support.source".read "core/kvm.3"
		local text = page:match "\n%.Sh EXAMPLES.-\n%.Bd [^\n]*\n(.-)\n%.Ed":gsub("\\e", "\\")
		local path = DIR .. "/example.c"
		local f = assert(io.open(path, "w"))
		f:write(text, "\n")
		f:close()
		assert.equal("page fault\n", passes(cc.build("example", false, path), a.kernel, a.core))
	end)

	it("has a header that stands alone, in C and in C++", function()
		local compiler = os.getenv "CC" or "cc"
		for _, language in ipairs{ "-std=c11 -pedantic", "-std=c99", "-x c++" } do
			local probe = ("LD_PRELOAD= %s %s -fsyntax-only"):format(compiler, language)
			local _, _, able = cc.run("echo 'int main(void);' >" .. DIR .. "/p.c; " ..
			    probe .. " " .. DIR .. "/p.c")
			if able == 0 then
				local _, err = cc.run(probe ..
				    " -Wall -Wextra -Werror -Icore spec/core/c/header.c")
				assert.equal("", err)
			end
		end
	end)

	it("exports what kvm.h declares and nothing else", function()
		local out, err, status = cc.run("nm -D --defined-only " .. BUILD .. "/libvmcore.so")
		assert.equal(0, status, err)
		local exported = {}
		for kind, name in out:gmatch "%x+ (%a) ([%w_]+)" do
			if not name:find "^_" and kind ~= "A" then	-- the version is
				exported[name] = kind == "T" or kind
			end
		end
		assert.same(header.functions(), exported)
	end)
end)

describe("the ways to report an error", function()
	local a, program, kernel
	local not_a_dump = DIR .. "/not-a-dump"

	setup(function()
		os.execute("mkdir -p " .. DIR)
		a, program = make("a", 100), cc.build "errors"
		kernel = a.kernel
		local f = assert(io.open(not_a_dump, "wb"))
		f:write(("not a dump\n"):rep(1000))
		f:close()
	end)

	it("Sun: to stderr behind the given string", function()
		local out, err = cc.exec(program, "sun", kernel, not_a_dump)
		assert.equal("NULL []\n", out)
		assert.matches("^prefix: [^\n]+\n$", err)
		assert.matches("not%-a%-dump", err)
		assert.not_matches("prefix:.*prefix:", err)
	end)

	it("Sun: later errors of the descriptor too", function()
		local out, err = cc.exec(program, "sun", kernel, a.core)
		local message = out:match "^%[%] %-1 fault%-unmapped %[(.+)%]\n$"
		assert.is_string(message, out)
		assert.equal("prefix: " .. message .. "\n", err)
	end)

	it("Sun: to nowhere without a string", function()
		local out, err = cc.exec(program, "silent", kernel, not_a_dump)
		assert.equal("NULL []\n", out)
		assert.equal("", err)
		out, err = cc.exec(program, "silent", kernel, a.core)
		assert.matches("^%[%] %-1 fault%-unmapped %[.+%]\n$", out)
		assert.equal("", err)
	end)

	it("BSD: in errbuf, then in kvm_geterr()", function()
		for _, way in ipairs{ "files", "open2" } do
			local out, err = cc.exec(program, way, kernel, not_a_dump)
			assert.matches("^NULL %[.*not%-a%-dump.*%]\n$", out)
			assert.equal("", err)
			out, err = cc.exec(program, way, kernel, a.core)
			assert.matches("^%[%] %-1 fault%-unmapped %[.+%]\n$", out)
			assert.equal("", err)
		end
	end)

	it("BSD: an errbuf is not required", function()
		local out, err = cc.exec(program, "nobuf", kernel, not_a_dump)
		assert.equal("NULL []\n", out)
		assert.equal("", err)
	end)

	it("kvm_openx(): the Sun way when it is asked for", function()
		local out, err = cc.exec(program, "x", kernel, not_a_dump)
		assert.equal("NULL []\n", out)
		assert.matches("^extended: [^\n]+\n$", err)
	end)

	it("gives each bad file a message of its own", function()
		local seen = {}
		local function message(k, core)
			local out = cc.exec(program, "files", k, core)
			local text = out:match "^NULL %[(.+)%]\n$"
			assert.is_string(text, out)
			assert.is_nil(seen[text], text)
			seen[text] = true
			return text
		end
		local empty, nothing = DIR .. "/empty", DIR .. "/nothing"
		assert(io.open(empty, "wb")):close()
		assert(io.open(nothing, "wb")):close()
		assert.matches("/nonexistent", message("/nonexistent", a.core))
		assert.matches("/nonexistent", message(kernel, "/nonexistent"))
		assert.matches("empty", message(empty, a.core))
		assert.matches("empty", message(kernel, nothing))
		assert.matches("ELF", message(not_a_dump, a.core))
		assert.matches("not%-a%-dump", message(kernel, not_a_dump))
		assert.matches("long", message(("x"):rep(5000), a.core))
		message(DIR, a.core)
		message(kernel, BUILD)
	end)
end)

describe("kvm_walk_pages() in C", function()
	local a, program

	setup(function()
		os.execute("mkdir -p " .. DIR)
		a, program = make("a", 100), cc.build "walk"
	end)

	it("reports the pages that the forge put there", function()
		local out, err, status = cc.exec(program, a.kernel, a.core, 0)
		assert.equal("", err)
		assert.equal(0, status)
		local expected = {}
		for i, p in ipairs(a.dump:expected_pages()) do
			expected[i] = ("%x %x %x %x %d %d"):format(p.paddr, p.kmap_vaddr or 0,
			    p.dmap_vaddr or 0, p.prot, p.offset or -1, p.len)
		end
		assert.equal(table.concat(expected, "\n") .. "\n", out)
	end)

	it("ends when the callback says so", function()
		local out, err, status = cc.exec(program, a.kernel, a.core, 2)
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(2, select(2, out:gsub("\n", "")))
	end)
end)
