--- Pages by what they are used for: vm/vm_pagequeue.h, the paging queues; counts
-- of all pages, by looking at each.
-- @module vmcore.kern.vm_pagequeue

local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local uma = require "vmcore.kern.uma"
local vm_page = require "vmcore.kern.vm_page"
local vm_phys = require "vmcore.kern.vm_phys"

local vm_pagequeue = {}

-- PQ_*, vm/vm_page.h
vm_pagequeue.QUEUES = { [0] = "inactive", "active", "laundry", "unswappable" }

local PGA_ENQUEUED = 0x8	-- aflags, vm/vm_page.h: from 12 on
local CHUNK = 8192		-- pages looked at at once
local DOMAINS_MAX = 8		-- MAXMEMDOM
local FAILURES_MAX = 8		-- chunks of a segment that can't be read

local methods = {}
local view_meta = { __index = methods }

--- The pages of a paging queue, in its order.
-- @tparam integer domain
-- @tparam integer number of the queue, PQ_*
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of addresses of struct vm_page; without markers
function methods:each(domain, number, on_stop)
	local each = self.walk(self:queue_at(domain, number) + self.list, on_stop)
	return function()
		for page in each do
			if not self.pages.is_marker(page) then
				return page
			end
		end
	end
end

--- Where a paging queue is.
-- @tparam integer domain
-- @tparam integer number PQ_*
-- @treturn integer address of the struct vm_pagequeue
function methods:queue_at(domain, number)
	return self.base + domain * self.domain_size + self.queues + number * self.queue_size
end

-- What a page is counted as: the queue that it is in, or, while a CPU has yet
-- to put it there, was chosen for; pages in none.
local function tally(into, view, bytes, n)
	local format, order, mask, size = view.format, view.order, view.pages.wire_mask, view.pages.type.size
	for i = 0, n - 1 do
		local refs, aflags, number, object = order(format:unpack(bytes, i * size + 1))
		if refs & mask ~= 0 then
			into.wired = into.wired + 1
		end
		if number <= 3 then
			local key = aflags & PGA_ENQUEUED ~= 0 and number or number + 4
			into[key] = into[key] + 1
		elseif refs & mask == 0 and object == 0 then
			into.unused = into.unused + 1
		end
	end
	into.total = into.total + n
end

local function empty()
	local counts = { wired = 0, unused = 0, total = 0, outside = 0 }
	for i = 0, 7 do
		counts[i] = 0
	end
	return counts
end

-- Count the pages of a part of a segment.
local function count_part(view, part, into, report)
	local size, n = view.pages.type.size, part.last - part.first >> view.pages.shift
	local at = view.pages:address(part.first)
	if not part.given then
		into.outside = into.outside + n
		return
	elseif at == nil then
		report(("the pages from %#x on can't be read"):format(part.first))
		return
	end
	local failures = 0
	for i = 0, n - 1, CHUNK do
		local count = math.min(CHUNK, n - i)
		local ok, bytes = pcall(inaddr.read, view.k, at + i * size, count * size)
		if ok then
			tally(into, view, bytes, count)
		else
			failures = failures + 1
			report(("%d pages from %#x on: %s"):format(count, part.first + (i << view.pages.shift),
			    tostring(bytes)))
		end
		if failures == FAILURES_MAX then
			report(("the pages behind, to %#x, were not looked at"):format(part.last))
			break
		end
	end
end

--- Look at every page.
-- @tparam function report called with messages about what is out of reach
-- @treturn table by memory domain, tables: by PQ_* how many pages are in the
--   queue, by PQ_* + 4 how many are on their way there; wired; unused (neither
--   wired nor in a queue nor of an object); total, of these; outside: what the
--   allocator was never given, the kernel itself
function methods:count(report)
	local found = {}
	for _, part in ipairs(self.phys:parts(report)) do
		found[part.domain] = found[part.domain] or empty()
		count_part(self, part, found[part.domain], report)
	end
	return found
end

--- Pages that CPUs keep for whoever wants one next: of the zones of vmd_pgcache.
-- @tparam integer domain
-- @tparam function report
-- @treturn integer
function methods:cached(domain, report)
	local cache, D = self.cache, self.k:type "struct vm_pgcache"
	local zone_of = member.pointer(D, "zone")
	local zones = cache and zone_of and uma.new(self.k, report)
	local sum = 0
	for i = 0, zones and cache.type:strip().nelems - 1 or -1 do
		local zone = zone_of(self.base + domain * self.domain_size + cache.offset + i * D.size)
		sum = sum + (zone and zones.fields.cached(zone) or 0)
	end
	return sum
end

-- The lines about a memory domain: of counts, as count() has them.
local function of_domain(view, domain, counts, report)
	local buddy, reserved = 0, 0
	for list in view.phys:free_lists(report) do
		buddy = buddy + (list.domain == domain and list.count << list.order or 0)
	end
	for rv in view.phys:reservations(report) do
		reserved = reserved + (rv.domain == domain and rv.free or 0)
	end
	local cached, rows = view:cached(domain, report), {}
	local function line(kind, n, kernel, pending)
		rows[#rows + 1] = { domain = domain, kind = kind, pages = n, kernel = kernel,
			pending = pending, bytes = n << view.pages.shift }
	end
	for q = 0, #vm_pagequeue.QUEUES do
		line(vm_pagequeue.QUEUES[q], counts[q], view.length(view:queue_at(domain, q)), counts[q + 4])
	end
	line("wired", counts.wired)
	line("free", buddy + reserved, view.free(domain))
	line("  in buddy queues", buddy)
	line("  in reservations", reserved)
	line("cached by CPUs", cached)
	line("unclaimed", counts.unused - buddy - reserved - cached)
	line("managed", counts.total, view.given and view.given(domain))
	line("not managed", counts.outside)
	return rows
end

--- All of memory by what it is used for.
-- @tparam function report
-- @treturn function iterator of tables: domain, kind, pages (counted), kernel (what
--   its own counter says, where it has one), pending (on their way into a queue), bytes
function methods:lines(report)
	local counts = self:count(report)
	return coroutine.wrap(function()
		for domain = 0, self.domains - 1 do
			local rows = counts[domain] and of_domain(self, domain, counts[domain], report)
			for _, row in ipairs(rows or {}) do
				coroutine.yield(row)
			end
		end
	end)
end

--- What can be known of paging queues.
-- @tparam table k
-- @treturn ?table each(), count(), lines(), cached(), queue_at(); `domains` (how many),
--   `length` (function of a queue_at()), `free`, `given` (of a domain: what
--   the kernel counts), `pages`: vmcore.kern.vm_page, `phys`: vmcore.kern.vm_phys; nil when
--   the kernel file does not tell
function vm_pagequeue.new(k)
	local D, Q, pages = k:type "struct vm_domain", k:type "struct vm_pagequeue", vm_page.new(k)
	local base, queues, list = k.kd:lookup "vm_dom", D and D:member "vmd_pagequeues", Q and Q:member "pq_pl"
	local phys = vm_phys.new(k)
	local format, order
	if pages then
		format, order = pages:scanner()
	end
	if not (base and queues and list and format and phys) then
		return nil
	end
	local function of_domain_member(name)
		local get = member.getter(D, name)
		return get and function(domain) return get(base + domain * D.size) end
	end
	return setmetatable({
		k = k, base = base, domain_size = D.size, queues = queues.offset, queue_size = Q.size,
		list = list.offset, pages = pages, phys = phys, format = format, order = order, cache = D:member "vmd_pgcache",
		length = member.getter(Q, "pq_cnt"),
		free = of_domain_member "vmd_free_count", given = of_domain_member "vmd_page_count",
		domains = math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX),
		walk = queue.prepare(list.type, "plinks.q", { element = pages.type, addresses = true }),
	}, view_meta)
end

return vm_pagequeue
