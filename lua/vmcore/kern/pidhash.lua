--- The hash of processes by pid: sys/proc.h, pidhashtbl and pidhash.
-- @module vmcore.kern.pidhash

local offsets = require "vmcore.kern.offsets"
local queue = require "vmcore.queue"

local pidhash = {}

-- hashinit(9) makes a quarter of maxproc, in a power of two: PID_MAX is 99999
-- on every release, and no tunable goes near this.
local BUCKETS_MAX = 1 << 20

-- The table's address and its number of buckets.
local function geometry(kd)
	local table_at, mask_at = kd:lookup "pidhashtbl", kd:lookup "pidhash"
	if table_at == nil or mask_at == nil then
		return nil
	end
	local address, message = kd:read_ptr(table_at)
	local mask, why = kd:read_ptr(mask_at)
	if address == nil or mask == nil then
		return nil, message or why
	end
	if mask < 0 or mask >= BUCKETS_MAX or mask & (mask + 1) ~= 0 then
		return nil, ("%#x is no mask"):format(mask)
	end
	return address, mask + 1
end

-- Addresses of the buckets that are not empty; each is one pointer, the head
-- of a LIST.
local function used_buckets(kd, address, n, report)
	local size = kd:ptrsize()
	local bytes, message, _, partial = kd:read(address, n * size)
	if bytes == nil then
		report("pid hash: " .. message)
		bytes = partial or ""
	end
	local buckets, last = {}, #bytes // size * size
	local at = bytes:find "[^%z]"
	while at and at <= last do
		local i = (at - 1) // size
		buckets[#buckets + 1] = address + i * size
		at = bytes:find("[^%z]", (i + 1) * size + 1)
	end
	return buckets
end

local function bucket_type(k)
	local t = k.kd:type_of_symbol "pidhashtbl"
	return t and t:strip().target or offsets.list_head(k, "pidhashtbl")
end

local function none()
	return nil
end

--- All processes of the pid hash.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @tparam function report called with messages about what is out of reach
-- @treturn function iterator of addresses of struct proc
function pidhash.addresses(k, T, report)
	local kd = k.kd
	if T:member "p_hash" == nil then
		return none
	end
	local buckets, walk
	local i, current = 0, none
	local function on_stop(status)
		report("pid hash: " .. status.message)
	end
	return function()
		if buckets == nil then
			local address, n = geometry(kd)
			if address == nil and n ~= nil then
				report("pid hash: " .. n)
			end
			buckets = address and used_buckets(kd, address, n, report) or {}
			walk = #buckets > 0 and queue.prepare(bucket_type(k), "p_hash",
			    { kind = "list", element = T, addresses = true })
		end
		local p = current()
		while p == nil and i < #buckets do
			i = i + 1
			current = walk(buckets[i], on_stop)
			p = current()
		end
		return p
	end
end

return pidhash
