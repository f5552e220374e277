--- Unwinding by the tables of the ARM exception handling ABI (EHABI32): the
-- index from functions to short programs that undo a function's prologue.
-- @module vmcore.kern.stack.exidx

local bisect = require "vmcore.bisect"

local exidx = {}

local CANTUNWIND = 1
local FINISH = 0xb0
local TABLE_MAX = 16 << 20	-- bytes
local WORDS_MAX = 255		-- of a program, beyond the first word

-- A 31-bit offset from the place where it is stored.
local function prel31(word, at)
	word = word & 0x7fffffff
	if word & 0x40000000 ~= 0 then
		word = word - 0x80000000
	end
	return (at + word) & 0xffffffff
end

--- An index: the kernel's, or one that lies somewhere else.
-- @tparam kvm.descriptor kd
-- @tparam ?integer first where a module's begins
-- @tparam ?integer last where it ends
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function exidx.new(kd, first, last)
	if first == nil then
		first, last = kd:lookup "__exidx_start", kd:lookup "__exidx_end"
	end
	if first == nil or last == nil then
		return nil, "the kernel has no __exidx_start: arm's stacks can't be followed without"
	elseif last - first < 8 or last - first > TABLE_MAX then
		return nil, ("an unwind index of %d bytes"):format(last - first)
	end
	local bytes, message = kd:read(first, (last - first) & -8)
	if bytes == nil then
		return nil, "unwind index: " .. message
	elseif not bytes:find "[^%z]" then
		return nil, "the unwind index reads as zeros"
	end
	return { kd = kd, first = first, bytes = bytes, count = #bytes // 8,
		format = kd:byteorder() == "little" and "<I4" or ">I4", programs = {} }
end

local function word_at(index, i)
	return (string.unpack(index.format, index.bytes, i + 1))
end

-- The entry of the function that an address is in: where it is in the index.
local function entry_of(index, pc)
	local behind = bisect.first(0, index.count - 1, function(i)
		return prel31(word_at(index, i * 8), index.first + i * 8) > pc
	end)
	return behind > 0 and (behind - 1) * 8 or nil
end

-- The bytes of a word from the most significant one on, without the first n.
local function bytes_of(word, n)
	return string.pack(">I4", word):sub(n + 1)
end

-- A program that is not in the index itself.
local function program_at(index, address)
	local kd = index.kd
	local word, message = kd:read_uint(address, 4)
	if word == nil then
		return nil, message
	end
	local skip, more = 1, 0
	if word & 0x80000000 == 0 then		-- a personality routine of its own
		address = address + 4
		word, message = kd:read_uint(address, 4)
		if word == nil then
			return nil, message
		end
		more = word >> 24
	elseif word >> 24 & 0xf == 1 or word >> 24 & 0xf == 2 then
		skip, more = 2, word >> 16 & 0xff
	elseif word >> 24 & 0xf ~= 0 then
		return nil, ("unwind table at %#x: personality %d"):format(address, word >> 24 & 0xf)
	end
	local parts = { bytes_of(word, skip) }
	for i = 1, math.min(more, WORDS_MAX) do
		word, message = kd:read_uint(address + i * 4, 4)
		if word == nil then
			return nil, message
		end
		parts[#parts + 1] = bytes_of(word, 0)
	end
	return table.concat(parts)
end

--- The program that leads out of a function.
-- @tparam table index
-- @tparam integer pc in the function
-- @treturn ?string false: the function says that nothing is beyond it; nil: an
--   error
-- @treturn ?string message
function exidx.program(index, pc)
	local at = entry_of(index, pc)
	if at == nil then
		return nil, ("%#x is in front of the unwind index"):format(pc)
	end
	local known = index.programs[at]
	if known ~= nil then
		return known
	end
	local word = word_at(index, at + 4)
	local program, message
	if word == CANTUNWIND then
		program = false
	elseif word & 0x80000000 ~= 0 then
		program = bytes_of(word, 1)
	else
		program, message = program_at(index, prel31(word, index.first + at + 4))
	end
	index.programs[at] = program
	return program, message
end

-- Registers of a mask from `from` on, off the stack.
local function pop(r, read, mask, from)
	local sp = r.sp
	for i = 0, 15 do
		if mask >> i & 1 == 1 then
			local value, message = read(sp)
			if value == nil then
				return nil, message
			end
			r[from + i] = value
			sp = sp + 4
		end
	end
	r.sp = r[13] or sp
	r[13] = nil
	return true
end

local function skip(r, bytes)
	r.sp = (r.sp + bytes) & 0xffffffff
	return true
end

local function uleb128(program, i)
	local value, shift = 0, 0
	local byte
	repeat
		byte = program:byte(i) or 0
		value = value | (byte & 0x7f) << shift
		shift, i = shift + 7, i + 1
	until byte < 0x80 or shift > 28
	return value, i
end

-- Instructions from 0xb0 up to 0xbf.
local function special(r, read, op, program, i)
	if op == 0xb1 then
		local mask = program:byte(i) or 0
		if mask == 0 or mask > 15 then
			return nil, "spare unwind instruction"
		end
		local ok, message = pop(r, read, mask, 0)
		return ok, ok and i + 1 or message
	elseif op == 0xb2 then
		local value, after = uleb128(program, i)
		return skip(r, 0x204 + (value << 2)), after
	elseif op == 0xb3 then
		return skip(r, ((program:byte(i) or 0) & 0xf) * 8 + 12), i + 1
	elseif op >= 0xb8 then
		return skip(r, (op & 7) * 8 + 12), i
	end
	return nil, ("spare unwind instruction %#x"):format(op)
end

-- Instructions from 0xc0 up: floating-point registers, by the double word.
local function floating(r, op, program, i)
	if op == 0xc8 or op == 0xc9 or op == 0xc6 then
		return skip(r, ((program:byte(i) or 0) & 0xf) * 8 + 8), i + 1
	elseif op >= 0xd0 and op <= 0xd7 then
		return skip(r, (op & 7) * 8 + 8), i
	end
	return nil, ("spare unwind instruction %#x"):format(op)
end

local function instruction(r, read, op, program, i)
	if op < 0x40 then
		return skip(r, (op & 0x3f) * 4 + 4), i
	elseif op < 0x80 then
		return skip(r, -((op & 0x3f) * 4 + 4)), i
	elseif op < 0x90 then
		local mask = (op & 0xf) << 8 | (program:byte(i) or 0)
		if mask == 0 then
			return nil, "the unwind table refuses"
		end
		local ok, message = pop(r, read, mask, 4)
		return ok, ok and i + 1 or message
	elseif op < 0xa0 then
		r.sp = r[op & 0xf]
		return r.sp ~= nil or nil, r.sp and i or ("the unwind table wants r%d"):format(op & 0xf)
	elseif op < 0xb0 then
		local mask = (1 << (op & 7) + 1) - 1 | (op & 8 ~= 0 and 1 << 10 or 0)
		local ok, message = pop(r, read, mask, 4)
		return ok, ok and i or message
	elseif op < 0xc0 then
		return special(r, read, op, program, i)
	end
	return floating(r, op, program, i)
end

--- Run a program.
-- @tparam string program
-- @tparam table r registers: by number, and sp; r[15] is set to the return
--   address
-- @tparam function read of a word at an address
-- @treturn ?boolean
-- @treturn ?string message
function exidx.run(program, r, read)
	local i = 1
	r[15] = nil
	while i <= #program do
		local op = program:byte(i)
		if op == FINISH then
			break
		end
		local ok, after = instruction(r, read, op, program, i + 1)
		if not ok then
			return nil, after
		end
		i = after
	end
	r[15] = r[15] or r[14]
	return true
end

return exidx
