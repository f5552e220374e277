--- Internet protocol control blocks: netinet/in_pcb.h, netinet/tcp_var.h.
-- @module vmcore.kern.inpcb

local kvm = require "kvm"
local ifnet = require "vmcore.kern.ifnet"
local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local sctp_pcb = require "vmcore.kern.sctp_pcb"
local socket = require "vmcore.kern.socket"
local syncache = require "vmcore.kern.syncache"
local tcpcb = require "vmcore.kern.tcpcb"

local inpcb = {}

-- The lists of a network stack, in the order of netstat(1).
local LISTS = { { "tcbinfo", "tcp" }, { "udbinfo", "udp" }, { "ulitecbinfo", "udpl" },
	{ "divcbinfo", "div" }, { "ripcbinfo", "raw" } }

-- inp_vflag, netinet/in_pcb.h
local INP_IPV4, INP_IPV6 = 0x1, 0x2
-- inp_flags, until 13: inp_ppcb is a struct tcptw then, not a tcpcb
local INP_TIMEWAIT = 0x01000000

-- netinet/in.h: what netstat(1) calls raw sockets of these protocols
local RAW = { [1] = "icm", [2] = "igm", [58] = "icm" }

-- Until 13 the control block of a connection in TIME_WAIT is another one.
local function tcpcb_field(k, T)
	local at, flags = tcpcb.of_inpcb(k, T), member.getter(T, "inp_flags")
	local may_wait = T:member "inp_ppcb" ~= nil
	return function(s)
		if s.list ~= "tcp" or s.inp == nil or at == nil then
			return nil
		end
		return at(s.inp), may_wait and flags and flags(s.inp) & INP_TIMEWAIT ~= 0
	end
end

local function put_tcp_fields(fields, k, T)
	local of = tcpcb_field(k, T)
	for name, field in pairs(tcpcb.fields(k)) do
		fields[name] = function(s)
			local tp, waits = of(s)
			return tp and not waits and field(tp) or nil
		end
	end
	local state = fields.state
	fields.state = state and function(s)
		if s.list == "sctp" then
			return fields.listening and fields.listening(s) and "LISTEN" or nil
		elseif s.list ~= "tcp" then
			return nil
		elseif s.entry then
			return "SYN_RCVD"
		end
		local tp, waits = of(s)
		return waits and "TIME_WAIT" or tp and state(s) or "CLOSED"
	end
	for _, name in ipairs { "flowid", "flowtype" } do
		local field = member.getter(T, "inp_" .. name)
		fields[name] = field and function(s) return s.inp and field(s.inp) end
	end
end

local function proto_field(T)
	local vflag, ip_p = member.getter(T, "inp_vflag"), member.getter(T, "inp_ip_p")
	return function(s)
		if s.entry then
			return s.v6 and "tcp6" or "tcp4"
		end
		local flags, name = vflag(s.inp), s.list
		if name == "raw" then
			name = RAW[ip_p(s.inp)] or "ip"
		end
		return name .. (flags & INP_IPV4 ~= 0 and "4" or "") .. (flags & INP_IPV6 ~= 0 and "6" or "")
	end
end

-- The offsets of the endpoints; addresses are 16 bytes, those of IPv4 at their
-- end (struct in_addr_4in6).
local function endpoints(T)
	local function at(name)
		return kvm.offsetof(T, "inp_inc.inc_ie." .. name)
	end
	local has_zone = kvm.has_member(T, "inp_inc.inc_ie.ie6_zoneid")
	return {
		["local"] = { address = at "ie_dependladdr", port = at "ie_lport" },
		foreign = { address = at "ie_dependfaddr", port = at "ie_fport" },
		zone = has_zone and member.getter(T, "inp_inc.inc_ie.ie6_zoneid"),
	}
end

-- Address, port and zone of one end. A socket of both families is unbound, or
-- has a mapped address.
local function end_reader(k, T, which)
	local all, vflag = endpoints(T), member.getter(T, "inp_vflag")
	local place = all[which]
	return function(s)
		if s.entry then
			return s[which .. "_address"], s[which .. "_port"]
		end
		local inp = s.inp
		local port = (">I2"):unpack(inaddr.read(k, inp + place.port, 2))
		if vflag(inp) & INP_IPV6 == 0 then
			return inaddr.read(k, inp + place.address + 12, 4), port
		end
		return inaddr.read(k, inp + place.address, 16), port, all.zone and all.zone(inp)
	end
end

local function end_fields(fields, k, T, which, name_of)
	local read = end_reader(k, T, which)
	fields[which .. "_end"] = read
	fields[which .. "_any"] = function(s)
		return inaddr.any((read(s)))
	end
	fields[which .. "_port"] = function(s)
		return (select(2, read(s)))
	end
	fields[which .. "_addr"] = function(s)
		local bytes, _, zone = read(s)
		if inaddr.any(bytes) then
			return "*"
		end
		return inaddr.text(bytes, zone, #bytes == 16 and function(number)
			return s.stack.base and name_of(s.stack, number)
		end)
	end
end

-- Fields of the socket; a connection may have lost its own.
local function put_socket_fields(fields, k, T)
	local of, so_of = socket.new(k), member.pointer(T, "inp_socket")
	if of == nil or so_of == nil then
		return
	end
	fields.so = function(s)
		return s.inp and so_of(s.inp)
	end
	for name, field in pairs(of.fields) do
		fields[name] = fields[name] or function(s)
			local so = s.inp and so_of(s.inp)
			return so and field(so)
		end
	end
	for _, name in ipairs { "rcv_cc", "snd_cc" } do
		local field = of.fields[name]
		fields[name] = function(s)
			local so = s.inp and so_of(s.inp)
			return so and field(so) or 0
		end
	end
end

local function fields_of(k, T, stacks)
	local tp = tcpcb_field(k, T)
	local fields = {
		proto = proto_field(T),
		inp = function(s) return s.inp or s.entry end,
		pcb = function(s)
			return s.entry or tp(s) or s.inp
		end,
		jid = function(s) return s.stack.jid end,
		vnet = function(s) return s.stack.vnet end,
	}
	put_tcp_fields(fields, k, T)
	local name_of = ifnet.namer(k, stacks)
	end_fields(fields, k, T, "local", name_of)
	end_fields(fields, k, T, "foreign", name_of)
	put_socket_fields(fields, k, T)
	return fields
end

local methods = {}
local view_meta = { __index = methods }

-- The addresses on a list of a stack. Until 13 the head stands elsewhere.
function methods:of_list(stack, variable, report)
	local info = self.stacks:address(stack, variable)
	local head = self.head
	if info == nil or head == nil then
		return function() return nil end
	end
	local address = info + head.offset
	if head.type:strip().kind == "pointer" then
		local ok, at = pcall(member.pointer(self.info_type, "ipi_listhead"), info)
		if not ok then
			report(("%s of jail %s: %s"):format(variable, stack.jid or "?", tostring(at)))
		end
		if not ok or at == nil then	-- not yet set up
			return function() return nil end
		end
		address = at
	end
	return (self.walk(address, function(status)
		report(("%s of jail %s: %s"):format(variable, stack.jid or "?", status.message))
	end))
end

--- All control blocks, and the connections that are not yet any, of all the
-- stacks: subjects that the fields take, with `list` ("tcp", "udp", "udpl",
-- "sctp", "div", "raw"), `stack`, and `inp` (an address) or `entry` (of the
-- syncache).
-- @tparam function report
-- @treturn function iterator
function methods:each(report)
	return coroutine.wrap(function()
		for _, stack in ipairs(self.stacks.list) do
			for _, list in ipairs(LISTS) do
				for inp in self:of_list(stack, list[1], report) do
					coroutine.yield { inp = inp, list = list[2], stack = stack }
				end
				if list[2] == "udpl" then
					for inp in sctp_pcb.each(self.k, self.stacks, stack, report) do
						coroutine.yield { inp = inp, list = "sctp", stack = stack }
					end
				elseif list[2] == "tcp" then
					for s in syncache.each(self.k, self.stacks, stack, report) do
						coroutine.yield(s)
					end
				end
			end
		end
	end)
end

--- What can be known of a kernel's internet sockets.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @treturn ?table with `fields`: functions of what each() gives: proto state pcb
--   inp so jid vnet flowid flowtype local_addr local_port local_any
--   foreign_addr foreign_port foreign_any, those of vmcore.kern.tcpcb and of
--   vmcore.kern.socket; nil when the kernel has no such types
function inpcb.new(k, stacks)
	local T, I = k:type "struct inpcb", k:type "struct inpcbinfo"
	local head = I and I:member "ipi_listhead"
	if T == nil or head == nil then
		return nil
	end
	return setmetatable({
		k = k, stacks = stacks, type = T, info_type = I, head = head,
		fields = fields_of(k, T, stacks),
		walk = queue.prepare(head.type, "inp_list", { element = T, addresses = true }),
	}, view_meta)
end

return inpcb
