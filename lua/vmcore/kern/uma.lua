--- Zones of the kernel's allocator, and what they count: vm/uma_int.h,
-- vm/uma_core.c.
-- @module vmcore.kern.uma

local kvm = require "kvm"
local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"
local queue = require "vmcore.queue"

local uma = {}

local NAME_MAX = 64
local DOMAINS_MAX = 8		-- MAXMEMDOM

-- Each CPU's cache of a zone: a function of the zone, to an iterator of
-- addresses. Behind the last one, from 13 on, stand the zone's domains.
local function caches(k, Z, C)
	local first, offsets = kvm.offsetof(Z, "uz_cpu"), { cpus = {} }
	for cpu in pcpu.each(k) do
		offsets[#offsets + 1] = first + cpu * C.size
		offsets.cpus[#offsets] = cpu
	end
	local behind = first + ((member.integer(k, "mp_maxid") or 0) + 1) * C.size
	return offsets, behind
end

-- A count that the zone and each CPU have a part of. Until 12 the zone's was
-- a plain integer.
local function total(Z, C, offsets, zone_name, cache_name, read)
	local cache, m = member.getter(C, cache_name), Z:member(zone_name)
	if m == nil then
		return nil
	end
	local own
	if m.type:strip().kind == "pointer" then
		local at = member.pointer(Z, zone_name)
		own = function(zone) return read(at(zone)) or 0 end
	else
		own = member.getter(Z, zone_name)
	end
	return function(zone)
		local sum = own(zone)
		for _, offset in ipairs(cache and offsets or {}) do
			sum = sum + cache(zone + offset)
		end
		return sum
	end
end

-- Items in the CPUs' buckets: in the cache itself from 13 on, before behind
-- pointers.
local function bucket_count(k, C)
	local counts = {}
	for _, name in ipairs { "uc_allocbucket", "uc_freebucket", "uc_crossbucket" } do
		local get = member.getter(C, name .. ".ucb_cnt")
		local at = get == nil and member.pointer(C, name)
		local behind = at and member.getter(k:type "struct uma_bucket", "ub_cnt")
		counts[#counts + 1] = get or behind and function(cache)
			local bucket = at(cache)
			return bucket and behind(bucket) or 0
		end
	end
	return function(cache)
		local sum = 0
		for _, get in ipairs(counts) do
			sum = sum + get(cache)
		end
		return sum
	end
end

-- Items in a memory domain's full buckets. 13 counts them.
local function domain_count(k, D, report)
	local n = member.getter(D, "uzd_nitems")
	if n then
		return n
	end
	local B, list = k:type "struct uma_bucket", D:member "uzd_buckets"
	local held = member.getter(B, "ub_cnt")
	local walk = list and B and queue.prepare(list.type, "ub_link", { element = B, addresses = true })
	return walk and held and function(domain)
		local sum = 0
		for bucket in walk(domain + list.offset, function(status) report(status.message) end) do
			sum = sum + held(bucket)
		end
		return sum
	end
end

-- Items that a zone keeps for the next who asks.
local function cached_field(k, Z, C, offsets, behind, report)
	local D, in_buckets = k:type "struct uma_zone_domain", bucket_count(k, C)
	local pointer = member.pointer(Z, "uz_domain")
	local of_domain = D and domain_count(k, D, report)
	local domains = math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX)
	return function(zone)
		local sum = 0
		for _, offset in ipairs(offsets) do
			sum = sum + in_buckets(zone + offset)
		end
		local first = zone + behind
		if pointer then
			first = pointer(zone)
		end
		for i = 0, of_domain and first and domains - 1 or -1 do
			sum = sum + of_domain(first + i * D.size)
		end
		return sum
	end
end

-- Items in a keg's slabs that are in no zone's hands.
local function keg_free_field(k, K)
	local all = member.getter(K, "uk_free")
	local D = k:type "struct uma_domain"
	local each = member.getter(D, "ud_free_items")
	local domains = math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX)
	return all or each and function(keg)
		local sum, first = 0, keg + kvm.offsetof(K, "uk_domain")
		for i = 0, domains - 1 do
			sum = sum + each(first + i * D.size)
		end
		return sum
	end
end

-- Items that a zone may have; nil: as many as there is memory. Until 12 the
-- keg was limited, in pages.
local function limit_field(Z, K)
	local items = member.getter(Z, "uz_max_items")
	local pages = member.getter(K, "uk_maxpages")
	local each, per = member.getter(K, "uk_ipers"), member.getter(K, "uk_ppera")
	return function(zone, keg)
		local n = items and items(zone) or pages and keg and per(keg) > 0
		    and pages(keg) // per(keg) * each(keg) or 0
		return n > 0 and n or nil
	end
end

local function fields_of(k, Z, K, C, offsets, behind, report)
	local read = counter.reader(k)
	local allocs = total(Z, C, offsets, "uz_allocs", "uc_allocs", read)
	local frees = total(Z, C, offsets, "uz_frees", "uc_frees", read)
	local name = member.getter(Z, "uz_name")
	return {
		name = function(zone)
			local text = name(zone)
			return text and kvm.string(text, NAME_MAX) or ""
		end,
		size = member.getter(Z, "uz_size"),
		allocs = allocs, frees = frees,
		used = function(zone) return allocs(zone) - frees(zone) end,
		fails = total(Z, C, offsets, "uz_fails", "", read),
		sleeps = member.getter(Z, "uz_sleeps"),
		xdomain = total(Z, C, offsets, "uz_xdomain", "", read),
		cached = cached_field(k, Z, C, offsets, behind, report),
		keg_free = keg_free_field(k, K),
		limit = limit_field(Z, K),
	}
end

local methods = {}
local view_meta = { __index = methods }

local function list(k, name, T, link, report)
	local symbol = k.kd:symbol(name)
	local head = symbol and k.kd:type_of_symbol(name)
	if head == nil then
		return function() return nil end
	end
	return (queue.prepare(head, link, { element = T, addresses = true })(symbol.value,
	    function(status) report(name .. ": " .. status.message) end))
end

--- The CPUs' caches of a zone.
-- @tparam integer zone
-- @treturn function iterator of the CPU's id and a struct uma_cache's address
function methods:caches(zone)
	local i = 0
	return function()
		i = i + 1
		local offset = self.offsets[i]
		if offset then
			return self.offsets.cpus[i], zone + offset
		end
	end
end

--- What a zone has in each memory domain.
-- @tparam integer zone
-- @treturn function iterator of number and a struct uma_zone_domain's address
function methods:domains(zone)
	local D, pointer = self.k:type "struct uma_zone_domain", member.pointer(self.zone, "uz_domain")
	local n = math.min(member.integer(self.k, "vm_ndomains") or 1, DOMAINS_MAX)
	local first, i = zone + self.behind, -1
	if pointer then
		first = pointer(zone)
	end
	return function()
		i = i + 1
		if D and first and i < n then
			return i, first + i * D.size
		end
	end
end

--- All zones: those of each keg, then those that cache what others made.
-- @treturn function iterator of the addresses of a struct uma_zone and its
--   struct uma_keg (nil: none), and whether it is the keg's first zone, whose
--   the keg's free items are
function methods:each()
	local k, report = self.k, self.report
	local kegs = list(k, "uma_kegs", self.keg, "uk_link", report)
	local keg = kegs()
	local zones = self.keg:member "uk_zones"
	local walk = queue.prepare(zones.type, "uz_link", { element = self.zone, addresses = true })
	return coroutine.wrap(function()
		while keg do
			local first = true
			for zone in walk(keg + zones.offset, function(status) report(status.message) end) do
				coroutine.yield(zone, keg, first)
				first = false
			end
			keg = kegs()
		end
		for zone in list(k, "uma_cachezones", self.zone, "uz_link", report) do
			coroutine.yield(zone, nil, false)
		end
	end)
end

--- What can be known of a kernel's zones.
-- @tparam table k
-- @tparam function report
-- @treturn ?table each(), caches(), domains(), `fields`: functions of a zone's address: name size
--   allocs frees used fails sleeps xdomain (from 13 on) cached, and limit (of zone and keg), keg_free
--   (of a keg); nil when the kernel file has no types
function uma.new(k, report)
	local Z, K = k:type "struct uma_zone", k:type "struct uma_keg"
	local C = k:type "struct uma_cache"
	if not (Z and K and C) then
		return nil
	end
	local offsets, behind = caches(k, Z, C)
	return setmetatable({ k = k, report = report, zone = Z, keg = K, offsets = offsets, behind = behind,
		fields = fields_of(k, Z, K, C, offsets, behind, report) }, view_meta)
end

return uma
