--- Every allocation of Lua fails once, in turn, under a script that uses all of
-- the module (spec/support/luamemerr.lua); the core's own are
-- spec/core/memerr_spec.lua's.
local cc = require "spec.support.cc"
local forge = require "spec.support.forge"

local BUILD = os.getenv "B" or "build"
local DIR = BUILD .. "/spec-luamemerr"
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

describe("a Lua that runs out of memory", function()
	local kernel, core = DIR .. "/kernel", DIR .. "/core"

	setup(function()
		os.execute("mkdir -p " .. DIR)
		local types = forge.types(TYPES)
		local mem = forge.memory{ types = types }
		local init = mem:make("struct proc", { p_pid = 1,
			p_comm = "init", p_flag = 2 })
		mem:map_fresh(DATA, 8192)
		mem:u32(DATA + 0x10, 100)
		mem:struct(DATA + 0x40, "struct proc", { p_comm = "kernel",
			p_next = init })
		forge.kernel{ types = types, symbols = {
			{ name = "hz", addr = DATA + 0x10, size = 4,
				ctype = "int" },
			{ name = "allproc", addr = DATA + 0x40, size = 48,
				ctype = "struct proc" },
		} }:write(kernel)
		forge.minidump{ memory = mem }:write(core)
	end)

	it("raises that, or does its work; and closes what it opened",
	    function()
		local lua = os.getenv "LUA" or "lua5.4"
		local out, err, status = cc.run(("LUA_CPATH=%s/test/?.so %s " ..
		    "spec/support/luamemerr.lua %s %s"):format(BUILD, lua,
		    kernel, core))
		assert.equal("", err)
		assert.equal(0, status)
		assert.is_true(tonumber(out:match "^%d+") > 200, out)
	end)
end)
