--- Counters that every CPU has a part of: counter(9), sys/pcpu.h, and arrays
-- of them (net/vnet.h, VNET_PCPUSTAT).
-- @module vmcore.kern.counter

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local counter = {}

-- What is added to a counter's address for a CPU: from 13 on each CPU says
-- (zpcpu_offset_cpu()); before, slots are a page apart.
local function slots(k)
	local offset = member.getter(k:type "struct pcpu", "pc_zpcpu_offset")
	local page, list = k:dump().page_size, {}
	for cpu, pc in pcpu.each(k) do
		list[#list + 1] = offset and offset(pc) or cpu * page
	end
	return list
end

--- Where the CPUs' parts of zpcpu memory are (sys/pcpu.h, zpcpu_get_cpu()).
-- @tparam table k
-- @treturn {integer...} what is added to a zpcpu address, for each CPU
function counter.offsets(k)
	return slots(k)
end

-- Counters that were made before memory was (EARLY_COUNTER) point at a dummy.
local function dummies(k)
	local P, set = k:type "struct pcpu", {}
	local found = P and P:member "pc_early_dummy_counter"
	local pcpus = found and k.kd:lookup "cpuid_to_pcpu"
	local first = pcpus and k.kd:read_ptr(pcpus)
	if found then
		set[found.offset] = true
		set[(first or 0) + found.offset] = true
	end
	return set
end

--- A reader of counters.
-- @tparam table k
-- @treturn function of a counter's address (what counter_u64_t holds, or nil)
--   to its value; nil for an address of 0 or of a counter that is not set up
--   yet. It raises a fault when it can't be read
function counter.reader(k)
	local offsets, dummy = slots(k), dummies(k)
	local kd, u64 = k.kd, k:type "unsigned long long" or k:type "uint64_t"
	return function(address)
		if address == nil or address == 0 or dummy[address] then
			return nil
		end
		local sum = 0
		for _, offset in ipairs(offsets) do
			sum = sum + (kd:read_uint(address + offset, 8) or kvm.object(u64, address + offset))
		end
		return sum
	end
end

-- The members of a statistics struct one by one, those of structs in it and the
-- elements of arrays, too: fn(name, offset, size).
local function each_member(T, base, fn)
	for _, m in ipairs(T:members()) do
		local t, offset = m.type:strip(), base + m.offset
		if t.kind == "array" then
			local size = t.target:strip().size
			for i = 0, t.nelems - 1 do
				fn(("%s[%d]"):format(m.name, i), offset + i * size, size)
			end
		elseif t.kind == "struct" or t.kind == "union" then
			each_member(t, offset, fn)
		else
			fn(m.name, offset, t.size)
		end
	end
end

-- The names of its 64-bit members, in order; others are not counted.
local function names(T)
	local list = {}
	each_member(T, 0, function(name, offset, size)
		list[offset // 8] = size == 8 and name or list[offset // 8] or false
	end)
	return list
end

-- The value of the counter that a pointer in an array leads to; nil and the
-- fault when it can't be read.
local function element(k, read, at)
	local ok, value = pcall(function()
		return read(k.kd:read_ptr(at) or kvm.object(k:type "char", at))
	end)
	return ok and value or nil, not ok and value or nil
end

--- The values of an array of counters, by the names that a struct has for
-- them.
-- @tparam table k
-- @tparam function read of reader()
-- @tparam integer address of the array
-- @tparam kvm.type T the struct
-- @treturn function iterator of name and value; and the fault, when it can't be
--   read
function counter.array(k, read, address, T)
	local list, i, n = names(T), -1, T.size // 8
	local size = k.kd:ptrsize()
	return function()
		repeat
			i = i + 1
		until list[i] ~= false
		if i >= n then
			return nil
		end
		return list[i] or ("[%d]"):format(i), element(k, read, address + i * size)
	end
end

--- The values of a struct that counts by itself, not by CPU.
-- @tparam table k
-- @tparam integer address
-- @tparam kvm.type T
-- @treturn function iterator as that of array()
function counter.plain(k, address, T)
	local list, i = {}, 0
	each_member(T, 0, function(...) list[#list + 1] = table.pack(...) end)
	return function()
		i = i + 1
		if list[i] == nil then
			return nil
		end
		local name, offset, size = table.unpack(list[i])
		local ok, value = pcall(function()
			return k.kd:read_uint(address + offset, size)
			    or kvm.object(k:type "char", address + offset)
		end)
		return name, ok and value or nil, not ok and value or nil
	end
end

--- The values of a plain array of counters.
-- @tparam table k
-- @tparam function read of reader()
-- @tparam integer address
-- @tparam string name
-- @tparam integer n
-- @treturn function iterator as that of array()
function counter.list(k, read, address, name, n)
	local i, size = -1, k.kd:ptrsize()
	return function()
		i = i + 1
		if i >= n then
			return nil
		end
		return ("%s[%d]"):format(name, i), element(k, read, address + i * size)
	end
end

return counter
