--- Threads that the user names.
-- @module vmcore.kern.selection

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local selection = {}

-- Words to what they may mean: numbers are thread or process ids.
local function parse(words)
	local wanted = {}
	for _, word in ipairs(words) do
		wanted[#wanted + 1] = { word = word, number = math.tointeger(word) }
	end
	return wanted
end

local function matcher(procs, wanted)
	local of_p, of_td = procs.fields, procs.threads.fields
	return function(p, td)
		local keep = false
		for _, w in ipairs(wanted) do
			local hit
			if w.number then
				hit = of_td.tid(td) == w.number or of_p.pid(p) == w.number
			else
				hit = of_p.comm(p) == w.word or of_td.name(td) == w.word
			end
			w.found = w.found or hit
			keep = keep or hit
		end
		return keep
	end
end

-- The threads that CPUs run, as a list of addresses; none where the kernel's
-- types don't tell.
local function running(k)
	local current = member.pointer(k:type "struct pcpu", "pc_curthread")
	local list = {}
	if current == nil then
		return list
	end
	for _, pc in pcpu.each(k) do
		local ok, td = pcall(current, kvm.toaddress(pc))
		list[#list + 1] = ok and td or nil
	end
	return list
end

-- Those of a list that were not met, and the processes that they are of.
local function unmet(procs, list, met, report)
	local owner = member.pointer(procs.k:type "struct thread", "td_proc")
	local i, n = 0, 0
	return function()
		while i < #list do
			i = i + 1
			local td = list[i]
			local ok, p = pcall(owner or error, td)
			if met[td] == false and ok and p then
				met[td], n = true, n + 1
				return td, p
			end
		end
		if n > 0 then
			report(("%d thread%s that CPUs run %s in no process's list"):format(n, n == 1 and "" or "s",
			    n == 1 and "is" or "are"))
			n = 0
		end
		return nil
	end
end

-- All threads, and the processes that they are of: those of the processes'
-- lists, and what CPUs run where damage keeps it out of them.
local function all(procs, report)
	local each, current, p = procs:addresses(report), function() return nil end, nil
	local list, met = running(procs.k), {}
	for _, td in ipairs(list) do
		met[td] = false
	end
	local rest = unmet(procs, list, met, report)
	local function on_stop(status)
		report(("process at %#x: %s"):format(p, status.message))
	end
	return function()
		local td = current()
		while td == nil do
			p = each()
			if p == nil then
				return rest()
			end
			current = procs:thread_addresses(p, on_stop)
			td = current()
		end
		if met[td] == false then
			met[td] = true
		end
		return td, p
	end
end

--- Go through threads.
-- @tparam table procs of vmcore.kern.proc
-- @tparam ?{string|integer...} words thread ids, process ids, names of threads
--   or processes; all threads without it: those of the processes' lists, then
--   what CPUs run that is in none
-- @tparam function report called with messages about what is out of reach, and
--   about words that nothing answers to
-- @treturn function iterator of a thread's and its process's address
function selection.each(procs, words, report)
	local threads = all(procs, report)
	if words == nil then
		return threads
	end
	local wanted = parse(words)
	local keep = matcher(procs, wanted)
	return function()
		for td, p in threads do
			local ok, hit = pcall(keep, p, td)
			if ok and hit then
				return td, p
			end
		end
		for _, w in ipairs(wanted) do
			if not w.found then
				w.found = true
				report(("no thread or process '%s'"):format(w.word))
			end
		end
		return nil
	end
end

--- Say which process ids are those of no process.
-- @tparam table procs of vmcore.kern.proc
-- @tparam ?table pids a set
-- @tparam function report called with a message for each
function selection.check_pids(procs, pids, report)
	local missing = {}
	for pid in pairs(pids or {}) do
		missing[#missing + 1] = pid
	end
	if #missing == 0 then
		return
	end
	local there = {}
	for p in procs:addresses() do
		local ok, pid = pcall(procs.fields.pid, p)
		there[ok and pid or false] = true
	end
	table.sort(missing)
	for _, pid in ipairs(missing) do
		if not there[pid] then
			report(("no process %d"):format(pid))
		end
	end
end

return selection
