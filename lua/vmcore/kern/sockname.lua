--- Sockets of every family by name: what is at either end of one, whichever
-- protocol has it.
-- @module vmcore.kern.sockname

local inaddr = require "vmcore.kern.inaddr"
local inpcb = require "vmcore.kern.inpcb"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local socket = require "vmcore.kern.socket"
local unpcb = require "vmcore.kern.unpcb"

local sockname = {}

local NAME_MAX = 64		-- domains are called in a word

-- IPPROTO_*, netinet/in.h
local LISTS = { [6] = "tcp", [17] = "udp", [132] = "sctp", [136] = "udpl" }
local SOCK_RAW = "raw"

-- 127.0.0.1:80, [::1]:80, *:*.
local function joined(fields, which)
	local addr, port = fields[which .. "_addr"], fields[which .. "_port"]
	return function(s)
		local text, number = addr(s), port(s)
		text = text:find(":", 1, true) and "[" .. text .. "]" or text
		return text .. ":" .. (number == 0 and "*" or number)
	end
end

-- The subject of vmcore.kern.inpcb for a socket.
local function inet_subject(of, stacks)
	local by_vnet = {}
	for _, stack in ipairs(stacks.list) do
		by_vnet[stack.vnet or 0] = stack
	end
	return function(s)
		if s.list == nil then
			local so = s.so
			s.inp = of.fields.pcb(so)
			s.list = of.fields.type(so) == SOCK_RAW and "raw"
			    or LISTS[of.fields.protocol(so)] or "ip"
			s.stack = by_vnet[of.fields.vnet and of.fields.vnet(so) or 0] or {}
		end
		return (s.inp or s.entry) and s or nil
	end
end

local function of_inet(view, subject, family)
	local fields = view.fields
	local function one(field)
		return function(s)
			local found = subject(s)
			return found and field(found)
		end
	end
	return {
		-- A socket that has lost its control block is still of a protocol.
		proto = function(s)
			local found = subject(s)
			return found and fields.proto(found)
			    or s.list .. (family(s.so) == inaddr.AF_INET6 and "6" or "4")
		end,
		state = one(fields.state),
		local_name = one(joined(fields, "local")), foreign_name = one(joined(fields, "foreign")),
		local_port = one(fields.local_port), foreign_port = one(fields.foreign_port),
		unbound = one(fields.foreign_any),
	}
end

-- A peer without a name is called by its socket's address.
local function of_unix(view, of)
	local fields = view.fields
	local function pcb(s)
		return s.unp or of.fields.pcb(s.so)
	end
	return {
		proto = function(s) return s.so and of.fields.type(s.so) end,
		local_name = function(s)
			local unp = pcb(s)
			return unp and fields.path(unp)
		end,
		foreign_name = function(s)
			local unp = pcb(s)
			local peer = unp and fields.conn(unp)
			local path = peer and fields.path(peer)
			return path and "-> " .. path or peer and ("-> 0x%x"):format(fields.so(peer) or peer)
		end,
		unnamed_peer = function(s)
			local unp = pcb(s)
			local peer = unp and fields.conn(unp)
			return peer and fields.path(peer) == nil and fields.so(peer) or nil
		end,
		unbound = function(s)
			local unp = pcb(s)
			return unp == nil or fields.conn(unp) == nil
		end,
	}
end

-- Of a domain that is not known here: its name.
local function of_other(T)
	local name = member.getter(T, "so_proto.pr_domain.dom_name")
	return {
		proto = function(s)
			local text = s.so and name(s.so)
			return text and kvm.string(text, NAME_MAX)
		end,
	}
end

local FIELDS = { "proto", "state", "local_name", "foreign_name", "local_port", "foreign_port",
	"unnamed_peer" }

local function fields_of(view)
	local of = view.sockets
	local inet = of_inet(view.inet, inet_subject(of, view.stacks), of.fields.family)
	local families = { [inaddr.AF_INET] = inet, [inaddr.AF_INET6] = inet,
		[inaddr.AF_UNIX] = of_unix(view.unix, of) }
	local other = of_other(of.type)
	local jids = view.stacks:jids()
	local fields = {}
	function fields.family(s)
		if s.inp or s.entry then
			return view.inet.fields.proto(s):find "6" and inaddr.AF_INET6 or inaddr.AF_INET
		end
		return s.unp and inaddr.AF_UNIX or s.so and of.fields.family(s.so)
	end
	for _, name in ipairs(FIELDS) do
		fields[name] = function(s)
			local field = (families[fields.family(s)] or other)[name]
			return field and field(s)
		end
	end
	function fields.waits(s)
		local unbound = (families[fields.family(s)] or other).unbound
		return s.so ~= nil and of.fields.listening(s.so) or unbound ~= nil and unbound(s)
	end
	function fields.jid(s)
		local stack = s.stack
		return stack and stack.jid or s.so and of.fields.vnet and jids[of.fields.vnet(s.so) or 0]
	end
	function fields.so(s) return s.so end
	return fields
end

local methods = {}
local view_meta = { __index = methods }

--- Sockets that protocols know, whoever has them.
-- @tparam function report
-- @treturn function iterator of the socket's address (false: it has none any
--   more) and what the fields take
function methods:each(report)
	local inet, unix = self.inet:each(report), self.unix:addresses(report)
	local inet_so, unix_so = self.inet.fields.so, self.unix.fields.so
	return function()
		local s = inet and inet()
		if s then
			return inet_so(s) or false, s
		end
		inet = nil	-- it can't be asked again
		local unp = unix()
		if unp then
			return unix_so(unp) or false, { unp = unp }
		end
		return nil
	end
end

--- What can be known of sockets by address.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @treturn ?table each(), and `fields`: functions of { so = address } or of
--   what each() gives: family proto state local_name foreign_name local_port
--   foreign_port unnamed_peer (the address of a unix socket's peer that has no
--   name) jid so waits (no peer, or listening); nil when the kernel file
--   has no types
function sockname.new(k, stacks)
	local view = { sockets = socket.new(k), inet = inpcb.new(k, stacks), unix = unpcb.new(k),
		stacks = stacks }
	if not (view.sockets and view.inet and view.unix) then
		return nil
	end
	view.fields = fields_of(view)
	return setmetatable(view, view_meta)
end

return sockname
