--- Expressions of DWARF.
local dwexpr = require "vmcore.kern.stack.dwexpr"

local world = { order = "<", word = 8,
	registers = function(n) return n < 20 and 0x1000 + n or nil end,
	read = function(at, size)
		return at < 0x8000 and (at * 2 & (1 << size * 8 - 1) - 1) or error("not in dump", 0)
	end }

describe("an expression", function()
	it("computes", function()
		for bytes, value in pairs {
			["\x35"] = 5, ["\x77\x08"] = 0x100f, ["\x77\x78"] = 0xfff, ["\x92\x03\x7f"] = 0x1002,
			["\x08\xff"] = 255, ["\x09\xff"] = -1, ["\x0a\x00\x80"] = 0x8000, ["\x0b\x00\x80"] = -0x8000,
			["\x0c\xff\xff\xff\xff"] = 0xffffffff, ["\x0d\xff\xff\xff\xff"] = -1,
			["\x0e\1\0\0\0\0\0\0\0"] = 1, ["\x0f\xff\xff\xff\xff\xff\xff\xff\xff"] = -1,
			["\x03\2\0\0\0\0\0\0\0"] = 2, ["\x10\x80\x01"] = 128, ["\x11\x7f"] = -1,
			["\x38\x06"] = 16, ["\x38\x94\x01"] = 16, ["\x35\x12\x1e"] = 25, ["\x35\x36\x13"] = 5,
			["\x35\x36\x14\x1c\x1c"] = 4, ["\x31\x32\x33\x15\x02"] = 1, ["\x35\x31\x16\x1c"] = -4,
			["\x35\x1f"] = -5, ["\x35\x20"] = -6, ["\x35\x23\x05"] = 10, ["\x3f\x36\x1a"] = 6,
			["\x31\x36\x21"] = 7, ["\x33\x36\x22"] = 9, ["\x31\x34\x24"] = 16, ["\x4f\x32\x25"] = 7,
			["\x33\x36\x27"] = 5, ["\x33\x33\x29"] = 1, ["\x33\x33\x2e"] = 0, ["\x34\x33\x2b"] = 1,
			["\x34\x33\x2d"] = 0, ["\x33\x33\x2a"] = 1, ["\x34\x33\x2c"] = 0, ["\x96\x31"] = 1,
			["\x31\x2f\x01\x00\x06\x32\x22"] = 3, ["\x31\x31\x28\x01\x00\x06"] = 1,
		} do
			assert.equal(value, dwexpr.value(bytes, world), (bytes:gsub(".", function(c)
				return ("%02x "):format(c:byte())
			end)))
		end
		assert.equal(0x2005, dwexpr.value("\x23\x05", world, 0x2000))
	end)

	-- What linkers write for the entries of a procedure linkage table: the
	-- frame is a word larger behind the entry's second push.
	it("is that of a linkage table's entry", function()
		local plt = "\x77\x08\x80\x00\x3f\x1a\x3b\x2a\x33\x24\x22"
		for pc, cfa in pairs { [0x400] = 0x9008, [0x40a] = 0x9008, [0x40b] = 0x9010 } do
			assert.equal(cfa, dwexpr.value(plt, { order = "<", word = 8, registers = function(n)
				return n == 7 and 0x9000 or n == 16 and pc or nil
			end }))
		end
	end)

	it("that makes no sense raises", function()
		for bytes, message in pairs { [""] = "lacks an operand", ["\x22"] = "lacks an operand",
			["\x12"] = "lacks an operand", ["\x35\x15\x07"] = "lacks an operand",
			["\xe0"] = "operator 0xe0", ["\x2f\xfd\xff"] = "does not end",
			["\x2f\xf0\xff"] = "does not end", ["\x92\x40\x00"] = "wants register 64",
			["\x0a\x00"] = "too short", ["\x0a\xff\xff\x06"] = "not in dump",
			[("\x31"):rep(65)] = "too large a stack", ["\x2f"] = "too short" } do
			assert.error_matches(function() dwexpr.value(bytes, world) end, message)
		end
	end)
end)
