--- Programs in Lua: those behind -e, and files that are no commands because
-- they return no table (see vmcore.script).
--
-- A program finds the dump that -M and -N name in `k`; it is opened when it is
-- first used. `...` and `arg` are its arguments.
-- @module vmcore.program

local environment = require "vmcore.prompt.environment"

local program = {}

-- The driver's options that a program has no use for itself.
local OPENING = { ["-M"] = "core", ["--core"] = "core", ["-N"] = "kernel", ["--kernel"] = "kernel",
	["--klddir"] = "klddir" }

local function option(arguments, i)
	local word = arguments[i]
	if OPENING[word] then
		return OPENING[word], arguments[i + 1], i + 2
	end
	local name, value = word:match "^(%-%-%a+)=(.*)$"
	if name == nil then
		name, value = word:match "^(%-[MN])(.+)$"
	end
	return OPENING[name], value, i + 1
end

--- Take -M, -N and --klddir out of arguments, wherever they stand in front of
-- "--".
-- @tparam {string...} arguments
-- @treturn table core, kernel, klddir (a list)
-- @treturn {string...} the others
function program.options(arguments)
	local options, rest, i = {}, {}, 1
	while i <= #arguments and arguments[i] ~= "--" do
		local name, value, after = option(arguments, i)
		if name == "klddir" then
			options.klddir = options.klddir or {}
			table.insert(options.klddir, value)
		elseif name then
			options[name] = value
		else
			rest[#rest + 1] = arguments[i]
		end
		i = name and after or i + 1
	end
	table.move(arguments, i, #arguments, #rest + 1, rest)
	return options, rest
end

-- What a program finds; its output goes to `out`.
local function surroundings(handle, out)
	local found, terminal = pcall(require, "kvm.terminal")
	return environment.new {
		handle = handle, terminal = found and terminal.isatty(1),
		write = function(text) out:write(text) end,
	}
end

local function traced(err)
	if type(err) ~= "string" then
		return err
	end
	return (debug.traceback(err, 2):gsub("\n%s*%[C%]: in function 'xpcall'.*$", ""))
end

-- How running it ended, as the driver's exit status says it, and why.
local function ended(ok, err)
	if ok then
		return "complete"
	end
	return "partial", environment.safe(tostring(err))
end

--- Run a file.
-- @tparam string path
-- @tparam {string...} arguments
-- @tparam function handle opens the dump when it is first used, and returns it
-- @tparam file out standard output
-- @treturn string "complete"; "partial" when it raised an error; "usage" when
--   it can't be compiled; "command" when it returned what only one does
-- @treturn ?string its error
function program.file(path, arguments, handle, out)
	return program.run(path, arguments, surroundings(handle, out))
end

--- The same in an environment that there is already.
-- @tparam string path
-- @tparam {string...} arguments
-- @tparam table env
function program.run(path, arguments, env)
	local chunk, message = loadfile(path, "t", env)
	if chunk == nil then
		return "usage", message
	end
	env.arg = table.move(arguments, 1, #arguments, 1, { [0] = path })
	local ok, result = xpcall(chunk, traced, table.unpack(arguments))
	if ok and result ~= nil then
		return "command"
	end
	return ended(ok, result)
end

local function run_text(text, arguments, env)
	local chunk = load("return " .. text, "=-e", "t", env)
	if chunk == nil then
		local message
		chunk, message = load(text, "=-e", "t", env)
		if chunk == nil then
			return "usage", message
		end
	end
	local results = table.pack(xpcall(chunk, traced, table.unpack(arguments)))
	if results[1] and results.n > 1 then
		local show = env.print
		show(table.unpack(results, 2, results.n))
	end
	return ended(results[1], results[2])
end

--- Run the texts of -e, one after the other: expressions, whose values are
-- printed, or statements.
-- @tparam {string...} texts
-- @tparam {string...} arguments
-- @tparam function handle as of file()
-- @tparam file out
-- @treturn string as of file()
-- @treturn ?string the error
function program.texts(texts, arguments, handle, out)
	local env = surroundings(handle, out)
	env.arg = arguments
	for _, text in ipairs(texts) do
		local status, err = run_text(text, arguments, env)
		if status ~= "complete" then
			return status, err
		end
	end
	return "complete"
end

return program
