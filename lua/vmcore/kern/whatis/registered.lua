--- What an address is among the things that drivers and subsystems registered
-- with the kernel: devices and their softcs, interrupts, callouts, sysctl(9)
-- oids, GEOM's structs.
-- @module vmcore.kern.whatis.registered

local callout = require "vmcore.kern.callout"
local device = require "vmcore.kern.device"
local geom = require "vmcore.kern.geom"
local intr = require "vmcore.kern.intr"
local sysctl = require "vmcore.kern.sysctl"

local registered = {}

local SOFTC_MAX <const> = 64 << 20	-- more is no driver's

local function quiet() end

-- What each gatherer finds it tells to add(address, size, kind, name).
local gather = {}

function gather.devices(k, add)
	local view = device.new(k)
	local f = view and view.fields
	for at in view and view:each(quiet) or quiet do
		local ok, name = pcall(f.name, at)
		name = ok and name or "?"
		add(at, view.type.size, "device", name)
		local fine, softc, size = pcall(function() return f.softc(at), f.softc_size(at) end)
		if fine and softc and size and math.ult(size, SOFTC_MAX) then
			add(softc, size, "softc", name)
		end
	end
end

function gather.interrupts(k, add)
	local view = intr.new(k)
	local E, H = k:type "struct intr_event", k:type "struct intr_handler"
	for event in view and view:each(quiet) or quiet do
		local ok, name = pcall(view.fields.name, event)
		add(event, E.size, "interrupt", ok and name:gsub(":$", "") or "?")
		for handler in view:handlers(event, quiet) do
			local fine, whose = pcall(view.handler_fields.name, handler)
			add(handler, H.size, "interrupt handler", fine and whose or "?")
		end
	end
end

function gather.callouts(k, add, klds)
	local view, C = callout.new(k), k:type "struct callout"
	for c in view and view:each(quiet) or quiet do
		local ok, name = pcall(function() return klds:name_at(view.fields.func(c)) end)
		add(c.callout, C.size, "callout", ok and name or "?")
	end
end

function gather.oids(k, add)
	local view = sysctl.new(k)
	for o in view and view:each(quiet, true) or quiet do
		add(o.oid, view.type.size, "sysctl oid", o.name)
	end
end

function gather.geoms(k, add)
	local view = geom.new(k)
	local G, P = k:type "struct g_geom", k:type "struct g_provider"
	for _, g in ipairs(view and view:all(quiet) or {}) do
		local ok, name = pcall(view.geom.name, g)
		add(g, G.size, "geom", ok and name or "?")
		for provider in view:providers(g, quiet) do
			local fine, whose = pcall(view.provider.name, provider)
			add(provider, P.size, "provider", fine and whose or "?")
		end
	end
end

-- Everything, once; what can't be gathered is not in it.
local function index(k, klds)
	local list = {}
	local function add(address, size, kind, name)
		if size > 0 then
			list[#list + 1] = { address = address, size = size, kind = kind, name = name or "?" }
		end
	end
	for _, each in pairs(gather) do
		pcall(each, k, add, klds)
	end
	return list
end

--- Prepare to ask.
-- @tparam table k
-- @tparam table klds of vmcore.kern.kld
-- @treturn function of an address, to a list of what it is in, the smallest
--   first: { address, size, kind ("device" "softc" "interrupt"
--   "interrupt handler" "callout" "sysctl oid" "geom" "provider"), name }
function registered.new(k, klds)
	local list
	return function(address)
		list = list or index(k, klds)
		local found = {}
		for _, thing in ipairs(list) do
			if math.ult(address - thing.address, thing.size) then
				found[#found + 1] = thing
			end
		end
		table.sort(found, function(a, b)
			if a.size ~= b.size then
				return a.size < b.size
			end
			return a.kind < b.kind
		end)
		return found
	end
end

return registered
