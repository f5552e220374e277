--- Where a file system itself has a vnode, when the name cache does not lead to
-- it: devfs(5), tmpfs(5), pseudofs(9), nullfs(5), fdescfs(5) know, as their
-- VOP_VPTOCNP(9) does.
-- @module vmcore.kern.vnwithin

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local tree = require "vmcore.tree"

local vnwithin = {}

local NAME_MAX, DEPTH_MAX, NODES_MAX = 255, 512, 1 << 20
local STACKED_MAX = 16		-- nullfs on nullfs on...

-- td_cookie of an entry that stands for several with the same hash,
-- fs/tmpfs/tmpfs.h: TMPFS_DIRCOOKIE_DUPHEAD
local DUPHEAD = 0x80000000

-- The way from a node up to the root, as a path without a slash in front. step
-- gives a node's name and what is above it; the root's name is "".
local function climb(node, step)
	local names = {}
	for _ = 1, DEPTH_MAX do
		if node == nil then
			return nil
		end
		local name, above = step(node)
		if name == nil then
			return nil
		elseif name == "" then
			return table.concat(names, "/")
		end
		table.insert(names, 1, name)
		node = above
	end
	return nil
end

-- Device nodes have the device's name, which may have slashes; directories are
-- below what their entry ".." has.
local function devfs(view)
	local D = view.k:type "struct devfs_dirent"
	local device = member.getter(view.type, "v_rdev.si_name")
	local name, first = member.getter(D, "de_dirent.d_name"), member.pointer(D, "de_dlist.tqh_first")
	local after, dir = member.pointer(D, "de_list.tqe_next"), member.pointer(D, "de_dir")
	local function step(de)
		local dot = first(de)
		local dotdot = dot and after(dot)
		local above = dotdot and dir(dotdot)
		if above == de then
			return ""
		end
		return above and name(de), above
	end
	return function(vp)
		if view.kind(vp) == "VCHR" then
			return device and device(vp)
		elseif name and first and after and dir then
			return climb(view.data(vp), step)
		end
	end
end

-- Call found(node, name) for the entries of a tmpfs directory.
local function tmpfs_reader(k, E)
	local node, length = member.pointer(E, "td_node"), member.getter(E, "td_namelen")
	local name, cookie = member.pointer(E, "ud.td_name"), member.getter(E, "td_cookie")
	local same = member.pointer(E, "ud.td_duphead.lh_first")
	if not (node and length and name and cookie and same) then
		return nil
	end
	local duphead = E:member("ud").type:member "td_duphead"
	local each_same = queue.prepare(duphead.type, "uh.td_dup.entries", { element = E, addresses = true })
	local function give(e, found)
		local at, n, to = name(e), length(e), node(e)
		local text = at and n <= NAME_MAX and k:read(at, n)
		if text and to then
			found(to, text)
		end
	end
	local offset = E:member("ud").offset + duphead.offset
	return function(head, found)
		for entry in tree.foreach(head, "uh.td_entries") do
			local e = kvm.toaddress(entry)
			if cookie(e) & DUPHEAD == 0 then
				give(e, found)
			else
				for one in each_same(e + offset) do
					give(one, found)
				end
			end
		end
	end
end

-- Nodes of a tmpfs by address: { name, node above }; the root's name is "". A
-- file with several names has the one that is found first.
local function tmpfs_index(root, N, read, is_directory)
	local index, queued, n = { [root] = { "" } }, { root }, 0
	while #queued > 0 do
		local dir = table.remove(queued)
		pcall(read, kvm.object(N, dir).tn_spec.tn_dir.tn_dirhead, function(node, name)
			if index[node] == nil and n < NODES_MAX then
				index[node], n = { name, dir }, n + 1
				if is_directory(node) then
					queued[#queued + 1] = node
				end
			end
		end)
	end
	return index
end

local function tmpfs(view)
	local k = view.k
	local N, E = k:type "struct tmpfs_node", k:type "struct tmpfs_dirent"
	local read, kind = E and tmpfs_reader(k, E), member.getter(N, "tn_type")
	local root = member.pointer(k:type "struct tmpfs_mount", "tm_root")
	if not (read and kind and root and view.mount_data) then
		return nil
	end
	local VDIR = member.constant(k, "VDIR", 2)
	local known = {}
	return function(vp)
		local tm = view.mount_data(view.mount(vp))
		if tm and known[tm] == nil then
			local top = root(tm)
			known[tm] = top and tmpfs_index(top, N, read, function(node) return kind(node) == VDIR end) or {}
		end
		return tm and climb(view.data(vp), function(node)
			local entry = known[tm][node]
			return entry and entry[1], entry and entry[2]
		end)
	end
end

-- procfs(5), linprocfs(5): a process's directory has its number for a name.
local function pseudofs(view)
	local k = view.k
	local V, P = k:type "struct pfs_vdata", k:type "struct pfs_node"
	local node, pid = member.pointer(V, "pvd_pn"), member.getter(V, "pvd_pid")
	local kind, above = member.getter(P, "pn_type"), member.pointer(P, "pn_parent")
	local name = P and P:member "pn_name"
	if not (node and pid and kind and above and name) then
		return nil
	end
	-- fs/pseudofs/pseudofs.h, pfs_type_t
	local root = member.constant(k, "pfstype_root", 1)
	local process = member.constant(k, "pfstype_procdir", 7)
	return function(vp)
		local data = view.data(vp)
		return data and climb(node(data), function(pn)
			if kind(pn) == root then
				return ""
			elseif kind(pn) == process then
				return tostring(pid(data)), above(pn)
			end
			return k.kd:read_string(pn + name.offset, NAME_MAX), above(pn)
		end)
	end
end

-- nullfs(5): as the lower file stands to the root of what is mounted again.
local function nullfs(view)
	local k = view.k
	local lower = member.pointer(k:type "struct null_node", "null_lowervp")
	local M = k:type "struct null_mount"
	local root, own = member.pointer(M, "nullm_lowerrootvp"), member.pointer(M, "nullm_rootvp")
	if not (lower and (root or own) and view.mount_data) then
		return nil
	end
	local function above(vp)
		local data, mount = view.data(vp), view.mount_data(view.mount(vp))
		if data == nil or mount == nil then
			return nil
		end
		local base = root and root(mount) or own and lower(view.data(own(mount)))
		local path, top = view:path(lower(data)), base and view:path(base)
		top = top == "/" and "" or top
		return path and top and path:sub(1, #top + 1) == top .. "/" and path:sub(#top + 2) or nil
	end
	local stacked = 0
	return function(vp)
		if stacked >= STACKED_MAX then
			error(member.damage(vp, "vnode %#x: too many file systems on one another", vp))
		end
		stacked = stacked + 1
		local ok, path = pcall(above, vp)
		stacked = stacked - 1
		if not ok then
			error(path, 0)
		end
		return path
	end
end

-- fdescfs(5): files are named by their descriptor.
local function fdescfs(view)
	local fd = member.getter(view.k:type "struct fdescnode", "fd_fd")
	return fd and function(vp)
		return tostring(fd(view.data(vp)))
	end
end

--- What file systems know of their vnodes' names.
-- @tparam table view vmcore.kern.vnode
-- @treturn table by the name of the file system, functions of a vnode's address
--   to its path from where that is mounted, or nil; they raise faults
function vnwithin.new(view)
	local pfs = pseudofs(view)
	return { devfs = devfs(view), tmpfs = tmpfs(view), procfs = pfs, linprocfs = pfs, linsysfs = pfs,
		nullfs = nullfs(view), fdescfs = fdescfs(view) }
end

return vnwithin
