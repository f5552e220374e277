--- Who has the other end of a pipe or socket open: pipes by pipe_peer, unix
-- sockets by unp_conn, others of this system by both their names.
-- @module vmcore.kern.openpeer

local openpeer = {}

local JOINED = { pipe = true, socket = true }

-- All processes' pipes and sockets: by f_data, lists of { pid, fd }.
local function holders_of(view, procs)
	local found, sockets, of = {}, {}, view.files.fields
	for open in view:each(procs, nil, function() end) do
		pcall(function()
			local kind = open.fp and of.type(open.fp)
			local data = JOINED[kind] and of.data(open.fp)
			if data then
				found[data] = found[data] or {}
				sockets[data] = kind == "socket" or nil
				table.insert(found[data], { pid = procs.fields.pid(open.p), fd = open.fd })
			end
		end)
	end
	return found, sockets
end

-- Addresses that every network stack has to itself.
local function is_own(name)
	return name:find "^127%." or name:find "^%[?::1[%]:]"
end

-- A connection by the names of its ends, and the same from the other end; nil of
-- what is not connected. Jails with a network stack of their own may have the
-- same names, of this stack alone when they are loopback's.
local function ends(names, so)
	local s = { so = so }
	local here, there = names.local_name(s), names.foreign_name(s)
	if here == nil or there == nil or there:find("*", 1, true) then
		return nil
	end
	local proto = names.proto(s)
	if is_own(here) then
		proto = proto .. " " .. tostring(names.jid and names.jid(s))
	end
	return proto .. " " .. here .. " " .. there, proto .. " " .. there .. " " .. here
end

-- Connected sockets by the names of their ends.
local function by_names(names, sockets)
	local found = {}
	for so in pairs(sockets) do
		pcall(function()
			local name = ends(names, so)
			if name then
				found[name] = so
			end
		end)
	end
	return found
end

--- A function that finds them. The first call looks at every descriptor.
-- @tparam table view vmcore.kern.openfile
-- @tparam table procs vmcore.kern.proc
-- @tparam ?table sockets vmcore.kern.sockname
-- @treturn function of what view:each() gives, to a list of { pid, fd }; nil when
--   it has no other end, or nobody has that open
function openpeer.new(view, procs, sockets)
	local of, data_of = view.files.fields, view.data
	local holders, all, named
	local function look()
		if holders == nil then
			holders, all = holders_of(view, procs)
		end
	end
	local function of_socket(so)
		local other = data_of.peer_socket and data_of.peer_socket(so)
		if other or sockets == nil then
			return other
		end
		look()
		named = named or by_names(sockets.fields, all)
		local _, other_name = ends(sockets.fields, so)
		return other_name and named[other_name]
	end
	return function(open)
		local kind = open.fp and of.type(open.fp)
		local data = JOINED[kind] and of.data(open.fp)
		if not data then
			return nil
		end
		local other
		if kind == "socket" then
			other = of_socket(data)
		else
			other = data_of.peer and data_of.peer(data)
		end
		if other then
			look()
		end
		return other and holders[other] or nil
	end
end

return openpeer
