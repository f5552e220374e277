--- netstat(1): interfaces.
-- @module vmcore.netstat.interfaces

local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"
local record = require "vmcore.record"

local interfaces = {}

function interfaces.columns(o)
	local list = { { "name", "Name", "left", width = 8 }, { "mtu", "Mtu", width = 5 },
		{ "network", "Network", "left", width = 15 }, { "address", "Address", "left", width = 17 },
		{ "ipackets", "Ipkts", width = 8 }, { "ierrors", "Ierrs" }, { "iqdrops", "Idrop" },
		{ "ibytes", "Ibytes", width = 10 }, { "opackets", "Opkts", width = 8 },
		{ "oerrors", "Oerrs" }, { "obytes", "Obytes", width = 10 }, { "collisions", "Coll" },
		{ "oqdrops", "Drop" }, part.JID }
	local leave_out = { ibytes = not o.bytes, obytes = not o.bytes, oqdrops = not o.drops }
	local kept = {}
	for _, column in ipairs(list) do
		if not leave_out[column[1]] then
			kept[#kept + 1] = column
		end
	end
	return part.columns(kept)
end

local COUNTED = { "ipackets", "ierrors", "iqdrops", "opackets", "oerrors", "collisions", "ibytes",
	"obytes", "oqdrops" }

-- Fields of { ifp, ifa, stack }: packets are the interface's in the row of its
-- link-level address, the address's own elsewhere.
local function fields_of(view)
	local fields = {
		name = function(s) return view.fields.name(s.ifp) end,
		mtu = function(s) return view.fields.mtu(s.ifp) end,
		network = function(s) return s.ifa and s.ifa.network end,
		address = function(s) return s.ifa and s.ifa.address end,
		jid = function(s) return s.stack.jid end,
	}
	for _, key in ipairs(COUNTED) do
		local field = view.fields[key]
		fields[key] = function(s)
			if s.link then
				return field and field(s.ifp)
			end
			return s.ifa[key]
		end
	end
	return fields
end

local FAMILIES = { inet = inaddr.AF_INET, inet6 = inaddr.AF_INET6, link = inaddr.AF_LINK }

-- The addresses of an interface, the interface's own row first.
local function each_address(view, stack, ifp, report, emit)
	local link = true
	for ifa in view:addresses(ifp, report) do
		emit { ifp = ifp, ifa = ifa, stack = stack, link = link }
		link = false
	end
	if link then
		emit { ifp = ifp, stack = stack, link = true }
	end
end

function interfaces.rows(k, o, report)
	local stacks = netstack.new(k, report, o.jail)
	local view = part.known(ifnet.new(k, stacks), "ifnet")
	local row_of = record.maker(fields_of(view))
	local family, only = FAMILIES[o.family], o.interface
	return coroutine.wrap(function()
		for _, stack in ipairs(stacks.list) do
			for ifp in view:each(stack, report) do
				local ok, name = pcall(view.fields.name, ifp)
				if not (ok and only) or name == only then
					each_address(view, stack, ifp, report, function(s)
						if not family or s.ifa and s.ifa.family == family then
							coroutine.yield(row_of(s))
						end
					end)
				end
			end
		end
	end)
end

return interfaces
