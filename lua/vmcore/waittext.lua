--- Words about threads and the locks that they wait for.
-- @module vmcore.waittext

local waittext = {}

local SHARERS_MAX <const> = 8

--- A thread, as "thread 100030 (pid 720, crasher)".
-- @tparam table names of vmcore.kern.waits, names()
-- @tparam integer td
-- @treturn string
function waittext.thread(names, td)
	return ("thread %s (pid %s, %s)"):format(names.tid(td) or ("%#x"):format(td),
	    names.pid(td) or "?", names.name(td) or "?")
end

-- The ids of those who may share a lock: a few of them.
local function sharers_text(names, lock)
	local list = {}
	for i, td in ipairs(lock.sharers or {}) do
		list[i] = i <= SHARERS_MAX and tostring(names.tid(td) or ("%#x"):format(td)) or nil
	end
	local more = #(lock.sharers or {}) > SHARERS_MAX and " and others" or ""
	return #list > 0 and ("; such locks are shared by %s%s"):format(table.concat(list, " "), more) or ""
end

--- Who has a lock that does not record its holders.
-- @tparam table names of vmcore.kern.waits, names()
-- @tparam table lock see vmcore.kern.lock, at()
-- @treturn string
function waittext.holder(names, lock)
	if lock.state == "shared" then
		return ("held shared by %d (who is not recorded%s)"):format(lock.readers or 1,
		    sharers_text(names, lock))
	end
	return lock.state == "exclusive" and "held exclusive (by whom is not recorded)" or lock.state
end

--- What a thread waits for.
-- @tparam table names of vmcore.kern.waits, names()
-- @tparam table wait of vmcore.kern.waits, all()
-- @treturn string
function waittext.wait(names, wait)
	local lock = wait.lock
	return ("%s on lock %#x (%s) \"%s\"%s%s"):format(wait.how == "spinning" and "spins" or
	    "is blocked", lock.address, lock.class, lock.name or "?", lock.symbol and " [" .. lock.symbol .. "]" or "",
	    #wait.owners == 0 and ", " .. waittext.holder(names, lock) or "")
end

--- A thread that spins, and only its stack tells.
-- @tparam table spinner of vmcore.kern.spinning, all()
-- @treturn string
function waittext.spinner(spinner)
	local caller = spinner.caller
	return ("runs on CPU %d in %s%s, for a lock that is not recorded"):format(spinner.cpu, spinner.fn,
	    caller and (", called by %s+%#x"):format(caller.name, caller.offset) or "")
end

local STATES = {
	running = function(fields, td) return ("runs on CPU %s"):format(fields.oncpu(td)) end,
	sleep = function(fields, td)
		local wmesg = fields.wmesg(td)
		return wmesg ~= "" and ("sleeps (%s)"):format(wmesg) or "sleeps"
	end,
	runq = function() return "waits for a CPU" end,
	can_run = function() return "can run" end,
	lock = function() return "is blocked, but on no lock that was found" end,
}

--- What a thread does that waits for no lock.
-- @tparam table fields of threads, of vmcore.kern.thread
-- @tparam integer td
-- @treturn string
function waittext.state(fields, td)
	local ok, text = pcall(function()
		local state = fields.state(td)
		return (STATES[state] or function() return "is " .. state end)(fields, td)
	end)
	return ok and text or "can't be read"
end

--- Waits as a graph, for vmcore.dot. A lock that does not tell who holds it
-- stands in the graph itself.
-- @tparam table names of vmcore.kern.waits, names()
-- @tparam {table...} list of vmcore.kern.waits, all()
-- @tparam table members those in a deadlock, by thread
-- @treturn {table...} edges
function waittext.edges(names, list, members)
	local edges = {}
	for _, wait in ipairs(list) do
		local lock = wait.lock
		local from, label = waittext.thread(names, wait.td), lock.class .. " " .. (lock.name or "?")
		for _, owner in ipairs(wait.owners) do
			edges[#edges + 1] = { from = from, to = waittext.thread(names, owner), attributes = {
				label = label, color = members[wait.td] and members[owner] and "red" or nil } }
		end
		if #wait.owners == 0 then
			edges[#edges + 1] = { from = from, attributes = { label = label },
				to = ("lock %#x, %s"):format(lock.address, waittext.holder(names, lock)) }
		end
	end
	return edges
end

return waittext
