--- Expressions of DWARF (DWARF 5, 2.5) as far as tables for unwinding use
-- them: a machine with a stack of integers.
-- @module vmcore.kern.stack.dwexpr

local encoded = require "vmcore.kern.stack.encoded"

local dwexpr = {}

local STEPS_MAX, DEPTH_MAX = 1000, 64

-- DW_OP_const1u to DW_OP_const8s
local CONSTANTS = { [0x08] = "I1", [0x09] = "i1", [0x0a] = "I2", [0x0b] = "i2", [0x0c] = "I4",
	[0x0d] = "i4", [0x0e] = "I8", [0x0f] = "i8" }

local function flag(condition)
	return condition and 1 or 0
end

-- Operators of the two topmost values: a is the lower one.
local BINARY = {
	[0x1a] = function(a, b) return a & b end,
	[0x1c] = function(a, b) return a - b end,
	[0x1e] = function(a, b) return a * b end,
	[0x21] = function(a, b) return a | b end,
	[0x22] = function(a, b) return a + b end,
	[0x24] = function(a, b) return a << b end,
	[0x25] = function(a, b) return a >> b end,
	[0x27] = function(a, b) return a ~ b end,
	[0x29] = function(a, b) return flag(a == b) end,
	[0x2a] = function(a, b) return flag(a >= b) end,
	[0x2b] = function(a, b) return flag(a > b) end,
	[0x2c] = function(a, b) return flag(a <= b) end,
	[0x2d] = function(a, b) return flag(a < b) end,
	[0x2e] = function(a, b) return flag(a ~= b) end,
}

local methods = {}
local meta = { __index = methods }

function methods:push(value)
	if #self.stack == DEPTH_MAX then
		error("an expression that needs too large a stack", 0)
	end
	self.stack[#self.stack + 1] = value
end

function methods:pop()
	return table.remove(self.stack) or error("an expression that lacks an operand", 0)
end

-- The value that is n below the top.
function methods:peek(n)
	return self.stack[#self.stack - n] or error("an expression that lacks an operand", 0)
end

function methods:take(format)
	local value
	value, self.at = string.unpack(self.order .. format, self.bytes, self.at)
	return value
end

function methods:leb(read)
	local value
	value, self.at = read(self.bytes, self.at)
	return value
end

-- Operators without an operand in the program, and some with a simple one.
local PLAIN = {
	[0x03] = function(m) m:push(m:take("I" .. m.word)) end,		-- addr
	[0x06] = function(m) m:push(m.read(m:pop(), m.word)) end,	-- deref
	[0x10] = function(m) m:push(m:leb(encoded.uleb)) end,		-- constu
	[0x11] = function(m) m:push(m:leb(encoded.sleb)) end,		-- consts
	[0x12] = function(m) m:push(m:peek(0)) end,			-- dup
	[0x13] = function(m) m:pop() end,				-- drop
	[0x14] = function(m) m:push(m:peek(1)) end,			-- over
	[0x15] = function(m) m:push(m:peek(m:take "B")) end,		-- pick
	[0x16] = function(m)						-- swap
		local b, a = m:pop(), m:pop()
		m:push(b)
		m:push(a)
	end,
	[0x1f] = function(m) m:push(-m:pop()) end,			-- neg
	[0x20] = function(m) m:push(~m:pop()) end,			-- not
	[0x23] = function(m) m:push(m:pop() + m:leb(encoded.uleb)) end,	-- plus_uconst
	[0x28] = function(m)						-- bra
		local by = m:take "i2"
		m.at = m.at + (m:pop() ~= 0 and by or 0)
	end,
	[0x2f] = function(m)						-- skip
		local by = m:take "i2"
		m.at = m.at + by
	end,
	[0x94] = function(m)						-- deref_size
		local size = m:take "B"
		m:push(m.read(m:pop(), size))
	end,
	[0x96] = function() end,					-- nop
}

local function register(m, n)
	return m.registers(n) or error(("the table wants register %d"):format(n), 0)
end

local function step(m, op)
	if PLAIN[op] then
		PLAIN[op](m)
	elseif BINARY[op] then
		local b = m:pop()
		m:push(BINARY[op](m:pop(), b))
	elseif CONSTANTS[op] then
		m:push(m:take(CONSTANTS[op]))
	elseif op >= 0x30 and op <= 0x4f then				-- lit0 to lit31
		m:push(op - 0x30)
	elseif op >= 0x70 and op <= 0x8f then				-- breg0 to breg31
		m:push(register(m, op - 0x70) + m:leb(encoded.sleb))
	elseif op == 0x92 then						-- bregx
		local n = m:leb(encoded.uleb)
		m:push(register(m, n) + m:leb(encoded.sleb))
	else
		error(("operator %#x in an expression"):format(op), 0)
	end
end

--- The value of an expression.
-- @tparam string bytes
-- @tparam table world `order` ("<", ">"), `word` (bytes), `registers` (a
--   function of a number), `read` (one of an address and a size, which raises)
-- @tparam ?integer first what is on the stack at the beginning
-- @treturn integer
-- @raise for what is out of reach or not known
function dwexpr.value(bytes, world, first)
	local m = setmetatable({ bytes = bytes, at = 1, stack = { first }, order = world.order,
		word = world.word, registers = world.registers, read = world.read }, meta)
	for _ = 1, STEPS_MAX do
		if m.at > #bytes then
			return m:pop()
		elseif m.at < 1 then
			break
		end
		local op = bytes:byte(m.at)
		m.at = m.at + 1
		step(m, op)
	end
	error("an expression that does not end", 0)
end

return dwexpr
