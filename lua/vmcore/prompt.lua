--- The prompt: lines that are commands, Lua or C (see
-- vmcore.prompt.evaluate), with one dump.
--
-- A session works without a terminal: lines go in by feed(), text comes out of
-- `out` and `complain`. run() reads the lines, from a terminal with all that
-- makes it pleasant.
-- @module vmcore.prompt

local command = require "vmcore.prompt.command"
local environment = require "vmcore.prompt.environment"
local escape = require "vmcore.escape"
local evaluate = require "vmcore.prompt.evaluate"
local names = require "vmcore.prompt.names"

local prompt = {}

local methods = {}
local meta = { __index = methods }

-- What a writer raises when nobody reads on.
local QUIT = {}

local HELP = [[
A line is a command, Lua, or a C expression: the first of them that it can be.

    ps -p 1 --json              a command, with the options that it has outside
    allproc.lh_first.p_comm     Lua: the kernel's variables are objects
    p = allproc.lh_first        variables of your own
    for t in queue.tailq_foreach(p.p_threads, "td_plist") do print(t.td_name) end
    k:search { string = "root" }    a walker by itself prints what it goes through
    allproc.lh_first->p_comm    C
    (struct proc *)0xfffff80003a1c000
    = ticks / hz                C, whatever else it could be
    VNET(ifnet, 3)              C: of jail 3; PCPU(curthread, 1): of CPU 1;
                                DPCPU(nws); if_demo`softc: of that module

In Lua: k (the dump: k:symbol, k:read, k:type, k:eval, k.var), vmcore, queue,
tree, kern.NAME; format, sizeof, typeof, offsetof, cast, container_of.
TAB completes. Ctrl-C stops what runs, Ctrl-D or .quit ends.

.help COMMAND (or COMMAND --help) tells of one of the commands:
]]

--- Write to the user.
-- @tparam string text safe for a terminal
-- @raise when nobody reads on
function methods:write(text)
	if not self.out:write(text) then
		error(QUIT, 0)
	end
end

--- How values are printed.
function methods:format_options()
	return { width = self.width, symbol_at = function(_, address) return self.k:symbol_at(address) end }
end

--- Every command: name, summary.
function methods:commands()
	if self.command_list == nil then
		self.command_list = require "vmcore.commands".list(self.folder)
	end
	return self.command_list
end

--- The names that Lua code can use, in order.
function methods:own_names()
	local list, seen = {}, {}
	for name in pairs(self.lua_names) do
		seen[name], list[#list + 1] = true, name
	end
	for name in next, self.env do
		if type(name) == "string" and not seen[name] then
			list[#list + 1] = name
		end
	end
	table.sort(list)
	return list
end

local own = {}

function own.help(self, about)
	if about ~= "" then
		local name, path = command.find(self, about)
		if name == nil then
			return nil, ("no command '%s'"):format(escape.text(about))
		end
		return command.run(self, name, path, "--help")
	end
	self:write(HELP)
	for _, item in ipairs(self:commands()) do
		self:write(("   %-12s %s\n"):format(item.name, item.summary))
	end
	return "done"
end

function own.quit()
	return "quit"
end
own.exit = own.quit

--- What one line, or the lines of one statement, do.
-- @tparam string text
-- @treturn[1] string "done", "more", "quit"
-- @treturn[2] nil
-- @treturn[2] ?string message
-- @raise a fault; a mistake in a command
function methods:execute(text)
	if text:find "^%s*$" or text:find "^%s*#" then
		return "done"
	end
	local name, rest = text:match "^%s*%.(%a+)%s*(.-)%s*$"
	if name then
		if own[name] == nil then
			return nil, ("no command '.%s'; see .help"):format(name)
		end
		return own[name](self, rest)
	end
	local expression = text:match "^%s*=(.*)$"
	if expression then
		return evaluate.c(self, expression)
	end
	local path
	name, path, rest = command.find(self, text)
	if name then
		return command.run(self, name, path, rest)
	end
	return evaluate.lua(self, text)
end

-- What went wrong, if there is anything to be said about it.
local function failed(self, err)
	self.pending = nil
	if err == QUIT then
		return "done"
	elseif err ~= nil then
		self.complain(tostring(err))
	end
	return "failed"
end

-- What a line found out about the dump.
local function warn(self)
	self.k.kd:erase_progress()
	for _, warning in ipairs(self.k:new_warnings()) do
		self.complain("WARNING: " .. warning)
	end
end

--- Take a line.
-- @tparam string line
-- @tparam[opt=pcall] function guard calls a function as pcall() does; nil
--   instead of a boolean says that it was interrupted
-- @treturn string "done", "failed", "more", "quit", "interrupted"
function methods:feed(line, guard)
	local text = self.pending and self.pending .. "\n" .. line or line
	local ok, status, message = (guard or pcall)(self.execute, self, text)
	warn(self)
	if ok == nil then
		self.pending = nil
		return "interrupted"
	elseif not ok or status == nil then
		return failed(self, not ok and status or message)
	end
	self.pending = status == "more" and text or nil
	return status
end

--- What a word may become; see vmcore.prompt.complete.
function methods:complete(before, word)
	return require "vmcore.prompt.complete".candidates(self, before, word)
end

--- A session.
-- @tparam table options `k`: the dump; `folder` of the driver, for its
--   commands; `out`: a file, or what has its write, setvbuf and flush;
--   `complain`: function (message); `width` of lines (80); `terminal`: whether
--   out is one
-- @treturn table
function prompt.new(options)
	local self = setmetatable({
		k = options.k, folder = options.folder, out = options.out,
		width = options.width or 80, names = names.of(options.k), lua_names = {},
		complain = function(message)
			options.complain(environment.safe(message))
		end,
	}, meta)
	for _, name in ipairs(environment.names()) do
		self.lua_names[name] = true
	end
	self.env = environment.new {
		handle = function() return options.k end,
		write = function(text) self:write(text) end,
		strict = true, terminal = options.terminal,
	}
	return self
end

--- Take lines until they end, without a terminal.
-- @tparam table session
-- @tparam file input
-- @treturn boolean whether all went well
function prompt.batch(session, input)
	local fine = true
	for line in input:lines() do
		local status = session:feed(line)
		fine = fine and status ~= "failed"
		if status == "quit" then
			return fine
		end
	end
	if session.pending then
		session.complain "the last statement is not complete"
		return false
	end
	return fine
end

return prompt
