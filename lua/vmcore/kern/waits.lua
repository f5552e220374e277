--- Which thread waits for which lock, and for whom: what lockchain and locks
-- tell, from threads, turnstiles, sleep queues and the locks' own words.
-- @module vmcore.kern.waits

local kvm = require "kvm"
local holders = require "vmcore.kern.holders"
local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"
local rangelock = require "vmcore.kern.rangelock"
local selection = require "vmcore.kern.selection"
local sleepq = require "vmcore.kern.sleepq"
local turnstile = require "vmcore.kern.turnstile"
local vnodelist = require "vmcore.kern.vnodelist"
local witness = require "vmcore.kern.witness"

local waits = {}

-- A dump may be made to have chains of any length: this is enough.
local PATH_MAX <const> = 10000

local LOCK_TYPES = { sx = true, lockmgr = true }

local methods = {}
local view_meta = { __index = methods }

-- The lock at an address that a thread waits for, if one is there; else that
-- is said.
local function known(view, td, address)
	local found = address and view.locks:at(address)
	if found == nil and not view.unknown[td] then
		view.unknown[td] = true
		view.report(("thread at %#x: it is blocked, and at %#x is no lock"):format(td, address or 0))
	end
	return found
end

-- Through a turnstile; from 15 on a thread that spins says for what.
local function blocked_on(view, td)
	local ts = view.turnstiles and view.turnstiles.blocked(td)
	if ts then
		local found = known(view, td, view.turnstiles.lock(ts))
		if found and not found.owner and not found.trackers then
			found.owner = view.turnstiles.owner(ts)
		end
		local number = view.turnstiles.queue_of
		return found, turnstile.QUEUES[number and number(td) or 0]
	end
	local wanted = view.wanted and view.wanted(td)
	if wanted then
		return known(view, td, wanted), "spinning"
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

-- A range lock as a lock of others: what it is of is its name.
local function as_lock(view, address)
	local ranges = view.ranges:at(address)
	local kind, outer, path = view.ranges:container(address)
	if ranges.broken then
		view.report(("range lock at %#x: %s"):format(address, ranges.broken))
	end
	return { address = address, class = "rangelock", ranges = ranges, state = ranges.state,
		readers = ranges.state == "shared" and ranges.readers or nil,
		name = path or kind and ("%s %#x"):format(kind, outer) or nil }
end

-- What is wanted of it is only noted where it stands in the queue.
local function asleep_on_range(view, td)
	local wchan = view.ranges and view.wchan and view.wchan(td)
	local wmesg = wchan and view.wmesg(td)
	if wmesg == nil then
		return nil
	end
	local address, request = view.ranges:of_channel(wchan, view.k.kd:read_string(wmesg, 16))
	if address == nil then
		return nil
	end
	local found = as_lock(view, address)
	for _, entry in ipairs(request and found.ranges.entries or {}) do
		if entry.address == request then
			return found, entry.mode, entry
		end
	end
	return found
end

--- The lock that a thread waits for.
-- @tparam integer td address
-- @treturn ?table see vmcore.kern.lock, at(); class "rangelock" has `ranges`, see
--   vmcore.kern.rangelock, at()
-- @treturn ?string how: "exclusive", "shared", "spinning"; nil of range locks
--   since 14.1
-- @treturn ?table the request to a range lock, until 14.1
-- @raise a fault
function methods:of(td)
	for _, ask in ipairs { blocked_on, asleep_on, asleep_on_range } do
		local found, how, request = ask(self, td)
		if found then
			return found, how, request
		end
	end
	return nil
end

-- What a lock is: a variable, or the lock of a vnode.
local function label(view, found)
	local symbol, offset = view.k:symbol_at(found.address)
	if symbol and offset == 0 then
		return symbol.name
	elseif found.class ~= "lockmgr" or not view.vnodes or not view.vnode_lock then
		return nil
	end
	local vp = found.address - view.vnode_lock
	local ok, path = pcall(function()
		return view.lock_of_vnode(vp) == found.address and view.vnodes.vnodes:path(vp) or nil
	end)
	return ok and path or nil
end

local function notes_of(view, procs, report)
	view.notes = view.notes or holders.noted(view, procs, report)
	return view.notes
end

--- All waits of a system.
-- @tparam table procs vmcore.kern.proc
-- @tparam function report
-- @treturn {table...} td, lock, how, owners, request (see of()); in the order of
--   the processes; a shared lock that does not record who holds it has
--   `sharers`: threads that share some lock of its class
-- @treturn table the same by thread
function methods:all(procs, report)
	local list, by_td, notes, sharers = {}, {}, notes_of(self, procs, report), nil
	local function add(td)
		if by_td[td] then
			return
		end
		local ok, found, how, request = pcall(self.of, self, td)
		if not ok then
			report(("thread at %#x: %s"):format(td, tostring(found)))
		elseif found then
			found.noted, found.symbol = notes[found.address], label(self, found)
			by_td[td] = { td = td, lock = found, how = how, owners = holders.threads(found),
				request = request }
			sharers = sharers or found.state == "shared" and holders.sharers(self.k, procs)
			found.sharers = #by_td[td].owners == 0 and sharers and sharers[found.class] or nil
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

--- The lock at an address, held or not, as held() tells of it.
-- @tparam integer address
-- @tparam table procs
-- @tparam function report
-- @treturn ?table nil when no lock is there
-- @raise a fault
function methods:look(address, procs, report)
	local found = self.locks:at(address)
	if found then
		found.symbol = label(self, found)
		found.noted = notes_of(self, procs, report)[found.address]
	end
	return found
end

--- The locks that are held, of those that can be found: awaited ones, the
-- kernel's variables, those of processes and of vnodes, and those that WITNESS
-- noted.
-- @tparam table procs
-- @tparam {table...} awaited of all()
-- @tparam function report
-- @treturn {table...} see vmcore.kern.lock, at(); `symbol` of a variable,
--   or the path of a vnode
function methods:held(procs, awaited, report)
	local list, seen, notes = {}, {}, notes_of(self, procs, report)
	local function add(address, symbol)
		local ok, found = pcall(self.locks.at, self.locks, address)
		if not ok then
			report(("lock at %#x: %s"):format(address, tostring(found)))
		elseif found and not seen[found.address] and
		    (found.state == "exclusive" or found.state == "shared") then
			found.symbol, found.noted = symbol or label(self, found), notes[found.address]
			list[#list + 1], seen[found.address] = found, true
		end
	end
	holders.each_lock(self, procs, report, add)
	for _, wait in ipairs(awaited) do
		if not seen[wait.lock.address] and (wait.lock.owner or wait.lock.state ~= "unlocked") then
			list[#list + 1], seen[wait.lock.address] = wait.lock, true
		end
	end
	return list
end

--- Where chains begin: threads that wait, and that nobody waits for.
-- @tparam {table...} list of all()
-- @treturn {integer...} addresses of threads
function waits.starts(list)
	local awaited, first = {}, {}
	for _, wait in ipairs(list) do
		for _, owner in ipairs(wait.owners) do
			awaited[owner] = true
		end
	end
	for _, wait in ipairs(list) do
		if not awaited[wait.td] then
			first[#first + 1] = wait.td
		end
	end
	return first
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
		elseif state[td] or by_td[td] == nil or #path == PATH_MAX then
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
	local locks, message = lock.new(k, report)
	if locks == nil then
		return nil, message
	end
	local TD, V, sleepqs = k:type "struct thread", k:type "struct vnode", sleepq.new(k)
	local vnode_lock = member.getter(V, "v_lock") and V:member "v_lock"
	return setmetatable({
		vnodes = vnodelist.new(k), vnode_lock = vnode_lock and vnode_lock.offset,
		lock_of_vnode = member.pointer(V, "v_vnlock"),
		k = k, locks = locks, ranges = rangelock.new(k, locks), report = report, unknown = {},
		turnstiles = turnstile.new(k), sleepqs = sleepqs,
		channels = sleepqs and sleepqs:by_channel(report) or {},
		wchan = member.pointer(TD, "td_wchan"), wmesg = member.pointer(TD, "td_wmesg"),
		wanted = member.pointer(TD, "td_wantedlock"),
		sqqueue = member.getter(TD, "td_sqqueue"),
		witness = witness.new(k), curthread = member.pointer(k:type "struct pcpu", "pc_curthread"),
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
