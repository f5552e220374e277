--- netstat(1): who listens to interfaces.
-- @module vmcore.netstat.bpf

local bpf = require "vmcore.kern.bpf"
local ifnet = require "vmcore.kern.ifnet"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"
local proc = require "vmcore.kern.proc"

local listeners = {}

function listeners.columns()
	return part.columns { { "pid", "Pid", width = 5 }, { "netif", "Netif", width = 8 },
		{ "flags", "Flags", width = 7 }, { "received", "Recv", width = 9 },
		{ "dropped", "Drop", width = 9 }, { "matched", "Match", width = 9 },
		{ "stored", "Sblen", width = 6 }, { "held", "Hblen", width = 6 },
		{ "comm", "Command", "left", width = 16 }, part.address("addr", "Bpf") }
end

-- The names of processes.
local function commands(k, report)
	local procs, names = proc.new(k), {}
	for p in procs and procs:addresses(report) or function() return nil end do
		pcall(function() names[procs.fields.pid(p)] = procs.fields.comm(p) end)
	end
	return names
end

function listeners.rows(k, o, report)
	local view = part.known(bpf.new(k), "bpf_d")
	local interfaces = part.known(ifnet.new(k, netstack.new(k, report)), "ifnet").fields
	local names, of, fields = commands(k, report), view.fields, {}
	for key, field in pairs(of) do
		fields[key] = function(s) return field(s.d) end
	end
	function fields.addr(s) return s.d end
	function fields.netif(s) return s.ifp and interfaces.name(s.ifp) end
	function fields.comm(s) return names[of.pid(s.d)] end
	local each = view:each(report)
	return part.filtered(function()
		local d, ifp = each()
		return d and { d = d, ifp = ifp }
	end, fields, function(s)
		return o.interface == nil or fields.netif(s) == o.interface
	end)
end

return listeners
