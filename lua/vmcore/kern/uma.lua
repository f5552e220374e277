--- Zones and kegs of the kernel's allocator: vm/uma.h, vm/uma_int.h. What they
-- count is in vmcore.kern.uma.count, slabs and what an item's state is in
-- vmcore.kern.uma.slab, what the caches hold in vmcore.kern.uma.bucket.
--
--	local view = uma.new(k, print)
--	for zone in view:each() do print(view.fields.name(zone)) end
--
-- @module vmcore.kern.uma

local count = require "vmcore.kern.uma.count"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local uma = {}

local NAME_MAX = 64
-- More than any kernel has of them: MAXMEMDOM, MAXCPU.
local DOMAINS_MAX, CPUS_MAX = 8, 4096

-- uz_flags and uk_flags, highest bit first: UMA_ZONE_* of vm/uma.h, UMA_ZFLAG_*
-- of vm/uma_int.h. Many moved in 13.
local FLAGS_12 = { { 0x80000000, "CACHEONLY" }, { 0x20000000, "INTERNAL" }, { 0x10000000, "BUCKET" },
	{ 0x8000000, "DRAINING" }, { 0x4000000, "CACHE" }, { 0x20000, "MINBUCKET" }, { 0x10000, "NUMA" },
	{ 0x8000, "PCPU" }, { 0x4000, "NODUMP" }, { 0x2000, "VTOSLAB" }, { 0x1000, "CACHESPREAD" },
	{ 0x800, "MAXBUCKET" }, { 0x400, "NOBUCKET" }, { 0x200, "SECONDARY" }, { 0x100, "HASH" },
	{ 0x80, "VM" }, { 0x40, "MTXCLASS" }, { 0x20, "NOFREE" }, { 0x10, "MALLOC" }, { 0x8, "OFFPAGE" },
	{ 0x4, "STATIC" }, { 0x2, "ZINIT" }, { 0x1, "PAGEABLE" } }
local FLAGS_13 = { { 0x40000000, "TRASH" }, { 0x20000000, "INTERNAL" }, { 0x10000000, "BUCKET" },
	{ 0x4000000, "CACHE" }, { 0x2000000, "LIMIT" }, { 0x1000000, "CTORDTOR" }, { 0x800000, "VTOSLAB" },
	{ 0x400000, "HASH" }, { 0x200000, "OFFPAGE" }, { 0x80000, "NOKASAN" }, { 0x40000, "SMR" },
	{ 0x20000, "ROUNDROBIN" }, { 0x10000, "FIRSTTOUCH" }, { 0x8000, "PCPU" }, { 0x4000, "NODUMP" },
	{ 0x2000, "CACHESPREAD" }, { 0x800, "MAXBUCKET" }, { 0x400, "NOBUCKET" }, { 0x200, "SECONDARY" },
	{ 0x100, "NOTPAGE" }, { 0x80, "VM" }, { 0x40, "MTXCLASS" }, { 0x20, "NOFREE" }, { 0x10, "MALLOC" },
	{ 0x8, "NOTOUCH" }, { 0x4, "CONTIG" }, { 0x2, "ZINIT" }, { 0x1, "UNMANAGED" } }

--- These kept their bits: items that every CPU has a copy of, a page apart; and
-- a zone whose items are those of another's keg.
uma.PCPU, uma.SECONDARY = 0x8000, 0x200

-- Where a zone's caches are, one for each id a CPU may have, and what follows
-- them. From 13 on those are the zone's domains.
local function cache_places(k, Z, C)
	local first, offsets = kvm.offsetof(Z, "uz_cpu"), {}
	for cpu = 0, math.min(member.integer(k, "mp_maxid") or 0, CPUS_MAX - 1) do
		offsets[cpu + 1] = first + cpu * C.size
	end
	return offsets, first + #offsets * C.size
end

local function text_of(get)
	return get and function(at)
		local text = get(at)
		return text and kvm.string(text, NAME_MAX) or ""
	end
end

local function zone_fields(Z, K)
	local fields = { name = text_of(member.getter(Z, "uz_name")),
		smr = member.pointer(Z, "uz_smr"), import = member.pointer(Z, "uz_import") }
	for _, name in ipairs { "size", "flags", "bucket_size", "bucket_size_max", "bucket_max", "sleepers",
	    "items" } do
		fields[name] = member.getter(Z, "uz_" .. name)
	end
	-- Until 12 every zone had one size of buckets.
	fields.bucket_size = fields.bucket_size or member.getter(Z, "uz_count")
	fields.keg_name = text_of(member.getter(K, "uk_name"))
	for _, name in ipairs { "size", "rsize", "ppera", "ipers", "pgoff", "align", "reserve", "flags" } do
		fields["keg_" .. name] = member.getter(K, "uk_" .. name)
	end
	return fields
end

local methods = {}
local view_meta = { __index = methods }

--- The names of a zone's or keg's flags.
-- @tparam integer flags
-- @treturn string joined by commas, highest bit first, as vm.uma.*.flags has
--   them; a bit without a name as a number
function methods:flag_names(flags)
	local names = {}
	for _, flag in ipairs(self.flags) do
		if flags & flag[1] ~= 0 then
			names[#names + 1], flags = flag[2], flags & ~flag[1]
		end
	end
	names[#names + 1] = flags ~= 0 and ("0x%x"):format(flags) or nil
	return table.concat(names, ",")
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
			return i - 1, zone + offset
		end
	end
end

-- Numbers and addresses of an array with an element for each memory domain.
local function each_domain(self, D, first)
	local i = -1
	return function()
		i = i + 1
		if D and first and i < self.ndomains then
			return i, first + i * D.size
		end
	end
end

--- What a zone has in each memory domain.
-- @tparam integer zone
-- @treturn function iterator of number and a struct uma_zone_domain's address
function methods:domains(zone)
	local first = zone + self.behind
	if self.domain_pointer then
		first = self.domain_pointer(zone)
	end
	return each_domain(self, self.zone_domain, first)
end

--- What a keg has in each memory domain.
-- @tparam integer keg
-- @treturn function iterator of number and a struct uma_domain's address
function methods:keg_domains(keg)
	local place = self.keg_domain and self.keg:member "uk_domain"
	return each_domain(self, self.keg_domain, place and keg + place.offset)
end

local function list(self, name, T, link, stop)
	local symbol = self.k.kd:symbol(name)
	local head = symbol and self.k.kd:type_of_symbol(name)
	if head == nil then
		return function() return nil end
	end
	return (queue.prepare(head, link, { element = T, addresses = true })(symbol.value,
	    function(status) stop(name .. ": " .. status.message) end))
end

-- The zones that variables of the kernel lead to: address, struct uma_keg,
-- whether it is the keg's first. For where the lists are broken.
local function each_of_variables(self, zones, fn)
	local kd = self.k.kd
	-- Until 12 a zone could have several kegs.
	local keg_of = member.pointer(self.zone, "uz_keg") or member.pointer(self.zone, "uz_klink.kl_keg")
	for s in keg_of and kd:symbols() or function() end do
		local t = s.type == "object" and kd:type_of_symbol(s.name)
		t = t and t:strip()
		local target = t and t.kind == "pointer" and t.target and t.target:strip()
		local zone = target and target.kind == "struct" and target.name == self.zone.name and kd:read_ptr(s.value)
		local ok, keg = pcall(keg_of or error, zone or 0)
		if zone and ok then
			fn(zone, keg, keg ~= nil and kd:read_ptr(keg + zones.offset) == zone)
		end
	end
end

--- All zones: those of each keg, then those that cache what others made; where
-- a list of these is broken, also those that variables of the kernel lead to.
-- @treturn function iterator of the addresses of a struct uma_zone and its
--   struct uma_keg (nil: none), and whether it is the keg's first zone, whose
--   the keg's free items are: the others are secondary
function methods:each()
	local zones = self.keg:member "uk_zones"
	local walk = queue.prepare(zones.type, "uz_link", { element = self.zone, addresses = true })
	local met, broken = {}, false
	local function stop(message)
		broken = true
		self.report(message)
	end
	local function give(zone, keg, first)
		if not met[zone] then
			met[zone] = true
			coroutine.yield(zone, keg, first)
		end
	end
	return coroutine.wrap(function()
		for keg in list(self, "uma_kegs", self.keg, "uk_link", stop) do
			local first = true
			for zone in walk(keg + zones.offset, function(status) stop(status.message) end) do
				give(zone, keg, first)
				first = false
			end
		end
		for zone in list(self, "uma_cachezones", self.zone, "uz_link", stop) do
			give(zone, nil, false)
		end
		if broken then
			each_of_variables(self, zones, give)
		end
	end)
end

--- All zones, read once.
-- @treturn {table...} zone, keg (addresses), first, name (nil: it can't be read)
function methods:list()
	if self.entries == nil then
		self.entries = {}
		for zone, keg, first in self:each() do
			local ok, name = pcall(self.fields.name, zone)
			table.insert(self.entries, { zone = zone, keg = keg, first = first, name = ok and name or nil })
		end
	end
	return self.entries
end

--- The zones of a name, or that at an address: names are not unique, a jail's
-- network stack has zones of its own.
-- @tparam string|integer what
-- @treturn {table...} of list()
function methods:find(what)
	local found = {}
	for _, entry in ipairs(self:list()) do
		if entry.name == what or entry.zone == what then
			found[#found + 1] = entry
		end
	end
	return found
end

--- What can be known of a kernel's zones.
-- @tparam table k
-- @tparam ?function report called with a message when a list is broken
-- @treturn ?table each(), list(), find(), caches(), domains(), keg_domains(), `fields`:
--   functions of a zone's address: name flags size (of an item, bytes)
--   bucket_size bucket_size_max bucket_max sleepers items smr import; of a keg's:
--   keg_name keg_size keg_rsize (bytes an item takes) keg_ipers (items of a slab)
--   keg_ppera (pages of a slab) keg_pgoff keg_align keg_reserve keg_flags; and
--   those of vmcore.kern.uma.count. nil when the kernel file has no types
function uma.new(k, report)
	local Z, K = k:type "struct uma_zone", k:type "struct uma_keg"
	local C = k:type "struct uma_cache"
	if not (Z and K and C) then
		return nil
	end
	local offsets, behind = cache_places(k, Z, C)
	local self = setmetatable({ k = k, report = report or function() end, zone = Z, keg = K, cache = C,
		offsets = offsets, behind = behind, zone_domain = k:type "struct uma_zone_domain",
		keg_domain = k:type "struct uma_domain", domain_pointer = member.pointer(Z, "uz_domain"),
		ndomains = math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX),
		-- Since 13 a cache has its buckets' counts.
		flags = kvm.has_member(C, "uc_allocbucket.ucb_cnt") and FLAGS_13 or FLAGS_12,
		fields = zone_fields(Z, K) }, view_meta)
	for name, field in pairs(count.fields(self)) do
		self.fields[name] = field
	end
	return self
end

return uma
