--- Programs of ARM's unwind tables: EHABI32, section 10.3.
local exidx = require "vmcore.kern.stack.exidx"

-- Run a program on a stack whose words are their own addresses plus 1.
local function run(program, r)
	r = r or {}
	r.sp = r.sp or 0x1000
	local ok, message = exidx.run(program, r, function(at)
		if at >= 0x3000 then
			return nil, "not there"
		end
		return at + 1
	end)
	return ok and r or nil, message
end

describe("an unwind program", function()
	it("moves the stack pointer", function()
		for program, sp in pairs { ["\x00"] = 0x1004, ["\x3f"] = 0x1100, ["\x40"] = 0xffc,
			["\xb2\x04"] = 0x1214, ["\xb2\x81\x01"] = 0x1000 + 0x204 + 0x204, ["\xb3\x13"] = 0x1024,
			["\xb9"] = 0x1014, ["\xc8\x01"] = 0x1010, ["\xc9\x82"] = 0x1018, ["\xd1"] = 0x1010,
			["\x00\xb0\x00"] = 0x1004 } do
			assert.equal(sp, run(program, { [14] = 7 }).sp)
		end
		assert.equal(0x2000, run("\x97", { [7] = 0x2000 }).sp)
	end)

	it("restores registers, and returns by the link register unless pc was stored", function()
		local r = run("\x88\x81")	-- r4, r11, pc
		assert.same({ 0x1001, 0x1005, 0x1009, 0x100c }, { r[4], r[11], r[15], r.sp })
		r = run "\xaa"			-- r4 to r6, lr
		assert.same({ 0x1001, 0x1009, 0x100d, 0x100d, 0x1010 }, { r[4], r[6], r[14], r[15], r.sp })
		r = run "\xb1\x05\xa1"		-- r0, r2; r4, r5
		assert.same({ 0x1001, 0x1005, 0x1009, 0x100d, 0x1010 }, { r[0], r[2], r[4], r[5], r.sp })
		assert.is_nil(r[15])
		-- The stack pointer itself was stored.
		assert.equal(0x1001, run("\x82\x00").sp)
	end)

	it("that is wrong says so", function()
		for program, message in pairs { ["\x80\x00"] = "refuses", ["\xb1\x00"] = "spare",
			["\xb4"] = "spare unwind instruction 0xb4", ["\xca\x00"] = "0xca",
			["\x97"] = "wants r7" } do
			local r, why = run(program)
			assert.is_nil(r)
			assert.matches(message, why)
		end
		local r, why = run("\xa0", { sp = 0x3000 })
		assert.is_nil(r)
		assert.equal("not there", why)
	end)
end)
