--- Vnodes: their paths through the name cache (kern/vfs_cache.c), and what
-- their file systems know of them.
-- @module vmcore.kern.vnode

local member = require "vmcore.kern.member"
local vnwithin = require "vmcore.kern.vnwithin"

local vnode = {}

local VV_ROOT = 0x0001		-- v_vflag, sys/vnode.h
local TYPES = { [0] = "VNON", "VREG", "VDIR", "VBLK", "VCHR", "VLNK", "VSOCK", "VFIFO", "VBAD",
	"VMARKER" }
-- S_IF* of a type, sys/stat.h
local FORMATS = { VREG = "-", VDIR = "d", VBLK = "b", VCHR = "c", VLNK = "l", VSOCK = "s",
	VFIFO = "p" }

local NAME_MAX, DEPTH_MAX = 255, 512

-- What v_data is, by the name of the file system: number, mode, size.
local NODES = {
	ufs = { "inode", "i_number", "i_mode", "i_size" },
	tmpfs = { "tmpfs_node", "tn_id", "tn_mode", "tn_size" },
	devfs = { "devfs_dirent", "de_inode", "de_mode" },
	zfs = { "znode", "z_id", "z_mode", "z_size" },
	msdosfs = { "denode", "de_inode", "", "de_FileSize" },
	cd9660 = { "iso_node", "i_number", "inode.iso_mode", "i_size" },
}

local function node_readers(k)
	return setmetatable({}, { __index = function(cache, fs)
		local names = NODES[fs]
		local T = names and k:type("struct " .. names[1])
		cache[fs] = { number = member.getter(T, names and names[2] or ""),
			mode = member.getter(T, names and names[3] or ""),
			size = member.getter(T, names and names[4] or "") }
		return cache[fs]
	end })
end

-- A directory's or file's name in the one above: the first entry that leads
-- to the vnode.
local function name_in_cache(view)
	local k, N = view.k, view.cache
	local first = member.pointer(view.type, "v_cache_dst.tqh_first")
	local above, length = member.pointer(N, "nc_dvp"), member.getter(N, "nc_nlen")
	local name = N and N:member "nc_name"
	return first and above and length and name and function(vp)
		local nc = first(vp)
		if nc == nil then
			return nil
		end
		local n, dvp = math.min(length(nc), NAME_MAX), above(nc)
		local text = k:read(nc + name.offset, n)
		return dvp and text and not text:find "[%z/]" and text or nil, dvp
	end
end

local methods = {}
local view_meta = { __index = methods }

-- The vnode that another file system's root covers; nil at the top.
local function covered(view, vp)
	local depth = 0
	while vp and view.vflag(vp) & VV_ROOT ~= 0 and depth < DEPTH_MAX do
		local mp = view.mount(vp)
		if mp == nil then
			break		-- it was unmounted by force
		end
		vp, depth = view.covered_by(mp), depth + 1
	end
	return vp
end

local function joined(base, parts)
	local text = {}
	for i = #parts, 1, -1 do
		text[#text + 1] = parts[i]
	end
	return base .. "/" .. table.concat(text, "/")
end

-- The path of a vnode that the name cache does not lead to: what is mounted
-- there knows where that is, or its own file system where it is in there.
local function by_mount(view, vp)
	local here = view.kind(vp) == "VDIR" and view.mounted_here and view.mounted_here(vp)
	if here then
		return view.mounted_on(here)
	end
	local fs = view.filesystem(vp)
	local knows = fs and view.within[fs]
	local rest = knows and knows(vp)
	return rest and view.mounted_on(view.mount(vp)):gsub("/$", "") .. "/" .. rest
end

--- The path of a vnode from the system's root, as vn_fullpath(9) finds it: by
-- the name cache, and by what file systems know that do not use it.
-- @tparam integer vp address
-- @treturn ?string nil when nothing leads there: a file that was removed, or
--   whose name fell out of the cache
-- @raise a fault
function methods:path(vp)
	local parts, first = {}, vp
	for _ = 1, DEPTH_MAX do
		vp = covered(self, vp)
		if vp == nil then
			return joined("", parts)
		end
		local name, above = self.name(vp)
		if name == nil then
			local base = by_mount(self, vp)
			return base and #parts > 0 and joined(base:gsub("/$", ""), parts) or base
		end
		parts[#parts + 1], vp = name, above
	end
	error(member.damage(first, "vnode %#x: the name cache runs in a circle", first))
end

--- What its file system knows of a vnode.
-- @tparam integer vp address
-- @treturn table number, mode (as ls(1) prints it), size; without what the
--   kernel file does not tell
-- @raise a fault
function methods:attributes(vp)
	local fs, data = self.filesystem(vp), self.data(vp)
	local readers = fs and data and self.nodes[fs] or {}
	local mode = readers.mode and readers.mode(data)
	return {
		number = readers.number and readers.number(data),
		mode = mode and vnode.mode_text(self.kind(vp), mode),
		size = readers.size and readers.size(data),
	}
end

--- A mode as ls(1) prints it: strmode(3).
-- @tparam string kind "VREG"...
-- @tparam integer mode
-- @treturn string
function vnode.mode_text(kind, mode)
	local text = { FORMATS[kind] or "?" }
	for i = 2, 0, -1 do
		local bits, special = mode >> i * 3, mode >> 9 & 1 << i ~= 0
		text[#text + 1] = bits & 4 ~= 0 and "r" or "-"
		text[#text + 1] = bits & 2 ~= 0 and "w" or "-"
		local set, clear = i == 0 and "t" or "s", i == 0 and "T" or "S"
		text[#text + 1] = special and (bits & 1 ~= 0 and set or clear) or bits & 1 ~= 0 and "x" or "-"
	end
	return table.concat(text)
end

-- v_type is a bit-field of eight bits from 13 on, which its type does not
-- tell: then it begins where another member would overlap it.
local function kind_reader(k, V)
	local get = member.getter(V, "v_type")
	local flags = get and V:member "v_irflag"
	local m = get and V:member "v_type"
	if m and flags and flags.offset > m.offset and flags.offset < m.offset + m.type.size then
		return function(vp)
			return k.kd:read_uint(vp + m.offset, 1) or get(vp)
		end
	end
	return get
end

--- What can be known of vnodes by address.
-- @tparam table k
-- @treturn ?table path(), attributes(); functions of a vnode's address: kind
--   ("VREG"...) mount (address) filesystem (its name) data; of a mount's:
--   mounted_on, covered_by; nil when the kernel file has no types
function vnode.new(k)
	local V, M = k:type "struct vnode", k:type "struct mount"
	local kind, on = kind_reader(k, V), member.getter(M, "mnt_stat.f_mntonname")
	if kind == nil or on == nil then
		return nil
	end
	local vflag, covered_by = member.getter(V, "v_vflag"), member.pointer(M, "mnt_vnodecovered")
	if vflag == nil or covered_by == nil then
		return nil
	end
	local view = setmetatable({
		k = k, type = V, cache = k:type "struct namecache", nodes = node_readers(k),
		kind = function(vp) return TYPES[kind(vp)] or tostring(kind(vp)) end,
		vflag = vflag, mount = member.pointer(V, "v_mount"),
		data = member.pointer(V, "v_data"),
		mounted_on = on, covered_by = covered_by,
	}, view_meta)
	local fstype = member.getter(M, "mnt_stat.f_fstypename")
	function view.filesystem(vp)
		local mp = view.mount(vp)
		return mp and fstype(mp)
	end
	view.name = name_in_cache(view) or function() return nil end
	view.mounted_here = member.pointer(V, "v_mountedhere")
	view.mount_data = member.pointer(M, "mnt_data")
	view.within = vnwithin.new(view)
	return view
end

return vnode
