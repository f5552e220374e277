--- The prompt at a terminal: editing, history, pager, interrupts.
-- @module vmcore.prompt.screen

local banner = require "vmcore.prompt.banner"
local history = require "vmcore.prompt.history"
local pager = require "vmcore.prompt.pager"

local screen = {}

local FIRST, MORE = "vmcore> ", "   ...> "

-- Messages wait until the pager has left the screen.
local function later(session, say)
	local waiting = {}
	function session.complain(message)
		waiting[#waiting + 1] = message
	end
	return function()
		local messages = waiting
		waiting = {}
		for _, message in ipairs(messages) do
			say(message)
		end
	end
end

-- Run fn with a pager in front of the terminal.
local function paged(session, terminal, fn)
	local out = session.out
	local lines, columns = terminal.size()
	session.width = columns or 80
	local paper = pager.new(out, lines or 24, columns or 80)
	session.out = paper
	local result = fn()
	-- Somebody who stopped it has seen enough; what there is stays to be read.
	paper:close()
	session.out = out
	return result
end

local function remember(terminal, line, last, write)
	if not line:find "^%s*$" and line ~= last then
		terminal.remember(line)
		write(line)
		return line
	end
	return last
end

-- The next line: nil at the end, false when it was interrupted.
local function ask(session, terminal)
	return terminal.edit(session.pending and MORE or FIRST, function(before, word)
		return session:complete(before, word)
	end)
end

local function greet(session)
	session:write(table.concat(banner.lines(session.k), "\n") .. "\n\n.help tells more.\n")
	return "done"
end

local function loop(session, terminal, flush, say)
	local add, last = history.writer(history.path()), nil
	while true do
		local line = ask(session, terminal)
		if line == nil then
			session.out:write "\n"
			return
		elseif not line then
			session.pending = nil
		else
			last = remember(terminal, line, last, add)
			local status = paged(session, terminal, function()
				return session:feed(line, terminal.guard)
			end)
			flush()
			if status == "interrupted" then
				say "interrupted"
			elseif status == "quit" then
				return
			end
		end
	end
end

-- Coroutines, too, stop at an interrupt: library walkers are some.
local function interruptible(terminal)
	-- luacheck: ignore 122
	local create, resume = coroutine.create, terminal.resumer(coroutine.resume)
	local function result(co, ok, ...)
		if ok then
			return ...
		end
		coroutine.close(co)
		error((...), 0)
	end
	coroutine.resume = resume
	function coroutine.wrap(fn)
		local co = create(fn)
		return function(...)
			return result(co, resume(co, ...))
		end
	end
end

--- Talk with the user until he leaves.
-- @tparam table session of vmcore.prompt
-- @tparam table terminal kvm.terminal
function screen.run(session, terminal)
	local say = session.complain
	local flush = later(session, say)
	terminal.catch()
	interruptible(terminal)
	terminal.guard(greet, session)
	local _, path = history.path()
	for _, line in ipairs(history.load(path)) do
		terminal.remember(line)
	end
	loop(session, terminal, flush, say)
end

return screen
