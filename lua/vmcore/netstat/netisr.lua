--- netstat(1): what hands packets on to protocols.
-- @module vmcore.netstat.netisr

local kern = require "vmcore.kern.netisr"
local part = require "vmcore.netstat.part"

local netisr = {}

local function each(list)
	local i = 0
	return function()
		i = i + 1
		return list[i]
	end
end

netisr.settings = {
	title = "Configuration:",
	columns = part.columns { { "setting", "Setting", "left", width = 24 },
		{ "current", "Current", width = 12 },
		{ "limit", "Limit", width = 12, text = function(value) return value or "n/a" end } },
	rows = function(k)
		part.known(k:type "struct netisr_proto", "netisr_proto")
		return each(kern.settings(k))
	end,
}

netisr.protocols = {
	title = "Protocols:",
	columns = part.columns { { "name", "Name", "left", width = 6 }, { "proto", "Proto" },
		{ "qlimit", "QLimit" }, { "policy", "Policy" }, { "dispatch", "Dispatch" }, { "flags", "Flags" } },
	rows = function(k, _, report) return each(kern.protocols(k, report)) end,
}

netisr.work = {
	title = "Workstreams:",
	columns = part.columns { { "wsid", "WSID" }, { "cpu", "CPU", width = 3 },
		{ "name", "Name", width = 6 }, { "len", "Len", width = 7 }, { "watermark", "WMark" },
		{ "dispatched", "Disp'd", width = 8 }, { "hybrid_dispatched", "HDisp'd", width = 8 },
		{ "qdrops", "QDrops", width = 8 }, { "queued", "Queued", width = 8 },
		{ "handled", "Handled", width = 8 } },
	-- CPUs that no thread serves dispatch packets themselves.
	rows = function(k, _, report)
		local names = {}
		for _, protocol in ipairs(kern.protocols(k, function() end)) do
			names[protocol.proto] = protocol.name
		end
		local next_row = kern.work(k, report)
		return function()
			for row in next_row do
				row.name = names[row.proto]
				if row.name and (row.wsid or row.handled ~= 0 or row.qdrops ~= 0) then
					return row
				end
			end
		end
	end,
}

return netisr
