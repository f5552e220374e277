--- Mounted file systems: mountlist, sys/mount.h.
-- @module vmcore.kern.mount

local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local mount = {}

-- MNT_*, sys/mount.h, with the words of mount(8).
local FLAGS = {
	{ 0x1000, "local" }, { 0x1, "read-only" }, { 0x2, "synchronous" }, { 0x4, "noexec" },
	{ 0x8, "nosuid" }, { 0x10, "nfsv4acls" }, { 0x20, "union" }, { 0x40, "asynchronous" },
	{ 0x100, "NFS exported" }, { 0x2000, "with quotas" }, { 0x100000, "with suiddir" },
	{ 0x200000, "soft-updates" }, { 0x400000, "nosymfollow" }, { 0x2000000, "gjournal" },
	{ 0x4000000, "multilabel" }, { 0x8000000, "acls" }, { 0x10000000, "noatime" },
	{ 0x40000000, "noclusterr" }, { 0x80000000, "noclusterw" },
	{ 0x0000000100000000, "verified" }, { 0x0000000200000000, "untrusted" },
	{ 0x0000000800000000, "automounted" },
}

--- The words for a mount's flags.
-- @tparam integer flags
-- @treturn {string...}
function mount.words(flags)
	local list = {}
	for _, flag in ipairs(FLAGS) do
		list[#list + 1] = flags & flag[1] ~= 0 and flag[2] or nil
	end
	return list
end

--- The mounted file systems.
-- @tparam table k
-- @tparam function report
-- @treturn[1] function iterator of addresses of struct mount
-- @treturn[1] table functions of them: device, directory, fstype, flags,
--   size, free (bytes, as when they were last asked for), addr
-- @treturn[2] nil when the kernel file does not tell
function mount.each(k, report)
	local T, at = k:type "struct mount", k.kd:lookup "mountlist"
	local head = at and k.kd:type_of_symbol "mountlist"
	local from = member.getter(T, "mnt_stat.f_mntfromname")
	if head == nil or from == nil then
		return nil
	end
	local walk = queue.prepare(head, "mnt_list", { element = T, addresses = true })
	local unit = member.getter(T, "mnt_stat.f_bsize")
	local blocks, free = member.getter(T, "mnt_stat.f_blocks"), member.getter(T, "mnt_stat.f_bfree")
	return walk(at, function(status) report("mountlist: " .. status.message) end), {
		device = from,
		directory = member.getter(T, "mnt_stat.f_mntonname"),
		fstype = member.getter(T, "mnt_stat.f_fstypename"),
		flags = member.getter(T, "mnt_flag"),
		size = function(mp) return blocks(mp) * unit(mp) end,
		free = function(mp) return free(mp) * unit(mp) end,
		addr = function(mp) return mp end,
	}
end

--- Where the file system is mounted that has a path.
-- @tparam table k
-- @tparam string path from the system's root
-- @treturn ?string nil when the kernel file does not tell
function mount.containing(k, path)
	local each, fields = mount.each(k, function() end)
	local best
	for mp in each or function() return nil end do
		local ok, directory = pcall(fields.directory, mp)
		local prefix = ok and directory:gsub("/$", "") .. "/"
		if ok and (path .. "/"):sub(1, #prefix) == prefix and #directory >= #(best or "") then
			best = directory
		end
	end
	return best
end

return mount
