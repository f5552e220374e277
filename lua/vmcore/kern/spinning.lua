--- Threads on a CPU that are trying to get a lock: until 15, when td_wantedlock
-- came, only their stacks tell; and not which lock it is.
-- @module vmcore.kern.spinning

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local spinning = {}

-- What spins, or decides to spin or to block: kern/kern_mutex.c,
-- kern_rwlock.c, kern_sx.c, kern_lock.c, kern_rmlock.c, subr_lock.c.
local FUNCTIONS = {}
for name in ([[ lock_delay _mtx_lock_indefinite_check _mtx_lock_spin_failed
	_mtx_lock_spin_cookie _thread_lock thread_lock_flags_ __mtx_lock_sleep
	__rw_rlock_hard __rw_wlock_hard _sx_slock_hard _sx_xlock_hard
	lockmgr_slock_hard lockmgr_xlock_hard lockmgr_upgrade _rm_rlock_hard ]]):gmatch "%S+" do
	FUNCTIONS[name] = true
end

--- Whether a stack is that of a thread that tries to get a lock.
-- @tparam {table...} frames of vmcore.kern.stack, trace()
-- @treturn ?string the function that tries
-- @treturn ?table the function that called it: name, offset
function spinning.frame(frames)
	for i, frame in ipairs(frames) do
		local caller = frames[i + 1] and frames[i + 1].fn
		if frame.fn and FUNCTIONS[frame.fn.name] and not (caller and FUNCTIONS[caller.name]) then
			return frame.fn.name, caller
		end
	end
	return nil
end

--- The threads that run on a CPU and try to get a lock.
-- @tparam table k
-- @tparam table stacks of vmcore.kern.stack
-- @treturn {table...} td, cpu, fn (name), caller (name, offset; nil when it is
--   not known)
function spinning.all(k, stacks)
	local curthread, list = member.pointer(k:type "struct pcpu", "pc_curthread"), {}
	for cpu, pc in curthread and pcpu.each(k) or function() end do
		local ok, td = pcall(curthread, kvm.toaddress(pc))
		local fn, caller
		if ok and td then
			fn, caller = spinning.frame(stacks:trace(td).frames)
		end
		list[#list + 1] = fn and { td = td, cpu = cpu, fn = fn, caller = caller } or nil
	end
	return list
end

return spinning
