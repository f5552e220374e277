--- The items of a zone, one by one: what its slabs gave away, and what of that
-- its caches hold (vm/uma_int.h, vm/uma_core.c).
-- @module vmcore.kern.umaitem

local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local umaitem = {}

local BUCKET_MAX = 4096		-- BUCKET_MAX is less
local ITEMS_MAX = 65536		-- uk_ipers is 16 bits wide
local DOMAINS_MAX = 8		-- MAXMEMDOM

-- Slabs without an item given away are on a third list.
local LISTS = { "ud_part_slab", "ud_full_slab" }

local function domains_of(k)
	return math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX)
end

-- Where a slab's items begin: until 12 it says so; since 13 the header stands
-- at a known place behind them (uk_pgoff), or elsewhere and says so.
local function data_reader(k, S, K)
	local data, pgoff = member.pointer(S, "us_data"), member.getter(K, "uk_pgoff")
	local O = k:type "struct uma_hash_slab"
	local outer = member.pointer(O, "uhs_data")
	return function(slab, keg)
		if data then
			return data(slab)
		elseif pgoff(keg) ~= 0 then
			return slab - pgoff(keg)
		end
		return outer(slab - kvm.offsetof(O, "uhs_slab"))
	end
end

-- Hand out the items of a slab whose bits are not set: those are not free.
local function of_slab(k, slab, free, data, size, n)
	local words = inaddr.read(k, slab + free, (n + 63) // 64 * 8)
	local order = k.kd:byteorder() == "big" and ">I8" or "<I8"
	for i = 0, n - 1 do
		local word = order:unpack(words, i // 64 * 8 + 1)
		if word >> i % 64 & 1 == 0 then
			coroutine.yield(data + i * size)
		end
	end
end

--- The items of a keg that are in some zone's hands, or in use.
-- @tparam table k
-- @tparam integer keg address of the struct uma_keg
-- @tparam function report
-- @treturn function iterator of addresses; of none when the kernel does not tell
function umaitem.each(k, keg, report)
	local K, D = k:type "struct uma_keg", k:type "struct uma_domain"
	local S = k:type "struct uma_slab"
	local size, n = member.getter(K, "uk_rsize"), member.getter(K, "uk_ipers")
	if not (S and D and size and n) then
		return function() return nil end
	end
	local link = S:member "us_link" and "us_link" or "us_type._us_link"
	local data_of, free = data_reader(k, S, K), kvm.offsetof(S, "us_free")
	local first = keg + kvm.offsetof(K, "uk_domain")
	local function of_list(domain, name)
		local head = D:member(name)
		local each = head and queue.prepare(head.type, link, { element = S, addresses = true })(
		    first + domain * D.size + head.offset, function(status) report(status.message) end)
		for slab in each or function() return nil end do
			local ok, fault = pcall(function()
				of_slab(k, slab, free, data_of(slab, keg), size(keg), math.min(n(keg), ITEMS_MAX))
			end)
			if not ok then
				report(("the slab at %#x: %s"):format(slab, tostring(fault)))
			end
		end
	end
	return coroutine.wrap(function()
		for domain = 0, domains_of(k) - 1 do
			for _, name in ipairs(LISTS) do
				of_list(domain, name)
			end
		end
	end)
end

-- Note what is in a bucket.
local function put_bucket(k, found, bucket, count, where)
	local B, size = k:type "struct uma_bucket", k.kd:ptrsize()
	local first = bucket + kvm.offsetof(B, "ub_bucket")
	for i = 0, math.min(count, BUCKET_MAX) - 1 do
		local item = k.kd:read_ptr(first + i * size)
		if item then
			found[item] = where
		end
	end
end

-- A CPU's buckets: since 13 with their counts beside the pointers.
local function put_caches(k, found, cache, where)
	local C, B = k:type "struct uma_cache", k:type "struct uma_bucket"
	local held = member.getter(B, "ub_cnt")
	for _, name in ipairs { "uc_allocbucket", "uc_freebucket", "uc_crossbucket" } do
		local at = member.pointer(C, name .. ".ucb_bucket")
		local count = member.getter(C, name .. ".ucb_cnt")
		if at == nil and C:member(name) then
			at = member.pointer(C, name)
		end
		local bucket = at and at(cache)
		if bucket then
			put_bucket(k, found, bucket, count and count(cache) or held(bucket), where)
		end
	end
end

local function put_domain(k, found, domain, where, report)
	local D, B = k:type "struct uma_zone_domain", k:type "struct uma_bucket"
	local list, cross = D:member "uzd_buckets", member.pointer(D, "uzd_cross")
	local held = member.getter(B, "ub_cnt")
	local walk = queue.prepare(list.type, "ub_link", { element = B, addresses = true })
	for bucket in walk(domain + list.offset, function(status) report(status.message) end) do
		put_bucket(k, found, bucket, held(bucket), where)
	end
	local bucket = cross and cross(domain)
	if bucket then
		put_bucket(k, found, bucket, held(bucket), where)
	end
end

--- The items that a zone keeps for the next who asks.
-- @tparam table k
-- @tparam table view vmcore.kern.uma
-- @tparam integer zone address of the struct uma_zone
-- @tparam function report
-- @treturn table where they are ("CPU 0", "domain 0") by address
function umaitem.cached(k, view, zone, report)
	local found = {}
	for cpu, cache in view:caches(zone) do
		local ok, fault = pcall(put_caches, k, found, cache, "CPU " .. cpu)
		if not ok then
			report(("the cache at %#x: %s"):format(cache, tostring(fault)))
		end
	end
	for number, domain in view:domains(zone) do
		local ok, fault = pcall(put_domain, k, found, domain, "domain " .. number, report)
		if not ok then
			report(("the memory domain at %#x: %s"):format(domain, tostring(fault)))
		end
	end
	return found
end

return umaitem
