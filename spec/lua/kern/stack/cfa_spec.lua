--- Call frame programs.
local cfa = require "vmcore.kern.stack.cfa"
local ehframe = require "spec.support.ehframe"

local TEXT = 0xffffffff80300000

-- What a program says, amd64: in the beginning the CFA is rsp (7) + 8, and the
-- return address (16) stands below it.
local function fde(program, initial)
	initial = initial or "\x0c\x07\x08\x90\x01"
	return { pc = TEXT, first = #initial + 1, last = #initial + #program,
		common = { first = 1, last = #initial, code = 1, data = -8, ra = 16, encoding = 0x1b },
		table = { bytes = initial .. program, order = "<", word = 8, address = TEXT - 0x1000 } }
end

local function row(program, pc, initial)
	return cfa.row(fde(program, initial), TEXT + pc)
end

describe("a call frame program", function()
	it("goes as far as an address", function()
		-- push rbp; mov rsp, rbp; ... pop rbp
		local program = "\x41\x0e\x10\x86\x02\x43\x0d\x06\x02\x40\x0c\x07\x08\xc6"
		local ra = { at = -8 }
		for pc, want in pairs {
			[0] = { { register = 7, offset = 8 }, { [16] = ra } },
			[1] = { { register = 7, offset = 16 }, { [16] = ra, [6] = { at = -16 } } },
			[3] = { { register = 7, offset = 16 }, { [16] = ra, [6] = { at = -16 } } },
			[4] = { { register = 6, offset = 16 }, { [16] = ra, [6] = { at = -16 } } },
			[0x43] = { { register = 6, offset = 16 }, { [16] = ra, [6] = { at = -16 } } },
			[0x44] = { { register = 7, offset = 8 }, { [16] = ra } },
		} do
			local found = row(program, pc)
			assert.same(want, { found.cfa, found.rules })
			assert.equal(16, found.ra)
		end
	end)

	it("has every instruction", function()
		local sleb, uleb = ehframe.sleb, ehframe.uleb
		for program, rule in pairs {
			["\x05\x03" .. uleb(300)] = { at = -2400 }, ["\x11\x03" .. sleb(-3)] = { at = 24 },
			["\x2f\x03\x02"] = { at = 16 }, ["\x14\x03\x02"] = { is = -16 },
			["\x15\x03" .. sleb(-2)] = { is = 16 }, ["\x09\x03\x0c"] = { register = 12 },
			["\x07\x03"] = { undefined = true }, ["\x83\x04\x08\x03"] = false,
			["\x83\x04\xc3"] = false, ["\x83\x04\x06\x03"] = false,
			["\x10\x03\x02\x77\x08"] = { expression = "\x77\x08" },
			["\x16\x03\x02\x77\x08"] = { expression = "\x77\x08", value = true },
			["\x83\x04\x0a\x83\x05\x0b"] = { at = -32 }, ["\x00\x2d\x2e\x08\x83\x01"] = { at = -8 },
		} do
			local found, message = row(program, 0x100)
			assert.is_nil(message)
			assert.same(rule or nil, found.rules[3])
			assert.same({ register = 7, offset = 8 }, found.cfa)
		end
		for program, how in pairs {
			["\x0d\x06"] = { register = 6, offset = 8 }, ["\x0e\x30"] = { register = 7, offset = 48 },
			["\x12\x06\x7e"] = { register = 6, offset = 16 }, ["\x13\x7e"] = { register = 7, offset = 16 },
			["\x0f\x02\x77\x08"] = { expression = "\x77\x08" },
			["\x0a\x0e\x30\x0b"] = { register = 7, offset = 8 },
		} do
			assert.same(how, row(program, 0x100).cfa)
		end
	end)

	it("advances by steps of every size", function()
		for program, at in pairs { ["\x45"] = 5, ["\x02\x50"] = 0x50, ["\x03\x00\x01"] = 0x100,
			["\x04\x00\x00\x01\x00"] = 0x10000 } do
			program = program .. "\x0e\x40"
			assert.equal(8, row(program, at - 1).cfa.offset)
			assert.equal(64, row(program, at).cfa.offset)
		end
		local absolute = fde("\x01" .. string.pack("<i4", 0x1010 - 6) .. "\x0e\x40")
		assert.equal(8, cfa.row(absolute, TEXT + 0xf).cfa.offset)
		assert.equal(64, cfa.row(absolute, TEXT + 0x10).cfa.offset)
	end)

	it("that makes no sense says so", function()
		for program, message in pairs { ["\x3f"] = "call frame instruction 0x3f",
			["\x0b"] = "no state to restore", [("\x0a"):rep(65)] = "too many remembered states",
			["\x0f\x40\x77"] = "an expression beyond its record", ["\x83"] = "beyond the end",
			["\x03\x01"] = "too short" } do
			local found, why = row(program, 0x100)
			assert.is_nil(found)
			assert.matches(message, why)
		end
	end)
end)

describe("the caller", function()
	local NUMBERS = { [3] = "rbx", [6] = "rbp", [7] = "rsp", [12] = "r12", [16] = "rip" }
	local words = { [0x9000] = 0x111, [0x9008] = 0x222, [0x9010] = 0x333 }
	local regs = { [3] = 0x77, [6] = 0x9000, [7] = 0x9000, [12] = 0x66 }
	local world = { order = "<", word = 8, mask = -1, registers = function(n) return regs[n] end,
		read = function(at) return words[at] or error(("no %#x"):format(at), 0) end,
		check = function(base) return base < 0x100000 or error("beyond the stack", 0) end }

	local function caller(program)
		return cfa.caller(row(program, 0x100), NUMBERS, world)
	end

	it("has what was saved, and keeps the rest", function()
		local found = caller "\x0e\x18\x86\x02\x83\x03"
		assert.same({ 0x9018, 0x333, 0x222, 0x111, 0x66, false }, { found.cfa, found.ra,
			found.values[6], found.values[3], found.values[12], found.outermost })
	end)

	it("has what other rules make of it", function()
		local found = caller "\x0e\x18\x09\x03\x0c\x14\x0c\x01\x16\x06\x02\x23\x08"
		assert.same({ 0x66, 0x9010, 0x9020 }, { found.values[3], found.values[12], found.values[6] })
		found = caller "\x0f\x02\x76\x18\x10\x06\x02\x77\x00"
		assert.same({ 0x9018, 0x111 }, { found.cfa, found.values[6] })
		assert.is_nil(caller "\x0e\x18\x07\x03".values[3])
	end)

	it("may not be there", function()
		assert.is_true(caller "\x0e\x18\x07\x10".outermost)
	end)

	it("of any program is found or not", function()
		math.randomseed(11)
		for _ = 1, 3000 do
			local bytes = {}
			for i = 1, math.random(1, 30) do
				bytes[i] = string.char(math.random(0, 1) == 0 and math.random(0, 0x30) or math.random(0, 255))
			end
			local found, message = row(table.concat(bytes), 0x100)
			if found then
				found, message = cfa.caller(found, NUMBERS, world)
			end
			assert.equal(found and "nil" or "string", type(message))
		end
	end)

	it("that can't be found says why", function()
		for program, message in pairs { ["\x0c\x20\x08"] = "the table wants register 32",
			["\x0e\x80\x10"] = "no 0x97f8", ["\x0e\x80\x80\x80\x01"] = "beyond the stack",
			["\x0f\x01\xe0"] = "operator 0xe0 in an expression" } do
			local found, why = caller(program)
			assert.is_nil(found)
			assert.equal(message, why)
		end
		-- A saved register out of reach is only not known.
		assert.is_nil(caller "\x0e\x18\x86\x40".values[6])
		assert.equal("a program of 65537 bytes", select(2, row(("\0"):rep(65537), 0)))
		assert.equal("the table does not tell where the frame is",
		    select(2, cfa.caller(row("\x00", 0, "\x00"), NUMBERS, world)))
	end)
end)
