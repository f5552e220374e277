--- Range locks: sys/rangelock.h, kern/kern_rangelock.c. Those of vnodes and of
-- POSIX shared memory serialize reads and writes of the same bytes.
--
-- Until 14.1 all requests stand in one queue, granted ones first, and a thread
-- sleeps on its own request. Since, granted ones stand in a list, and threads
-- sleep on the lock; and until two requests first conflict the lock only counts
-- ("cheating"). Who was granted a request is not noted, unless the kernel has
-- INVARIANTS.
-- @module vmcore.kern.rangelock

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local vnode = require "vmcore.kern.vnode"

local rangelock = {}

-- rl_q_flags, sys/rangelock.h: RL_LOCK_*
local READ, GRANTED = 0x1, 0x4
-- The low bits of the head, RL_CHEAT_* of kern_rangelock.c; readers above.
local CHEATING, WLOCKED, DRAINING, READERS_SHIFT = 0x1, 0x2, 0x4, 3
-- rl_q_next of an entry that was unlocked.
local MARKED = 0x1

-- Wait messages; "rangelk" and "ranged1" since the rewrite.
local MESSAGES = { range = "request", rangelk = "sleepers", ranged1 = "head" }

local ENTRIES_MAX, NAME_MAX = 65536, 1024

local methods = {}
local view_meta = { __index = methods }

local function entry(view, at, granted)
	local flags = view.flags(at)
	return { address = at, from = view.from(at), to = view.to(at),
		mode = flags & READ ~= 0 and "shared" or "exclusive",
		granted = granted or flags & GRANTED ~= 0, owner = view.owner and view.owner(at) }
end

-- The queue until 14.1.
local function queued(view, address)
	local found, broken = {}, nil
	for at in view.walk(address + view.head, function(status) broken = status.message end) do
		found[#found + 1] = entry(view, at)
	end
	return found, broken
end

-- The list since; entries that were unlocked stay in it for a while.
local function listed(view, head)
	local found, seen, at = {}, {}, head & ~MARKED
	while at ~= 0 do
		if seen[at] or #found >= ENTRIES_MAX then
			return found, ("the list runs in a circle, back to %#x"):format(at)
		end
		seen[at] = true
		local following = view.k.kd:read_ptr(at + view.next)
		if following == nil then
			return found, ("the entry at %#x can't be read"):format(at)
		end
		if following & MARKED == 0 then
			found[#found + 1] = entry(view, at, true)
		end
		at = following & ~MARKED
	end
	return found
end

--- What a range lock is held for, and awaited.
-- @tparam integer address
-- @treturn table address; state ("unlocked", "shared", "exclusive"), readers;
--   entries: a list of address, from, to (bytes, to is not in it), mode,
--   granted, owner (address of a thread, of a kernel with INVARIANTS); cheating:
--   it only counts, there are no entries; draining: it is about to end that;
--   broken: why there may be more entries
-- @raise a fault
function methods:at(address)
	local found = { address = address, entries = {}, readers = 0 }
	local head = self.word and self.word(address) or 0
	local writers = 0
	if head & CHEATING ~= 0 then
		found.cheating, found.draining = true, head & DRAINING ~= 0
		found.readers, writers = head >> READERS_SHIFT, head & WLOCKED ~= 0 and 1 or 0
	elseif self.word then
		found.entries, found.broken = listed(self, head)
	else
		found.entries, found.broken = queued(self, address)
	end
	for _, e in ipairs(found.entries) do
		local shared = e.mode == "shared" and 1 or 0
		found.readers = found.readers + (e.granted and shared or 0)
		writers = writers + (e.granted and 1 - shared or 0)
	end
	found.state = writers > 0 and "exclusive" or found.readers > 0 and "shared" or "unlocked"
	return found
end

-- The head of the queue that an entry is in: back along tqe_prev, each of which
-- points to a tqe_next, or to tqh_first. Behind that stands tqh_last, which
-- points to a NULL; behind a tqe_next what points to it.
local function head_of(view, at)
	local kd, size = view.k.kd, view.k.kd:ptrsize()
	for _ = 1, ENTRIES_MAX do
		local before = kd:read_ptr(at + view.link + size)
		local second = before and kd:read_ptr(before + size)
		local pointed = second and second ~= 0 and kd:read_ptr(second)
		if before == nil or kd:read_ptr(before) ~= at or not pointed then
			return nil
		elseif pointed == 0 then
			return before - view.head
		elseif pointed ~= before - view.link then
			return nil
		end
		at = before - view.link
	end
end

--- The range lock that a thread sleeps on.
-- @tparam integer wchan
-- @tparam string wmesg
-- @treturn ?integer address of a struct rangelock; nil when it is none
-- @treturn ?integer address of the thread's request, until 14.1
function methods:of_channel(wchan, wmesg)
	local where = MESSAGES[wmesg]
	if where == "request" and not self.word then
		return head_of(self, wchan), wchan
	end
	local offset = where and self.word and self.channels[where]
	return offset and wchan - offset or nil
end

--- What a range lock is a part of.
-- @tparam integer address
-- @treturn ?string "vnode" or "shm"; nil when it is in neither
-- @treturn ?integer address of the struct vnode, or shmfd
-- @treturn ?string its path, or name
function methods:container(address)
	for _, outer in ipairs(self.containers) do
		local at = address - outer.offset
		local ok, found = pcall(self.locks.at, self.locks, at + outer.lock)
		if ok and found and found.address == at + outer.lock and found.class == outer.class then
			local named, path = pcall(outer.path, at)
			return outer.name, at, named and path or nil
		end
	end
	return nil
end

-- Structs that have a range lock, and a lock beside it by which they are known.
local function containers(k)
	local list = {}
	local function add(name, t, link, beside, class, path)
		local known = member.getter(t, link) and member.getter(t, beside)
		local m, l = known and t:member(link), known and t:member(beside)
		list[#list + 1] = m and l and { name = name, offset = m.offset, lock = l.offset, class = class,
			path = path } or nil
	end
	local vnodes, S = vnode.new(k), k:type "struct shmfd"
	local path = member.pointer(S, "shm_path")
	add("vnode", k:type "struct vnode", "v_rl", "v_lock", "lockmgr",
	    vnodes and function(vp) return vnodes:path(vp) end or function() end)
	add("shm", S, "shm_rl", "shm_mtx", "sleep mutex", function(shm)
		local at = path and path(shm)
		return at and k.kd:read_string(at, NAME_MAX)
	end)
	return list
end

--- What can be known of range locks.
-- @tparam table k
-- @tparam table locks of vmcore.kern.lock
-- @treturn ?table at(), of_channel(), container(); nil when the kernel file does
--   not tell
function rangelock.new(k, locks)
	local R, E = k:type "struct rangelock", k:type "struct rl_q_entry"
	local flags = member.getter(E, "rl_q_flags")
	if flags == nil or not (member.getter(R, "head") or member.getter(R, "rl_waiters")) then
		return nil
	end
	local new, old = R:member "head", R:member "rl_waiters"
	local view = { k = k, locks = locks, containers = containers(k), flags = flags,
		from = member.getter(E, "rl_q_start"), to = member.getter(E, "rl_q_end"),
		owner = member.pointer(E, "rl_q_owner"), head = (new or old).offset }
	if new then
		view.word, view.next = member.getter(R, "head"), kvm.offsetof(E, "rl_q_next")
		view.channels = { head = new.offset, sleepers = kvm.offsetof(R, "sleepers") }
	else
		view.link = kvm.offsetof(E, "rl_q_link")
		view.walk = queue.prepare(old.type, "rl_q_link", { kind = "tailq", element = E, addresses = true })
	end
	return setmetatable(view, view_meta)
end

return rangelock
