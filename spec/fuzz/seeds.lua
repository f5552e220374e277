--- Makes the fuzzers' seeds: lua5.4 spec/fuzz/seeds.lua DIR. A folder of small
-- files for each fuzzer: dumps of every architecture and version, kernels, CTF,
-- headers, compressed dumps.
local ctf = require "spec.support.ctf"
local forge = require "spec.support.forge"
local kdh = require "spec.support.kdh"
local modfile = require "spec.support.modfile"

local dwarf = require "spec.support.dwarf"

local DIR = assert(arg[1], "usage: seeds.lua DIR")

-- Where core.c's symbols are; see there.
local KERNEL, SYMBOLS = 0xffffffff80200000, 0xffffffff80201000

local TYPES = [[
enum colour { RED, GREEN = 5 };
typedef int pid_t;
struct proc {
	struct proc *p_next;
	pid_t p_pid;
	char p_comm[20];
	union { long p_long; struct { int p_flag:3; }; };
	enum colour p_colour;
	int (*p_fn)(void *, char);
};
struct proc *allproc; int hz; void panic(const char *fmt, ...);
]]

local function put(fuzzer, name, bytes)
	local f = assert(io.open(("%s/%s/%s"):format(DIR, fuzzer, name), "wb"))
	f:write(bytes)
	f:close()
end

for _, name in ipairs{ "core", "kernel", "types", "dwarf", "header", "stream" } do
	assert(os.execute(("mkdir -p '%s/%s'"):format(DIR, name)))
end

-- A memory of two ranges with a few pages in the kernel map.
local function memory(arch, o)
	local base = arch:find "^i386" and 0x1000000 or 0x80000000
	local mo = { arch = arch, ram = { { base, base + 0x10000 },
		{ base + 0x20000, base + 0x80000 } }, free = base + 0x20000,
		top = base + 0x80000 }
	-- The area of page tables reaches from one to the other.
	mo.heap = arch ~= "amd64" and forge.arches[arch].kernbase + 0x20000 or nil
	for k, v in pairs(o or {}) do
		mo[k] = v
	end
	local mem = forge.memory(mo)
	mem:write(mem:alloc(8192), ("seed"):rep(2000))
	return mem
end

local function minidumps()
	for name, arch in pairs(forge.arches) do
		for _, version in ipairs(type(arch) == "table" and arch.minidump and
		    arch.minidump.versions or {}) do
			local ok, bytes = pcall(function()
				return forge.minidump{ memory = memory(name),
					version = version,
					msgbuf = "hello\n" }:tostring()
			end)
			if ok then
				put("core", ("mini-%s-%d"):format(name, version), bytes)
			else
				io.stderr:write("seeds: ", name, ": ", bytes, "\n")
			end
		end
	end
end

-- A full dump of amd64 whose variables are where core.c looks for them.
local function full(la57)
	local mem = memory("amd64", { la57 = la57, ram = { { 0x200000, 0x230000 } },
		free = 0x210000, top = 0x230000 })
	mem:map(KERNEL, 0x200000, { size = 2 << 20, prot = "rwx", dumped = false })
	local root4 = la57 and mem.arch.table_address(mem.store:get(
	    mem.root + 511 * 8, 8)) or mem.root
	for i, value in ipairs{ root4, 0x200000, la57 and 1 or 0, mem.root } do
		mem:u64(SYMBOLS + (i - 1) * 16, value)
	end
	return forge.elfdump{ memory = mem }:tostring()
end

local function compressed(name, bytes)
	local path = DIR .. "/plain"
	local f = assert(io.open(path, "wb"))
	f:write(bytes)
	f:close()
	for form, command in pairs{ gz = "gzip -c", zst = "zstd -qc" } do
		local p = assert(io.popen(("%s '%s'"):format(command, path)))
		local text = p:read "a"
		p:close()
		put("stream", name .. "." .. form, text)
		put("stream", name .. ".2." .. form, text .. text .. ("\0"):rep(512))
		put("core", name .. "." .. form, text)
	end
	os.remove(path)
end

local function headers(dump)
	for version = 1, 4 do
		local fields = { version = version, hostname = "seed",
			versionstring = "FreeBSD 13.2-RELEASE SEED\n",
			panicstring = "page fault" }
		local device = kdh.device(dump:sub(1, 8192), fields)
		put("header", "header-" .. version, kdh.encode(fields))
		put("header", "info-" .. version, kdh.info(fields))
		put("header", "behind-" .. version, device:sub(65537))
		put("core", "device-" .. version, device:sub(49153))
	end
	put("header", "text", kdh.device(("x"):rep(1024),
	    { magic = "FreeBSD Text Dump" }):sub(65537))
end

-- Full dumps of other kinds: of virtual memory, without magic.
local function others()
	for _, arch in ipairs{ "powerpc", "powerpc64" } do
		local mem = forge.memory{ arch = arch }
		put("core", "virtual-" .. arch, forge.elfdump{ memory = mem,
			virtual = { { va = 0xe0000000, pa = 0x1000, size = 8192 },
				{ va = 0x500000, pa = 0, size = 4096 } } }:tostring())
	end
	local mem = forge.memory{ arch = "sparc64", ram = { { 0, 0x20000 } },
		free = 0x2000, tsb = 64 }
	mem:map(0xd0000000, 0x4000)
	put("core", "sparc64", forge.sparc64dump{ memory = mem }:tostring())
end

minidumps()
others()
local plain = full(false)
put("core", "full", plain)
put("core", "full-la57", full(true))
put("core", "raw", plain:sub(4097))
local small = forge.minidump{ memory = memory "amd64" }:tostring()
compressed("dump", small)
headers(small)
local symbols = {
	{ name = "allproc", addr = 0xffffffff81000000, size = 8,
		ctype = "struct proc *" },
	{ name = "hz", addr = 0xffffffff81000008, size = 4, ctype = "int" },
	{ name = "panic", addr = 0xffffffff80200000, size = 64, type = "func" },
}
for version = 2, 5 do
	local types = forge.types(TYPES)
	local func = types:add{ k = "func", r = types:id "int", p = { types:id "struct proc *" } }
	local info, abbrev, line = dwarf.encode(types, { version = version, copies = 2, symbols = {
		{ name = "allproc", addr = 0x1000, size = 8, ctype = "struct proc *" },
		{ name = "hz", addr = 0x2000, size = 4, ctype = "int" },
		{ name = "panic", addr = 0x3000, size = 16, type = "func", ctype = func } } })
	put("dwarf", "dwarf-" .. version, string.pack("<I2I2", #abbrev, #line) .. abbrev .. line .. info)
end
for _, version in ipairs{ 2, 3 } do
	local types = forge.types(TYPES)
	put("types", "ctf-" .. version, ctf.encode(types, { version = version }))
	put("types", "ctf-z-" .. version, ctf.encode(types,
	    { version = version, compress = true }))
	forge.kernel{ types = forge.types(TYPES), ctf = version,
		symbols = symbols }:write(("%s/kernel/kernel-%d"):format(DIR, version))
end
forge.kernel{ arch = "powerpc64", symbols = symbols }:write(DIR .. "/kernel/powerpc64")
for _, kind in ipairs{ "elf_obj", "elf" } do
	modfile.new{ kind = kind, types = forge.types(TYPES),
		sections = { { name = ".text", flags = "AX", size = 64 }, { name = ".data", flags = "WA", size = 64 } },
		symbols = { { name = "panic", section = ".text", size = 16, type = "func" },
			{ name = "hz", section = ".data", offset = 8, size = 4, ctype = "int" },
			{ name = "allproc", section = ".data", offset = 16, size = 8, ctype = "struct proc *" } },
	}:write(("%s/kernel/module-%s"):format(DIR, kind))
end
