--- The engine, by an architecture made up for it: a frame is the address of the
-- next one and a return address.
local walk = require "vmcore.kern.stack.walk"

-- A view of stacks: words by address, functions by address.
local function view(words, functions, entries)
	local function name(_, pc)
		return functions[pc] and { name = functions[pc], offset = 0 } or nil
	end
	local arch = { pc = "pc", fp = "fp", sp = "sp",
		entry = function(f) return entries and entries[f] and "trap" or nil end,
		frames = function(w) return { w.inner + 16 } end,
		plausible = function(regs) return regs.pc ~= nil end,
		is_user = function(regs) return regs.pc > 0 and regs.pc < 0x1000 end,
		step = function(w)
			if w.fp == 0 then
				return false
			end
			local inside, reason = w:enter_frame(w.fp)
			if not inside then
				return inside, reason
			end
			w.inner, w.fp, w.pc = w.fp, w:ptr(w.fp) or 0, w:ptr(w.fp + 8) or 0
			return true
		end }
	return { arch = arch, text = 0x1000, dmap = 0, dmap_size = 0, named = true, word = 8, function_at = name,
		caller_at = name, knows_modules = function() return false end,
		read_trapframe = function(at) return entries and entries[at] end,
		k = { kd = { read_ptr = function(_, at) return words[at] end } } }
end

local function trace(v, context)
	local frames, broken = walk.frames(v, context)
	local pcs = {}
	for i, frame in ipairs(frames) do
		pcs[i] = frame.pc
	end
	return pcs, broken
end

describe("a walk", function()
	local low, high = 0x100000, 0x104000

	it("goes up while frames are on the stack", function()
		local v = view({ [low + 16] = low + 64, [low + 24] = 0x2001, [low + 64] = 0, [low + 72] = 0x2002 }, {})
		local pcs, broken = trace(v, { low = low, high = high,
			regs = { pc = 0x2000, fp = low + 16, sp = low } })
		assert.same({ 0x2000, 0x2001, 0x2002 }, pcs)
		assert.is_nil(broken)
	end)

	it("stops where a frame is below the last one, or beside the stack", function()
		for _, outer in ipairs { low + 16, low + 8, high, low - 8 } do
			local v = view({ [low + 16] = outer, [low + 24] = 0x2001 }, {})
			local pcs, broken = trace(v, { low = low, high = high,
				regs = { pc = 0x2000, fp = low + 16, sp = low } })
			assert.same({ 0x2000, 0x2001 }, pcs)
			assert.equal(("frame pointer %#x is not on the rest of the stack, %#x to %#x"):format(outer, low + 17,
			    high), broken)
		end
	end)

	it("changes the stack once from one of an interrupt", function()
		local own = 0x900000
		local words = { [own] = low + 16, [own + 8] = 0x2001, [low + 16] = own + 64,
			[low + 24] = 0x2002, [own + 64] = 0, [own + 72] = 0x2003 }
		local pcs, broken = trace(view(words, {}), { low = low, high = high,
			regs = { pc = 0x2000, fp = own, sp = own } })
		assert.same({ 0x2000, 0x2001, 0x2002 }, pcs)
		assert.matches("^frame pointer 0x900040 is not on the rest of the stack", broken)
	end)

	it("goes through traps, but not through any number of them", function()
		local words, functions, entries = {}, { [0x2001] = "calltrap" }, { calltrap = true }
		local fp = low + 16
		for i = 0, 9 do
			local at = fp + i * 0x100
			words[at], words[at + 8] = at + 0x100, 0x2001
			entries[at + 16] = { pc = 0x3000 + i, fp = at + 0x100, sp = at + 0x80 }
		end
		local pcs, broken = trace(view(words, functions, entries), { low = low, high = high,
			regs = { pc = 0x2000, fp = fp, sp = low } })
		assert.equal("too many traps inside each other", broken)
		assert.equal(10, #pcs)
		entries[fp + 16].pc = 0x10
		pcs, broken = trace(view(words, functions, entries), { low = low, high = high,
			regs = { pc = 0x2000, fp = fp, sp = low } })
		assert.same({ 0x2000, 0x2001 }, pcs)
		assert.is_nil(broken)
	end)

	it("is bounded", function()
		local words = {}
		for at = low, low + 0x40000, 8 do
			words[at] = at + 16
		end
		for at = low + 8, low + 0x40000, 16 do
			words[at] = 0x2001
		end
		local pcs, broken = trace(view(words, {}), { low = low, high = low + 0x40000,
			regs = { pc = 0x2000, fp = low, sp = low } })
		assert.equal(4096, #pcs)
		assert.equal("more than 4096 frames", broken)
	end)
end)
