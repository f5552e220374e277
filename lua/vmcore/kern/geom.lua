--- GEOM: classes, their geoms, and the providers and consumers by which these
-- stand on each other, geom/geom.h.
-- @module vmcore.kern.geom

local bits = require "vmcore.bits"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local geom = {}

local NAME_MAX <const> = 256
local DEPTH_MAX <const> = 64

-- g_provider.flags, geom/geom.h: G_PF_*
local PROVIDER_FLAGS = bits.flags {
	WITHER = 0x2, ORPHAN = 0x4, ACCEPT_UNMAPPED = 0x8, DIRECT_SEND = 0x10, DIRECT_RECEIVE = 0x20,
}
-- g_geom.flags: G_GEOM_*
local GEOM_FLAGS = bits.flags { WITHER = 0x01, VOLATILE_BIO = 0x02, IN_ACCESS = 0x04,
	ACCESS_WAIT = 0x08 }

local methods = {}
local view_meta = { __index = methods }

local function none() return nil end

-- A walk of the list in a member of a struct.
local function walker(T, list, link, element)
	local m = T and T:member(list)
	local walk = m and element and queue.prepare(m.type, link, { element = element, addresses = true })
	return function(at, on_stop)
		if walk == nil then
			return none
		end
		return (walk(at + m.offset, on_stop))
	end
end

--- The classes.
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of addresses
function methods:classes(on_stop)
	return (self.walk_classes(self.head, on_stop))
end

--- The geoms of a class; the providers and the consumers of a geom; the
-- consumers that are attached to a provider.
-- @tparam integer at
-- @tparam ?function on_stop
-- @treturn function iterator of addresses
function methods:geoms(at, on_stop) return self.walk_geoms(at, on_stop) end
function methods:providers(at, on_stop) return self.walk_providers(at, on_stop) end
function methods:consumers(at, on_stop) return self.walk_consumers(at, on_stop) end
function methods:attached(at, on_stop) return self.walk_attached(at, on_stop) end

--- All geoms, class by class, as the kernel lists them.
-- @tparam function report called with messages
-- @treturn {integer...} addresses
function methods:all(report)
	local list, seen = {}, {}
	local function on_stop(status) report(status.message) end
	for class in self:classes(on_stop) do
		for g in self:geoms(class, on_stop) do
			if seen[g] then
				report(("the geom at %#x is of two classes"):format(g))
				break
			end
			seen[g], list[#list + 1] = true, g
		end
	end
	return list
end

-- What stands on a geom's providers, and on theirs.
local function climb(view, found, g, depth, report)
	found.seen[g] = true
	local mine, alone = found.path, true
	local function on_stop(status) report(status.message) end
	mine[g] = true
	for provider in view:providers(g, on_stop) do
		alone = false
		found[#found + 1] = { geom = g, provider = provider, depth = depth }
		for consumer in view:attached(provider, on_stop) do
			local ok, up = pcall(view.consumer.geom, consumer)
			if not ok or up == nil or not pcall(view.geom.rank, up) then
				report(("the consumer at %#x: its geom can't be read"):format(consumer))
			elseif mine[up] or depth >= DEPTH_MAX then
				report(("the geom at %#x stands on itself"):format(up))
			elseif #found < found.limit then
				climb(view, found, up, depth + 1, report)
			end
		end
	end
	mine[g] = nil
	if alone then
		found[#found + 1] = { geom = g, depth = depth }
	end
end

--- What stands on what: geoms that consume nothing, and above each provider
-- the geoms that consume it. A geom on two providers is there twice.
-- @tparam function report called with messages
-- @treturn {table...} geom, provider (addresses; a geom without a provider has
--   none), depth
function methods:tree(report)
	local list = self:all(report)
	local found = { seen = {}, path = {}, limit = 64 * #list + 4096 }
	for _, g in ipairs(list) do
		local ok, first = pcall(self:consumers(g, function() end))
		if ok and first == nil then
			climb(self, found, g, 0, report)
		end
	end
	-- Those that stand on nothing that can be read.
	for _, g in ipairs(list) do
		if not found.seen[g] then
			climb(self, found, g, 0, report)
		end
	end
	return found
end

local function fields_of(view, C, G, P, S)
	local class_name, class = member.text(C, "name", NAME_MAX), member.pointer(G, "class")
	local flags, gflags = member.getter(P, "flags"), member.getter(G, "flags")
	view.class = { name = class_name }
	view.geom = {
		name = member.text(G, "name", NAME_MAX), rank = member.getter(G, "rank"),
		softc = member.pointer(G, "softc"),
		flags = function(g) return bits.names(gflags(g), GEOM_FLAGS) end,
		class = function(g)
			local at = class(g)
			return at and class_name(at)
		end,
	}
	view.provider = {
		name = member.text(P, "name", NAME_MAX), geom = member.pointer(P, "geom"),
		mediasize = member.getter(P, "mediasize"), sectorsize = member.getter(P, "sectorsize"),
		stripesize = member.getter(P, "stripesize"), stripeoffset = member.getter(P, "stripeoffset"),
		r = member.getter(P, "acr"), w = member.getter(P, "acw"), e = member.getter(P, "ace"),
		error = member.getter(P, "error"),
		flags = function(p) return bits.names(flags(p), PROVIDER_FLAGS) end,
	}
	view.consumer = {
		geom = member.pointer(S, "geom"), provider = member.pointer(S, "provider"),
		r = member.getter(S, "acr"), w = member.getter(S, "acw"), e = member.getter(S, "ace"),
	}
end

--- What can be known of a kernel's GEOM.
-- @tparam table k
-- @treturn ?table classes() geoms() providers() consumers() attached() all()
--   tree(); functions of an address by what stands there, `class`: name;
--   `geom`: name class (name) rank flags softc; `provider`: name geom mediasize
--   sectorsize stripesize stripeoffset (bytes) r w e (how often it is open so)
--   error flags; `consumer`: geom provider r w e. nil when the kernel file does
--   not tell
function geom.new(k)
	local head, C, G = k.kd:lookup "g_classes", k:type "struct g_class", k:type "struct g_geom"
	local P, S = k:type "struct g_provider", k:type "struct g_consumer"
	if not (head and C and G and P and S and G:member "provider") then
		return nil
	end
	local T = k.kd:type_of_symbol "g_classes" or k.kd:define("struct", "vmcore_g_classes",
	    k.kd:ptrsize(), { { name = "lh_first", type = C:pointer(), offset = 0 } })
	local view = setmetatable({
		head = head,
		walk_classes = queue.prepare(T, "class", { element = C, addresses = true }),
		walk_geoms = walker(C, "geom", "geom", G),
		walk_providers = walker(G, "provider", "provider", P),
		walk_consumers = walker(G, "consumer", "consumer", S),
		walk_attached = walker(P, "consumers", "consumers", S),
	}, view_meta)
	fields_of(view, C, G, P, S)
	return view
end

return geom
