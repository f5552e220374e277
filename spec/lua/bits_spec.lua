--- Flag words and bitsets.
local bits = require "vmcore.bits"
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"

local types = forge.types [[
struct _cpuset { long __bits[4]; };
struct plain { int x; };
]]
local memory = forge.memory { types = types }
local set = memory:alloc(32)
for _, cpu in ipairs { 0, 1, 63, 64, 200, 255 } do
	local word = set + cpu // 64 * 8
	memory:u64(word, memory:get(word, 8) | 1 << cpu % 64)
end

describe("a flag word", function()
	local FLAGS = bits.flags { UP = 1, DOWN = 2, BOTH = 3, TOP = 1 << 63, NONE = 0 }

	it("is named again and again, 0 by nothing", function()
		local name = bits.namer({ UP = 1, LOOPBACK = 8 }, ",")
		for _ = 1, 2 do
			assert.equal("", name(0))
			assert.equal("UP,LOOPBACK", name(9))
			assert.equal("UP,0x4", name(5))
		end
	end)

	it("is named by its bits, the lowest first", function()
		assert.equal("UP", bits.names(1, FLAGS))
		assert.equal("BOTH|TOP", bits.names(1 << 63 | 3, FLAGS))
		assert.equal("DOWN,0x10", bits.names(0x12, FLAGS, ","))
		assert.equal("0x10", bits.names(0x10, FLAGS))
		assert.equal("0", bits.names(0, FLAGS))
	end)
end)

describe("a bitset", function()
	local kd

	setup(function()
		local dir = lab.folder()
		forge.kernel { types = types }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		kd = assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		kd:close()
	end)

	it("has members", function()
		local found = {}
		local object = kvm.object(kd:type("struct", "_cpuset"), set)
		for cpu in bits.members(object) do
			found[#found + 1] = cpu
		end
		assert.same({ 0, 1, 63, 64, 200, 255 }, found)
		assert.is_true(bits.has(object, 63))
		assert.is_false(bits.has(object, 62))
		assert.is_false(bits.has(object, 256))
		assert.is_false(bits.has(object, -1))
	end)

	it("may be behind a pointer", function()
		local pointer = kvm.pointer(kd:type("struct", "_cpuset"):pointer(), set)
		assert.equal(0, bits.members(pointer)())
	end)

	it("has to be one, and readable", function()
		assert.error_matches(function()
			bits.members(kvm.object(kd:type("struct", "plain"), set))
		end, "no bitset")
		local nowhere = kvm.object(kd:type("struct", "_cpuset"), 0xfffffe0000123000)
		assert.has_error(function() bits.members(nowhere)() end)
	end)
end)
