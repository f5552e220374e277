--- What an open file is when it is no file of a file system: what f_data leads
-- to, by DTYPE_*.
-- @module vmcore.kern.filedata

local member = require "vmcore.kern.member"

local filedata = {}

local NAME_MAX = 1024
-- The bits of a mode that are of the shared memory or the semaphore itself.
local MODE = 0xfff

-- A string that a pointer member leads to.
local function text_at(k, T, path)
	local get = member.pointer(T, path)
	return get and function(at)
		local address = get(at)
		return address and k.kd:read_string(address, NAME_MAX)
	end
end

-- Words of "name value" pairs, of members that this kernel has.
local function words(T, list)
	local readers = {}
	for _, item in ipairs(list) do
		local get = member.getter(T, item[1])
		readers[#readers + 1] = get and { get, item[2] } or nil
	end
	if #readers == 0 then
		return nil
	end
	return function(at)
		local text = {}
		for i, r in ipairs(readers) do
			text[i] = r[2]:format(r[1](at))
		end
		return table.concat(text, " ")
	end
end

-- Both ends of a pipe.
local function pipe_name(peer)
	return peer and function(at)
		return ("%#x -> %#x"):format(at, peer(at) or 0)
	end
end

-- Named ones have a path, others a value.
local function semaphore_name(k, T)
	local path, value = text_at(k, T, "ks_path"), words(T, { { "ks_value", "value %d" },
		{ "ks_waiters", "waiters %d" } })
	return value and function(at)
		local name = path and path(at)
		return (name and name .. " " or "") .. value(at)
	end
end

local function terminal_name(k)
	local name = member.unless_null(member.getter(k:type "struct tty", "t_dev.si_name"), nil)
	return name and function(at)
		local dev = name(at)
		return dev and "master of " .. dev
	end
end

-- A message queue's name: of its node in mqueuefs(5).
local function queue_name(k)
	return member.getter(k:type "struct mqfs_node", "mn_name")
end

local function names(k, peer)
	return {
		pipe = pipe_name(peer), shm = text_at(k, k:type "struct shmfd", "shm_path"),
		sem = semaphore_name(k, k:type "struct ksem"), pts = terminal_name(k),
		mqueue = queue_name(k),
		kqueue = words(k:type "struct kqueue", { { "kq_count", "pending %d" } }),
		eventfd = words(k:type "struct eventfd", { { "efd_count", "count %d" }, { "efd_flags", "flags %#x" } }),
		timerfd = words(k:type "struct timerfd", { { "tfd_count", "count %d" },
			{ "tfd_clockid", "clock %d" }, { "tfd_flags", "flags %#x" } }),
		inotify = words(k:type "struct inotify_softc", { { "npending", "pending %d" },
			{ "nbpending", "bytes %d" } }),
		procdesc = words(k:type "struct procdesc", { { "pd_pid", "process %d" } }),
		jaildesc = member.unless_null(words(k:type "struct jaildesc", { { "jd_prison.pr_id", "jail %d" } }),
		    "jail gone"),
	}
end

--- What can be known of what f_data leads to.
-- @tparam table k
-- @treturn table `names`, `modes` (permissions), `sizes` (bytes; of a pipe, those
--   that wait in this end's buffer): by the name of a DTYPE, functions of an
--   address; `peer`: of a pipe's, to that of the other end; `peer_socket`: of a
--   unix socket's; without what this kernel does not tell
function filedata.new(k)
	local P, S, M = k:type "struct pipe", k:type "struct shmfd", k:type "struct ksem"
	local U = k:type "struct unpcb"
	local pcb, conn = member.pointer(k:type "struct socket", "so_pcb"), member.pointer(U, "unp_conn")
	local so = member.pointer(U, "unp_socket")
	local peer = member.pointer(P, "pipe_peer")
	local function mode(T, path)
		local get = member.getter(T, path)
		return get and function(at) return get(at) & MODE end
	end
	local unix = member.constant(k, "AF_UNIX", 1)
	local family = member.getter(k:type "struct socket", "so_proto.pr_domain.dom_family")
	return {
		names = names(k, peer), peer = peer,
		modes = { shm = mode(S, "shm_mode"), sem = mode(M, "ks_mode") },
		sizes = { shm = member.getter(S, "shm_size"), pipe = member.getter(P, "pipe_buffer.cnt") },
		peer_socket = pcb and conn and so and family and function(at)
			local own = family(at) == unix and pcb(at)
			local other = own and conn(own)
			return other and so(other) or nil
		end,
	}
end

return filedata
