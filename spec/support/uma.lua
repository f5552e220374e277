--- Zones of UMA in a forged dump, as they were in 12 and are since 13: one keg
-- whose slabs hold their own header and whose pages lead to them, one whose
-- headers lie elsewhere and whose pages don't.
local forge = require "spec.support.forge"

local uma = {}

local COMMON = [[
struct vm_object { int type; };
struct vm_phys_seg { unsigned long start; unsigned long end; struct vm_page *first_page; };
struct kegs { struct uma_keg *lh_first; };
struct zones { struct uma_zone *lh_first; };
struct slabhead { struct uma_slab *lh_first; };
struct proc { int p_pid; char p_comm[20]; };
]]

uma.TYPES = {
	[12] = COMMON .. [[
struct vm_page { union { struct { struct { struct vm_page *sle_next; } ss; void *pv; } s; } plinks;
	struct vm_object *object; unsigned long pindex; unsigned long phys_addr; };
struct uma_slab { struct uma_keg *us_keg;
	union { struct { struct uma_slab *le_next; struct uma_slab **le_prev; } _us_link;
		unsigned long _us_size; } us_type;
	unsigned char *us_data; struct { long __bits[4]; } us_free; unsigned short us_freecount;
	unsigned char us_flags; };
struct uma_domain { struct slabhead ud_part_slab; struct slabhead ud_free_slab; struct slabhead ud_full_slab; };
struct uma_bucket { struct { struct uma_bucket *le_next; struct uma_bucket **le_prev; } ub_link;
	short ub_cnt; short ub_entries; void *ub_bucket[0]; };
struct bucketlist { struct uma_bucket *lh_first; };
struct uma_zone_domain { struct bucketlist uzd_buckets; };
struct uma_cache { struct uma_bucket *uc_freebucket; struct uma_bucket *uc_allocbucket; };
struct uma_keg { struct zones uk_zones; unsigned int uk_size; unsigned int uk_rsize; unsigned int uk_pgoff;
	unsigned short uk_ppera; unsigned short uk_ipers;
	struct { struct uma_keg *le_next; struct uma_keg **le_prev; } uk_link; struct uma_domain uk_domain[1]; };
struct uma_zone { const char *uz_name; struct uma_zone_domain *uz_domain;
	struct { struct uma_zone *le_next; struct uma_zone **le_prev; } uz_link; struct uma_cache uz_cpu[2]; };]],
	[13] = COMMON .. [[
struct vm_page { union { struct { void *slab; void *zone; } uma; } plinks;
	struct vm_object *object; unsigned long pindex; unsigned long phys_addr; };
struct noslabbits { unsigned long __bits[0]; };
struct uma_slab { struct { struct uma_slab *le_next; struct uma_slab **le_prev; } us_link;
	unsigned short us_freecount; unsigned char us_flags; unsigned char us_domain; int pad;
	struct noslabbits us_free; };
struct uma_hash_slab { unsigned char *uhs_data; struct uma_slab uhs_slab; unsigned long bits[4]; };
struct uma_domain { long lock; struct slabhead ud_part_slab; struct slabhead ud_free_slab;
	struct slabhead ud_full_slab; };
struct uma_bucket { struct { struct uma_bucket *stqe_next; } ub_link; short ub_cnt; short ub_entries;
	void *ub_bucket[0]; };
struct uma_bucketlist { struct uma_bucket *stqh_first; struct uma_bucket **stqh_last; };
struct uma_zone_domain { struct uma_bucketlist uzd_buckets; struct uma_bucket *uzd_cross; };
struct uma_cache_bucket { struct uma_bucket *ucb_bucket; short ucb_cnt; };
struct uma_cache { struct uma_cache_bucket uc_freebucket; struct uma_cache_bucket uc_allocbucket;
	struct uma_cache_bucket uc_crossbucket; };
struct uma_keg { struct zones uk_zones; unsigned int uk_size; unsigned int uk_rsize; unsigned int uk_pgoff;
	unsigned short uk_ppera; unsigned short uk_ipers;
	struct { struct uma_keg *le_next; struct uma_keg **le_prev; } uk_link; struct uma_domain uk_domain[1]; };
struct uma_zone { const char *uz_name; struct uma_keg *uz_keg;
	struct { struct uma_zone *le_next; struct uma_zone **le_prev; } uz_link;
	struct uma_cache uz_cpu[2]; struct uma_zone_domain domain; };]],
}

local PAGE <const> = 4096

-- A bucket of items, and what leads to it from a CPU's cache.
local function bucket(mem, items)
	local header = mem.types:offsetof("struct uma_bucket", "ub_bucket")
	local at = mem:alloc(header + #items * 8)
	mem:u16(at + mem.types:offsetof("struct uma_bucket", "ub_cnt"), #items)
	for i, item in ipairs(items) do
		mem:ptr(at + header + (i - 1) * 8, item)
	end
	return at
end

local function zone(mem, keg, o)
	local types, release = mem.types, o.release
	local at = mem:make("struct uma_zone", { uz_name = mem:string(nil, o.name) })
	mem:ptr(keg, at)
	local domain = release == 12 and mem:make("struct uma_zone_domain", {}) or
	    at + types:offsetof("struct uma_zone", "domain")
	if release == 12 then
		mem:ptr(at + types:offsetof("struct uma_zone", "uz_domain"), domain)
	else
		mem:ptr(at + types:offsetof("struct uma_zone", "uz_keg"), keg)
	end
	-- CPU 1's bucket for allocations, and a full one in the domain.
	local cpu = at + types:offsetof("struct uma_zone", "uz_cpu") + types:sizeof "struct uma_cache" +
	    types:offsetof("struct uma_cache", "uc_allocbucket")
	mem:ptr(cpu, bucket(mem, o.cpu))
	if release ~= 12 then
		mem:u16(cpu + 8, #o.cpu)
	end
	mem:ptr(domain, bucket(mem, o.domain))
	return at
end

-- Pages of a slab, with a header among the items or elsewhere; free is a set of
-- item numbers as a word of bits.
local function slab(mem, keg, release, data, pgoff, free)
	local types = mem.types
	local at
	if release == 12 then
		at = pgoff and data + pgoff or mem:alloc(types:sizeof "struct uma_slab")
		mem:ptr(at, keg)
		mem:ptr(at + types:offsetof("struct uma_slab", "us_data"), data)
	elseif pgoff then
		at = data + pgoff
	else
		local outer = mem:make("struct uma_hash_slab", { uhs_data = data })
		at = outer + types:offsetof("struct uma_hash_slab", "uhs_slab")
	end
	mem:u64(at + types:offsetof("struct uma_slab", "us_free"), free)
	mem:ptr(keg + types:offsetof("struct uma_keg", "uk_domain") +
	    types:offsetof("struct uma_domain", "ud_part_slab"), at)
	return at
end

-- The kernel's variables, beside each other so that a kernel file is small.
local function symbolize(made, first, count)
	local mem, list = made.memory, {}
	local function variable(name, size, value, ctype)
		local at = mem:alloc(size)
		mem:put(at, size, value)
		list[#list + 1] = { name = name, addr = at, size = size, ctype = ctype, type = "object" }
	end
	variable("uma_kegs", 8, made.kegs[1], "struct kegs")
	variable("mp_maxid", 4, 1)
	variable("vm_ndomains", 4, 1)
	variable("vm_page_array", 8, made.array)
	variable("first_page", 8, first)
	variable("vm_page_array_size", 8, count)
	made.symbols = list
end

--- Build it.
-- @tparam integer release 12 or 13
-- @treturn table memory, symbols (for forge.kernel), types, and addresses:
--   small, large (of items), pages (of struct vm_page by physical page)
function uma.build(release)
	local types = forge.types(uma.TYPES[release])
	local mem = forge.memory { types = types }
	local made = { types = types, memory = mem, release = release }
	local function keg(size, ppera, ipers, pgoff)
		return mem:make("struct uma_keg", { uk_size = size, uk_rsize = size, uk_ppera = ppera,
			uk_ipers = ipers, uk_pgoff = pgoff or 0 })
	end
	made.small = mem:alloc_dmap(PAGE, PAGE)
	made.large = mem:alloc_dmap(2 * PAGE, PAGE)
	local a, b = keg(32, 1, 100, 3840), keg(1024, 2, 8)
	made.kegs = { a, b }
	mem:ptr(a + types:offsetof("struct uma_keg", "uk_link"), b)
	local small = slab(mem, a, release, made.small, 3840, 1 << 2)
	slab(mem, b, release, made.large, nil, 1 << 7)
	made.zone = zone(mem, a, { release = release, name = "PROC", cpu = { made.small + 3 * 32 },
		domain = { made.small + 4 * 32, made.small + 5 * 32 } })
	zone(mem, b, { release = release, name = "malloc-1024", cpu = {}, domain = { made.large + 1024 } })
	-- One array of pages over what the slabs lie in.
	local first = mem:translate(made.small) // PAGE
	local last = mem:translate(made.large) // PAGE + 1
	first, last = math.min(first, last - 1), math.max(first, last)
	local count, size = last - first + 1, types:sizeof "struct vm_page"
	made.array = mem:alloc(count * size)
	for i = 0, count - 1 do
		mem:u64(made.array + i * size + types:offsetof("struct vm_page", "phys_addr"), (first + i) * PAGE)
	end
	local page = made.array + (mem:translate(made.small) // PAGE - first) * size
	made.page = page
	if release == 12 then
		mem:ptr(page + types:offsetof("struct vm_page", "plinks") + 8, small)
	else
		mem:ptr(page, small)
		mem:ptr(page + 8, made.zone)
	end
	symbolize(made, first, count)
	return made
end

return uma
