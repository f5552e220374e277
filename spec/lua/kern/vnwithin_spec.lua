--- Where file systems have their vnodes, when the name cache does not know.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local vnode = require "vmcore.kern.vnode"

local VREG, VDIR = 1, 2
local PROCDIR = 7		-- pfstype_procdir, fs/pseudofs/pseudofs.h; the root is 1

-- Make mount n one of another type at a place, with data of its own.
local function remount(s, n, fstype, directory, data)
	local mp, set = s.sys.stats.mounts[n], s.types
	s.memory:write(mp + set:offsetof("struct mount", "mnt_stat.f_fstypename"), fstype .. "\0")
	s.memory:write(mp + set:offsetof("struct mount", "mnt_stat.f_mntonname"), directory .. "\0")
	s.sys:fill(mp, "struct mount", { mnt_data = data })
end

local function null_mount(s)
	local sys, made = s.sys, s.truth.files
	local lower = s.types:has("struct null_mount", "nullm_lowerrootvp")
	local node = sys:make("struct null_node", { null_lowervp = made.motd })
	local root = sys:make("struct null_node", { null_lowervp = made.etc })
	local top = files.vnode(s, { type = VDIR, mount = 3, node = root })
	remount(s, 3, "nullfs", "/again", sys:make("struct null_mount", { nullm_lowerrootvp = made.etc,
		nullm_rootvp = not lower and top or nil }))
	return files.vnode(s, { type = VREG, mount = 3, node = node })
end

-- A nullfs whose lower file is its own.
local function null_on_itself(s)
	local vp = null_mount(s)
	local node = s.memory:get(vp + s.types:offsetof("struct vnode", "v_data"), 8)
	s.sys:fill(node, "struct null_node", { null_lowervp = vp })
	return vp
end

local function process_file(s)
	local sys, set = s.sys, s.types
	local function node(name, kind, above)
		local at = sys.mem:alloc(set:sizeof "struct pfs_node" + 32)
		sys:fill(at, "struct pfs_node", { pn_type = kind, pn_parent = above })
		s.memory:write(at + set:offsetof("struct pfs_node", "pn_name"), name .. "\0")
		return at
	end
	local map = node("map", 0, node("process", PROCDIR, node("/", 1, 0)))
	remount(s, 3, "procfs", "/proc", 0)
	return files.vnode(s, { type = VREG, mount = 3,
		node = sys:make("struct pfs_vdata", { pvd_pn = map, pvd_pid = 712 }) })
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("a vnode of " .. layout, function()
		local function path_of(name, make)
			local vp
			local sys = lab.system(name .. layout, { layout = layout, prepare = files.prepare(layout),
				change = function(s)
					files.place(s)
					vp = make(s)
				end })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			return assert(vnode.new(k)):path(vp)
		end

		it("of nullfs is where the lower one is", function()
			assert.equal("/again/motd", path_of("nullfs", null_mount))
		end)

		it("of a nullfs on itself is damage", function()
			local ok, damage = pcall(path_of, "nullfs on itself", null_on_itself)
			assert.is_false(ok)
			assert.matches("on one another", tostring(damage))
		end)

		it("of procfs is in its process's directory", function()
			assert.equal("/proc/712/map", path_of("procfs", process_file))
		end)

		it("of a file system that nobody knows has none", function()
			assert.is_nil(path_of("strangefs", function(s)
				remount(s, 3, "strangefs", "/strange", 0)
				return files.vnode(s, { type = VREG, mount = 3 })
			end))
		end)
	end)
end

it("a vnode of a tmpfs without a root has no path there", function()
	local sys = lab.system("tmpfs without a root", { layout = 13, prepare = files.prepare(13),
		change = function(s)
			files.place(s)
			s.truth.tmpfs = files.vnode(s, { type = VREG, mount = 3, node = s.sys:make("struct tmpfs_node", {}) })
			remount(s, 3, "tmpfs", "/tmp", s.sys:make("struct tmpfs_mount", { tm_root = 0 }))
		end })
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local path = assert(vnode.new(k)):path(sys.truth.tmpfs)
	assert.is_nil(path)
end)
