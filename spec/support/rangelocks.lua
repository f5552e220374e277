--- Range locks of a forged system: one of a vnode, one of shared memory.
--
--	system.new{ prepare = rangelocks.prepare } and then rangelocks.place(s):
--	they are at s.truth.file and s.truth.shm, of s.truth.vnode and s.truth.shmfd
local locks = require "spec.support.locks"
local types = require "spec.support.types"

local rangelocks = {}

-- rl_q_flags: RL_LOCK_*; the head of one that only counts: RL_CHEAT_*
local READ, WRITE, GRANTED = 1, 2, 4
local CHEATING, DRAINING, READER = 1, 4, 8
local MTX, LOCKMGR = 1, 6

-- Of a kernel with INVARIANTS, since 14.1.
local OWNED = [[
struct rl_q_entry { struct rl_q_entry *rl_q_next; struct rl_q_entry *rl_q_free; long rl_q_start;
	long rl_q_end; int rl_q_flags; struct thread *rl_q_owner; };
]]

--- Define types and variables, those of locks.lua too.
function rangelocks.prepare(sys, more)
	locks.prepare(sys)
	if more then
		types.parse(more, nil, sys.types)
	end
	local set = sys.types
	sys.file = sys:make("struct vnode", { v_type = 1,
		["v_lock.lock_object"] = locks.object(sys, "ufs", LOCKMGR), ["v_lock.lk_lock"] = 1 })
	sys.shm = sys:make("struct shmfd", { shm_path = sys.mem:string(nil, "/shared"),
		["shm_mtx.lock_object"] = locks.object(sys, "shmfd", MTX) })
	sys.file_ranges = sys.file + set:offsetof("struct vnode", "v_rl")
	sys.shm_ranges = sys.shm + set:offsetof("struct shmfd", "shm_rl")
	locks.room(sys, 8192)
end

--- The same of a kernel with INVARIANTS, since 14.1.
function rangelocks.prepare_owned(sys)
	rangelocks.prepare(sys, OWNED)
end

local function thread(s, pid)
	return s.truth.processes[pid].threads[1].addr
end

local function request(s, from, to, flags, owner)
	return s.sys:make("struct rl_q_entry", { rl_q_start = from, rl_q_end = to, rl_q_flags = flags,
		rl_q_owner = owner })
end

-- Until 14.1: one queue.
local function enqueue(s)
	local function add(lock, ...)
		local at = request(s, ...)
		s.sys:tailq_insert(lock, at, "struct rl_q_entry", "rl_q_link")
		return at
	end
	local file, shm = s.sys.file_ranges, s.sys.shm_ranges
	add(file, 0, 4096, WRITE | GRANTED)
	local vi = add(file, 0, 8192, READ)
	local yes = add(file, 100, 200, WRITE)
	for _, from in ipairs { 0, 10, 20 } do
		add(shm, from, from + 100, READ | GRANTED)
	end
	local sh = add(shm, 0, math.maxinteger, WRITE)
	s.truth.requests = { vi = vi, yes = yes, sh = sh }
	local range = s.memory:string(nil, "range")
	locks.sleep(s, vi, 0, range, thread(s, 722))
	locks.sleep(s, yes, 0, range, thread(s, 723))
	locks.sleep(s, sh, 0, range, thread(s, 712))
end

-- Since 14.1: a list of what was granted, with one that was unlocked; the other
-- lock only counts.
local function link(s)
	local set, file, shm = s.types, s.sys.file_ranges, s.sys.shm_ranges
	local following = set:offsetof("struct rl_q_entry", "rl_q_next")
	local cron = thread(s, 612)
	local first, gone = request(s, 0, 4096, WRITE, cron), request(s, 4096, 8192, READ)
	local last = request(s, 8192, 12288, READ, thread(s, 655))
	s.memory:ptr(file, first)
	s.memory:ptr(first + following, gone)
	s.memory:ptr(gone + following, last | 1)
	s.memory:ptr(last + following, 0)
	s.truth.requests = { first = first, last = last }
	local sleepers = set:offsetof("struct rangelock", "sleepers")
	s.memory:write(file + sleepers, "\1")
	locks.sleep(s, file + sleepers, 0, s.memory:string(nil, "rangelk"), thread(s, 722), thread(s, 723))
	s.memory:u64(shm, 3 * READER | CHEATING | DRAINING)
	locks.sleep(s, shm, 0, s.memory:string(nil, "ranged1"), thread(s, 712))
end

--- What locks.place() does; and somebody writes a file where vi (722) wants to
-- read and yes (723) to write, three read shared memory where sh (712) wants
-- to write. With INVARIANTS it is known that cron (612) has the file's range.
function rangelocks.place(s)
	locks.place(s)
	s.truth.file, s.truth.shm = s.sys.file_ranges, s.sys.shm_ranges
	s.truth.vnode, s.truth.shmfd = s.sys.file, s.sys.shm
	if s.types:has("struct rangelock", "head") then
		link(s)
	else
		enqueue(s)
	end
end

return rangelocks
