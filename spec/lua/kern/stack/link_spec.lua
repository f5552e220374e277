--- Leaving an interrupted function by the link register.
local link = require "vmcore.kern.stack.link"

local TEXT = 0x1000

-- A walk that is `offset` bytes into a function whose code is `code`.
local function walk(offset, code, pc)
	return { pc = pc or TEXT + offset, sp = 0x9000,
		name = function() return code ~= false and { value = TEXT, offset = offset } or nil end,
		is_text = function(_, address) return address >= TEXT end,
		is_code = function(_, address) return address >= TEXT end,
		kd = { read = function(_, at, n)
			assert(at == TEXT)
			return type(code) == "string" and code:sub(1, n) or nil
		end } }
end

local function saves(code)
	return code:find "S" ~= nil
end

describe("the link register", function()
	it("leads out of a function that has not saved it", function()
		local w = walk(3, "nnnS")
		assert.is_true(link.leave(w, saves, 0x2222))
		assert.equal(0x2222, w.pc)
		assert.is_true(link.leave(walk(0, "S"), saves, 0x2222))
	end)

	it("leads out of nowhere", function()
		assert.is_true(link.leave(walk(0, false, 0), saves, 0x2222))
	end)

	it("does not lead out of others, nor to where no code is", function()
		assert.is_false(link.leave(walk(4, "nnnS"), saves, 0x2222))
		assert.is_false(link.leave(walk(0, "nnnS"), saves, 0x22))
		assert.is_false(link.leave(walk(0, "nnnS"), saves, nil))
		assert.is_false(link.leave(walk(4, nil), saves, 0x2222))
		assert.is_false(link.leave(walk(4, "\0\0\0\0"), saves, 0x2222))
		assert.is_false(link.leave(walk(4, false), saves, 0x2222))
	end)
end)
