--- Free physical memory: vm/vm_phys.h, the buddy queues; vm/vm_reserv.h, the
-- superpages that are held for an object and not used up yet.
-- @module vmcore.kern.vm_phys

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local vm_phys = {}

-- More than VM_PHYSSEG_MAX, VM_NFREEPOOL, VM_NFREEORDER_MAX of any machine.
local SEGMENTS_MAX, POOLS_MAX, ORDERS_MAX = 256, 8, 32
local DOMAINS_MAX = 8		-- MAXMEMDOM

local methods = {}
local view_meta = { __index = methods }

--- The segments of physical memory.
-- @tparam function report called with a message when their number can't be true
-- @treturn {table...} first, last (addresses, last exclusive), domain, pages
--   (address of the first struct vm_page), queues (address of the buddy queues)
function methods:segments(report)
	local list, count = {}, member.integer(self.k, "vm_phys_nsegs") or 0
	if count < 0 or count > SEGMENTS_MAX then
		report(("vm_phys_nsegs: there can't be %d segments of memory"):format(count))
		return list
	end
	for i = 0, count - 1 do
		list[#list + 1] = self.read(self.segs + i * self.size)
	end
	return list
end

-- What the allocator was given: phys_avail[], pairs of addresses that 0 ends;
-- the rest of the segments is the kernel itself and what it was booted with.
local function available(k)
	local at, word, list = k.kd:lookup "phys_avail", k.kd:ptrsize(), {}
	local t = at and k.kd:type_of_symbol "phys_avail"
	local size = t and t:strip().target and t:strip().target.size or word
	for i = 0, at and SEGMENTS_MAX - 1 or -1 do
		local first = k.kd:read_uint(at + 2 * i * size, size)
		local last = k.kd:read_uint(at + (2 * i + 1) * size, size)
		if not (first and last and last ~= 0) then
			break
		end
		list[#list + 1] = { first, last }
	end
	return list
end

--- The segments, cut by what the allocator was given of them.
-- @tparam function report as of segments()
-- @treturn {table...} as segments(), with `given`: whether it was; without
--   phys_avail[] all was
function methods:parts(report)
	local given, list = available(self.k), {}
	for _, seg in ipairs(self:segments(report)) do
		local function part(first, last, is_given)
			if first < last then
				list[#list + 1] = { first = first, last = last, domain = seg.domain, given = is_given }
			end
		end
		local from = seg.first
		for _, range in ipairs(#given > 0 and given or { { seg.first, seg.last } }) do
			local first, last = math.max(range[1], from), math.min(range[2], seg.last)
			if first < last then
				part(from, first, false)
				part(first, last, true)
				from = last
			end
		end
		part(from, seg.last, false)
	end
	return list
end

-- One set of buddy queues, { pools, orders, type of a queue }: the last two
-- dimensions of what a segment points to, or of the variable with all of them.
local function shape(k, S)
	local m, at = S:member "free_queues", k.kd:lookup "vm_phys_free_queues"
	local t = m and m.type:strip().target
	local kinds = { t or false, at and k.kd:type_of_symbol "vm_phys_free_queues" or false }
	for _, kind in ipairs(kinds) do
		local dimensions = {}
		t = kind and kind:strip()
		while t and t.kind == "array" do
			dimensions[#dimensions + 1] = t.nelems
			t = t.target:strip()
		end
		if #dimensions >= 2 and t and t.kind == "struct" and t:member "lcnt" then
			return { pools = math.min(dimensions[#dimensions - 1], POOLS_MAX),
				orders = math.min(dimensions[#dimensions], ORDERS_MAX), type = t }
		end
	end
	return nil
end

--- The buddy queues that segments use.
-- @tparam function report called with messages about what is out of reach
-- @treturn function iterator of tables: domain, list (number of the set, in the
--   order of segments), pool, order, count (of runs of 1 << order pages), head (address)
function methods:free_lists(report)
	local s, count = self.shape, self.count
	return coroutine.wrap(function()
		local seen, n = {}, 0
		for _, seg in ipairs(s and self:segments(report) or {}) do
			local queues = seg.queues or 0
			for i = 0, not seen[queues] and queues ~= 0 and s.pools * s.orders - 1 or -1 do
				local head = queues + i * s.type.size
				local ok, value = pcall(count, head)
				if not ok then
					report("free memory: " .. tostring(value))
					break
				end
				coroutine.yield { domain = seg.domain, list = n, pool = i // s.orders,
					order = i % s.orders, count = value, head = head }
			end
			n, seen[queues] = n + (seen[queues] and 0 or 1), true
		end
	end)
end

-- The heads of the queues of partly used reservations, a memory domain each:
-- type of a head, and function of the domain to its address. Until 12 they were
-- an array of their own.
local function partial_heads(k)
	local D, at = k:type "struct vm_reserv_domain", k.kd:lookup "vm_rvd"
	local partpop = D and at and D:member "partpop"
	if partpop then
		return partpop.type, function(domain) return at + domain * D.size + partpop.offset end
	end
	at = k.kd:lookup "vm_rvq_partpop"
	local array = at and k.kd:type_of_symbol "vm_rvq_partpop"
	local head = array and array:strip().target
	return head, head and function(domain) return at + domain * head.size end
end

--- Reservations of which only a part is used.
-- @tparam function report
-- @treturn function iterator of tables: domain, object (address), pindex,
--   pages (address of the first), used, free (in pages), addr
function methods:reservations(report)
	local k, R = self.k, self.reserv
	local head, place = partial_heads(k)
	if R == nil or head == nil then
		return function() return nil end
	end
	local read = kvm.reader(R, { object = "object", pindex = "pindex", pages = "pages", used = "popcnt" })
	local walk = queue.prepare(head, "partpopq", { element = R, addresses = true })
	local whole = R:member("popmap").type.size * 8
	return coroutine.wrap(function()
		for domain = 0, math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX) - 1 do
			for rv in walk(place(domain), function(status)
				report("reservations: " .. status.message)
			end) do
				local row = read(rv)
				-- The queue also has a marker, of nothing.
				if row.object ~= 0 then
					row.domain, row.addr, row.free = domain, rv, whole - row.used
					coroutine.yield(row)
				end
			end
		end
	end)
end

--- What can be known of free memory.
-- @tparam table k
-- @treturn ?table segments(), parts(), free_lists(), reservations(); nil when the kernel
--   file does not tell
function vm_phys.new(k)
	local S, segs = k:type "struct vm_phys_seg", k.kd:lookup "vm_phys_segs"
	local ok, read = pcall(kvm.reader, S, { first = "start", last = "end", domain = "domain",
		pages = "first_page", queues = "free_queues" })
	if not (segs and ok) then
		return nil
	end
	local s = shape(k, S)
	return setmetatable({ k = k, segs = segs, size = S.size, read = read, shape = s,
		count = s and member.getter(s.type, "lcnt"), reserv = k:type "struct vm_reserv" }, view_meta)
end

return vm_phys
