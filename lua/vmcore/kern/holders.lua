--- Who holds a lock: its own word, the readers of rm locks, the requests of
-- range locks, and WITNESS where it was there.
-- @module vmcore.kern.holders

local kvm = require "kvm"
local lock = require "vmcore.kern.lock"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"
local selection = require "vmcore.kern.selection"

local holders = {}

-- The locks of one of WITNESS's lists, with what was held when each was
-- acquired; by the address of the lock.
local function note(view, notes, list, td, report)
	local held = view.witness:held(list, report)
	local names = {}
	for i, record in ipairs(held) do
		local ok, found = pcall(view.locks.at, view.locks, record.lock)
		found = ok and found or { address = record.lock }
		names[i] = found.name or ("%#x"):format(record.lock)
		record.td, record.lock = td, found.address
		notes[record.lock] = notes[record.lock] or {}
		table.insert(notes[record.lock], record)
	end
	for i, record in ipairs(held) do
		record.after = {}
		for j = #held, i + 1, -1 do
			table.insert(record.after, names[j])
		end
	end
end

--- All that WITNESS noted.
-- @tparam table view of vmcore.kern.waits
-- @tparam table procs of vmcore.kern.proc
-- @tparam function report
-- @treturn table lists of what vmcore.kern.witness tells of holders, by the
--   address of the lock; empty without WITNESS
function holders.noted(view, procs, report)
	local notes = {}
	local sleeplocks = view.witness and view.witness.sleeplocks
	for td in sleeplocks and selection.each(procs, nil, function() end) or function() end do
		local ok, list = pcall(sleeplocks, td)
		note(view, notes, ok and list or nil, td, report)
	end
	local spinlocks = view.witness and view.witness.spinlocks
	for _, pc in spinlocks and pcpu.each(view.k) or function() end do
		local at = kvm.toaddress(pc)
		local ok, list, td = pcall(function() return spinlocks(at), view.curthread(at) end)
		if ok and td then
			note(view, notes, list, td, report)
		else
			report(("the spin locks of the CPU at %#x: %s"):format(at, ok and "it has no thread" or tostring(list)))
		end
	end
	return notes
end

-- The locks of vnodes that are held.
local function each_vnode_lock(view, report, fn)
	local word = view.vnodes and view.vnode_lock and
	    member.getter(view.k:type "struct vnode", "v_lock.lk_lock")
	local shift = lock.readers_shift(view.k, "lockmgr")
	for vp in word and view.vnodes:each(nil, report) or function() end do
		local ok, value = pcall(word, vp)
		if not ok or lock.shared_word(value, shift) ~= "unlocked" then
			fn(vp + view.vnode_lock)
		end
	end
end

--- The locks that can be found: variables, those of processes and of vnodes,
-- those that WITNESS noted.
-- @tparam table view of vmcore.kern.waits
-- @tparam table procs of vmcore.kern.proc
-- @tparam function report
-- @tparam function fn of the address, and the name of a variable
function holders.each_lock(view, procs, report, fn)
	for address, name in view.locks:variables() do
		fn(address, name)
	end
	local m = procs.type:member "p_mtx"
	for p in m and procs:addresses() or function() end do
		fn(p + m.offset)
	end
	local noted = {}
	for address in pairs(view.notes) do
		noted[#noted + 1] = address
	end
	table.sort(noted, math.ult)
	for _, address in ipairs(noted) do
		fn(address)
	end
	each_vnode_lock(view, report, fn)
end

-- Those whose requests a range lock granted; who they are is not always noted.
local function range_holders(ranges)
	local list = {}
	for _, entry in ipairs(ranges.entries) do
		list[#list + 1] = entry.granted and { td = entry.owner, mode = entry.mode, from = entry.from,
			to = entry.to } or nil
	end
	return list
end

--- Who holds a lock, and where it was acquired if WITNESS noted that.
-- @tparam table held a lock of vmcore.kern.waits, all() or held()
-- @treturn {table...} td (address), mode ("exclusive", "shared"), recursed; of
--   WITNESS: file, line, after (names of the locks that were held then, the
--   oldest first); of a range lock: from, to (bytes), and td may be nil
function holders.of(held)
	if held.ranges then
		return range_holders(held.ranges)
	end
	local list, by_td = {}, {}
	for _, td in ipairs(held.owner and { held.owner } or held.trackers or {}) do
		by_td[td] = { td = td, mode = held.state, recursed = held.recursed }
		list[#list + 1] = by_td[td]
	end
	for _, record in ipairs(held.noted or {}) do
		local holder = by_td[record.td]
		-- It is only believed about those who hold an exclusive lock when the
		-- lock agrees: the list is changed after the lock.
		if holder == nil and held.state == "shared" then
			holder = { td = record.td, mode = "shared", recursed = record.recursed }
			list[#list + 1], by_td[record.td] = holder, holder
		end
		if holder then
			holder.file, holder.line, holder.after = record.file, record.line, record.after
		end
	end
	return list
end

-- How many locks of a class a thread shares, sys/proc.h.
local COUNTERS = { rw = "td_rw_rlocks", sx = "td_sx_slocks", lockmgr = "td_lk_slocks" }

--- The threads that share locks of a class: among them are the holders of one
-- that does not record them.
-- @tparam table k
-- @tparam table procs of vmcore.kern.proc
-- @treturn table lists of threads by class: "rw", "sx", "lockmgr"
function holders.sharers(k, procs)
	local T, counters, found = k:type "struct thread", {}, {}
	for class, name in pairs(COUNTERS) do
		counters[class], found[class] = member.getter(T, name), {}
	end
	for td in next(counters) and selection.each(procs, nil, function() end) or function() end do
		for class, counter in pairs(counters) do
			local ok, count = pcall(counter, td)
			if ok and count > 0 then
				table.insert(found[class], td)
			end
		end
	end
	return found
end

--- The threads that hold a lock, as far as is known.
-- @tparam table held as of()
-- @treturn {integer...} addresses
function holders.threads(held)
	local list, seen = {}, {}
	for _, holder in ipairs(holders.of(held)) do
		if holder.td and not seen[holder.td] then
			list[#list + 1], seen[holder.td] = holder.td, true
		end
	end
	return list
end

return holders
