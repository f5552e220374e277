--- Linker sets that only their section tells of.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local linkerset = require "vmcore.kern.linkerset"
local vmcore = require "vmcore"

local types = forge.types "struct sysinit { int order; };"
local memory = forge.memory { types = types }
local good, bad = memory:alloc(16), memory:alloc(16)
memory:ptr(good, memory:make("struct sysinit", { order = 7 }))

describe("a linker set", function()
	local k

	setup(function()
		local dir = lab.folder()
		local function symbol(name, addr)
			return { name = name, addr = addr, size = 0, type = "object" }
		end
		forge.kernel { types = types, symbols = {
			symbol("__start_set_good", good), symbol("__stop_set_good", good + 16),
			symbol("__start_set_wrong", bad + 8), symbol("__stop_set_wrong", bad),
			symbol("__start_set_lost", good + 0x100000), symbol("__stop_set_lost", good + 0x100008),
		} }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		k:close()
	end)

	it("leaves out what is NULL", function()
		local each = linkerset.foreach(k, "good", "struct sysinit")
		assert.equal(7, each().order)
		assert.is_nil(each())
	end)

	it("may be none, or out of reach", function()
		assert.is_nil(linkerset.bounds(k, "wrong"))
		assert.is_nil(linkerset.bounds(k, "nosuch"))
		assert.has_error(linkerset.foreach(k, "lost", "struct sysinit"))
	end)
end)
