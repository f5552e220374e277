--- The kernel's idea of time: sys/kernel.h, sys/time.h, kern/kern_tc.c.
-- @module vmcore.kern.clock

local member = require "vmcore.kern.member"

local clock = {}

-- As bintime2timeval(), sys/time.h.
local function from_bintime(boot)
	return boot.sec, (1000000 * (boot.frac >> 32 & 0xffffffff)) >> 32
end

local function from_timehands(k)
	return from_bintime(k.var.timehands.th_boottime)
end

local function from_boottimebin(k)
	return from_bintime(k.var.boottimebin)
end

local function from_timeval(k)
	local boot = k.var.boottime
	return boot.tv_sec, boot.tv_usec
end

--- When the kernel booted.
-- @tparam table k
-- @treturn ?integer seconds since the epoch
-- @treturn ?integer microseconds
function clock.boottime(k)
	-- 12: th_boottime; before, boottimebin, and boottime.
	for _, source in ipairs { from_timehands, from_boottimebin, from_timeval } do
		local ok, sec, usec = pcall(source, k)
		if ok and sec then
			return sec, usec
		end
	end
	return nil
end

--- Clock ticks since boot, as the kernel counts them: an int that wraps.
-- @tparam table k
-- @treturn ?integer
function clock.ticks(k)
	return member.integer(k, "ticks")
end

--- Clock ticks a second.
-- @tparam table k
-- @treturn ?integer
function clock.hz(k)
	local hz = member.integer(k, "hz")
	return hz and hz > 0 and hz or nil
end

--- Seconds between two readings of `ticks`.
-- @tparam integer now
-- @tparam integer before
-- @tparam integer hz
-- @treturn integer
function clock.seconds(now, before, hz)
	local difference = (now - before) & 0xffffffff
	if difference >= 1 << 31 then
		difference = difference - (1 << 32)
	end
	-- C's division, as kern_proc.c has it for ki_slptime.
	return difference >= 0 and difference // hz or -(-difference // hz)
end

--- Seconds that the kernel was up.
-- @tparam table k
-- @treturn ?integer
function clock.uptime(k)
	local address = k.kd:lookup "time_uptime"
	local value = address and k.kd:read_uint(address, k.kd:ptrsize())
	return value
end

--- How long the kernel was up when it last looked at its time counter, which
-- it does every tick.
-- @tparam table k
-- @treturn ?integer sbintime_t (sys/time.h): seconds in 32.32 fixed point
function clock.sbinuptime(k)
	local ok, up = pcall(function()
		local offset = k.var.timehands.th_offset
		return offset.sec << 32 | (offset.frac >> 32 & 0xffffffff)
	end)
	if ok then
		return up
	end
	local seconds = clock.uptime(k)
	return seconds and seconds << 32
end

return clock
