--- Turnstiles: what threads that are blocked on a lock wait in,
-- kern/subr_turnstile.c.
-- @module vmcore.kern.turnstile

local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"

local turnstile = {}

-- sys/turnstile.h: TS_EXCLUSIVE_QUEUE, TS_SHARED_QUEUE
turnstile.QUEUES = { [0] = "exclusive", "shared" }

local methods = {}
local view_meta = { __index = methods }

--- The turnstiles that threads are blocked in.
-- @tparam function report called with messages
-- @treturn ?function iterator of addresses; nil when the kernel file does not
--   tell where they are
function methods:each(report)
	return lock.chains(self.k, "turnstile_chains", "tc_turnstiles", "ts_hash", self.type,
	    function(status) report("turnstile_chains: " .. status.message) end)
end

--- What can be known of turnstiles.
-- @tparam table k
-- @treturn ?table each(); functions of the address of a struct turnstile: lock
--   (address of the lock) owner (address of a thread, nil when readers hold
--   it) waiters (list of { td, queue }) pending (those that were woken);
--   blocked: function of a thread's address to that of its turnstile
function turnstile.new(k)
	local T, TD = k:type "struct turnstile", k:type "struct thread"
	if T == nil or TD == nil or T:member "ts_blocked" == nil then
		return nil
	end
	return setmetatable({
		k = k, type = T,
		lock = member.pointer(T, "ts_lockobj"), owner = member.pointer(T, "ts_owner"),
		waiters = lock.queues(T, "ts_blocked", "td_lockq", TD),
		pending = lock.queues(T, "ts_pending", "td_lockq", TD),
		blocked = member.pointer(TD, "td_blocked"),
		queue_of = member.getter(TD, "td_tsqueue"),
	}, view_meta)
end

return turnstile
