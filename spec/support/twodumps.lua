--- Writes two dumps with their kernels, the second compressed, for programs in
-- C: lua5.4 twodumps.lua DIR; prints "kernel core hz" of each.
local cc = require "spec.support.cc"
local forge = require "spec.support.forge"

local DATA = 0xffffffff81000000
local TYPES = [[
struct proc {
	struct proc *p_next;
	int p_pid;
	char p_comm[20];
};
]]

local function make(path, hz)
	local types = forge.types(TYPES)
	local mem = forge.memory{ types = types }
	local init = mem:make("struct proc", { p_pid = 1, p_comm = "init" })
	mem:map_fresh(DATA, 8192)
	mem:u32(DATA + 0x10, hz)
	mem:u64(DATA + 0x18, init)
	forge.kernel{ types = types, symbols = {
		{ name = "hz", addr = DATA + 0x10, size = 4, ctype = "int" },
		{ name = "allproc", addr = DATA + 0x18, size = 8, ctype = "struct proc *" },
		{ name = "last", addr = DATA + 0x1ff8, size = 8 },
	} }:write(path .. ".kernel")
	return forge.minidump{ memory = mem }:write(path .. ".core")
end

local dir = assert(arg[1], "usage: twodumps.lua DIR")
make(dir .. "/a", 100)
local _, message, status = cc.run("zstd -qf --rm " .. make(dir .. "/b", 1000))
assert(status == 0, message)
print(("%s/a.kernel %s/a.core 100 %s/b.kernel %s/b.core.zst 1000"):format(dir, dir, dir, dir))
