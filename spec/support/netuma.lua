--- Zones of a forged network's memory: what they count, in two CPUs' caches.
local netuma = {}

local CPUS = 2

-- A bucket of a cache, its count in it from 13 on, before in the bucket; with
-- items where they are mbufs.
local function bucket(n, at, name, count, items)
	local sys, set = n.sys, n.sys.types
	local own = set:member("struct uma_cache", name .. ".ucb_cnt") ~= nil
	local to = sys.mem:alloc(set:sizeof "struct uma_bucket" + count * 8)
	sys:fill(to, "struct uma_bucket", { ub_cnt = own and 0 or count })
	for i = 0, items and count - 1 or -1 do
		local m = n:slot()
		sys.mem:u64(to + set:offsetof("struct uma_bucket", "ub_bucket") + i * 8, m)
		table.insert(n.cached, m)
	end
	if not own then
		return sys:fill(at, "struct uma_cache", { [name] = to })
	end
	sys:fill(at, "struct uma_cache", { [name .. ".ucb_cnt"] = count,
		[name .. ".ucb_bucket"] = items and to or 0 })
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
		bucket(n, cache, "uc_allocbucket", 2, d.items)
		bucket(n, cache, "uc_freebucket", cpu, d.items)
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
	return at
end

-- The headers of the slabs, behind their items, on the keg's list.
local function slabs(n, at)
	local sys, set = n.sys, n.sys.types
	local HEADER = 4096 - 96
	local link = set:member("struct uma_slab", "us_link") and "us_link" or "us_type._us_link"
	sys:fill(at, "struct uma_keg", { uk_pgoff = HEADER, uk_ipers = n.per_slab, uk_rsize = 256 })
	local domain = at + set:sizeof "struct uma_keg"
	for _, slab in ipairs(n.slabs) do
		local header = slab.page + HEADER
		sys:fill(header, "struct uma_slab", { us_data = slab.page, us_freecount = n.per_slab - slab.used })
		sys.mem:u64(header + set:offsetof("struct uma_slab", "us_free"),
		    (1 << n.per_slab) - 1 & ~((1 << slab.used) - 1))
		local list = slab.used == n.per_slab and "ud_full_slab" or "ud_part_slab"
		sys:list_insert(domain + set:offsetof("struct uma_domain", list), header, "struct uma_slab", link)
	end
end

-- One mbuf that nothing leads to, one that counts the references to another's
-- storage, one that waits for a neighbour.
local function strays(n)
	local sys = n.sys
	n.leaked = n:mbuf(77)
	local login = n.queued[n.sockets.login][1]
	n.holder = n:mbuf(300)
	sys.mem:set(login, "struct mbuf", "m_ext.ext_flags", 2)
	sys.mem:set(login, "struct mbuf", "m_ext.ext_cnt", n.holder
	    + sys.types:offsetof("struct mbuf", "m_ext.ext_count"))
	n.waiting = n:mbuf(60)
	sys:fill(n.neighbour, "struct llentry", { la_hold = n.waiting })
	n.sending = n:mbuf(90)
	sys.mem:u64(n.interfaces[2] + sys.types:offsetof("struct ifnet", "if_snd")
	    + sys.types:offsetof("struct ifaltq", "ifq_head"), n.sending)
	n.option = n:mbuf(8)
	sys:var("m_raopt", "struct mbuf *", n.option)
end

--- Plant the zones of mbufs.
function netuma.plant(n)
	local sys = n.sys
	require "spec.support.types".parse("struct uma_keg_list { struct uma_keg *lh_first; };", nil,
	    sys.types)
	local head = sys:var("uma_kegs", "struct uma_keg_list", {}, { bind = "local" })
	sys:var("vm_ndomains", "int", 1)
	n.cached = {}
	strays(n)
	local mbufs = zone(n, { "mbuf", 256, allocs = 100, frees = 40, fails = 1, items = true })
	local packets = zone(n, { "mbuf_packet", 256, allocs = 30, frees = 10, cached = 6 })
	local clusters = zone(n, { "mbuf_cluster", 2048, allocs = 50, frees = 5, limit = 1000, sleeps = 2 })
	slabs(n, keg(n, head, 7, 0, { mbufs, packets }))
	keg(n, head, 1, 500, { clusters })
	n.zones = { mbuf = mbufs, mbuf_packet = packets, mbuf_cluster = clusters }
end

return netuma
