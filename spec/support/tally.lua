--- A busted output handler: a line per spec file, failures as they happen,
-- and "N passed, N failed" as the last line of all, which programs read.
-- Errors, in a test or while a file loads, count as failed.

local function message_of(failure)
	local message = failure.message
	if type(message) == "table" and not getmetatable(message) then
		message = require("pl.pretty").write(message)
	end
	return (tostring(message):gsub("\n", "\n    "))
end

local function place_of(failure)
	local trace = failure.element.trace
	if trace and trace.short_src then
		return ("%s:%d: "):format(trace.short_src, trace.currentline or 0)
	end
	return ""
end

local function report(kind, failure)
	io.write(("  %s %s%s\n    %s\n"):format(kind, place_of(failure), failure.name,
		message_of(failure)))
end

local function subscribe_files(busted, handler)
	local before = {}

	local function counts()
		return handler.successesCount, handler.failuresCount + handler.errorsCount, busted.monotime()
	end

	busted.subscribe({ "file", "start" }, function()
		before = { counts() }
		return nil, true
	end)
	busted.subscribe({ "file", "end" }, function(file)
		local passed, failed, now = counts()
		io.write(("%-44s %4d passed"):format(file.name, passed - before[1]))
		if failed > before[2] then
			io.write((", %d FAILED"):format(failed - before[2]))
		end
		io.write(("  %.2f s\n"):format(now - before[3]))
		io.flush()
		return nil, true
	end)
end

return function()
	local busted = require "busted"
	local handler = require "busted.outputHandlers.base"()

	local function on_failure(kind)
		return function(element, parent, message, debug)
			report(kind, handler.format(element, parent, message, debug))
			return nil, true
		end
	end

	local function on_exit()
		local failed = handler.failuresCount + handler.errorsCount
		for _, skipped in ipairs(handler.pendings) do
			io.write(("  skipped %s%s\n"):format(place_of(skipped), skipped.name))
		end
		io.write(("%d passed, %d failed\n"):format(handler.successesCount, failed))
		io.flush()
		return nil, true
	end

	busted.subscribe({ "failure" }, on_failure "FAILED")
	busted.subscribe({ "error" }, on_failure "ERROR")
	busted.subscribe({ "exit" }, on_exit)
	subscribe_files(busted, handler)
	return handler
end
