--- What zones and kegs count: vm/uma_int.h, vm/uma_core.c.
-- @module vmcore.kern.uma.count

local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local count = {}

-- A count that the zone and each CPU have a part of. Until 12 the zone's was
-- a plain integer.
local function total(view, zone_name, cache_name, read)
	local Z, offsets = view.zone, view.offsets
	local cache, m = member.getter(view.cache, cache_name), Z:member(zone_name)
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
local function cached_field(view)
	local in_buckets, D = bucket_count(view.k, view.cache), view.zone_domain
	local of_domain = D and domain_count(view.k, D, view.report)
	return function(zone)
		local sum = 0
		for _, cache in view:caches(zone) do
			sum = sum + in_buckets(cache)
		end
		for _, domain in view:domains(zone) do
			sum = sum + (of_domain and of_domain(domain) or 0)
		end
		return sum
	end
end

-- A count that every memory domain of a keg has; until 12 the keg had it.
local function keg_field(view, name, domain_name)
	local all = name and member.getter(view.keg, name)
	local each = member.getter(view.keg_domain, domain_name)
	return all or each and function(keg)
		local sum = 0
		for _, domain in view:keg_domains(keg) do
			sum = sum + each(domain)
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

--- Functions of what counts.
-- @tparam table view vmcore.kern.uma
-- @treturn table functions of a zone's address: allocs frees used fails sleeps
--   xdomain (from 13 on) cached, and limit (of zone and keg); of a keg's: keg_free
--   (items in its slabs that no zone has), keg_pages, keg_free_slabs (from 13 on)
function count.fields(view)
	local read = counter.reader(view.k)
	local allocs = total(view, "uz_allocs", "uc_allocs", read)
	local frees = total(view, "uz_frees", "uc_frees", read)
	return {
		allocs = allocs, frees = frees,
		used = allocs and frees and function(zone) return allocs(zone) - frees(zone) end,
		fails = total(view, "uz_fails", "", read),
		sleeps = member.getter(view.zone, "uz_sleeps"),
		xdomain = total(view, "uz_xdomain", "", read),
		cached = cached_field(view),
		limit = limit_field(view.zone, view.keg),
		keg_free = keg_field(view, "uk_free", "ud_free_items"),
		keg_pages = keg_field(view, "uk_pages", "ud_pages"),
		keg_free_slabs = keg_field(view, nil, "ud_free_slabs"),
	}
end

return count
