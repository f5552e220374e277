--- Statistics of a forged system: zones, malloc types, totals, interrupts,
-- swap, mounts. What was made is told in sys.stats.
local source = require "spec.support.source"
local types = require "spec.support.types"

local memstats = {}

local CPUS, DOMAINS = 2, 2
local PAGE = 4096

-- These have no names in the kernel.
local HEADS = [[
struct keghead { struct uma_keg *lh_first; };
struct zonehead { struct uma_zone *lh_first; };
struct swdevthead { struct swdevt *tqh_first; struct swdevt **tqh_last; };
struct kmemzone { int kz_size; const char *kz_name; void *kz_zone[2]; };
]]

local builder = {}
builder.__index = builder

-- Memory that every CPU has a part of, a page apart (no pc_zpcpu_offset).
function builder:zpcpu(size, ...)
	if self.used + size > PAGE then
		self.pages, self.used = self.sys.mem:alloc(CPUS * PAGE, { pages = true }), 0
	end
	local at = self.pages + self.used
	self.used = self.used + size
	for cpu, value in ipairs { ... } do
		self.sys.mem:u64(at + (cpu - 1) * PAGE, value)
	end
	return at
end

-- A counter: from 13 on behind a pointer, before the zone's own number.
function builder:count(member, value)
	local set = self.sys.types
	local m = set:member("struct uma_zone", member)
	if m and m.kind == "ptr" then
		return self:zpcpu(8, value - 1, 1)
	end
	return value
end

-- One CPU's cache of a zone.
function builder:cache(at, c)
	local sys = self.sys
	local bucket = sys.types:has("struct uma_cache", "uc_allocbucket.ucb_cnt")
	local function held(n)
		return bucket and n or sys:make("struct uma_bucket", { ub_cnt = n })
	end
	local suffix = bucket and ".ucb_cnt" or ""
	sys:fill(at, "struct uma_cache", { uc_allocs = c.allocs, uc_frees = c.frees,
		["uc_allocbucket" .. suffix] = held(c.alloc), ["uc_freebucket" .. suffix] = held(c.free) })
end

-- What is in a domain's full buckets.
function builder:domain(at, n)
	local sys = self.sys
	sys:fill(at, "struct uma_zone_domain", { uzd_nitems = n })
end

--- A zone: { name, size, limit, used, free, fails, sleeps }; 100 allocations
-- by each CPU on top of what the zone counted.
function builder:zone(z)
	local sys, set = self.sys, self.sys.types
	local caches = set:offsetof("struct uma_zone", "uz_cpu")
	local size, domain = set:sizeof "struct uma_cache", set:sizeof "struct uma_zone_domain"
	local at = sys.mem:alloc(caches + CPUS * size + DOMAINS * domain, { align = 128 })
	local behind = at + caches + CPUS * size
	if set:has("struct uma_zone", "uz_domain") then
		sys.mem:u64(at + set:offsetof("struct uma_zone", "uz_domain"), behind)
	end
	sys:fill(at, "struct uma_zone", { uz_name = sys.mem:string(nil, z.name), uz_size = z.size,
		uz_max_items = z.limit, uz_sleeps = z.sleeps, uz_allocs = self:count("uz_allocs", z.used + 7),
		uz_frees = self:count("uz_frees", 7), uz_fails = self:count("uz_fails", z.fails),
		uz_xdomain = self:count("uz_xdomain", 3) })
	for cpu = 0, CPUS - 1 do
		self:cache(at + caches + cpu * size, { allocs = 100, frees = 100, alloc = 2, free = 3 })
	end
	self:domain(behind + domain, z.cached - CPUS * 5)
	return at
end

local function keg(b, z, ...)
	local sys, set = b.sys, b.sys.types
	local at = sys.mem:alloc(set:sizeof "struct uma_keg" + DOMAINS * set:sizeof "struct uma_domain")
	sys:fill(at, "struct uma_keg", { uk_size = z.size, uk_free = z.keg, uk_ppera = 1, uk_ipers = 4,
		uk_maxpages = (z.limit or 0) // 4 })
	sys:fill(at + set:offsetof("struct uma_keg", "uk_domain"), "struct uma_domain",
	    { ud_free_items = z.keg })
	for _, zone in ipairs { ... } do
		sys:list_insert(at + set:offsetof("struct uma_keg", "uk_zones"), zone, "struct uma_zone",
		    "uz_link")
	end
	sys:list_insert(b.kegs, at, "struct uma_keg", "uk_link")
end

local function zones(b)
	local sys = b.sys
	b.kegs = sys:var("uma_kegs", "struct keghead", { lh_first = 0 })
	local cached = sys:var("uma_cachezones", "struct zonehead", { lh_first = 0 })
	local first = { name = "mbuf", size = 256, limit = 1000, used = 40, cached = 30, keg = 5,
		fails = 2, sleeps = 1 }
	local second = { name = "mbuf_packet", size = 256, used = 9, cached = 11, fails = 0, sleeps = 0 }
	local alone = { name = "PROC", size = 1360, used = 74, cached = 12, keg = 7, fails = 0, sleeps = 0 }
	local cache = { name = "cache only", size = 64, used = 3, cached = 10, fails = 0, sleeps = 0 }
	-- The list's first zone is the keg's own.
	keg(b, first, b:zone(second), b:zone(first))
	keg(b, alone, b:zone(alone))
	local at = b:zone(cache)
	sys:list_insert(cached, at, "struct uma_zone", "uz_link")
	sys.stats.zones = { first, second, alone, cache }
end

-- { name, used, memory, mask of the zones }
local TYPES = { { "temp", 3, 4096, 5 }, { "kqueue", 81, 8256, 2 } }

local function malloc(b)
	local sys = b.sys
	sys:var("kmemzones", "struct kmemzone[4]", {
		{ kz_size = 16 }, { kz_size = 32 }, { kz_size = 64 } })
	local first = 0
	sys.stats.types = {}
	for _, t in ipairs(TYPES) do
		local stats = b:zpcpu(sys.types:sizeof "struct malloc_type_stats")
		-- One CPU allocates, the other frees.
		sys:fill(stats, "struct malloc_type_stats", { mts_numallocs = t[2] + 5,
			mts_memalloced = t[3] + 100, mts_size = t[4] })
		sys:fill(stats + PAGE, "struct malloc_type_stats", { mts_numfrees = 5,
			mts_memfreed = 100, mts_size = t[4] })
		local fields = { ks_next = first, ks_shortdesc = sys.mem:string(nil, t[1]),
			["ks_mti.mti_stats"] = stats }
		if not sys.types:has("struct malloc_type", "ks_mti") then
			fields.ks_handle = sys:make("struct malloc_type_internal", { mti_stats = stats })
		end
		first = sys:make("struct malloc_type", fields)
		table.insert(sys.stats.types, 1, { name = t[1], used = t[2], memory = t[3], at = first })
	end
	sys:var("kmemstatistics", "struct malloc_type *", first)
end

local function totals(b)
	local sys = b.sys
	local fields = { v_page_size = 4096 }
	for i, name in ipairs { "v_swtch", "v_trap", "v_syscall", "v_intr", "v_pdpages", "v_wire_count" } do
		fields[name] = b:zpcpu(8, i * 1000, i)
	end
	sys:var("vm_cnt", "struct vmmeter", fields)
	local domains = {}
	for i = 1, 2 do
		domains[i] = { vmd_free_count = 500 * i, vmd_pagequeues = {
			{ pq_cnt = 10 * i, pq_pdpages = i }, { pq_cnt = 100 * i }, { pq_cnt = i } } }
	end
	sys:var("vm_dom", "struct vm_domain[8]", domains)
	sys:var("vm_ndomains", "int", DOMAINS)
	sys:var("vm_user_wire_count", "unsigned long", 16)
	sys:var("numposhits", "unsigned long *", b:zpcpu(8, 5, 6))
	sys:var("nummiss", "unsigned long *", b:zpcpu(8, 1, 1))
	sys:var("nummisszap", "unsigned long *", b:zpcpu(8, 2, 0))
	local names = ("%-16s\0%-16s\0%-16s\0"):format("irq1: atkbd0", "irq4: uart0", "cpu0:timer")
	local counts = sys.mem:alloc(24)
	for i, n in ipairs { 37230, 0, 74460 } do
		sys.mem:u64(counts + (i - 1) * 8, n)
	end
	local at = sys.mem:alloc(#names)
	sys.mem:write(at, names)
	sys:var("intrnames", "char *", at)
	sys:var("intrcnt", "unsigned long *", counts)
	sys:var("sintrnames", "unsigned long", #names)
	sys:var("sintrcnt", "unsigned long", 24)
end

local function swap(b)
	local sys = b.sys
	local head = sys:var("swtailq", "struct swdevthead", { tqh_first = 0 })
	for i, name in ipairs { "ada0p3", "md7" } do
		local provider = sys:make("struct g_provider", { name = sys.mem:string(nil, name) })
		local at = sys:make("struct swdevt", { sw_nblks = 262144 * i, sw_used = 65536, sw_dev = 99,
			sw_id = sys:make("struct g_consumer", { provider = provider }) })
		sys:tailq_insert(head, at, "struct swdevt", "sw_list")
		sys.stats.swap[i], sys.stats.providers[i] = at, provider
	end
end

local function mounts(b)
	local sys = b.sys
	local head = sys:var("mountlist", "struct mntlist", { tqh_first = 0 })
	for i, m in ipairs { { "/dev/ada0p2", "/", "ufs", 0x201000 }, { "devfs", "/dev", "devfs", 0x1000 },
	    { "tmp\27fs", "/tmp", "tmpfs", 0x19 } } do
		local at = sys:make("struct mount", { mnt_flag = m[4], ["mnt_stat.f_flags"] = m[4],
			["mnt_stat.f_mntfromname"] = m[1], ["mnt_stat.f_mntonname"] = m[2],
			["mnt_stat.f_fstypename"] = m[3], ["mnt_stat.f_bsize"] = 4096,
			["mnt_stat.f_blocks"] = 1000 * i, ["mnt_stat.f_bfree"] = 100 })
		sys:tailq_insert(head, at, "struct mount", "mnt_list")
		sys.stats.mounts[i] = at
	end
end

--- What system.new's `prepare` takes.
-- @tparam integer layout 12, 13, 15
function memstats.prepare(layout)
	return function(sys)
		types.parse(source.read(("spec/support/layouts/mem%d-amd64.h"):format(layout)), nil, sys.types)
		types.parse(HEADS, nil, sys.types)
		sys.stats = { swap = {}, providers = {}, mounts = {} }
		local b = setmetatable({ sys = sys, used = PAGE }, builder)
		sys:var("mp_maxid", "int", CPUS - 1)
		zones(b)
		malloc(b)
		totals(b)
		swap(b)
		mounts(b)
	end
end

return memstats
