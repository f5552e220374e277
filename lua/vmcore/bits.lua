--- Words of bits: flags by name, sets of CPUs and other bitsets.
--
--	bits.names(0x5, bits.flags{ UP = 1, LOOPBACK = 8 })   --> "UP|0x4"
--	for cpu in bits.members(k.var.all_cpus) do ... end
--
-- @module vmcore.bits

local kvm = require "kvm"

local bits = {}

--- Prepare the names of a flag word's bits.
-- @tparam table masks by name; a mask may be of several bits
-- @treturn table for names()
function bits.flags(masks)
	local list = {}
	for name, mask in pairs(masks) do
		list[#list + 1] = { name = name, mask = mask }
	end
	-- What covers more bits goes first; then from the lowest bit on.
	local function weight(mask)
		local n = 0
		while mask ~= 0 do
			mask, n = mask & (mask - 1), n + 1
		end
		return n
	end
	for _, flag in ipairs(list) do
		flag.weight = weight(flag.mask)
	end
	table.sort(list, function(a, b)
		if a.weight ~= b.weight then
			return a.weight > b.weight
		elseif a.mask ~= b.mask then
			return math.ult(a.mask, b.mask)
		end
		return a.name < b.name
	end)
	return list
end

--- A flag word in words: names of its bits, joined, and what has no name as a
-- number.
-- @tparam integer value
-- @tparam table flags of flags()
-- @tparam[opt="|"] string between
-- @treturn string "0" when there are none
function bits.names(value, flags, between)
	local found, rest = {}, value
	for _, flag in ipairs(flags) do
		if flag.mask ~= 0 and rest & flag.mask == flag.mask then
			found[#found + 1] = flag
			rest = rest & ~flag.mask
		end
	end
	table.sort(found, function(a, b) return math.ult(a.mask, b.mask) end)
	local words = {}
	for i, flag in ipairs(found) do
		words[i] = flag.name
	end
	if rest ~= 0 then
		words[#words + 1] = ("%#x"):format(rest)
	end
	return #words == 0 and "0" or table.concat(words, between or "|")
end

--- A function that names flag words as names() does, but nothing for 0. Words
-- are few and rows are many: it remembers.
-- @tparam table masks by name
-- @tparam[opt="|"] string between
-- @treturn function of an integer
function bits.namer(masks, between)
	local flags, known = bits.flags(masks), { [0] = "" }
	return function(value)
		local text = known[value]
		if text == nil then
			text = bits.names(value, flags, between)
			known[value] = text
		end
		return text
	end
end

-- The words of a bitset (sys/_bitset.h): a struct with one array, of longs.
local function words_of(set)
	local t = kvm.typeof(set):strip()
	if t.kind == "pointer" then
		t = t.target:strip()
	end
	local member = t:member "__bits"
	if member == nil then
		error(tostring(t) .. " is no bitset: it has no member '__bits'", 3)
	end
	return set.__bits, member.type:strip().target.size * 8
end

--- The members of a bitset, such as a cpuset_t, by ascending number.
-- @param set object
-- @treturn function iterator of integers, from 0 (CPU_FFS(3) counts from 1)
-- @raise a fault; an error when it is no bitset
function bits.members(set)
	local words, width = words_of(set)
	local count, index, word = #words, -1, 0
	return function()
		while word == 0 do
			index = index + 1
			if index >= count then
				return nil
			end
			word = words[index]
		end
		local bit, lowest = 0, word & -word
		while lowest >> bit ~= 1 do
			bit = bit + 1
		end
		word = word & (word - 1)
		return index * width + bit
	end
end

--- Whether a bitset has a member.
-- @param set object
-- @tparam integer n from 0
-- @treturn boolean
function bits.has(set, n)
	local words, width = words_of(set)
	if n < 0 or n >= #words * width then
		return false
	end
	return words[n // width] >> n % width & 1 == 1
end

return bits
