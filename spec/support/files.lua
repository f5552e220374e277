--- Open files of a forged system: mounts, vnodes, names, descriptors.
local memstats = require "spec.support.memstats"
local source = require "spec.support.source"
local types = require "spec.support.types"

local files = {}

-- What real kernels without ufs or timerfd have no layout for here.
local TYPES = [[
struct inode { unsigned long i_number; unsigned long i_size; unsigned short i_mode; };
]]

local ROOM = 65536
local VNON, VREG, VDIR, VCHR, VMARKER, VV_ROOT = 0, 1, 2, 4, 9, 1
files.VNON = VNON
local UNLOCKED = 1		-- LK_SHARE, sys/lockmgr.h
local DTYPES = { vnode = 1, pipe = 3, kqueue = 5, shm = 8, sem = 9, pts = 10, procdesc = 12,
	eventfd = 13, timerfd = 14, inotify = 15, jaildesc = 16 }

--- What system.new's `prepare` takes: types, and the mounts of memstats.lua.
function files.prepare(layout)
	local mounts = memstats.prepare(layout)
	return function(sys)
		mounts(sys)
		types.parse(TYPES, nil, sys.types)
		types.parse(source.read(("spec/support/layouts/vfs%d-amd64.h"):format(layout)), nil, sys.types)
		-- What is allocated later has to be in the dump.
		local heap = sys.mem.heap
		sys.mem:write(sys.mem:alloc(ROOM), ("\0"):rep(ROOM))
		sys.mem.heap = heap
	end
end

-- What the file system knows of a vnode.
local function node(sys, o)
	if o.node then
		return o.node
	elseif o.dev then
		return sys:make("struct devfs_dirent", { de_inode = o.number, de_mode = o.mode })
	end
	return sys:make("struct inode", { i_number = o.number, i_mode = o.mode, i_size = o.size })
end

--- A vnode under a name in a directory; mode, size and number by its inode.
-- @tparam table s of system.new
-- @tparam table o type, mount (its number), name, above, number, mode, size, root,
--   dev, node, used, held, flags
-- @treturn integer address
function files.vnode(s, o)
	local sys, set, mp = s.sys, s.types, s.sys.stats.mounts[o.mount or 1]
	local vp = sys:make("struct vnode", { v_vflag = (o.root and VV_ROOT or 0) | (o.flags or 0), v_mount = mp,
		v_data = node(sys, o), v_usecount = o.used or 0, v_holdcnt = o.held or 1,
		v_rdev = o.dev and sys:make("struct cdev", { si_name = o.dev }) or nil })
	s.memory:u8(vp + set:offsetof("struct vnode", "v_type"), o.type)
	local lk = vp + set:offsetof("struct vnode", "v_lock")
	sys:fill(vp, "struct vnode", { v_vnlock = lk, ["v_lock.lk_lock"] = UNLOCKED })
	sys:tailq_insert(mp + set:offsetof("struct mount", "mnt_nvnodelist"), vp, "struct vnode",
	    "v_nmntvnodes")
	if o.name then
		local nc = sys:make("struct namecache", { nc_dvp = o.above, nc_nlen = #o.name })
		sys.mem:alloc(#o.name)
		sys.mem:write(nc + set:offsetof("struct namecache", "nc_name"), o.name)
		sys:tailq_insert(vp + set:offsetof("struct vnode", "v_cache_dst"), nc, "struct namecache", "nc_dst")
	end
	return vp
end

-- Give a process descriptors { vnode or data, DTYPE, flags, offset } by number.
local function open(s, pid, dirs, list)
	local sys, set, p = s.sys, s.types, s.truth.processes[pid].addr
	local entry, first = set:sizeof "struct filedescent", set:offsetof("struct fdescenttbl", "fdt_ofiles")
	local tbl = sys.mem:alloc(first + 16 * entry)
	sys:fill(tbl, "struct fdescenttbl", { fdt_nfiles = 16 })
	for fd, f in pairs(list) do
		local fp = sys:make("struct file", { f_type = DTYPES[f[2]], f_flag = f[3], f_offset = f[4] or 0,
			f_count = 1, f_vnode = f[2] == "vnode" and f[1] or 0, f_data = f[1] })
		sys.mem:ptr(tbl + first + fd * entry, fp)
	end
	local fields = { fd_files = tbl, fd_cdir = dirs.cdir, fd_rdir = dirs.rdir }
	sys:fill(p, "struct proc", { p_fd = sys:make("struct filedesc", fields), p_textvp = dirs.text })
	if set:has("struct proc", "p_pd") then
		local pwd = sys:make("struct pwd", { pwd_cdir = dirs.cdir, pwd_rdir = dirs.rdir })
		local desc = sys:make "struct pwddesc"
		sys.mem:ptr(desc + set:offsetof("struct pwddesc", "pd_pwd"), pwd)
		sys:fill(p, "struct proc", { p_pd = desc })
	end
end

-- The terminal of every session that has one.
local function terminals(s, vp)
	local set, mem = s.types, s.memory
	for _, p in pairs(s.truth.processes) do
		local group = mem:get(p.addr + set:offsetof("struct proc", "p_pgrp"), 8)
		local session = mem:get(group + set:offsetof("struct pgrp", "pg_session"), 8)
		if p.tty then
			mem:struct(session, "struct session", { s_ttyvp = vp })
		end
	end
end

-- What is open and no file; only what this kernel has.
local function others(s)
	local sys, found = s.sys, {}
	local function add(fd, kind, spelling, fields)
		if s.types:has(spelling, next(fields)) then
			found[fd] = { sys:make(spelling, fields), kind, 3 }
		end
	end
	add(5, "shm", "struct shmfd", { shm_size = 8192, shm_mode = 384, shm_path = sys.mem:string(nil, "/seg") })
	add(6, "sem", "struct ksem", { ks_value = 3, ks_mode = 420, ks_path = sys.mem:string(nil, "/sem") })
	add(7, "kqueue", "struct kqueue", { kq_count = 2 })
	add(8, "procdesc", "struct procdesc", { pd_pid = 720 })
	add(9, "pts", "struct tty", { t_dev = sys:make("struct cdev", { si_name = "pts/7" }) })
	add(10, "eventfd", "struct eventfd", { efd_count = 5, efd_flags = 1 })
	add(11, "timerfd", "struct timerfd", { tfd_count = 1, tfd_clockid = 4 })
	add(12, "inotify", "struct inotify_softc", { npending = 2, nbpending = 64 })
	add(13, "jaildesc", "struct jaildesc", { jd_prison = s.sys.by_name.prison0.addr })
	return found
end

-- A file of tmpfs that the name cache does not know: its directory does.
local function tmpfs(s)
	local sys, set, mp = s.sys, s.types, s.sys.stats.mounts[3]
	local function make(id, kind, size)
		local at = sys:make("struct tmpfs_node", { tn_id = id, tn_mode = 420, tn_size = size })
		s.memory:u8(at + set:offsetof("struct tmpfs_node", "tn_type"), kind)
		return at
	end
	local root, dir, file = make(2, VDIR, 0), make(3, VDIR, 0), make(4, VREG, 4096)
	local function entry(above, name, to)
		local e = sys:make("struct tmpfs_dirent", { td_namelen = #name, td_node = to, td_cookie = 16 })
		s.memory:ptr(e + set:offsetof("struct tmpfs_dirent", "ud"), sys.mem:string(nil, name))
		s.memory:ptr(above + set:offsetof("struct tmpfs_node",
		    "tn_spec.tn_dir.tn_dirhead"), e)
	end
	entry(root, "work", dir)
	entry(dir, "notes", file)
	sys:fill(mp, "struct mount", { mnt_data = sys:make("struct tmpfs_mount", { tm_root = root }) })
	s.memory:write(mp + set:offsetof("struct mount", "mnt_stat.f_fstypename"), "tmpfs\0")
	local vp = files.vnode(s, { type = VREG, mount = 3, node = file, used = 1 })
	sys:fill(file, "struct tmpfs_node", { tn_vnode = vp })
	return vp
end

--- Open: sh (712) /etc/motd, a file without a name, /dev/null, a pipe to
-- csh (701) and from it, a file of tmpfs, and one of everything that is no file;
-- a vnode that crasher (720) has locked.
function files.place(s)
	local sys, vnode = s.sys, files.vnode
	local root = vnode(s, { type = VDIR, root = true, number = 2, mode = 493, size = 512, used = 4 })
	local etc = vnode(s, { type = VDIR, name = "etc", above = root, number = 10, mode = 1023, size = 512,
		used = 1 })
	local motd = vnode(s, { type = VREG, name = "motd", above = etc, number = 11, mode = 420, size = 60,
		used = 2, held = 3 })
	local lost = vnode(s, { type = VREG, number = 12, mode = 384, size = 9, used = 1, flags = 0x400 })
	local bin = vnode(s, { type = VDIR, name = "bin", above = root, number = 20, mode = 493 })
	local sh = vnode(s, { type = VREG, name = "sh", above = bin, number = 21, mode = 2541, size = 4096,
		used = 2 })
	vnode(s, { type = VMARKER })
	sys:fill(sh, "struct vnode", { ["v_lock.lk_lock"] = s.truth.processes[720].threads[1].addr })
	-- /dev covers a directory of /.
	local covered = vnode(s, { type = VDIR, name = "dev", above = root, number = 30, mode = 493 })
	sys:fill(sys.stats.mounts[2], "struct mount", { mnt_vnodecovered = covered })
	local dev = vnode(s, { type = VDIR, root = true, mount = 2, number = 1, mode = 365, dev = "x" })
	local null = vnode(s, { type = VCHR, mount = 2, number = 28, mode = 438, dev = "null" })
	terminals(s, vnode(s, { type = VCHR, mount = 2, number = 40, mode = 384, dev = "ttyv0" }))
	local a, b = sys:make "struct pipe", sys:make "struct pipe"
	sys:fill(a, "struct pipe", { pipe_peer = b, ["pipe_buffer.cnt"] = 17 })
	sys:fill(b, "struct pipe", { pipe_peer = a })
	local list = others(s)
	list[0], list[1], list[3] = { null, "vnode", 3 }, { a, "pipe", 3 }, { motd, "vnode", 1, 60 }
	list[4], list[14] = { lost, "vnode", 2 }, { tmpfs(s), "vnode", 3 }
	open(s, 712, { cdir = etc, rdir = root, text = sh }, list)
	open(s, 701, { cdir = dev, rdir = root, text = sh }, { [0] = { b, "pipe", 3 }, [5] = { motd, "vnode", 1 } })
	s.truth.files = { motd = motd, etc = etc, lost = lost, a = a, b = b, sh = sh, root = root, null = null }
end

return files
