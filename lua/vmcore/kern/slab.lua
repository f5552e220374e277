--- Slabs of UMA: which item of which zone an address is in (vm/uma_int.h,
-- vm/uma_core.c).
--
-- Until 12 a page led to its slab, and a slab to its keg; since 13 a page leads
-- to both slab and zone, and the slab's place tells where its items are.
-- @module vmcore.kern.slab

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local vm_page = require "vmcore.kern.vm_page"

local slab = {}

local NAME_MAX <const> = 64
-- No bucket has room for more (BUCKET_MAX is less).
local BUCKET_MAX <const> = 4096
-- Pages of a slab: an uk_ppera above it was damaged.
local PAGES_MAX <const> = 4096
-- More than any kernel has of them: MAXCPU, MAXMEMDOM.
local CPUS_MAX <const>, DOMAINS_MAX <const> = 4096, 64

local function domains_of(k)
	return math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX)
end

local function name_of(zone)
	local ok, name = pcall(function() return kvm.string(zone.uz_name, NAME_MAX) end)
	return ok and name or nil
end

-- All zones by address, and the kegs that they have.
local function zones_of(k, on_stop)
	local zones, kegs = {}, {}
	for keg in queue.foreach(k.var.uma_kegs, "uk_link", on_stop) do
		local list = {}
		kegs[kvm.toaddress(keg)] = { keg = keg, zones = list }
		for zone in queue.foreach(keg.uk_zones, "uz_link", on_stop) do
			local entry = { zone = zone, keg = keg, name = name_of(zone) }
			list[#list + 1] = entry
			zones[kvm.toaddress(zone)] = entry
		end
	end
	return zones, kegs
end

-- The keg and slab of a page, if it is UMA's: what its links lead to must be a
-- zone or keg that there is.
local function page_owner(self, page)
	local links = page.plinks
	if kvm.has_member(links, "uma") then
		local zone = links.uma.zone
		local known = zone and self.zones[kvm.toaddress(zone)]
		if known and links.uma.slab then
			return known.keg, kvm.cast(self.slab, links.uma.slab)
		end
		return nil
	end
	local pointer = links.s.pv
	local found = pointer and kvm.cast(self.slab, pointer)
	local ok, keg = pcall(function() return found and found.us_keg end)
	if ok and keg and self.kegs[kvm.toaddress(keg)] then
		return keg, found
	end
end

-- Where a slab's items begin: at a known distance from its header when that is
-- among them (uk_pgoff), else where the header says.
local function data_of(self, keg, found)
	if kvm.has_member(found, "us_data") then
		return kvm.toaddress(found.us_data)
	elseif keg.uk_pgoff ~= 0 then
		return kvm.toaddress(found) - keg.uk_pgoff
	end
	local outer = self.k:type "struct uma_hash_slab"
	return kvm.toaddress(kvm.container_of(found, outer, "uhs_slab").uhs_data)
end

local LISTS = { "ud_part_slab", "ud_free_slab", "ud_full_slab" }

-- All slabs of a keg into index: page -> keg and slab.
local function index_keg(self, index, keg, domains)
	local slab_type = self.slab:strip().target
	local link = slab_type:member "us_link" and "us_link" or "us_type._us_link"
	for domain = 0, domains - 1 do
		for _, list in ipairs(LISTS) do
			local head = keg.uk_domain[domain][list]
			for found in queue.foreach(head, link) do
				local data = data_of(self, keg, found)
				for page = 0, math.min(keg.uk_ppera, PAGES_MAX) - 1 do
					index[data // self.page_size + page] = { keg, found }
				end
			end
		end
	end
end

-- Pages of kegs that keep no way from page to slab: the allocator never asks
-- for one there.
local function indexed(self, address)
	if self.index == nil then
		self.index = {}
		local domains = domains_of(self.k)
		for _, entry in pairs(self.kegs) do
			pcall(index_keg, self, self.index, entry.keg, domains)
		end
	end
	local pair = self.index[address // self.page_size]
	if pair then
		return pair[1], pair[2]
	end
end

local function is_free(self, found, index)
	local word = self.k.kd:ptrsize()
	local at = kvm.toaddress(found) + self.bits + index // (word * 8) * word
	local value = self.k.kd:read_uint(at, word)
	return value and value >> index % (word * 8) & 1 == 1
end

-- The items in a bucket, `count` of them.
local function add_bucket(cached, bucket, count, where)
	if bucket == nil then
		return
	end
	local items = kvm.toaddress(bucket) + kvm.offsetof(kvm.typeof(bucket):strip().target, "ub_bucket")
	local kd = kvm.typeof(bucket).descriptor
	for i = 0, math.min(count or bucket.ub_cnt, BUCKET_MAX) - 1 do
		local item = kd:read_ptr(items + i * kd:ptrsize())
		if item then
			cached[item] = where
		end
	end
end

-- A CPU's buckets: since 13 with their count beside the pointer.
local function add_cpu(cached, zone, cpu)
	local cache, where = zone.uz_cpu[cpu], "CPU " .. cpu
	for _, name in ipairs { "uc_allocbucket", "uc_freebucket", "uc_crossbucket" } do
		if kvm.has_member(cache, name .. ".ucb_bucket") then
			add_bucket(cached, cache[name].ucb_bucket, cache[name].ucb_cnt, where)
		elseif kvm.has_member(cache, name) then
			add_bucket(cached, cache[name], nil, where)
		end
	end
end

-- The memory domains of a zone: behind the CPUs' caches since 13.
local function add_domains(self, cached, zone, cpus)
	local t = self.k:type "struct uma_zone_domain"
	local at = kvm.has_member(zone, "uz_domain") and kvm.toaddress(zone.uz_domain) or
	    kvm.toaddress(zone) + kvm.offsetof(zone, "uz_cpu") + cpus * self.k:type "struct uma_cache".size
	for domain = 0, domains_of(self.k) - 1 do
		local object = kvm.object(t, at + domain * t.size)
		local where = "domain " .. domain
		for bucket in queue.foreach(object.uzd_buckets, "ub_link") do
			add_bucket(cached, bucket, nil, where)
		end
		if kvm.has_member(object, "uzd_cross") then
			add_bucket(cached, object.uzd_cross, nil, where)
		end
	end
end

-- Items of a zone that are in a cache: address -> where.
local function cached_items(self, zone)
	local cached = {}
	local cpus = math.min(member.integer(self.k, "mp_maxid") or 0, CPUS_MAX - 1) + 1
	for cpu = 0, cpus - 1 do
		pcall(add_cpu, cached, zone, cpu)
	end
	pcall(add_domains, self, cached, zone, cpus)
	return cached
end

local function state_of(self, keg, item)
	local zones = self.kegs[kvm.toaddress(keg)].zones
	for _, entry in ipairs(zones) do
		entry.cached = entry.cached or cached_items(self, entry.zone)
		if entry.cached[item] then
			return "cached", entry.cached[item], entry
		end
	end
	return "allocated", nil, zones[1]
end

local methods = {}
local view_meta = { __index = methods }

local function describe(self, address, page)
	local keg, found
	if page then
		keg, found = page_owner(self, page)
	end
	if keg == nil then
		keg, found = indexed(self, address)
	end
	if keg == nil then
		return nil
	end
	local data = data_of(self, keg, found)
	local entry = self.kegs[kvm.toaddress(keg)].zones[1] or {}
	local offset = address - data
	local result = { zone = entry.zone, name = entry.name, keg = keg, slab = found, data = data,
		size = keg.uk_size, state = "unused" }
	local index = keg.uk_rsize > 0 and math.ult(offset, keg.uk_ppera * self.page_size) and
	    offset // keg.uk_rsize or keg.uk_ipers
	if index >= keg.uk_ipers then
		return result		-- the slab's header, or what is left over
	end
	result.item, result.offset = data + index * keg.uk_rsize, offset % keg.uk_rsize
	if is_free(self, found, index) then
		result.state = "free"
		return result
	end
	result.state, result.where, entry = state_of(self, keg, result.item)
	result.zone, result.name = entry and entry.zone, entry and entry.name or result.name
	return result
end

--- The item that an address is in.
-- @tparam integer address
-- @treturn ?table zone, name (of the zone), keg, slab, data (where the slab's
--   items begin), item (its address), offset, size, state: "allocated",
--   "free", "cached" (then `where`: "CPU 1", "domain 0") or "unused" (no item);
--   nil when the address is not UMA's, or that can't be read
function methods:of(address)
	local where = self.k.kd:translate(address)
	local page = where and where.paddr and self.pages:of(where.paddr)
	local ok, found = pcall(describe, self, address, page)
	return ok and found or nil
end

--- What can be known of a kernel's slabs.
-- @tparam table k
-- @tparam ?function on_stop called with the status of lists that end early
-- @treturn ?table with of(); nil when the kernel file does not tell
function slab.new(k, on_stop)
	local pages, t = vm_page.new(k), k:type "struct uma_slab"
	if pages == nil or t == nil or k.kd:type_of_symbol "uma_kegs" == nil then
		return nil
	end
	local zones, kegs = zones_of(k, on_stop)
	return setmetatable({ k = k, pages = pages, zones = zones, kegs = kegs,
		slab = t:pointer(), bits = kvm.offsetof(t, "us_free"), page_size = k:dump().page_size },
		view_meta)
end

return slab
