--- Sockets: sys/socketvar.h, sys/sockbuf.h, sys/protosw.h, sys/domain.h.
-- @module vmcore.kern.socket

local member = require "vmcore.kern.member"

local socket = {}

local SO_ACCEPTCONN = 0x0002	-- so_options, sys/socket.h

-- so_type, sys/socket.h
local TYPES = { "stream", "dgram", "raw", "rdm", "seqpkt" }

-- The domain's family and the protocol's number, once for each protosw.
local function protocols(k, T)
	local proto = member.pointer(T, "so_proto")
	local P, D = k:type "struct protosw", k:type "struct domain"
	local number, domain = member.getter(P, "pr_protocol"), member.pointer(P, "pr_domain")
	local family = member.getter(D, "dom_family")
	if not (proto and number and domain and family) then
		return nil
	end
	local known = {}
	return function(so)
		local at = proto(so)
		if at == nil then
			return nil
		elseif known[at] == nil then
			local d = domain(at)
			known[at] = { family = d and family(d), protocol = number(at) }
		end
		return known[at]
	end
end

-- A socket that listens has queues of connections where others have buffers.
local function of_buffer(T, listening, path)
	local get = member.getter(T, path)
	return get and function(so)
		return listening(so) and 0 or get(so)
	end
end

local function of_listener(T, listening, path)
	local get = member.getter(T, path)
	return get and function(so)
		return listening(so) and get(so) or nil
	end
end

-- A limit has a place in either.
local function limit(T, listening, path, listener)
	local get, other = member.getter(T, path), member.getter(T, listener)
	return get and function(so)
		if not listening(so) then
			return get(so)
		end
		return other and other(so)
	end
end

local function put_buffers(fields, T, listening)
	for _, way in ipairs { "rcv", "snd" } do
		fields[way .. "_cc"] = of_buffer(T, listening, ("so_%s.sb_ccc"):format(way))
		for _, name in ipairs { "mbcnt", "mbmax", "mcnt", "ccnt" } do
			fields[way .. "_" .. name] = of_buffer(T, listening, ("so_%s.sb_%s"):format(way, name))
		end
		for _, mark in ipairs { "hiwat", "lowat" } do
			fields[way .. "_" .. mark] = limit(T, listening, ("so_%s.sb_%s"):format(way, mark),
			    ("sol_sb%s_%s"):format(way, mark))
		end
	end
end

--- What can be known of sockets.
-- @tparam table k
-- @treturn ?table `type`, `fields`: functions of an address: type (its name)
--   family protocol state options listening error pcb uid rcv_cc snd_cc
--   *_hiwat *_lowat *_mbcnt *_mbmax (bytes) *_mcnt *_ccnt (mbufs and clusters;
--   not counted from 14 on) and, of a socket that listens, qlen
--   incqlen qlimit; nil when the kernel file has no types
function socket.new(k)
	local T = k:type "struct socket"
	local options, so_type = member.getter(T, "so_options"), member.getter(T, "so_type")
	if options == nil or so_type == nil then
		return nil
	end
	local function listening(so)
		return options(so) & SO_ACCEPTCONN ~= 0
	end
	local of = protocols(k, T)
	local fields = {
		type = function(so)
			local number = so_type(so)
			return TYPES[number] or tostring(number)
		end,
		family = of and function(so) return (of(so) or {}).family end,
		protocol = of and function(so) return (of(so) or {}).protocol end,
		state = member.getter(T, "so_state"),
		options = options,
		listening = listening,
		error = member.getter(T, "so_error"),
		pcb = member.pointer(T, "so_pcb"),
		vnet = member.pointer(T, "so_vnet"),
		uid = member.unless_null(member.getter(T, "so_cred.cr_uid"), nil),
		qlen = of_listener(T, listening, "sol_qlen"),
		incqlen = of_listener(T, listening, "sol_incqlen"),
		qlimit = of_listener(T, listening, "sol_qlimit"),
		addr = function(so) return so end,
	}
	put_buffers(fields, T, listening)
	return { type = T, fields = fields }
end

return socket
