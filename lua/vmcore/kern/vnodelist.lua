--- The vnodes of mounted file systems: mnt_nvnodelist of sys/mount.h, and what
-- a vnode says of itself: sys/vnode.h.
-- @module vmcore.kern.vnodelist

local bits = require "vmcore.bits"
local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"
local mount = require "vmcore.kern.mount"
local queue = require "vmcore.queue"
local vnode = require "vmcore.kern.vnode"

local vnodelist = {}

local VHOLD_NO_SMR = 1 << 29	-- in v_holdcnt, from 13 on

-- v_irflag, from 13 on
local IRFLAGS = bits.flags { VIRF_DOOMED = 0x1, VIRF_PGREAD = 0x2, VIRF_MOUNTPOINT = 0x4,
	VIRF_TEXT_REF = 0x8, VIRF_CROSSMP = 0x10, VIRF_NAMEDDIR = 0x20, VIRF_NAMEDATTR = 0x40,
	VIRF_INOTIFY = 0x80, VIRF_INOTIFY_PARENT = 0x100 }
-- v_iflag: until 12 other bits, and some of those above among them
local IFLAGS = bits.flags { VI_TEXT_REF = 0x1, VI_MOUNT = 0x2, VI_DOINGINACT = 0x4, VI_OWEINACT = 0x8,
	VI_DEFINACT = 0x10, VI_FOPENING = 0x20 }
local OLD_IFLAGS = bits.flags { VI_TEXT_REF = 0x1, VI_MOUNT = 0x20, VI_DOOMED = 0x80, VI_FREE = 0x100,
	VI_ACTIVE = 0x200, VI_DOINGINACT = 0x800, VI_OWEINACT = 0x1000 }
-- v_vflag
local VFLAGS = bits.flags { VV_ROOT = 0x1, VV_ISTTY = 0x2, VV_NOSYNC = 0x4, VV_ETERNALDEV = 0x8,
	VV_CACHEDLABEL = 0x10, VV_VMSIZEVNLOCK = 0x20, VV_COPYONWRITE = 0x40, VV_SYSTEM = 0x80,
	VV_PROCDEP = 0x100, VV_UNLINKED = 0x200, VV_DELETED = 0x400, VV_MD = 0x800,
	VV_FORCEINSMQ = 0x1000, VV_READLINK = 0x2000, VV_UNREF = 0x4000 }
-- v_mflag
local MFLAGS = bits.flags { VMP_LAZYLIST = 0x1 }

local function flags_field(V)
	local irflag = member.getter(V, "v_irflag")
	local words = { { irflag, IRFLAGS },
		{ member.getter(V, "v_iflag"), irflag and IFLAGS or OLD_IFLAGS },
		{ member.getter(V, "v_vflag"), VFLAGS }, { irflag and member.getter(V, "v_mflag"), MFLAGS } }
	return function(vp)
		local list = {}
		for i = 1, 4 do
			local value = words[i][1] and words[i][1](vp) or 0
			list[#list + 1] = value & 0xffffffff ~= 0 and bits.names(value & 0xffffffff, words[i][2]) or nil
		end
		return table.concat(list, "|")
	end
end

-- What its lock says: state, tid of the owner, how many share it.
local function lock_reader(k, V)
	local L = k:type "struct lock"
	local at, word = member.pointer(V, "v_vnlock"), member.getter(L, "lk_lock")
	local tid = member.getter(k:type "struct thread", "td_tid")
	local shift = lock.readers_shift(k, "lockmgr")
	return at and word and tid and function(vp)
		local lk = at(vp)
		if lk == nil then
			return nil
		end
		local state, owner, readers = lock.shared_word(word(lk), shift)
		return state, owner and tid(owner), readers
	end
end

local methods = {}
local view_meta = { __index = methods }

--- All vnodes, mount by mount.
-- @tparam ?function wanted of a mount's address
-- @tparam function report
-- @treturn function iterator of addresses of struct vnode
function methods:each(wanted, report)
	local mounts, of = mount.each(self.k, report)
	return coroutine.wrap(function()
		for mp in mounts or function() return nil end do
			local ok, keep = pcall(wanted or function() return true end, mp)
			local name = select(2, pcall(of.directory, mp))
			for vp in (not ok or keep) and self.walk(mp + self.list, function(status)
				report(("vnodes of %s: %s"):format(tostring(name), status.message))
			end) or function() return nil end do
				local known, kind = pcall(self.vnodes.kind, vp)
				-- Markers stand between them while somebody goes along the list.
				if not known or kind ~= "VMARKER" then
					coroutine.yield(vp)
				end
			end
		end
	end)
end

--- What can be known of all vnodes.
-- @tparam table k
-- @treturn ?table each(); `vnodes`: vmcore.kern.vnode; `fields`: functions of an
--   address: addr type fs mount (where) used held writers flags lock owner (tid)
--   number mode size (bytes) resident (pages) dirty (buffers) path; nil when the
--   kernel file does not tell
function vnodelist.new(k)
	local V, M, vnodes = k:type "struct vnode", k:type "struct mount", vnode.new(k)
	-- Types that are only declared have no members to ask for.
	if not (vnodes and member.getter(M, "mnt_nvnodelist") and member.getter(V, "v_nmntvnodes")) then
		return nil
	end
	local list = M:member "mnt_nvnodelist"
	local locked, held = lock_reader(k, V), member.getter(V, "v_holdcnt")
	local function attribute(name)
		return function(vp) return vnodes:attributes(vp)[name] end
	end
	return setmetatable({
		k = k, vnodes = vnodes, list = list.offset,
		walk = queue.prepare(list.type, "v_nmntvnodes", { element = V, addresses = true }),
		fields = {
			addr = function(vp) return vp end, type = vnodes.kind, fs = vnodes.filesystem,
			mount = function(vp)
				local mp = vnodes.mount(vp)
				return mp and vnodes.mounted_on(mp)
			end,
			used = member.getter(V, "v_usecount"),
			held = held and function(vp) return held(vp) & ~VHOLD_NO_SMR end,
			writers = member.getter(V, "v_writecount"), flags = flags_field(V),
			lock = locked and function(vp) return (locked(vp)) end,
			owner = locked and function(vp) return (select(2, locked(vp))) end,
			number = attribute "number", mode = attribute "mode", size = attribute "size",
			resident = member.unless_null(member.getter(V, "v_bufobj.bo_object.resident_page_count"), 0),
			dirty = member.getter(V, "v_bufobj.bo_dirty.bv_cnt"),
			path = function(vp) return vnodes:path(vp) end,
		},
	}, view_meta)
end

return vnodelist
