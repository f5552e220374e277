--- Sets of registers in memory: struct pcb, struct trapframe.
--
-- A set is described by a list of { REGISTER, PATH, OFFSET, index =, size = }:
-- its name, the member that holds it, and the offset and size where the kernel
-- has no types (the machine's word unless told). `index` is that of an
-- element of an array.
-- @module vmcore.kern.stack.registers

local kvm = require "kvm"

local registers = {}

local function member_type(T, path)
	for name in path:gmatch "[^.]+" do
		local m = T:strip():member(name)
		if m == nil then
			return nil
		end
		T = m.type
	end
	return T:strip()
end

-- Where a register is by the types; nil when they have no such member.
local function place(T, entry)
	local t = member_type(T, entry[2])
	if t == nil then
		return nil
	end
	local offset = kvm.offsetof(T, entry[2])
	if entry.index == nil then
		return offset, t.size
	elseif t.kind ~= "array" or entry.index >= t.nelems then
		return nil
	end
	local size = t.size // t.nelems
	return offset + entry.index * size, size
end

-- The places of a set's registers in the order of memory.
local function places(T, set, word)
	local list = {}
	for _, entry in ipairs(set) do
		local offset, size
		if T ~= nil then
			offset, size = place(T, entry)
		else
			offset, size = entry[3], entry.size or word
		end
		if offset and (size == 1 or size == 2 or size == 4 or size == 8) then
			list[#list + 1] = { name = entry[1], offset = offset, size = size }
		end
	end
	table.sort(list, function(a, b) return a.offset < b.offset end)
	return list
end

local function has(list, name)
	for _, p in ipairs(list) do
		if p.name == name then
			return true
		end
	end
	return false
end

-- What string.unpack() needs for them, from the first one on.
local function format_of(list, order)
	local parts, at = { order }, list[1].offset
	for _, p in ipairs(list) do
		parts[#parts + 1] = ("x"):rep(p.offset - at) .. "I" .. p.size
		at = p.offset + p.size
	end
	return table.concat(parts), at - list[1].offset
end

--- A reader of a set.
-- @tparam kvm.descriptor kd
-- @tparam ?kvm.type T the struct; nil when the kernel has no types
-- @tparam table set
-- @tparam ?string needed a register without which the types are not believed:
--   then the offsets are used
-- @treturn ?function of an address, to a table of registers by name, or nil
--   and a message; nil when none of them has a place
-- @treturn ?integer bytes from the address to the end of the last register
function registers.reader(kd, T, set, needed)
	local list = places(T, set, kd:ptrsize())
	if needed and not has(list, needed) then
		list = places(nil, set, kd:ptrsize())
	end
	if #list == 0 then
		return nil
	end
	local format, length = format_of(list, kd:byteorder() == "little" and "<" or ">")
	local first, unpack = list[1].offset, string.unpack
	return function(address)
		local bytes, message = kd:read(address + first, length)
		if bytes == nil then
			return nil, message
		end
		local values, found = table.pack(unpack(format, bytes)), {}
		for i, p in ipairs(list) do
			found[p.name] = values[i]
		end
		return found
	end, first + length
end

--- Registers as words, in the order of their names; numbers in these are
-- numbers.
-- @tparam table regs
-- @treturn {string...} "rip=0xffffffff80c09ade"
function registers.words(regs)
	local words, keys = {}, {}
	for name in pairs(regs) do
		words[#words + 1] = name
		keys[name] = name:gsub("%d+", function(n) return ("%03d"):format(n) end)
	end
	table.sort(words, function(a, b) return keys[a] < keys[b] end)
	for i, name in ipairs(words) do
		words[i] = ("%s=%#x"):format(name, regs[name])
	end
	return words
end

return registers
