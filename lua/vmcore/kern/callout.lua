--- Callouts: what the kernel was to do later, sys/callout.h. Each CPU has a
-- wheel of lists by time, a queue of those that are due, and the ones that it
-- runs (struct callout_cpu, kern/kern_timeout.c).
-- @module vmcore.kern.callout

local bits = require "vmcore.bits"
local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"
local queue = require "vmcore.queue"

local callout = {}

local BUCKETS_MAX <const> = 1 << 18	-- a wheel has 32768 lists, or fewer
local NAME_MAX <const> = 64
local TOLD_MAX <const> = 16		-- of a wheel that is garbage

-- c_flags and c_iflags, sys/callout.h: they share no bit.
local FLAGS = bits.flags {
	LOCAL_ALLOC = 0x0001, ACTIVE = 0x0002, PENDING = 0x0004, MPSAFE = 0x0008,
	RETURNUNLOCKED = 0x0010, SHAREDLOCK = 0x0020, DFRMIGRATION = 0x0040, PROCESSED = 0x0080,
	DIRECT = 0x0100,
}

-- What runs: in the thread of softclock(9), and straight from the interrupt.
local RUNNING = { [0] = "running", "running direct" }

local methods = {}
local view_meta = { __index = methods }

-- Adds the callouts of a list. Lists that lead into each other, as damaged
-- ones do, give each callout once.
local function gather(found, each, cpu, state)
	for at in each do
		if found.seen[at] then
			return at
		end
		found.seen[at] = true
		found[#found + 1] = { callout = at, cpu = cpu, state = state }
	end
end

local function from_wheel(self, found, cpu, cc, report)
	local kd, size, lost = self.k.kd, self.k.kd:ptrsize(), 0
	local wheel = self.wheel(cc)
	local function on_stop(status) report(status.message) end
	for bucket = 0, wheel and self.buckets - 1 or -1 do
		local head = wheel + bucket * size
		local first = kd:read_ptr(head)
		lost = lost + (first == nil and 1 or 0)
		local again = first and first ~= 0 and gather(found, self.in_bucket(head, on_stop), cpu, "pending")
		if again then
			report(("list %d leads into another's, to %#x"):format(bucket, again))
		end
	end
	if lost > 0 then
		report(("%d of its wheel's %d lists can't be read"):format(lost, self.buckets))
	end
	gather(found, self.expired(cc, on_stop), cpu, "due")
end

-- A callout that runs may be gone already, or wait for its next time.
local function from_running(self, found, cpu, cc)
	for i, state in pairs(self.execs and RUNNING or {}) do
		local exec = cc + self.execs.offset + i * self.execs.type:strip().target.size
		local at = self.current(exec)
		if at then
			found[#found + 1] = { callout = at, cpu = cpu, state = state, exec = exec }
		end
	end
end

local function of_cpu(self, cpu, report)
	local found, told = { seen = {} }, 0
	local function say(message)
		told = told + 1
		if told <= TOLD_MAX then
			report(("callouts of CPU %d: %s"):format(cpu, message))
		end
	end
	local ok, fault = pcall(function()
		local cc = self.wheels(cpu)
		from_running(self, found, cpu, cc)
		from_wheel(self, found, cpu, cc, say)
	end)
	if told > TOLD_MAX then
		report(("callouts of CPU %d: so it goes on, %d times more"):format(cpu, told - TOLD_MAX))
	end
	if not ok then
		report(("callouts of CPU %d: %s"):format(cpu, tostring(fault)))
	end
	return found
end

--- All callouts that are to come, are due or run, CPU by CPU.
-- @tparam function report called with messages
-- @treturn function iterator of tables which the fields take: callout (its
--   address), cpu, state ("pending" "due" "running" "running direct")
function methods:each(report)
	local cpus, list, i = pcpu.each(self.k), {}, 0
	return function()
		while list[i + 1] == nil do
			local cpu = cpus()
			if cpu == nil then
				return nil
			end
			list, i = of_cpu(self, cpu, report), 0
		end
		i = i + 1
		return list[i]
	end
end

-- Where a CPU has its wheel: in its own data from 14 on, else in an array.
local function wheels(k, T)
	local array = k.kd:lookup "cc_cpu"
	if array then
		return function(cpu) return array + cpu * T.size end
	end
	return k:has_symbol "pcpu_entry_cc_cpu" and function(cpu)
		return pcpu.address(k, "cc_cpu", cpu)
	end
end

-- While it runs a callout, the kernel notes what it called, from 13 on.
local function noted(E, path, own)
	local get = member.pointer(E, path)
	return function(c)
		if get and c.exec then
			return get(c.exec)
		end
		return own(c.callout)
	end
end

local function fields_of(k, C, E, now)
	local time, flags = member.getter(C, "c_time"), member.getter(C, "c_flags")
	local iflags = member.getter(C, "c_iflags")
	local lock = member.pointer(C, "c_lock")
	local name = member.text(k:type "struct lock_object", "lo_name", NAME_MAX)
	local precision = member.getter(C, "c_precision")
	return {
		cpu = function(c) return c.cpu end, state = function(c) return c.state end,
		callout = function(c) return c.callout end,
		time = function(c) return time(c.callout) end,
		due = function(c) return now and (time(c.callout) - now) / 2 ^ 32 end,
		precision = precision and function(c) return precision(c.callout) / 2 ^ 32 end,
		func = noted(E, "cc_last_func", member.pointer(C, "c_func")),
		arg = noted(E, "cc_last_arg", member.pointer(C, "c_arg")),
		lock = function(c) return lock(c.callout) end,
		lock_name = name and function(c)
			local at = lock(c.callout)
			return at and name(at)
		end,
		flags = function(c)
			return bits.names((flags(c.callout) | iflags(c.callout)) & 0xffff, FLAGS)
		end,
	}
end

--- What can be known of a kernel's callouts.
-- @tparam table k
-- @treturn ?table each(); `now`, the uptime that times are compared with
--   (sbintime_t); `fields`: functions of what each() gives: cpu state callout
--   time (sbintime_t, since boot) due (seconds from now; below 0 it is
--   overdue) precision (seconds) func arg lock (addresses) lock_name flags.
--   nil when the kernel file does not tell
function callout.new(k)
	local T, C, E = k:type "struct callout_cpu", k:type "struct callout", k:type "struct cc_exec"
	local head = T and T:member "cc_callwheel"
	local find = T and wheels(k, T)
	local mask = member.integer(k, "callwheelmask")
	local now = clock.sbinuptime(k)
	if not (head and find and C and mask) then
		return nil
	end
	local due = T:member "cc_expireq"
	local expired = queue.prepare(due.type, "c_links.tqe", { element = C, addresses = true })
	return setmetatable({
		k = k, now = now, wheels = find, wheel = member.pointer(T, "cc_callwheel"),
		buckets = math.min((mask & 0xffffffff) + 1, BUCKETS_MAX),
		in_bucket = queue.prepare(head.type, "c_links.le", { element = C, addresses = true }),
		expired = function(cc, on_stop) return expired(cc + due.offset, on_stop) end,
		execs = E and T:member "cc_exec_entity", current = member.pointer(E, "cc_curr"),
		fields = fields_of(k, C, E, now),
	}, view_meta)
end

return callout
