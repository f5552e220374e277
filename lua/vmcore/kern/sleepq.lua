--- Sleep queues: what sleeping threads wait in, kern/subr_sleepqueue.c.
-- @module vmcore.kern.sleepq

local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"

local sleepq = {}

-- sq_type, sys/sleepqueue.h: SLEEPQ_*
local TYPES = { [0] = "sleep", "condvar", "pause", "sx", "lockmgr" }
local TYPE_MASK = 0xff
local NAME_MAX = 128

local methods = {}
local view_meta = { __index = methods }

--- The queues in use.
-- @tparam function report called with messages
-- @treturn ?function iterator of addresses; nil when the kernel file does not
--   tell where they are
function methods:each(report)
	return lock.chains(self.k, "sleepq_chains", "sc_queues", "sq_hash", self.type,
	    function(status) report("sleepq_chains: " .. status.message) end)
end

--- The queues by what they wait for.
-- @tparam function report
-- @treturn table addresses of queues by wait channel
function methods:by_channel(report)
	local found = {}
	for sq in self:each(report) or function() end do
		local ok, wchan = pcall(self.wchan, sq)
		if ok and wchan then
			found[wchan] = sq
		end
	end
	return found
end

-- The name of the lock that sleepers gave up: kernels with INVARIANTS note it,
-- for each of the two queues.
local function interlock_reader(k, T)
	local m, name = T:member "sq_lock", member.pointer(k:type "struct lock_object", "lo_name")
	local t = m and m.type:strip()
	local n = t and t.kind == "array" and t.nelems or 1
	return m and name and function(sq)
		for i = 0, n - 1 do
			local object = k.kd:read_ptr(sq + m.offset + i * k.kd:ptrsize())
			local text = object and object ~= 0 and name(object)
			if text then
				return k.kd:read_string(text, NAME_MAX)
			end
		end
	end or function() end
end

--- What can be known of sleep queues.
-- @tparam table k
-- @treturn ?table each(), by_channel(); functions of the address of a struct
--   sleepqueue: wchan, type ("sleep" "condvar" "pause" "sx" "lockmgr"; nil
--   when the kernel does not tell), interlock (name of the lock that protects
--   what is waited for; only kernels with INVARIANTS note it), waiters (list of
--   { td, queue })
function sleepq.new(k)
	local T, TD = k:type "struct sleepqueue", k:type "struct thread"
	if T == nil or TD == nil or T:member "sq_blocked" == nil then
		return nil
	end
	local number = member.getter(T, "sq_type")
	return setmetatable({
		k = k, type = T,
		wchan = member.pointer(T, "sq_wchan"),
		kind = function(sq)
			return number and (TYPES[number(sq) & TYPE_MASK] or tostring(number(sq)))
		end,
		interlock = interlock_reader(k, T),
		waiters = lock.queues(T, "sq_blocked", "td_slpq", TD),
	}, view_meta)
end

return sleepq
