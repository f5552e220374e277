--- What a zone's caches hold: buckets of CPUs and of memory domains
-- (vm/uma_int.h, vm/uma_core.c).
-- @module vmcore.kern.uma.bucket

local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local bucket = {}

local BUCKET_MAX = 4096		-- BUCKET_MAX is less

local KINDS = { "alloc", "free", "cross" }

-- A CPU's buckets: { kind, function of a cache's address to the bucket's, and to
-- the number of items }: since 13 that stands beside the pointer.
local function cache_buckets(view, held)
	local C, list = view.cache, {}
	for _, kind in ipairs(KINDS) do
		local name = ("uc_%sbucket"):format(kind)
		local at, count = member.pointer(C, name .. ".ucb_bucket"), member.getter(C, name .. ".ucb_cnt")
		if at == nil and C:member(name) then
			at, count = member.pointer(C, name), nil
		end
		list[#list + 1] = at and { kind, at, function(cache, found)
			return count and count(cache) or held(found)
		end } or nil
	end
	return list
end

local methods = {}
local view_meta = { __index = methods }

-- Hand out the buckets of CPUs, then those of domains.
local function yield_cpus(self, zone)
	for cpu, cache in self.view:caches(zone) do
		for _, b in ipairs(self.kinds) do
			local at = b[2](cache)
			if at then
				coroutine.yield { cpu = cpu, kind = b[1], at = at, count = b[3](cache, at) }
			end
		end
	end
end

local function yield_domains(self, zone)
	for number, domain in self.view:domains(zone) do
		for at in self.walk(domain + self.list, function(status) self.view.report(status.message) end) do
			coroutine.yield { domain = number, kind = "full", at = at, count = self.held(at) }
		end
		local cross = self.cross and self.cross(domain)
		if cross then
			coroutine.yield { domain = number, kind = "cross", at = cross, count = self.held(cross) }
		end
	end
end

--- The buckets of a zone.
-- @tparam integer zone
-- @treturn function iterator of { cpu or domain (its number), kind ("alloc", "free",
--   "cross"; a domain's are "full"), at (address of the struct uma_bucket), count
--   (of items) }
function methods:each(zone)
	return coroutine.wrap(function()
		for _, part in ipairs { yield_cpus, yield_domains } do
			local ok, fault = pcall(part, self, zone)
			if not ok then
				self.view.report(("the caches of the zone at %#x: %s"):format(zone, tostring(fault)))
			end
		end
	end)
end

--- How many items a bucket has room for.
-- @tparam integer at
-- @treturn integer
function methods:room(at)
	return self.entries(at)
end

--- The items in a bucket.
-- @tparam table b of each()
-- @treturn {integer...} addresses; none for a place that is NULL
-- @raise a fault
function methods:items(b)
	local n, size = math.max(math.min(b.count, BUCKET_MAX), 0), self.view.k.kd:ptrsize()
	local order = self.view.k.kd:byteorder() == "big" and ">" or "<"
	if n == 0 then
		return {}
	end
	local words = inaddr.read(self.view.k, b.at + self.first, n * size)
	local list = {}
	for i = 0, n - 1 do
		local item = (order .. "I" .. size):unpack(words, i * size + 1)
		list[#list + 1] = item ~= 0 and item or nil
	end
	return list
end

--- Where the items are that a zone keeps for the next who asks.
-- @tparam integer zone
-- @treturn table "CPU 0" or "domain 0", by the item's address
-- @treturn table the kind of the bucket, by the same
function methods:cached(zone)
	local found, kinds = {}, {}
	for b in self:each(zone) do
		local ok, items = pcall(self.items, self, b)
		if not ok then
			self.view.report(("the bucket at %#x: %s"):format(b.at, tostring(items)))
		end
		local where = b.cpu and "CPU " .. b.cpu or "domain " .. b.domain
		for _, item in ipairs(ok and items or {}) do
			found[item], kinds[item] = where, b.kind
		end
	end
	return found, kinds
end

--- What can be known of a kernel's caches.
-- @tparam table view vmcore.kern.uma
-- @treturn ?table each(), room(), items(), cached(); nil when the kernel file does
--   not tell
function bucket.new(view)
	local B, D = view.k:type "struct uma_bucket", view.zone_domain
	local list = D and D:member "uzd_buckets"
	-- A struct may be known by its name alone.
	local known, first = pcall(kvm.offsetof, B, "ub_bucket")
	if not (known and list) then
		return nil
	end
	local held = member.getter(B, "ub_cnt")
	return setmetatable({ view = view, held = held, entries = member.getter(B, "ub_entries"),
		first = first, kinds = cache_buckets(view, held), list = list.offset,
		cross = member.pointer(D, "uzd_cross"),
		walk = queue.prepare(list.type, "ub_link", { element = B, addresses = true }) }, view_meta)
end

return bucket
