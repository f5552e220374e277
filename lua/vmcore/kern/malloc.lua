--- Types of kernel malloc(9) and what they count: sys/malloc.h,
-- kern/kern_malloc.c.
-- @module vmcore.kern.malloc

local kvm = require "kvm"
local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"

local malloc = {}

local NAME_MAX, TYPES_MAX, ZONES_MAX = 128, 65536, 64

-- The sizes of the zones that malloc() takes from, by their number. What else
-- is in an entry depends on the kernel.
local function zone_sizes(k)
	local t, at = k.kd:type_of_symbol "kmemzones", k.kd:lookup "kmemzones"
	local list = {}
	t = t and t:strip()
	local size = t and t.kind == "array" and member.getter(t.target:strip(), "kz_size")
	for i = 0, size and math.min(t.nelems, ZONES_MAX) - 1 or -1 do
		local n = size(at + i * t.target:strip().size)
		list[#list + 1] = n > 0 and n or nil
	end
	return list
end

-- From 13 on what counts is inside the type, before behind a pointer.
local function internal(T, I)
	local inside = T:member "ks_mti"
	if inside then
		return function(ks) return ks + inside.offset end
	end
	return I and member.pointer(T, "ks_handle")
end

local function fields_of(k, T, I, S)
	local mti, stats = internal(T, I), member.pointer(I, "mti_stats")
	local name, offsets, sizes = member.pointer(T, "ks_shortdesc"), counter.offsets(k),
	    zone_sizes(k)
	local function each(ks, key, fn)
		local get, at = member.getter(S, key), mti(ks)
		local base = at and stats(at)
		for _, offset in ipairs(base and offsets or {}) do
			fn(get(base + offset))
		end
	end
	local function sum(key)
		return function(ks)
			local n = 0
			each(ks, key, function(value) n = n + value end)
			return n
		end
	end
	local allocs, frees = sum "mts_numallocs", sum "mts_numfrees"
	local bytes, freed = sum "mts_memalloced", sum "mts_memfreed"
	return {
		name = function(ks)
			local at = name(ks)
			return at and kvm.string(kvm.pointer(T:member "ks_shortdesc".type, at), NAME_MAX)
		end,
		allocs = allocs, frees = frees,
		used = function(ks) return allocs(ks) - frees(ks) end,
		memory = function(ks) return bytes(ks) - freed(ks) end,
		sizes = function(ks)
			local mask, list = 0, {}
			each(ks, "mts_size", function(value) mask = mask | value end)
			for i, size in ipairs(sizes) do
				list[#list + 1] = mask >> i - 1 & 1 == 1 and size or nil
			end
			return list
		end,
	}
end

local methods = {}
local view_meta = { __index = methods }

--- All types, in the kernel's order.
-- @tparam function report called with a message when the list is broken
-- @treturn function iterator of addresses
function methods:each(report)
	local k, seen, n = self.k, {}, 0
	local head = k.kd:lookup "kmemstatistics"
	local current = head and k.kd:read_ptr(head) or 0
	return function()
		local ks = current
		if ks == 0 then
			return nil
		end
		local following = k.kd:read_ptr(ks + self.link)
		if following == nil or seen[ks] or n >= TYPES_MAX then
			report(("kmemstatistics: stopped after %d types: %s %#x"):format(n,
			    seen[ks] and "the list runs in a circle, back to" or "can't read the one at", ks))
			current = 0
			return nil
		end
		seen[ks], current, n = true, following, n + 1
		return ks
	end
end

--- What can be known of a kernel's malloc types.
-- @tparam table k
-- @treturn ?table each(), `fields`: functions of the address of a struct
--   malloc_type: name, allocs, frees, used, memory (bytes in use), sizes
--   (list of the bucket sizes asked for); nil when the kernel file has no
--   types
function malloc.new(k)
	local T, I = k:type "struct malloc_type", k:type "struct malloc_type_internal"
	local S = k:type "struct malloc_type_stats"
	if not (T and I and S) then
		return nil
	end
	return setmetatable({ k = k, link = kvm.offsetof(T, "ks_next"),
		fields = fields_of(k, T, I, S) }, view_meta)
end

return malloc
