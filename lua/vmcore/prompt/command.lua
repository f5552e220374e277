--- The driver's commands, at the prompt: with the same options.
-- @module vmcore.prompt.command

local commands = require "vmcore.commands"
local environment = require "vmcore.prompt.environment"
local evaluate = require "vmcore.prompt.evaluate"
local invocation = require "vmcore.invocation"
local script = require "vmcore.script"
local words = require "vmcore.prompt.words"

local command = {}

-- What follows a name makes it Lua's: an assignment, a call; in front of "("
-- and quotes only if Lua takes the line. By itself it is, when there is a
-- variable of that name.
local function is_lua(session, name, rest, text)
	if rest == "" then
		return rawget(session.env, name) ~= nil and name ~= "print"
	end
	return rest:find "^[=.:]" and not rest:find "^%.%.?/" or rest:find "^%->"
	    or rest:find "^[%(%['\"{]" and evaluate.is_lua(session, text)
end

--- The command that a line begins with.
-- @tparam table session
-- @tparam string text
-- @treturn ?string name
-- @treturn ?string path of its file
-- @treturn ?string its arguments
function command.find(session, text)
	local name, rest = text:match "^%s*([%w_-]+)%s+(.*)$"
	if name == nil then
		name, rest = text:match "^%s*([%w_-]+)$", ""
	end
	if name == nil then
		name, rest = text:match "^%s*(%.?%.?/%S+)%s*(.*)$"
	end
	local path = name and commands.find(name, session.folder)
	if path == nil or is_lua(session, name, rest, text) then
		return nil
	end
	return name, path, rest
end

--- Load a command and make the parser of its options.
-- @tparam string name
-- @tparam string path
-- @treturn[1] table
-- @treturn[1] table parser
-- @treturn[2] nil
-- @treturn[2] string message
function command.load(name, path)
	local loaded, message = script.load(path)
	if loaded == nil then
		return nil, message
	end
	local parser = invocation.parser(name, loaded.summary)
	if loaded.usage then
		loaded.usage(parser)
	end
	return loaded, parser
end

-- The dump to look into: another one when -M or -N name it.
local function dump_of(session, options, loaded)
	local arguments = invocation.open_arguments(options)
	if arguments.core == nil and arguments.kernel == nil then
		if session.k.kernel == nil and not session.k.lost_kernel and loaded.needs ~= "dump" then
			return nil, "it needs a kernel file, and none was found"
		end
		return session.k
	end
	arguments.core = arguments.core or session.k.core
	local k, message = require "vmcore".open(arguments)
	return k, message
end

local function execute(session, name, loaded, options, mode)
	local k, message = dump_of(session, options, loaded)
	if k == nil then
		return nil, ("%s: %s"):format(name, message)
	end
	local fine, complete = pcall(script.run, k, loaded, options, mode, session.out,
	    session.complain)
	if k ~= session.k then
		k:close()
	end
	if not fine then
		return nil, ("%s: %s"):format(name, tostring(complete))
	end
	return complete and "done" or nil
end

-- A file that is no command but a program: how it ended; nil for a command.
local function run_program(session, path, arguments)
	local status, err = require "vmcore.program".run(path, arguments, session.env)
	if status == "command" then
		return false
	elseif status == "complete" then
		return true, "done"
	end
	return true, nil, err
end

local function run_command(session, name, path, arguments)
	local loaded, parser = command.load(name, path)
	if loaded == nil then
		return nil, parser
	end
	local options, mode = invocation.parse(parser, arguments)
	if options == nil then
		return nil, ("%s\n%s: %s"):format(parser:get_usage(), name, mode)
	elseif options.help then
		session:write(environment.safe(parser:get_help()) .. "\n")
		return "done"
	end
	return execute(session, name, loaded, options, mode)
end

--- Run a command.
-- @tparam table session
-- @tparam string name
-- @tparam string path
-- @tparam string rest of the line
-- @treturn[1] string "done"
-- @treturn[2] nil when its answer is not complete
-- @treturn[2] ?string message
function command.run(session, name, path, rest)
	local arguments, message = words.split(rest)
	if arguments == nil then
		return nil, message
	end
	if path == name then
		local ended, status, err = run_program(session, path, arguments)
		if ended then
			return status, err
		end
	end
	return run_command(session, name, path, arguments)
end

return command
