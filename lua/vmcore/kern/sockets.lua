--- Every socket that something of the kernel knows: a descriptor of a process,
-- or a protocol.
-- @module vmcore.kern.sockets

local file = require "vmcore.kern.file"
local proc = require "vmcore.kern.proc"

local sockets = {}

-- Hand out the sockets among a process's descriptors.
local function of_process(files, p, seen)
	for fd, fp in files:each(p) do
		if files.fields.number(fp) == file.DTYPE_SOCKET then
			local so = files.fields.data(fp)
			seen[so or 0] = true
			coroutine.yield { so = so, p = p, fd = fd, file = fp }
		end
	end
end

-- All processes' sockets; `seen` gets the addresses.
local function open_ones(k, report, seen)
	local procs, message = proc.new(k)
	local files = procs and file.new(k, procs.type)
	if files == nil then
		return nil, message or "the kernel file does not tell what a struct filedesc is"
	end
	return coroutine.wrap(function()
		for p in procs:addresses(report) do
			local ok, fault = pcall(of_process, files, p, seen)
			if not ok then
				report(("the files of the process at %#x: %s"):format(p, tostring(fault)))
			end
		end
	end), procs
end

--- The sockets of all processes, descriptor by descriptor.
-- @tparam table k
-- @tparam function report
-- @treturn[1] function iterator of { so, p, fd, file }
-- @treturn[1] table processes, vmcore.kern.proc
-- @treturn[2] nil
-- @treturn[2] string message
function sockets.of_processes(k, report)
	return open_ones(k, report, {})
end

--- The sockets of all processes, then those that nobody has open.
-- @tparam table k
-- @tparam table view vmcore.kern.sockname
-- @tparam function report
-- @treturn[1] function iterator of { so, p, fd, file }, or what view:each()
--   gives with `so` in it (nil: a connection that has lost its socket)
-- @treturn[1] table processes, vmcore.kern.proc
-- @treturn[2] nil
-- @treturn[2] string message
function sockets.each(k, view, report)
	local seen = {}
	local each, procs = open_ones(k, report, seen)
	if each == nil then
		return nil, procs
	end
	return coroutine.wrap(function()
		for s in each do
			coroutine.yield(s)
		end
		for so, s in view:each(report) do
			if not (so and seen[so]) then
				s.so = so or nil
				coroutine.yield(s)
			end
		end
	end), procs
end

return sockets
