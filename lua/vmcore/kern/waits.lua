--- Which thread waits for which lock, and for whom: what lockchain and locks
-- tell, from threads, turnstiles, sleep queues and the locks' own words.
-- @module vmcore.kern.waits

local kvm = require "kvm"
local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"
local selection = require "vmcore.kern.selection"
local sleepq = require "vmcore.kern.sleepq"
local turnstile = require "vmcore.kern.turnstile"

local waits = {}

local LOCK_TYPES = { sx = true, lockmgr = true }

local methods = {}
local view_meta = { __index = methods }

-- Through a turnstile; from 15 on a thread that spins says for what.
local function blocked_on(view, td)
	local ts = view.turnstiles and view.turnstiles.blocked(td)
	if ts then
		local found = view.locks:at(view.turnstiles.lock(ts) or 0)
		if found and not found.owner and not found.trackers then
			found.owner = view.turnstiles.owner(ts)
		end
		local number = view.turnstiles.queue_of
		return found, turnstile.QUEUES[number and number(td) or 0]
	end
	local wanted = view.wanted and view.wanted(td)
	if wanted then
		return view.locks:at(wanted), "spinning"
	end
end

-- sx and lockmgr locks: sq_type says so, or the wait message, which is the
-- lock's name.
local function asleep_on(view, td)
	local wchan = view.wchan and view.wchan(td)
	if wchan == nil then
		return nil
	end
	local sq = view.channels[wchan]
	local kind = sq and view.sleepqs.kind(sq)
	if kind and LOCK_TYPES[kind] or not kind and view.locks:is_named(wchan, view.wmesg(td)) then
		return view.locks:at(wchan), turnstile.QUEUES[view.sqqueue and view.sqqueue(td) or 0]
	end
end

--- The lock that a thread waits for.
-- @tparam integer td address
-- @treturn ?table see vmcore.kern.lock, at()
-- @treturn ?string how: "exclusive", "shared", "spinning"
-- @raise a fault
function methods:of(td)
	local found, how = blocked_on(self, td)
	if found then
		return found, how
	end
	return asleep_on(self, td)
end

--- The threads that hold a lock, as far as the lock tells.
-- @tparam table held see vmcore.kern.lock, at()
-- @treturn {integer...} addresses
function waits.owners(held)
	return held.owner and { held.owner } or held.trackers or {}
end

--- All waits of a system.
-- @tparam table procs vmcore.kern.proc
-- @tparam function report
-- @treturn {table...} td, lock, how, owners; in the order of the processes
-- @treturn table the same by thread
function methods:all(procs, report)
	local list, by_td = {}, {}
	local function add(td)
		if by_td[td] then
			return
		end
		local ok, found, how = pcall(self.of, self, td)
		if not ok then
			report(("thread at %#x: %s"):format(td, tostring(found)))
		elseif found then
			by_td[td] = { td = td, lock = found, how = how, owners = waits.owners(found) }
			list[#list + 1] = by_td[td]
		end
	end
	for td in selection.each(procs, nil, report) do
		add(td)
	end
	-- Threads that no process list leads to any more.
	for ts in self.turnstiles and self.turnstiles:each(report) or function() end do
		for _, waiter in ipairs(self.turnstiles.waiters(ts, function(status)
			report(("turnstile at %#x: %s"):format(ts, status.message))
		end)) do
			add(waiter.td)
		end
	end
	return list, by_td
end

local function each_word(view, procs, fn)
	for address, name in view.locks:variables() do
		fn(address, name)
	end
	local m = procs.type:member "p_mtx"
	for p in m and procs:addresses() or function() end do
		fn(p + m.offset)
	end
	local list = view.sleeplocks
	for td in list and selection.each(procs, nil, function() end) or function() end do
		for address in view.locks:witnessed(list(td)) do
			fn(address)
		end
	end
end

--- The locks that are held, of those that can be found: awaited ones, the
-- kernel's variables, those of processes, and those that WITNESS noted.
-- @tparam table procs
-- @tparam {table...} awaited of all()
-- @tparam function report
-- @treturn {table...} see vmcore.kern.lock, at(); `symbol` of a variable
function methods:held(procs, awaited, report)
	local list, seen = {}, {}
	local function add(address, symbol)
		local ok, found = pcall(self.locks.at, self.locks, address)
		if not ok then
			report(("lock at %#x: %s"):format(address, tostring(found)))
		elseif found and not seen[found.address] and
		    (found.state == "exclusive" or found.state == "shared") then
			found.symbol = symbol
			list[#list + 1], seen[found.address] = found, true
		end
	end
	each_word(self, procs, add)
	for _, wait in ipairs(awaited) do
		if not seen[wait.lock.address] and (wait.lock.owner or wait.lock.state ~= "unlocked") then
			list[#list + 1], seen[wait.lock.address] = wait.lock, true
		end
	end
	return list
end

--- Cycles of threads that wait for each other.
-- @tparam {table...} list of all()
-- @tparam table by_td of all()
-- @treturn {{integer...}...} addresses of threads, each waits for the next
function waits.cycles(list, by_td)
	local state, path, found = {}, {}, {}
	local function visit(td)
		if state[td] == "open" then
			local cycle, i = {}, #path
			while path[i] ~= td do
				i = i - 1
			end
			table.move(path, i, #path, 1, cycle)
			found[#found + 1] = cycle
			return
		elseif state[td] or by_td[td] == nil then
			return
		end
		state[td], path[#path + 1] = "open", td
		for _, owner in ipairs(by_td[td].owners) do
			visit(owner)
		end
		state[td], path[#path] = "done", nil
	end
	for _, wait in ipairs(list) do
		visit(wait.td)
	end
	return found
end

--- What can be known of waits.
-- @tparam table k
-- @tparam function report
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function waits.new(k, report)
	local locks, message = lock.new(k)
	if locks == nil then
		return nil, message
	end
	local TD, sleepqs = k:type "struct thread", sleepq.new(k)
	return setmetatable({
		k = k, locks = locks, turnstiles = turnstile.new(k), sleepqs = sleepqs,
		channels = sleepqs and sleepqs:by_channel(report) or {},
		wchan = member.pointer(TD, "td_wchan"), wmesg = member.pointer(TD, "td_wmesg"),
		wanted = member.pointer(TD, "td_wantedlock"),
		sqqueue = member.getter(TD, "td_sqqueue"),
		sleeplocks = member.pointer(TD, "td_sleeplocks"),
	}, view_meta)
end

--- Words that name a thread: of any thread address, without the walk over
-- processes.
-- @tparam table k
-- @tparam ?boolean mute nil instead of a fault
-- @treturn table functions of a thread's address: tid, name, pid, comm
function waits.names(k, mute)
	local TD = k:type "struct thread"
	local function quiet(get)
		if get and not mute then
			return get
		end
		return get and function(td)
			local ok, value = pcall(get, td)
			if ok then
				return value
			elseif kvm.type_of(value) == "fault" then
				return nil
			end
			error(value, 0)
		end or function() end
	end
	return {
		tid = quiet(member.getter(TD, "td_tid")), name = quiet(member.getter(TD, "td_name")),
		pid = quiet(member.getter(TD, "td_proc.p_pid")),
		comm = quiet(member.getter(TD, "td_proc.p_comm")),
	}
end

return waits
