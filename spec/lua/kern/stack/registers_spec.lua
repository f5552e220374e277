--- Sets of registers.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"
local registers = require "vmcore.kern.stack.registers"

local SET = { { "a", "r_a", 0 }, { "b", "in.r_b", 12, size = 4 },
	{ "x1", "r_x", 16, index = 1 }, { "x9", "r_x", nil, index = 9 }, { "none", "r_none" } }

local function open(endian)
	local types = forge.types([[struct regs { unsigned long r_a; struct { int pad; unsigned int r_b; } in;
		unsigned short r_x[4]; };]], { endian = endian })
	local mem = forge.memory{ arch = "powerpc64", types = types, endian = endian }
	local at = mem:make("struct regs", { r_a = -2, ["in.r_b"] = 0x80000001, r_x = { 1, 2, 3, 4 } })
	return assert(reader.open(forge.minidump{ memory = mem }, forge.kernel{ arch = "powerpc64",
		endian = endian, types = types, symbols = {} })), at
end

describe("registers", function()
	it("are found by the types", function()
		for _, endian in ipairs { ">", "<" } do
			local kd, at = open(endian)
			local read, length = registers.reader(kd, kd:type("struct", "regs"), SET)
			assert.same({ a = -2, b = 0x80000001, x1 = 2 }, read(at))
			assert.equal(20, length)
		end
	end)

	it("are found by offsets where there are none", function()
		local kd, at = open ">"
		assert.same({ a = -2, b = 0x80000001, x1 = 0x0001000200030004 },
		    registers.reader(kd, nil, SET)(at))
	end)

	it("are found by offsets where the types lack one that is needed", function()
		local kd, at = open ">"
		local T, set = kd:type("struct", "regs"), { { "pc", "r_pc", 0 }, { "b", "in.r_b", 12, size = 4 } }
		assert.same({ pc = -2, b = 0x80000001 }, registers.reader(kd, T, set, "pc")(at))
		assert.same({ b = 0x80000001 }, registers.reader(kd, T, set)(at))
	end)

	it("are words in the order of their names", function()
		assert.same({ "r2=0x1", "r10=0", "rip=0xffffffff80c09ade" },
		    registers.words { rip = 0xffffffff80c09ade, r10 = 0, r2 = 1 })
	end)

	it("that can't be read are a message", function()
		local kd = open ">"
		local regs, message = registers.reader(kd, nil, SET)(0x10)
		assert.is_nil(regs)
		assert.matches("0x10", message)
	end)

	it("that a struct does not have are left out, all of them too", function()
		local kd = open ">"
		assert.is_nil(registers.reader(kd, kd:type("struct", "regs"), { { "z", "r_z", 0 } }))
	end)
end)
