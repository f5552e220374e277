--- Open files of a forged system: mounts, vnodes, names, descriptors.
local memstats = require "spec.support.memstats"
local types = require "spec.support.types"

local files = {}

-- The members that matter, in places of their own; 12 differs in where
-- directories of a process are.
local TYPES = [[
struct vop_vector { void *vop_default; };
struct vnode { int v_type; int v_vflag; struct mount *v_mount; void *v_data;
	struct { struct namecache *tqh_first; struct namecache **tqh_last; } v_cache_dst;
	struct cdev *v_rdev; };
struct namecache { struct { struct namecache *tqe_next; struct namecache **tqe_prev; } nc_dst;
	struct vnode *nc_dvp; unsigned char nc_flag; unsigned char nc_nlen; char nc_name[0]; };
struct inode { unsigned long i_number; unsigned long i_size; unsigned short i_mode; };
struct devfs_dirent { int de_inode; unsigned short de_mode; };
struct pipe { struct pipe *pipe_peer; };
struct file { unsigned int f_flag; unsigned int f_count; void *f_data; struct vnode *f_vnode;
	short f_type; long f_offset; };
struct filedescent { struct file *fde_file; unsigned char fde_flags; };
struct fdescenttbl { int fdt_nfiles; struct filedescent fdt_ofiles[0]; };
]]
local OLD = [[
struct filedesc { struct fdescenttbl *fd_files; struct vnode *fd_cdir; struct vnode *fd_rdir;
	struct vnode *fd_jdir; };
]]
local NEW = [[
struct filedesc { struct fdescenttbl *fd_files; int fd_freefile; };
struct pwd { unsigned int pwd_refcount; struct vnode *pwd_cdir; struct vnode *pwd_rdir;
	struct vnode *pwd_jdir; };
struct pwddesc { struct mtx pd_lock; struct pwd *pd_pwd; };
]]

local ROOM = 16384
local VREG, VDIR, VCHR, VV_ROOT = 1, 2, 4, 1

--- What system.new's `prepare` takes: types, and the mounts of memstats.lua.
function files.prepare(layout)
	local mounts = memstats.prepare(layout)
	return function(sys)
		mounts(sys)
		types.parse(TYPES, nil, sys.types)
		types.parse(layout == 12 and OLD or NEW, nil, sys.types)
		-- What is allocated later has to be in the dump.
		local heap = sys.mem.heap
		sys.mem:write(sys.mem:alloc(ROOM), ("\0"):rep(ROOM))
		sys.mem.heap = heap
	end
end

-- A vnode under a name in a directory; mode, size and number by its ufs inode.
local function vnode(s, o)
	local sys = s.sys
	local node = o.dev and sys:make("struct devfs_dirent", { de_inode = o.number, de_mode = o.mode })
	    or sys:make("struct inode", { i_number = o.number, i_mode = o.mode, i_size = o.size })
	local vp = sys:make("struct vnode", { v_type = o.type, v_vflag = o.root and VV_ROOT or 0,
		v_mount = s.sys.stats.mounts[o.mount or 1], v_data = node,
		v_rdev = o.dev and sys:make("struct cdev", { si_name = o.dev }) or 0 })
	if o.name then
		local nc = sys:make("struct namecache", { nc_dvp = o.above, nc_nlen = #o.name })
		sys.mem:alloc(#o.name)
		sys.mem:write(nc + s.types:offsetof("struct namecache", "nc_name"), o.name)
		sys:tailq_insert(vp + s.types:offsetof("struct vnode", "v_cache_dst"), nc,
		    "struct namecache", "nc_dst")
	end
	return vp
end

-- Give a process descriptors { vnode or data, DTYPE, flags, offset } by number.
local function open(s, pid, dirs, list)
	local sys, set, p = s.sys, s.types, s.truth.processes[pid].addr
	local entry, first = set:sizeof "struct filedescent", set:offsetof("struct fdescenttbl", "fdt_ofiles")
	local tbl = sys.mem:alloc(first + 8 * entry)
	sys:fill(tbl, "struct fdescenttbl", { fdt_nfiles = 8 })
	for fd, f in pairs(list) do
		local fp = sys:make("struct file", { f_type = f[2], f_flag = f[3], f_offset = f[4] or 0,
			f_count = 1, f_vnode = f[2] == 1 and f[1] or 0, f_data = f[1] })
		sys.mem:ptr(tbl + first + fd * entry, fp)
	end
	local fields = { fd_files = tbl, fd_cdir = dirs.cdir, fd_rdir = dirs.rdir }
	sys:fill(p, "struct proc", { p_fd = sys:make("struct filedesc", fields), p_textvp = dirs.text })
	if set:has("struct proc", "p_pd") then
		local pwd = sys:make("struct pwd", { pwd_cdir = dirs.cdir, pwd_rdir = dirs.rdir })
		sys:fill(p, "struct proc", { p_pd = sys:make("struct pwddesc", { pd_pwd = pwd }) })
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

--- Open: sh (712) /etc/motd twice, a file without a name, /dev/null, a pipe to
-- csh (701) and from it.
function files.place(s)
	local sys = s.sys
	local root = vnode(s, { type = VDIR, root = true, number = 2, mode = 493, size = 512 })
	local etc = vnode(s, { type = VDIR, name = "etc", above = root, number = 10, mode = 1023, size = 512 })
	local motd = vnode(s, { type = VREG, name = "motd", above = etc, number = 11, mode = 420, size = 60 })
	local lost = vnode(s, { type = VREG, number = 12, mode = 384, size = 9 })
	local bin = vnode(s, { type = VDIR, name = "bin", above = root, number = 20, mode = 493 })
	local sh = vnode(s, { type = VREG, name = "sh", above = bin, number = 21, mode = 2541, size = 4096 })
	-- /dev covers a directory of /.
	local covered = vnode(s, { type = VDIR, name = "dev", above = root, number = 30, mode = 493 })
	sys:fill(sys.stats.mounts[2], "struct mount", { mnt_vnodecovered = covered })
	local dev = vnode(s, { type = VDIR, root = true, mount = 2, number = 1, mode = 365, dev = "x" })
	local null = vnode(s, { type = VCHR, mount = 2, number = 28, mode = 438, dev = "null" })
	terminals(s, vnode(s, { type = VCHR, mount = 2, number = 40, mode = 384, dev = "ttyv0" }))
	local a, b = sys:make "struct pipe", sys:make "struct pipe"
	sys:fill(a, "struct pipe", { pipe_peer = b })
	sys:fill(b, "struct pipe", { pipe_peer = a })
	open(s, 712, { cdir = etc, rdir = root, text = sh }, { [0] = { null, 1, 3 }, [1] = { a, 3, 3 },
		[3] = { motd, 1, 1, 60 }, [4] = { lost, 1, 2 } })
	open(s, 701, { cdir = dev, rdir = root, text = sh }, { [0] = { b, 3, 3 }, [5] = { motd, 1, 1 } })
	s.truth.files = { motd = motd, etc = etc, lost = lost, a = a, b = b }
end

return files
