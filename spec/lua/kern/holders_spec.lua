--- Who holds a lock, of what is known of it.
local holders = require "vmcore.kern.holders"

describe("holders", function()
	it("of an exclusive lock are its owner; WITNESS says where", function()
		assert.same({ { td = 1, mode = "exclusive", recursed = 2 } },
		    holders.of { state = "exclusive", owner = 1, recursed = 2 })
		local noted = { { td = 1, file = "a.c", line = 3, after = { "Giant" } } }
		assert.same({ { td = 1, mode = "exclusive", recursed = 0, file = "a.c", line = 3,
			after = { "Giant" } } },
		    holders.of { state = "exclusive", owner = 1, recursed = 0, noted = noted })
	end)

	it("of an exclusive lock are not whom WITNESS contradicts", function()
		assert.same({ 1 }, holders.threads { state = "exclusive", owner = 1,
			noted = { { td = 2, file = "a.c", line = 3 } } })
		assert.same({}, holders.threads { state = "unlocked", noted = { { td = 2 } } })
	end)

	it("of a shared lock are known from WITNESS, of a rm lock from its trackers", function()
		assert.same({ 2, 3 }, holders.threads { state = "shared", readers = 3,
			noted = { { td = 2, recursed = 0 }, { td = 3, recursed = 0 } } })
		assert.same({ 4, 5 }, holders.threads { state = "shared", trackers = { 4, 5 } })
		assert.same({}, holders.threads { state = "shared", readers = 3 })
	end)

	it("of a range lock are those that were granted a request", function()
		local ranges = { entries = { { granted = true, owner = 7, mode = "exclusive", from = 0, to = 9 },
			{ granted = true, mode = "shared", from = 20, to = 30 },
			{ granted = false, owner = 8, mode = "exclusive", from = 0, to = 9 },
			{ granted = true, owner = 7, mode = "shared", from = 50, to = 60 } } }
		assert.equal(3, #holders.of { ranges = ranges })
		assert.same({ 7 }, holders.threads { ranges = ranges })
	end)
end)
