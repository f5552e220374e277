--- Numbers of DWARF's tables.
local encoded = require "vmcore.kern.stack.encoded"
local forged = require "spec.support.ehframe"

describe("LEB128", function()
	it("is read as it was written", function()
		for _, value in ipairs { 0, 1, 63, 64, 127, 128, 16384, 0x7fffffff, math.maxinteger,
			-1, -64, -65, -128, -129, -0x80000000, math.mininteger } do
			local bytes = forged.sleb(value)
			assert.same({ value, #bytes + 1 }, { encoded.sleb(bytes, 1) })
			bytes = forged.uleb(value)
			assert.same({ value, #bytes + 2 }, { encoded.uleb("x" .. bytes, 2) })
		end
		assert.same({ 624485, 4 }, { encoded.uleb("\xe5\x8e\x26", 1) })
		assert.same({ -123456, 4 }, { encoded.sleb("\xc0\xbb\x78", 1) })
	end)

	it("that does not end raises, and a long one is cut", function()
		assert.error_matches(function() encoded.uleb("\x80\x80", 1) end, "beyond the end")
		assert.error_matches(function() encoded.sleb("", 1) end, "beyond the end")
		assert.equal(1, (encoded.uleb("\x81" .. ("\x80"):rep(50) .. "\x01", 1)))
	end)
end)

describe("an encoded pointer", function()
	local from = { order = "<", word = 8, address = 0x1000, data = 0x9000 }

	it("has the size and the base that its encoding tells", function()
		for _, case in ipairs {
			{ 0x00, string.pack("<i8", -2), -2, 9 }, { 0x01, "\x80\x01", 128, 3 },
			{ 0x02, "\xff\xff", 0xffff, 3 }, { 0x03, "\xff\xff\xff\xff", 0xffffffff, 5 },
			{ 0x04, string.pack("<I8", 5), 5, 9 }, { 0x09, "\x7f", -1, 2 },
			{ 0x0a, "\xff\xff", -1, 3 }, { 0x0b, "\xfe\xff\xff\xff", -2, 5 },
			{ 0x1b, "\xff\xff\xff\xff", 0xfff, 5 }, { 0x3b, "\x10\0\0\0", 0x9010, 5 },
		} do
			assert.same({ case[3], case[4] }, { encoded.pointer(case[2], 1, case[1], from) })
		end
		assert.equal(0x1003, (encoded.pointer("xx\x01\0\0\0", 3, 0x1b, from)))
		local narrow = { order = ">", word = 4, address = 0xfffffff0 }
		assert.same({ 0x10, 5 }, { encoded.pointer("\0\0\0\x20", 1, 0x1b, narrow) })
	end)

	it("of another one is refused", function()
		for _, encoding in ipairs { 0x05, 0x23, 0x43, 0x50, 0x9b } do
			assert.error_matches(function()
				encoded.pointer("\0\0\0\0\0\0\0\0", 1, encoding, from)
			end, ("pointers of encoding %#x"):format(encoding))
		end
		assert.error_matches(function()
			encoded.pointer("\0\0\0\0", 1, 0x3b, { order = "<", word = 8, address = 0 })
		end, "encoding 0x3b")
		assert.has_error(function() encoded.pointer("\0\0", 1, 0x3, from) end)
	end)
end)
