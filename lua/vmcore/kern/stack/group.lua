--- Kernel stacks that are the same.
-- @module vmcore.kern.stack.group

local proc = require "vmcore.kern.proc"
local selection = require "vmcore.kern.selection"
local stack = require "vmcore.kern.stack"

local group = {}

-- Whether a stack goes through a function or a module. The kernel is no
-- module.
local function goes_through(frames, key, wanted)
	for _, frame in ipairs(frames) do
		local fn = frame.fn
		if fn and (fn[key] == wanted or key == "module" and fn.module == wanted .. ".ko") then
			return true
		end
	end
	return false
end

-- What the options ask of a thread before its stack is looked at.
local function thread_filter(procs, options)
	local of_td, of_p = procs.threads.fields, procs.fields
	local pid, wchan = math.tointeger(options.process), math.tointeger(options.wmesg)
	for _, name in ipairs { "state", "wmesg" } do
		if options[name] and of_td[name] == nil then
			error(("this kernel does not tell a thread's %s"):format(name), 0)
		end
	end
	return function(td, p)
		return (options.state == nil or of_td.state(td) == options.state)
		    and (options.wmesg == nil or of_td.wmesg(td) == options.wmesg
		    or wchan ~= nil and of_td.wchan(td) == wchan)
		    and (options.process == nil or of_p.comm(p) == options.process
		    or of_p.pid(p) == pid)
	end
end

-- Stacks are the same when they return to the same places.
local function key_of(trace)
	local pcs = {}
	for i, frame in ipairs(trace.frames) do
		pcs[i] = frame.pc
	end
	return table.concat(pcs, " ")
end

local function passes(trace, options)
	return (options.func == nil or goes_through(trace.frames, "name", options.func))
	    and (options.module == nil or goes_through(trace.frames, "module", options.module))
end

local function add(one, tid, known, comm)
	one.tids[#one.tids + 1] = tid
	comm = known and comm or "?"
	one.comms[comm] = (one.comms[comm] or 0) + 1
end

--- Put threads that are in the same place together.
-- @tparam table k
-- @tparam table options all may be nil. `func`, `module`: names, of which a
--   stack has to have a function; `state`, `wmesg` (a wait message, or an
--   address), `process` (id or name) of threads
-- @tparam function report told what could not be walked
-- @treturn {table...} trace (see vmcore.kern.stack), tids ({integer...}), comms
--   ({[string]=integer}: threads by process name, "?" where that can't be
--   read); those with most threads first
-- @treturn integer how many threads' stacks could not be followed to the end
-- @raise when the kernel does not tell what is asked for
function group.gather(k, options, report)
	local procs = assert(proc.new(k))
	local stacks = assert(stack.new(k, procs))
	local wanted, tid = thread_filter(procs, options), procs.threads.fields.tid
	local groups, by_key, broken = {}, {}, 0
	for td, p in selection.each(procs, nil, report) do
		local ok, keep = pcall(wanted, td, p)
		local trace = (not ok or keep) and stacks:trace(td)
		local key = trace and key_of(trace)
		local one = by_key[key or false]
		if trace and one == nil and passes(trace, options) then
			one = { trace = trace, tids = {}, comms = {} }
			by_key[key], groups[#groups + 1] = one, one
		end
		if one then
			add(one, tid(td), pcall(procs.fields.comm, p))
			broken = broken + (trace.broken and 1 or 0)
		end
	end
	table.sort(groups, function(a, b)
		return #a.tids > #b.tids or #a.tids == #b.tids and a.tids[1] < b.tids[1]
	end)
	return groups, broken
end

return group
