--- Everything that a zone says of itself: vm/uma_int.h.
-- @module vmcore.kern.uma.detail

local bucket = require "vmcore.kern.uma.bucket"
local member = require "vmcore.kern.member"
local slab = require "vmcore.kern.uma.slab"

local detail = {}

-- What is told of a zone and of a keg: fields, and functions that it calls.
local ZONE = { "size", "allocs", "frees", "fails", "sleeps", "xdomain", "used", "cached", "items",
	"sleepers", "bucket_size", "bucket_size_max" }
local KEG = { "name", "size", "rsize", "ipers", "ppera", "pgoff", "align", "reserve", "pages", "free" }
local CALLS = { "ctor", "dtor", "init", "fini", "import", "release" }
local DOMAIN = { "pages", "free_items", "free_slabs" }
local LISTS = { "part", "full", "free" }
local ADDRESS = "0x%x"

local function nothing() return nil end

-- A function (part, key, get, at) that hands out what get(at) says; what can't
-- be read is reported.
local function putter(report)
	return function(part, key, get, at)
		local ok, value = pcall(get or nothing, at)
		if not ok then
			report(("%s: %s: %s"):format(part, key, tostring(value)))
		elseif value ~= nil and value ~= "" then
			coroutine.yield { part = part, key = key, value = value }
		end
	end
end

local function tell_zone(view, z, put)
	local k, f = view.k, view.fields
	put("zone", "address", function() return ADDRESS:format(z.zone) end)
	put("zone", "flags", function() return f.flags and view:flag_names(f.flags(z.zone)) end)
	put("zone", "limit", function() return f.limit(z.zone, z.keg) end)
	for _, key in ipairs(ZONE) do
		put("zone", key, f[key], z.zone)
	end
	put("zone", "bucket_max", function()
		-- All bits set: as many as come.
		local n = f.bucket_max and f.bucket_max(z.zone)
		return n ~= -1 and n or nil
	end)
	put("zone", "smr", function()
		local at = f.smr and f.smr(z.zone)
		return at and ADDRESS:format(at)
	end)
	for _, name in ipairs(CALLS) do
		local get = member.pointer(view.zone, "uz_" .. name)
		put("zone", name, function()
			local at = get and get(z.zone)
			local symbol = at and k:symbol_at(at)
			return symbol and symbol.name or at and ADDRESS:format(at)
		end)
	end
end

local function tell_keg(view, z, put)
	local f = view.fields
	put("keg", "address", function() return ADDRESS:format(z.keg) end)
	put("keg", "flags", function() return f.keg_flags and view:flag_names(f.keg_flags(z.keg)) end)
	for _, key in ipairs(KEG) do
		put("keg", key, f["keg_" .. key], z.keg)
	end
end

-- Slabs by memory domain and list.
local function tell_slabs(view, z, put)
	local slabs, counts = slab.new(view), {}
	for _, number, list in slabs and slabs:each(z.keg, true) or nothing do
		counts[number] = counts[number] or { part = 0, full = 0, free = 0 }
		counts[number][list] = counts[number][list] + 1
	end
	for number, domain in view:keg_domains(z.keg) do
		local part = "domain " .. number
		for _, name in ipairs(DOMAIN) do
			put(part, name, member.getter(view.keg_domain, "ud_" .. name), domain)
		end
		for _, list in ipairs(LISTS) do
			put(part, list .. " slabs", function() return counts[number] and counts[number][list] or 0 end)
		end
	end
end

--- What a zone, its keg, its memory domains and its caches say.
-- @tparam table view vmcore.kern.uma
-- @tparam table z one of view:list()
-- @tparam function report
-- @treturn function iterator of { part ("zone", "keg", "domain 0", "CPU 1"), key,
--   value }: sizes in bytes, counts of items unless the key names another thing;
--   a bucket as "items of room at address"
function detail.each(view, z, report)
	return coroutine.wrap(function()
		local put, buckets = putter(report), bucket.new(view)
		tell_zone(view, z, put)
		if z.keg then
			tell_keg(view, z, put)
			tell_slabs(view, z, put)
		end
		for b in buckets and buckets:each(z.zone) or nothing do
			put(b.cpu and "CPU " .. b.cpu or "domain " .. b.domain, b.kind .. " bucket", function()
				return ("%d of %d at 0x%x"):format(b.count, buckets:room(b.at), b.at)
			end)
		end
	end)
end

--- The items of a zone. What is allocated from a keg of several zones is its
-- first zone's here: nothing says whose it is. Of the others only what they
-- cache is known.
-- @tparam table view vmcore.kern.uma
-- @tparam table z one of view:list()
-- @treturn function iterator of address, state ("allocated", "free", "cached"), where
--   it is cached, and the name of the zone that has it
function detail.items(view, z)
	return coroutine.wrap(function()
		local slabs, buckets = slab.new(view), bucket.new(view)
		for item, state, where, owner in z.first and slabs and slabs:items(z.keg) or nothing do
			coroutine.yield(item, state, where, (owner or z).name)
		end
		for item, where in pairs(not z.first and buckets and buckets:cached(z.zone) or {}) do
			coroutine.yield(item, "cached", where, z.name)
		end
	end)
end

return detail
