--- Zones of a forged network's memory: what they count, in two CPUs' caches.
local netuma = {}

local CPUS = 2

-- A bucket of a cache: in it from 13 on, before behind a pointer.
local function bucket(sys, at, name, count)
	if sys.types:member("struct uma_cache", name .. ".ucb_cnt") then
		return sys:fill(at, "struct uma_cache", { [name .. ".ucb_cnt"] = count })
	elseif sys.types:member("struct uma_cache", name) then
		sys:fill(at, "struct uma_cache", { [name] = sys:make("struct uma_bucket", { ub_cnt = count }) })
	end
end

-- A zone: name, size, allocations and frees of the zone and of each CPU, items
-- in each bucket and in the memory domain, limit.
local function zone(n, d)
	local sys, set = n.sys, n.sys.types
	local base, each = set:sizeof "struct uma_zone", set:sizeof "struct uma_cache"
	local domain = set:sizeof "struct uma_zone_domain"
	local at = sys.mem:alloc(base + CPUS * each + domain, { align = 128 })
	local plain = set:member("struct uma_zone", "uz_allocs").kind ~= "ptr"
	local function count(value)
		return plain and value or n:counter(value)
	end
	sys:fill(at, "struct uma_zone", { uz_name = sys.mem:string(nil, d[1]), uz_size = d[2],
		uz_allocs = count(d.allocs), uz_frees = count(d.frees), uz_fails = count(d.fails or 0),
		uz_sleeps = d.sleeps or 0, uz_max_items = d.limit or 0 })
	for cpu = 0, CPUS - 1 do
		local cache = at + base + cpu * each
		sys:fill(cache, "struct uma_cache", { uc_allocs = 10 * (cpu + 1), uc_frees = 3 })
		bucket(sys, cache, "uc_allocbucket", 2)
		bucket(sys, cache, "uc_freebucket", cpu)
	end
	local full = at + base + CPUS * each
	if set:member("struct uma_zone", "uz_domain") then
		sys:fill(at, "struct uma_zone", { uz_domain = full })
	end
	sys:fill(full, "struct uma_zone_domain", { uzd_nitems = d.cached or 0 })
	return at
end

-- A keg with its zones, the first one first.
local function keg(n, head, free, limit, zones)
	local sys, set = n.sys, n.sys.types
	local size = set:sizeof "struct uma_keg"
	local at = sys.mem:alloc(size + 128, { align = 128 })
	sys:fill(at, "struct uma_keg", { uk_free = free, uk_maxpages = limit, uk_ipers = 2, uk_ppera = 1 })
	if set:member("struct uma_domain", "ud_free_items") then
		sys:fill(at + size, "struct uma_domain", { ud_free_items = free })
	end
	for i = #zones, 1, -1 do
		sys:list_insert(at + set:offsetof("struct uma_keg", "uk_zones"), zones[i], "struct uma_zone",
		    "uz_link")
	end
	sys:list_insert(head, at, "struct uma_keg", "uk_link")
end

--- Plant the zones of mbufs.
function netuma.plant(n)
	local sys = n.sys
	require "spec.support.types".parse("struct uma_keg_list { struct uma_keg *lh_first; };", nil,
	    sys.types)
	local head = sys:var("uma_kegs", "struct uma_keg_list", {}, { bind = "local" })
	sys:var("vm_ndomains", "int", 1)
	local mbufs = zone(n, { "mbuf", 256, allocs = 100, frees = 40, fails = 1 })
	local packets = zone(n, { "mbuf_packet", 256, allocs = 30, frees = 10, cached = 6 })
	local clusters = zone(n, { "mbuf_cluster", 2048, allocs = 50, frees = 5, limit = 1000, sleeps = 2 })
	keg(n, head, 7, 0, { mbufs, packets })
	keg(n, head, 1, 500, { clusters })
	n.zones = { mbuf = mbufs, mbuf_packet = packets, mbuf_cluster = clusters }
end

return netuma
