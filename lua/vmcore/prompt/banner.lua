--- What the prompt says first: which system, why it died, and where.
-- @module vmcore.prompt.banner

local kvm = require "kvm"
local escape = require "vmcore.escape"
local system = require "vmcore.kern.system"

local banner = {}

-- Innermost calls; bt shows all of them.
local FRAMES = 20

local function frame_line(i, frame)
	local fn = frame.fn
	local where = fn and ("%s+%#x"):format(escape.text(fn.name), fn.offset) or "??"
	return ("#%-2d 0x%016x in %s%s"):format(i - 1, frame.pc, where,
	    fn and fn.module and (" (%s)"):format(escape.text(fn.module)) or "")
end

local function add_stack(lines, k, procs, td)
	local stacks, message = require "vmcore.kern.stack".new(k, procs)
	if stacks == nil then
		lines[#lines + 1] = message
		return
	end
	local trace = stacks:trace(td)
	for i, frame in ipairs(trace.frames) do
		if i > FRAMES then
			lines[#lines + 1] = ("    (%d more: bt)"):format(#trace.frames - FRAMES)
			return
		end
		lines[#lines + 1] = frame_line(i, frame)
		local what = stacks:describe(frame, td)
		lines[#lines + 1] = what and ("--- %s ---"):format(escape.text(what))
	end
	if trace.broken then
		lines[#lines + 1] = ("(stopped: %s)"):format(escape.text(trace.broken))
	end
end

local function add_crashed(lines, k)
	local procs = require "vmcore.kern.proc".new(k)
	local found = procs and system.crashed(k, procs)
	if found == nil then
		return
	elseif found.td == nil then
		lines[#lines + 1] = ("Thread:  %d, which is not in the list of threads"):format(found.tid)
		return
	end
	lines[#lines + 1] = ("Thread:  %d (%s), process %d (%s)"):format(found.tid,
	    escape.text(procs.threads.fields.name(found.td)), procs.fields.pid(found.p),
	    escape.text(procs.fields.comm(found.p)))
	add_stack(lines, k, procs, found.td)
end

local function add(lines, label, text)
	if text then
		lines[#lines + 1] = ("%-8s %s"):format(label, escape.text((text:gsub("%s+", " "))))
	end
end

-- Damage is no reason not to begin.
local function attempt(lines, fn, ...)
	local ok, err = pcall(fn, ...)
	if not ok and (kvm.type_of(err) == "fault" or type(err) == "table" or type(err) == "string") then
		lines[#lines + 1] = ("(%s)"):format(escape.text(tostring(err)))
	end
end

--- The lines.
-- @tparam table k
-- @treturn {string...} safe for a terminal
function banner.lines(k)
	local lines = {}
	attempt(lines, function()
		add(lines, "Dump:", ("%s (%s)"):format(k.core or "?", k:dump().arch))
		add(lines, "Host:", system.hostname(k))
		local version = system.version(k)
		add(lines, "Version:", version and version:match "^[^\n]*")
		add(lines, "Panic:", system.panic(k))
	end)
	if k.kernel then
		attempt(lines, add_crashed, lines, k)
	else
		lines[#lines + 1] = "No kernel file: neither symbols nor types."
	end
	return lines
end

return banner
