--- Slabs of UMA, and their items one by one: which there are, which of them an
-- address is in, and whether it is given away, free or in a cache (vm/uma_int.h,
-- vm/uma_core.c).
--
-- Until 12 a page led to its slab, and a slab to its keg; since 13 a page leads
-- to both slab and zone, and the slab's place tells where its items are.
-- @module vmcore.kern.uma.slab

local bucket = require "vmcore.kern.uma.bucket"
local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local uma = require "vmcore.kern.uma"
local vm_page = require "vmcore.kern.vm_page"

local slab = {}

local ITEMS_MAX <const> = 65536		-- uk_ipers is 16 bits wide
-- Pages of a slab: an uk_ppera above it was damaged.
local PAGES_MAX <const> = 4096

-- What slabs are on; those of the last have no item given away.
local LISTS <const> = { "ud_part_slab", "ud_full_slab", "ud_free_slab" }

-- Where a slab's items begin: until 12 it says so; since 13 the header stands
-- at a known place behind them (uk_pgoff), or elsewhere and says so.
local function data_reader(k, S, pgoff)
	local data = member.pointer(S, "us_data")
	local O = k:type "struct uma_hash_slab"
	local outer, inside = member.pointer(O, "uhs_data"), O and kvm.offsetof(O, "uhs_slab")
	return function(at, keg)
		if data then
			return data(at) or error("it says that it has no items", 0)
		elseif pgoff(keg) ~= 0 then
			return at - pgoff(keg)
		end
		return outer and outer(at - inside)
		    or error("its items are elsewhere, and the kernel file does not tell where", 0)
	end
end

local methods = {}
local view_meta = { __index = methods }

--- The slabs of a keg.
-- @tparam integer keg
-- @tparam ?boolean all also those without an item given away
-- @treturn function iterator of the addresses of a struct uma_slab, its memory
--   domain and list ("part", "full", "free")
function methods:each(keg, all)
	local view = self.view
	local D = view.keg_domain
	return coroutine.wrap(function()
		for number, domain in view:keg_domains(keg) do
			for i = 1, all and #LISTS or 2 do
				local head, name = D:member(LISTS[i]), LISTS[i]:match "_(%a+)_"
				for at in head and self.walks[i](domain + head.offset, function(status)
					view.report(status.message)
				end) or function() return nil end do
					coroutine.yield(at, number, name)
				end
			end
		end
	end)
end

-- The shape of a keg's slabs: items of each, no more than its pages have room
-- for, bytes from one to the next, and whether every CPU has a copy.
local function shape(self, keg)
	local f = self.view.fields
	local flags = f.keg_flags and f.keg_flags(keg) or 0
	local pages = f.keg_ppera and math.max(f.keg_ppera(keg), 1) or PAGES_MAX
	local size = f.keg_rsize(keg)
	local room = math.min(pages, PAGES_MAX) * self.page_size // math.max(size, 1)
	return math.min(f.keg_ipers(keg), ITEMS_MAX, room), size, flags & uma.PCPU ~= 0
end

-- A slab's bits, which are set where an item is free: a function of an item's
-- number. They stand in longs.
local function free_bits(self, at, n)
	local size = self.word
	local count = (n + size * 8 - 1) // (size * 8)
	local bytes = inaddr.read(self.view.k, at + self.bits, count * size)
	local words, width = { (self.order .. ("I" .. size):rep(count)):unpack(bytes) }, size * 8
	return function(i)
		return words[i // width + 1] >> i % width & 1 == 1
	end
end

-- Call fn(item, free) for the items of a slab.
local function of_slab(self, at, keg, n, size, fn)
	local free, data = free_bits(self, at, n), self.data_of(at, keg)
	for i = 0, n - 1 do
		fn(data + i * size, free(i))
	end
end

-- Call fn for the items of all slabs; one that can't be read is reported.
local function of_keg(self, keg, all, fn)
	local n, size = shape(self, keg)
	local said = self.view.fields.keg_ipers(keg)
	if n < said then
		self.view.report(("the keg at %#x: %d items of %d bytes are too many for a slab"):format(keg,
		    said, size))
	end
	for at in self:each(keg, all) do
		local ok, fault = pcall(of_slab, self, at, keg, n, size, fn)
		if not ok then
			self.view.report(("the slab at %#x: %s"):format(at, tostring(fault)))
		end
	end
end

--- The items of a keg that are in some zone's hands, or in use.
-- @tparam integer keg address of the struct uma_keg
-- @treturn function iterator of addresses
function methods:given(keg)
	return coroutine.wrap(function()
		of_keg(self, keg, false, function(item, free)
			if not free then
				coroutine.yield(item)
			end
		end)
	end)
end

-- Where the items of a keg's zones are cached: { entry, where, kind of the bucket }
-- by address.
local function cached_items(self, keg)
	if self.cached[keg] == nil then
		local found = {}
		for _, entry in ipairs(self.kegs[keg] or {}) do
			local places, kinds = {}, nil
			if self.buckets then
				places, kinds = self.buckets:cached(entry.zone)
			end
			for item, where in pairs(places) do
				found[item] = { entry, where, kinds[item] }
			end
		end
		self.cached[keg] = found
	end
	return self.cached[keg]
end

--- All items of a keg.
-- @tparam integer keg
-- @treturn function iterator of address, state ("allocated", "free", "cached"),
--   where it is cached ("CPU 1", "domain 0") and by which zone (uma's list())
function methods:items(keg)
	local cached = cached_items(self, keg)
	return coroutine.wrap(function()
		of_keg(self, keg, true, function(item, free)
			local found = not free and cached[item]
			coroutine.yield(item, free and "free" or found and "cached" or "allocated", found and found[2]
			    or nil, found and found[1] or nil)
		end)
	end)
end

-- The keg and slab of a page, if it is UMA's: what its links lead to must be a
-- zone or keg that there is.
local function page_owner(self, page)
	local links = page.plinks
	if kvm.has_member(links, "uma") then
		local zone = links.uma.zone
		local known = zone and self.zones[kvm.toaddress(zone)]
		if known and known.keg and links.uma.slab then
			return known.keg, kvm.toaddress(links.uma.slab)
		end
		return nil
	end
	local found = links.s.pv and kvm.toaddress(links.s.pv)
	local ok, keg = pcall(self.keg_of or error, found or 0)
	if ok and self.kegs[keg] then
		return keg, found
	end
end

-- Pages of kegs that keep no way from page to slab: the allocator never asks
-- for one there.
local function indexed(self, address)
	if self.index == nil then
		self.index = {}
		for keg in pairs(self.kegs) do
			pcall(function()
				local pages = math.min(self.view.fields.keg_ppera(keg), PAGES_MAX)
				for at in self:each(keg, true) do
					local first = self.data_of(at, keg) // self.page_size
					for page = 0, pages - 1 do
						self.index[first + page] = { keg, at }
					end
				end
			end)
		end
	end
	local pair = self.index[address // self.page_size]
	return pair and pair[1], pair and pair[2]
end

local function describe(self, address, page)
	local keg, at
	if page then
		keg, at = page_owner(self, page)
	end
	if keg == nil then
		keg, at = indexed(self, address)
	end
	if keg == nil then
		return nil
	end
	local f, data = self.view.fields, self.data_of(at, keg)
	local entry = self.kegs[keg][1] or {}
	local result = { zone = entry.zone, name = entry.name, keg = keg, slab = at, data = data,
		size = f.keg_size(keg), state = "unused" }
	local n, size, percpu = shape(self, keg)
	local offset = address - data
	if percpu and math.ult(offset, PAGES_MAX * self.page_size) then
		result.cpu, offset = offset // self.page_size, offset % self.page_size
	end
	if size == 0 or not math.ult(offset, n * size) then
		return result		-- the slab's header, or what is left over
	end
	local index = offset // size
	result.item, result.offset = data + index * size, offset % size
	if free_bits(self, at, n)(index) then
		result.state = "free"
		return result
	end
	local found = cached_items(self, keg)[result.item]
	result.state, result.where = found and "cached" or "allocated", found and found[2]
	result.bucket = found and found[3]
	entry = found and found[1] or entry
	result.zone, result.name = entry.zone, entry.name
	return result
end

--- The item that an address is in.
-- @tparam integer address
-- @treturn ?table zone, keg, slab (addresses), name (of the zone), data (where the
--   slab's items begin), item (its address), offset, size, cpu (whose copy it
--   is, of a zone that has one for every CPU), state: "allocated", "free",
--   "cached" (then `where`: "CPU 1", "domain 0", and `bucket`: "alloc", "free",
--   "cross", "full") or "unused" (no item); nil when the address is not UMA's, or
--   that can't be read
function methods:of(address)
	local where = self.view.k.kd:translate(address)
	local page = where and where.paddr and self.pages and self.pages:of(where.paddr)
	local ok, found = pcall(describe, self, address, page)
	return ok and found or nil
end

-- Zones by address, and those of each keg.
local function index_zones(view)
	local zones, kegs = {}, {}
	for _, entry in ipairs(view:list()) do
		zones[entry.zone] = entry
		if entry.keg then
			kegs[entry.keg] = kegs[entry.keg] or {}
			table.insert(kegs[entry.keg], entry)
		end
	end
	return zones, kegs
end

--- What can be known of a kernel's slabs.
-- @tparam table view vmcore.kern.uma
-- @treturn ?table each(), given(), items(), of(); nil when the kernel file does not
--   tell
function slab.new(view)
	local k, f = view.k, view.fields
	local S, D = k:type "struct uma_slab", view.keg_domain
	-- A struct may be known by its name alone.
	local known, bits = pcall(kvm.offsetof, S, "us_free")
	if not (known and D and f.keg_ipers and f.keg_rsize) then
		return nil
	end
	local link = S:member "us_link" and "us_link" or "us_type._us_link"
	local zones, kegs = index_zones(view)
	local walks = {}
	for i, name in ipairs(LISTS) do
		local head = D:member(name)
		walks[i] = head and queue.prepare(head.type, link, { element = S, addresses = true })
	end
	return setmetatable({ view = view, pages = vm_page.new(k), zones = zones, kegs = kegs, walks = walks,
		buckets = bucket.new(view), cached = {}, bits = bits, data_of = data_reader(k, S, f.keg_pgoff),
		keg_of = member.pointer(S, "us_keg"), order = k.kd:byteorder() == "big" and ">" or "<",
		word = k.kd:ptrsize(), page_size = k:dump().page_size }, view_meta)
end

return slab
