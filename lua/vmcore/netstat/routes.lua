--- netstat(1): routing tables.
-- @module vmcore.netstat.routes

local clock = require "vmcore.kern.clock"
local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"
local record = require "vmcore.record"
local route = require "vmcore.kern.route"

local routes = {}

local function columns(o)
	local list = { { "destination", "Destination", "left", width = 24 },
		{ "gateway", "Gateway", "left", width = 18 }, { "flags", "Flags", "left", width = 8 } }
	-- What programs read is always complete.
	if o.wide or o.json or o.csv then
		table.move({ { "nhop", "Nhop#" }, { "use", "Use", width = 8 }, { "mtu", "Mtu", width = 6 } }, 1, 3,
		    #list + 1, list)
	end
	table.move({ { "netif", "Netif", "left", width = 9 }, { "expire", "Expire", width = 7 },
		{ "fib", "Fib" }, part.JID }, 1, 4, #list + 1, list)
	if o.addresses then
		table.insert(list, 1, part.address("addr", "Address"))
	end
	return part.columns(list)
end

local function fields_of(k, interfaces)
	local fields, now = {}, clock.uptime(k)
	for _, key in ipairs { "addr", "destination", "gateway", "nhop", "mtu", "fib", "use" } do
		fields[key] = function(hop) return hop[key] end
	end
	function fields.flags(hop) return route.letters(hop.flags) end
	function fields.netif(hop) return hop.ifp and interfaces.fields.name(hop.ifp) end
	function fields.jid(hop) return hop.stack.jid end
	function fields.expire(hop)
		return hop.expire and hop.expire ~= 0 and now and hop.expire - now or nil
	end
	return fields
end

local function rows(k, o, report, family)
	local stacks = netstack.new(k, report, o.jail)
	local view = part.known(route.new(k, stacks), "rtentry")
	local row_of = record.maker(fields_of(k, part.known(ifnet.new(k, stacks), "ifnet")))
	return coroutine.wrap(function()
		for _, stack in ipairs(stacks.list) do
			for hop in view:each(stack, report, family) do
				if not o.fib or hop.fib == o.fib then
					coroutine.yield(row_of(hop))
				end
			end
		end
	end)
end

local TITLES = { inet = "Internet:", inet6 = "Internet6:" }
local FAMILIES = { inet = inaddr.AF_INET, inet6 = inaddr.AF_INET6 }

--- The tables of families, a part each.
-- @tparam {string...} families "inet", "inet6"
-- @treturn {table...}
function routes.parts(families)
	local parts = {}
	for i, family in ipairs(families) do
		parts[i] = {
			title = (i == 1 and "Routing tables\n\n" or "") .. TITLES[family], columns = columns,
			rows = function(k, o, report) return rows(k, o, report, FAMILIES[family]) end,
		}
	end
	return parts
end

return routes
