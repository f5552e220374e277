--- The binary search.
local bisect = require "vmcore.bisect"

describe("bisect", function()
	it("finds the first of every place in tables of every length", function()
		for length = 0, 20 do
			for wanted = 1, length + 1 do
				assert.equal(wanted, bisect.first(1, length, function(i)
					assert.is_true(i >= 1 and i <= length)
					return i >= wanted
				end))
			end
		end
	end)

	it("counts from any number, and to the last one", function()
		assert.equal(0, bisect.first(0, 9, function() return true end))
		assert.equal(10, bisect.first(0, 9, function() return false end))
		local top = math.maxinteger - 1
		assert.equal(top, bisect.first(top - 5, top, function(i) return i == top end))
	end)
end)
