--- The answers of netstat(1), part by part.
--
-- Options: all, queues, buffers, addresses, retransmits, flows, congestion,
-- stack, interfaces, bytes, drops, memory, netisr, bpf, routes, wide, statistics, nonzero
-- (booleans), family and protocol (names),
-- interface (a name), fib (a number), jail (a set of jail ids).
-- @module vmcore.netstat

local bpf = require "vmcore.netstat.bpf"
local counters = require "vmcore.netstat.counters"
local inet = require "vmcore.netstat.inet"
local interfaces = require "vmcore.netstat.interfaces"
local memory = require "vmcore.netstat.memory"
local netisr = require "vmcore.netstat.netisr"
local others = require "vmcore.netstat.others"
local routes = require "vmcore.netstat.routes"

local netstat = {}

local INTERNET = { inet = true, inet6 = true }

-- Without a family all are listed; those without connections with -a only.
local function sockets(o)
	local list, family = {}, o.family
	if family == nil or INTERNET[family] then
		list[1] = { title = inet.title(o), columns = inet.columns, rows = inet.rows }
	end
	if family == "unix" or family == nil and not o.protocol then
		list[#list + 1] = others.unix
	end
	if family == nil and o.all and not o.protocol
	    or family and family ~= "unix" and not INTERNET[family] then
		list[#list + 1] = others.rest
	end
	return list
end

local function routing(o)
	return routes.parts(INTERNET[o.family] and { o.family } or { "inet", "inet6" })
end

--- What the options ask for: see `parts` in vmcore.script.
-- @tparam table o options
-- @treturn {table...}
function netstat.parts(o)
	if o.bpf then
		return { bpf }
	elseif o.interfaces or o.interface then
		return { interfaces }
	elseif o.routes and o.statistics then
		o.protocol = o.protocol or "rt"
		return { counters }
	elseif o.routes then
		return routing(o)
	elseif o.memory then
		return { memory }
	elseif o.netisr then
		return { netisr.settings, netisr.protocols, netisr.work }
	elseif o.statistics then
		return { counters }
	elseif o.queues then
		return { others.queues }
	end
	return sockets(o)
end

return netstat
