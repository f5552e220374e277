--- Types of kernel malloc(9) and what they count: sys/malloc.h,
-- kern/kern_malloc.c.
-- @module vmcore.kern.malloc

local kvm = require "kvm"
local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"

local malloc = {}

local NAME_MAX, TYPES_MAX, ZONES_MAX = 128, 65536, 64
local UMA_SLAB_MALLOC = 0x20	-- us_flags, vm/uma.h until 12
-- Pages of one allocation, and those that are looked at to learn what their
-- numbers mean, and how many numbers that takes.
local PAGES_MAX, SCAN_MAX, COOKIES_MIN = 4096, 1 << 18, 8

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

--- The types that took something of a bucket's size, of all that was ever
-- allocated: which one has an item, nothing says.
-- @tparam integer size bytes, of a bucket
-- @tparam function report
-- @treturn {string...} names, those that have most of something in use first
function methods:of_size(size, report)
	local list, f = {}, self.fields
	for ks in self:each(report) do
		local ok, fault = pcall(function()
			for _, other in ipairs(f.sizes(ks)) do
				if other == size and f.used(ks) > 0 then
					list[#list + 1] = { f.name(ks), f.used(ks) }
				end
			end
		end)
		if not ok then
			report(("the malloc type at %#x: %s"):format(ks, tostring(fault)))
		end
	end
	table.sort(list, function(a, b)
		return a[2] > b[2] or a[2] == b[2] and a[1] < b[1]
	end)
	for i, entry in ipairs(list) do
		list[i] = entry[1]
	end
	return list
end

-- What a page says of an allocation that begins in it, from 13 on: a number
-- with its lowest bit set in place of a slab, and no zone.
local function cookie_reader(T)
	local zone, slab = member.pointer(T, "plinks.uma.zone"), member.pointer(T, "plinks.uma.slab")
	return zone and slab and function(page)
		local value = slab(page)
		return value and zone(page) == nil and value & 1 == 1 and value or nil
	end
end

-- By how many bits a size is shifted: by one, and by two since
-- contigmalloc(9) has such numbers, too. Sizes are whole pages: one that is odd
-- tells, when it is one bit; where there is none among many, it is two.
local function cookie_shift(pages, read, page_size)
	local n, left = 0, SCAN_MAX
	for _, range in ipairs(pages.ranges) do
		for i = 0, math.min(range[2] - range[1], left) do
			local ok, value = pcall(read, range[3] + i * pages.type.size)
			if ok and value and value & (2 * page_size) ~= 0 then
				return 1
			end
			n, left = n + (ok and value and 1 or 0), left - 1
		end
	end
	return n >= COOKIES_MIN and 2 or nil
end

-- Until 12 a slab was made for it, which said how large it is.
local function slab_reader(k, T)
	local S, at = k:type "struct uma_slab", member.pointer(T, "plinks.s.pv")
	local flags, size = member.getter(S, "us_flags"), member.getter(S, "us_type._us_size")
	return at and flags and size and function(page)
		local slab = at(page)
		local ok, bits = pcall(flags, slab or 0)
		return slab and ok and bits & UMA_SLAB_MALLOC ~= 0 and size(slab) or nil
	end
end

local function size_reader(k, pages)
	local cookie, page_size = cookie_reader(pages.type), k:dump().page_size
	if cookie == nil then
		return slab_reader(k, pages.type)
	end
	local shift
	return function(page)
		local value = cookie(page)
		if value and shift == nil then
			shift = cookie_shift(pages, cookie, page_size) or false
		end
		-- Where nothing tells, the smaller one is sure.
		return value and value >> (shift or 2), shift == false
	end
end

-- The first page of an allocation, looking back from an address: its address and
-- what size_of() says.
local function first_page(k, pages, size_of, address)
	local page_size = k:dump().page_size
	local first = address & ~(page_size - 1)
	for back = 0, PAGES_MAX - 1 do
		local at = first - back * page_size
		local where = k.kd:translate(at)
		local page = where and where.paddr and pages:of(where.paddr)
		if page == nil then
			return nil
		end
		local size, unsure = size_of(kvm.toaddress(page))
		if size then
			return at, size, unsure
		end
	end
end

--- A finder of what malloc(9) has from the VM system: what is larger than its
-- zones' items. Only its first page knows of it, and goes on to say so when it
-- was given back: the arena of addresses tells whether it is still taken, and
-- how much. Without that, the page's word is taken.
-- @tparam table k
-- @tparam table pages vmcore.kern.vm_page
-- @tparam ?table arenas vmcore.kern.vmem
-- @treturn ?function of an address, to { address, size (bytes, whole pages), unsure:
--   it may be twice that } or nil; nil when the kernel file does not tell
function malloc.large(k, pages, arenas)
	local size_of = size_reader(k, pages)
	return size_of and function(address)
		local at, size, unsure
		local taken = arenas and arenas:of(address)
		if taken then
			local where = k.kd:translate(taken.address)
			local page = where and where.paddr and pages:of(where.paddr)
			at, size = taken.address, page and size_of(kvm.toaddress(page)) and taken.size
		elseif arenas == nil then
			at, size, unsure = first_page(k, pages, size_of, address)
		end
		return size and math.ult(address - at, size) and { address = at, size = size, unsure = unsure } or nil
	end
end

--- What can be known of a kernel's malloc types.
-- @tparam table k
-- @treturn ?table each(), of_size(), `fields`: functions of the address of a struct
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
