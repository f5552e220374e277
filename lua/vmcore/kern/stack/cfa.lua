--- Call frame programs (DWARF 5, 6.4.2): how a function's frame and its
-- caller's registers are found at one of its instructions.
--
-- What they compute is a row: `cfa`, the address that the stack pointer has in
-- the caller, and rules for registers, by number. A rule is a table: `at` or
-- `is` (offset from the CFA of the place of the value, or of the value itself),
-- `register`, `expression` (bytes; `value`: it gives the value, not its place),
-- `undefined`.
-- @module vmcore.kern.stack.cfa

local dwexpr = require "vmcore.kern.stack.dwexpr"
local encoded = require "vmcore.kern.stack.encoded"

local cfa = {}

local STATES_MAX = 64
local PROGRAM_MAX = 1 << 16	-- bytes
local UNDEFINED = { undefined = true }

local function uleb(m)
	local value
	value, m.at = encoded.uleb(m.bytes, m.at)
	return value
end

local function sleb(m)
	local value
	value, m.at = encoded.sleb(m.bytes, m.at)
	return value
end

local function take(m, format)
	local value
	value, m.at = string.unpack(m.order .. format, m.bytes, m.at)
	return value
end

local function block(m)
	local length = uleb(m)
	if math.ult(m.last - m.at + 1, length) then
		error("an expression beyond its record", 0)
	end
	m.at = m.at + length
	return m.bytes:sub(m.at - length, m.at - 1)
end

local function restore(m, register)
	m.rules[register] = m.initial and m.initial[register]
end

local function copy(rules)
	local new = {}
	for register, rule in pairs(rules) do
		new[register] = rule
	end
	return new
end

local function advance(m, by)
	m.pc = m.pc + by * m.code
end

-- DW_CFA_*, those whose operands are bytes of their own.
local INSTRUCTIONS = {
	[0x00] = function() end,					-- nop
	[0x01] = function(m)						-- set_loc
		m.pc, m.at = encoded.pointer(m.bytes, m.at, m.encoding, m.from)
	end,
	[0x02] = function(m) advance(m, take(m, "B")) end,		-- advance_loc1, 2, 4
	[0x03] = function(m) advance(m, take(m, "I2")) end,
	[0x04] = function(m) advance(m, take(m, "I4")) end,
	[0x05] = function(m)						-- offset_extended
		local register = uleb(m)
		m.rules[register] = { at = uleb(m) * m.data }
	end,
	[0x06] = function(m) restore(m, uleb(m)) end,			-- restore_extended
	[0x07] = function(m) m.rules[uleb(m)] = UNDEFINED end,		-- undefined
	[0x08] = function(m) m.rules[uleb(m)] = nil end,		-- same_value
	[0x09] = function(m)						-- register
		local register = uleb(m)
		m.rules[register] = { register = uleb(m) }
	end,
	[0x0a] = function(m)						-- remember_state
		if #m.states == STATES_MAX then
			error("too many remembered states", 0)
		end
		m.states[#m.states + 1] = { rules = copy(m.rules), cfa = m.cfa }
	end,
	[0x0b] = function(m)						-- restore_state
		local state = table.remove(m.states) or error("no state to restore", 0)
		m.rules, m.cfa = state.rules, state.cfa
	end,
	[0x0c] = function(m)						-- def_cfa
		local register = uleb(m)
		m.cfa = { register = register, offset = uleb(m) }
	end,
	[0x0d] = function(m)						-- def_cfa_register
		m.cfa = { register = uleb(m), offset = m.cfa.offset or 0 }
	end,
	[0x0e] = function(m)						-- def_cfa_offset
		m.cfa = { register = m.cfa.register, offset = uleb(m) }
	end,
	[0x0f] = function(m) m.cfa = { expression = block(m) } end,	-- def_cfa_expression
	[0x10] = function(m)						-- expression
		local register = uleb(m)
		m.rules[register] = { expression = block(m) }
	end,
	[0x11] = function(m)						-- offset_extended_sf
		local register = uleb(m)
		m.rules[register] = { at = sleb(m) * m.data }
	end,
	[0x12] = function(m)						-- def_cfa_sf
		local register = uleb(m)
		m.cfa = { register = register, offset = sleb(m) * m.data }
	end,
	[0x13] = function(m)						-- def_cfa_offset_sf
		m.cfa = { register = m.cfa.register, offset = sleb(m) * m.data }
	end,
	[0x14] = function(m)						-- val_offset
		local register = uleb(m)
		m.rules[register] = { is = uleb(m) * m.data }
	end,
	[0x15] = function(m)						-- val_offset_sf
		local register = uleb(m)
		m.rules[register] = { is = sleb(m) * m.data }
	end,
	[0x16] = function(m)						-- val_expression
		local register = uleb(m)
		m.rules[register] = { expression = block(m), value = true }
	end,
	-- AARCH64_negate_ra_state: codes in return addresses are taken off anyway.
	[0x2d] = function() end,
	[0x2e] = function(m) uleb(m) end,				-- GNU_args_size
	[0x2f] = function(m)						-- GNU_negative_offset_extended
		local register = uleb(m)
		m.rules[register] = { at = -uleb(m) * m.data }
	end,
}

local function step(m, op)
	local operand = op & 0x3f
	if op >= 0xc0 then						-- restore
		restore(m, operand)
	elseif op >= 0x80 then						-- offset
		m.rules[operand] = { at = uleb(m) * m.data }
	elseif op >= 0x40 then						-- advance_loc
		advance(m, operand)
	elseif INSTRUCTIONS[op] then
		INSTRUCTIONS[op](m)
	else
		error(("call frame instruction %#x"):format(op), 0)
	end
end

-- Run from one position to another, until the program speaks of what is behind
-- `pc`.
local function run(m, first, last, pc)
	if last - first >= PROGRAM_MAX then
		error(("a program of %u bytes"):format(last - first + 1), 0)
	end
	m.at, m.last = first, last
	while m.at <= last do
		local op = m.bytes:byte(m.at)
		m.at = m.at + 1
		step(m, op)
		if pc and math.ult(pc, m.pc) then
			break
		end
	end
end

local function row(fde, pc)
	local t, common = fde.table, fde.common
	local m = { bytes = t.bytes, order = t.order, from = t, encoding = common.encoding,
		code = common.code, data = common.data, pc = fde.pc, cfa = {}, rules = {}, states = {} }
	run(m, common.first, common.last)
	m.initial = copy(m.rules)
	run(m, fde.first, fde.last, pc)
	return { cfa = m.cfa, rules = m.rules, ra = common.ra, interrupt = common.interrupt }
end

--- The row of an address.
-- @tparam table fde of vmcore.kern.stack.ehframe
-- @tparam integer pc in its function
-- @treturn[1] table cfa, rules, ra (number of the register that stands for the
--   return address), interrupt (what made the frame was no call)
-- @treturn[2] nil
-- @treturn[2] string message
function cfa.row(fde, pc)
	local ok, found = pcall(row, fde, pc)
	if not ok then
		return nil, found
	end
	return found
end

local function needed(registers, n)
	return registers(n) or error(("the table wants register %d"):format(n), 0)
end

local function value_of(rule, base, world, own)
	if rule == nil then
		return own
	elseif rule.at then
		return world.read(base + rule.at, world.word)
	elseif rule.is then
		return base + rule.is
	elseif rule.register then
		return world.registers(rule.register)
	elseif rule.expression then
		local value = dwexpr.value(rule.expression, world, base)
		return rule.value and value or world.read(value, world.word)
	end
	return nil
end

local function caller(found, numbers, world)
	local how = found.cfa
	local base
	if how.expression then
		base = dwexpr.value(how.expression, world)
	elseif how.register then
		base = needed(world.registers, how.register) + how.offset
	else
		error("the table does not tell where the frame is", 0)
	end
	base = base & world.mask
	world.check(base)
	local values = {}
	for n in pairs(numbers) do
		local rule = found.rules[n]
		local ok, value = pcall(value_of, rule, base, world, world.registers(n))
		values[n] = ok and value or nil
	end
	local ra = found.rules[found.ra]
	values[found.ra] = value_of(ra, base, world, world.registers(found.ra))
	return { cfa = base, values = values, ra = values[found.ra],
		outermost = ra ~= nil and ra.undefined or false }
end

--- The registers of the caller.
-- @tparam table found of row()
-- @tparam table numbers keys: the registers that are asked for
-- @tparam table world `order`, `word`, `mask`, `registers` (a function of a
--   number: what the function itself has, nil when not known), `read` (one of
--   an address and a size, which raises), `check` (called with the CFA, raises
--   where it can't be one)
-- @treturn[1] table cfa, values (by number), ra (the return address, nil when
--   not known), outermost (there is no caller)
-- @treturn[2] nil
-- @treturn[2] string message
function cfa.caller(found, numbers, world)
	local ok, result = pcall(caller, found, numbers, world)
	if not ok then
		return nil, result
	end
	return result
end

return cfa
