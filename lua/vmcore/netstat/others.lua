--- netstat(1): sockets of other families, and the listen queues of all.
-- @module vmcore.netstat.others

local inaddr = require "vmcore.kern.inaddr"
local inet = require "vmcore.netstat.inet"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"
local sockets = require "vmcore.kern.sockets"
local sockname = require "vmcore.kern.sockname"
local unpcb = require "vmcore.kern.unpcb"

local others = { unix = { title = "Active UNIX domain sockets" },
	rest = { title = "Other sockets that are open" },
	queues = { title = "Current listen queue sizes (qlen/incqlen/maxqlen)" } }

function others.unix.columns(o)
	local list = { part.address("pcb", "Address"), { "type", "Type", "left", width = 6 },
		{ "rcv_cc", "Recv-Q" }, { "snd_cc", "Send-Q" }, part.address("vnode", "Inode"),
		part.address("conn", "Conn"), part.address("refs", "Refs"),
		part.address("nextref", "Nextref") }
	if o.buffers then
		part.put_buffers(list)
	end
	table.move({ part.JID, { "path", "Addr", "left", width = 16 }, { "peer_path", "Peer", "left" } },
	    1, 3, #list + 1, list)
	return part.columns(list)
end

-- Unix sockets of the stacks that are asked for; the rest is theirs, too, when
-- all are.
local function unix_view(k, o, report)
	local view = part.known(unpcb.new(k), "unpcb")
	local fields = setmetatable({}, { __index = view.fields })
	local jids = netstack.new(k, report):jids()
	fields.jid = function(unp)
		return view.fields.vnet and jids[view.fields.vnet(unp) or 0]
	end
	return view, fields, function(unp)
		return o.jail == nil or o.jail[fields.jid(unp)]
	end
end

function others.unix.rows(k, o, report)
	local view, fields, chosen = unix_view(k, o, report)
	return part.filtered(view:addresses(report), fields, chosen)
end

function others.queues.columns(o)
	local list = { { "proto", "Proto", "left" }, { "listen", "Listen", "left", width = 14 },
		{ "local", "Local Address", "left", width = 22 }, part.JID }
	if o.addresses then
		table.insert(list, 1, part.address("pcb", "Tcpcb"))
	end
	return part.columns(list)
end

local function unix_queues(k, o, report)
	local view, fields, chosen = unix_view(k, o, report)
	fields.listen = part.listen(view.fields)
	fields["local"] = view.fields.path
	fields.proto = function() return "unix" end
	return part.filtered(view:addresses(report), fields, function(unp)
		return fields.listening(unp) and chosen(unp)
	end)
end

function others.queues.rows(k, o, report)
	local parts = {}
	if o.family ~= "unix" then
		local view, fields = inet.view(k, o, report)
		local chosen = inet.chosen(o, fields)
		parts[1] = part.filtered(view:each(report), fields, function(s)
			return fields.listening(s) and chosen(s)
		end)
	end
	if not o.protocol and (not o.family or o.family == "unix") then
		parts[#parts + 1] = unix_queues(k, o, report)
	end
	local i = 1
	return function()
		while parts[i] do
			local row = parts[i]()
			if row then
				return row
			end
			i = i + 1
		end
	end
end

function others.rest.columns()
	return part.columns { { "proto", "Proto", "left", width = 9 }, { "type", "Type", "left", width = 6 },
		{ "protocol", "Protocol" }, { "rcv_cc", "Recv-Q" }, { "snd_cc", "Send-Q" },
		part.address("so", "Socket"), part.address("pcb", "Pcb"), { "pid", "Pid", width = 5 },
		{ "fd", "Fd", width = 3 }, part.JID }
end

local OWN = { [inaddr.AF_UNIX] = true, [inaddr.AF_INET] = true, [inaddr.AF_INET6] = true }

-- Families whose control blocks are not known here: what processes have open.
function others.rest.rows(k, o, report)
	local view = part.known(sockname.new(k, netstack.new(k, report)), "socket")
	local each, procs = sockets.of_processes(k, report)
	part.known(each, "filedesc")
	local of = view.sockets.fields
	local fields = { proto = view.fields.proto, jid = view.fields.jid, so = view.fields.so,
		fd = function(s) return s.fd end, pid = function(s) return procs.fields.pid(s.p) end }
	for _, name in ipairs { "type", "protocol", "rcv_cc", "snd_cc", "pcb" } do
		fields[name] = of[name] and function(s) return s.so and of[name](s.so) end
	end
	return part.filtered(each, fields, function(s)
		return s.so and not OWN[of.family(s.so)] and (o.jail == nil or o.jail[fields.jid(s)])
		    and (o.family == nil or o.family == "other" or o.family == fields.proto(s))
	end)
end

return others
