--- A step to the caller by the kernel's call frame tables: where frame
-- pointers fail, or a trap took a function that has none at that instruction.
--
-- An architecture tells in `dwarf` which of its registers a number of the
-- tables means, and in `linkage` how many bytes below the end of a frame the
-- frame pointer of a function points.
-- @module vmcore.kern.stack.unwind

local cfa = require "vmcore.kern.stack.cfa"
local ehframe = require "vmcore.kern.stack.ehframe"

local unwind = {}

local function look_up(view, pc)
	view.frame_tables = view.frame_tables or ehframe.tables(view.k.kd)
	for _, t in ipairs(view.frame_tables) do
		local fde, message = ehframe.find(t, pc)
		if fde then
			return cfa.row(fde, pc)
		elseif message then
			return nil, message
		end
	end
	return nil
end

-- The row of an address, read once.
local function row_of(view, pc)
	view.frame_rows = view.frame_rows or {}
	local known = view.frame_rows[pc]
	if known == nil then
		local row, message = look_up(view, pc)
		known = { row, message }
		view.frame_rows[pc] = known
	end
	return known[1], known[2]
end

-- The stack pointer that a function has: nil where it is not known.
--
-- Where a frame record was followed that may stand anywhere in its frame
-- (below_pc, below_fp), the table of the function that was left tells where
-- that frame ended. A thread that was switched out on x86 has the address where
-- it goes on on top of its stack: it is as if the call had not returned.
local function stack_pointer(walk)
	local arch, sp = walk.view.arch, walk.sp
	if walk.below_pc then
		local row = row_of(walk.view, walk.below_pc)
		local how = row and row.cfa or {}
		return arch.dwarf[how.register or false] == arch.fp and walk.below_fp + how.offset or nil
	elseif arch.linkage > 0 and walk.regs and not walk.interrupted and walk:ptr(sp) == walk.pc then
		return sp + walk.word
	end
	return sp
end

-- A frame's end must be on the stack, above the function's stack pointer: below
-- that is only a function without a frame, which made no call.
local function check(walk, sp, base)
	local low = sp or walk.low
	if not walk.interrupted or walk.view.arch.linkage > 0 then
		low = low + 1
	end
	if base & (walk.word - 1) ~= 0 or math.ult(base, low) or math.ult(walk.high, base) then
		error(("frame that ends at %#x, not on the rest of the stack, %#x to %#x"):format(base, low,
		    walk.high), 0)
	end
end

-- What the call frame tables' arithmetic stands on.
local function world_of(walk, sp)
	local view = walk.view
	local arch, kd, known = view.arch, walk.kd, walk.known or {}
	return {
		order = kd:byteorder() == "little" and "<" or ">", word = walk.word,
		mask = walk.word == 4 and 0xffffffff or -1,
		registers = function(n)
			local name = arch.dwarf[n]
			return name == arch.sp and sp or name == arch.fp and walk.fp or known[name]
		end,
		read = function(at, size)
			local value, message = kd:read_uint(at, size)
			return value or error(message, 0)
		end,
		check = function(base) check(walk, sp, base) end,
	}
end

-- Go to the caller; nil and a message where it can't be one.
local function enter(walk, caller)
	local arch = walk.view.arch
	local pc = caller.ra and (arch.clean or math.tointeger)(caller.ra)
	if pc == nil then
		return nil, "the table does not tell where the function returns to"
	elseif not walk:is_code(pc) then
		return nil, ("return address %#x is not in the kernel"):format(pc)
	end
	walk.known = {}
	for n, name in pairs(arch.dwarf) do
		walk.known[name] = caller.values[n]
	end
	walk.pc, walk.sp, walk.fp = pc, caller.cfa, walk.known[arch.fp] or 0
	walk.inner, walk.low, walk.below_pc = caller.cfa - arch.linkage, caller.cfa, nil
	return true
end

--- Move a walk to the caller.
-- @tparam table walk see vmcore.kern.stack.walk
-- @treturn ?boolean true; false: the tables say that there is none; nil: they
--   don't lead there
-- @treturn ?string why not; of true, whether the frame was made by an
--   interrupt; nil where no table knows the function
function unwind.step(walk)
	local view = walk.view
	if view.arch.dwarf == nil then
		return nil
	end
	local row, message = row_of(view, walk.exact and walk.pc or walk.pc - 1)
	if row == nil then
		return nil, message
	end
	local caller, why = cfa.caller(row, view.arch.dwarf, world_of(walk, stack_pointer(walk)))
	if caller == nil then
		return nil, why
	elseif caller.outermost then
		return false
	end
	local going, reason = enter(walk, caller)
	return going, reason or row.interrupt
end

return unwind
