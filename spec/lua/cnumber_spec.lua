--- C's integers: widths, signs, and where they differ from Lua's.
local cnumber = require "vmcore.cnumber"

describe("C integers", function()
	it("wrap to their width", function()
		assert.equal(0, cnumber.wrap(256, 1, true))
		assert.equal(-128, cnumber.wrap(128, 1, false))
		assert.equal(0xffff, cnumber.wrap(-1, 2, true))
		assert.equal(-1, cnumber.wrap(0xffffffff, 4, false))
		assert.equal(0xffffffff, cnumber.wrap(-1, 4, true))
		assert.equal(-1, cnumber.wrap(-1, 8, true))
	end)

	it("divide towards zero", function()
		local divide, remainder = cnumber.arithmetic["/"], cnumber.arithmetic["%"]
		for _, case in ipairs { { 7, 2, 3, 1 }, { -7, 2, -3, -1 }, { 7, -2, -3, 1 },
		    { -7, -2, 3, -1 }, { -8, 2, -4, 0 }, { math.mininteger, -1, math.mininteger, 0 } } do
			assert.equal(case[3], divide(case[1], case[2], false))
			assert.equal(case[4], remainder(case[1], case[2], false))
		end
	end)

	it("divide without a sign", function()
		local divide, remainder = cnumber.arithmetic["/"], cnumber.arithmetic["%"]
		for _, case in ipairs { { -1, 2 }, { -1, -1 }, { -2, -1 }, { -1, 10 }, { 5, -1 },
		    { math.mininteger, 3 }, { -1, 1 }, { math.mininteger, math.mininteger }, { -1, 7 } } do
			local q, r = divide(case[1], case[2], true), remainder(case[1], case[2], true)
			assert.equal(case[1], q * case[2] + r)
			assert.is_true(math.ult(r, case[2]))
		end
		assert.equal(math.maxinteger, divide(-1, 2, true))
		assert.equal(1844674407370955161, divide(-1, 10, true))
	end)

	it("do not divide by zero", function()
		assert.is_nil(cnumber.arithmetic["/"](1, 0, false))
		assert.is_nil(cnumber.arithmetic["%"](1, 0, true))
	end)

	it("compare by sign", function()
		assert.equal(1, cnumber.comparison["<"](-1, 1, false))
		assert.equal(0, cnumber.comparison["<"](-1, 1, true))
		assert.equal(1, cnumber.comparison[">="](-1, 1, true))
		assert.equal(1, cnumber.comparison["<="](3, 3, false))
		assert.equal(0, cnumber.comparison["!="](3, 3, false))
	end)

	it("shift by less than their width", function()
		assert.equal(-1, cnumber.shift(">>", -1, 63, 8, false))
		assert.equal(1, cnumber.shift(">>", -1, 63, 8, true))
		assert.equal(-2, cnumber.shift(">>", -4, 1, 4, false))
		assert.equal(math.mininteger, cnumber.shift("<<", 1, 63, 8, false))
		assert.equal(-0x80000000, cnumber.shift("<<", 1, 31, 4, false))
		assert.is_nil(cnumber.shift("<<", 1, 32, 4, false))
		assert.is_nil(cnumber.shift("<<", 1, -1, 4, false))
	end)

	it("convert fractions towards zero", function()
		assert.equal(-1, cnumber.truncate(-1.9))
		assert.equal(1, cnumber.truncate(1.9))
		assert.equal(0, cnumber.truncate(1e300))
		assert.equal(0, cnumber.truncate(0 / 0))
	end)

	it("meet in a common type", function()
		assert.same({ 4, true }, { cnumber.common(4, true, 4, false) })
		assert.same({ 8, false }, { cnumber.common(8, false, 4, true) })
		assert.same({ 8, true }, { cnumber.common(4, false, 8, true) })
	end)
end)
