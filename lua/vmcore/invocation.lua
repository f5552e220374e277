--- The command line of vmcore(1): the options that every command takes.
-- @module vmcore.invocation

local invocation = {}

-- Those with an argument are true.
local GLOBAL = {
	["-M"] = true, ["--core"] = true, ["-N"] = true, ["--kernel"] = true,
	["--debug"] = true, ["--key"] = true, ["--klddir"] = true, ["--cache"] = false, ["--any-version"] = false,
	["--json"] = false, ["--csv"] = false,
	["-h"] = false, ["--help"] = false, ["--version"] = false, ["--completion"] = true,
}

-- With it there is no command: what follows are arguments of the Lua text.
local EXECUTE = "-e"

--- Where the command's name is among the arguments: the first one that is
-- neither an option nor the argument of one.
-- @tparam {string...} arguments
-- @treturn ?integer
function invocation.command_position(arguments)
	local i = 1
	while i <= #arguments do
		local word = arguments[i]
		if word:sub(1, #EXECUTE) == EXECUTE then
			return nil
		elseif word:sub(1, 1) ~= "-" or word == "-" then
			return i
		end
		i = i + (GLOBAL[word] and 2 or 1)
	end
	return nil
end

--- A parser of argparse with these options.
-- @tparam string name
-- @tparam string summary
-- @treturn table
function invocation.parser(name, summary)
	local parser = require "argparse" (name, summary):add_help(false)
	parser:option("-M --core", "The crash dump: plain, or compressed with gzip or zstd."):argname "CORE"
	parser:option("-N --kernel", "The kernel file; looked for as crashinfo(8) does if absent."):argname "KERNEL"
	parser:option("--debug", "The file with the kernel's DWARF; looked for beside the kernel if absent.")
	    :argname "FILE"
	parser:option("--klddir", "A folder with files of kernel modules; may be repeated."):argname "DIR":count "*"
	parser:option("--key", "The RSA private key (PEM) of an encrypted dump."):argname "PRIVATE.PEM"
	parser:flag("--cache", "Keep the inflated dump, so that the next time is quicker.")
	parser:flag("--any-version", "Read a minidump of a newer format than any that is known.")
	parser:flag("--json", "Print JSON Lines: one object a row.")
	parser:flag("--csv", "Print CSV.")
	parser:flag("-h --help", "Show this help.")
	parser:flag("--version", "Print the version.")
	return parser
end

--- Add what vmcore without a command understands to a parser.
-- @tparam table parser
function invocation.add_execute(parser)
	parser:usage [[
Usage: vmcore [-M CORE] [-N KERNEL] [--json | --csv] COMMAND [ARGUMENTS]
       vmcore [-M CORE] [-N KERNEL] SCRIPT [ARGUMENTS]
       vmcore [-M CORE] [-N KERNEL] -e LUA [ARGUMENTS]
       vmcore [-N KERNEL] -M CORE]]
	parser:option(EXECUTE, "Run Lua text, or print the values of Lua expressions; `k` is the dump.")
	    :argname "LUA":target "execute":count "*"
	parser:option("--completion", "Print what makes a shell complete vmcore's commands and options.")
	    :argname "SHELL":choices { "bash", "zsh", "fish" }
	parser:argument "arguments":args "*":hidden(true)
end

--- Parse a command line.
-- @tparam table parser
-- @tparam {string...} arguments
-- @treturn[1] table options
-- @treturn[1] string mode of printing: text, json, csv
-- @treturn[2] nil
-- @treturn[2] string message
function invocation.parse(parser, arguments)
	local ok, options = parser:pparse(arguments)
	if not ok then
		-- Who asks for help need not know what else is wanted.
		for _, word in ipairs(arguments) do
			if word == "-h" or word == "--help" then
				return { help = true, execute = {} }, "text"
			end
		end
		return nil, options
	elseif options.json and options.csv and not options.help then
		return nil, "--json and --csv exclude each other"
	end
	return options, options.json and "json" or options.csv and "csv" or "text"
end

--- What `vmcore --help` prints.
-- @tparam table parser
-- @tparam string folder of the driver
-- @treturn string
function invocation.help(parser, folder)
	local lines = { parser:get_help(), "", "Commands (vmcore COMMAND --help tells more):" }
	for _, command in ipairs(require "vmcore.commands".list(folder)) do
		lines[#lines + 1] = ("   %-12s %s"):format(command.name, command.summary)
	end
	return table.concat(lines, "\n") .. "\n"
end

-- What makes a shell complete commands and their options.
local function completion(shell, folder)
	local commands, script = require "vmcore.commands", require "vmcore.script"
	local parser = invocation.parser("vmcore", "")
	for _, item in ipairs(commands.list(folder)) do
		local command = script.load(commands.find(item.name, folder))
		local sub = parser:command(item.name, item.summary):add_help(false)
		if command.usage then
			command.usage(sub)
		end
	end
	return parser["get_" .. shell .. "_complete"](parser) .. "\n"
end

local function version()
	local kvm = require "kvm"
	local lpeg = require "lpeg".version	-- a function up to 1.0
	return ("vmcore %s\n%s, LPeg %s, %s\n"):format(kvm.version, _VERSION,
	    type(lpeg) == "function" and lpeg() or lpeg, kvm.built_with())
end

--- What `vmcore --version` or `vmcore --completion` prints.
-- @tparam table options what the parser made of the command line
-- @tparam ?string folder of the driver
-- @treturn string
function invocation.answer(options, folder)
	return options.version and version() or completion(options.completion, folder)
end

-- Where inflated dumps are kept: the XDG Base Directory Specification.
local function cache_folder()
	local base = os.getenv "XDG_CACHE_HOME"
	if base == nil or base:sub(1, 1) ~= "/" then
		base = (os.getenv "HOME" or "/tmp") .. "/.cache"
	end
	return base .. "/vmcore"
end

-- Commands may take the dump as an argument, `file`; with -M that is already
-- the next one, `member`.
local function name_core(options)
	if options.core == nil then
		options.core = options.file
	elseif options.file and options.member == nil then
		options.member = options.file
	end
end

--- What vmcore.open is to be given.
-- @tparam table options what the parser made of the command line
-- @treturn table
function invocation.open_arguments(options)
	name_core(options)
	return { core = options.core, kernel = options.kernel, klddir = options.klddir,
		keyfile = options.key, debug = options.debug, any_version = options.any_version,
		cachedir = options.cache and cache_folder() or nil, progress = true }
end

-- Whether the dump was given as the kernel, and the kernel as the dump.
local function is_swapped(arguments)
	local k <close> = arguments.core and arguments.kernel and
	    require "vmcore".open { core = arguments.kernel, kernel = arguments.core } or nil
	return k ~= nil
end

--- Open the dump. Without a kernel file, the symbols that the dump itself holds
-- have to do; what needs the dump only does without symbols.
-- @tparam table options
-- @tparam ?string needs of a command: see vmcore.script; "any": the best there
--   is will do
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function invocation.open(options, needs)
	local vmcore = require "vmcore"
	local arguments = invocation.open_arguments(options)
	local k, message, code = vmcore.open(arguments)
	if k == nil and code == "nokernel" then
		k = needs ~= "dump" and require "vmcore.lostkernel".open(arguments) or nil
		if k == nil and needs then
			arguments.no_kernel = true
			k, message = vmcore.open(arguments)
		end
	elseif k == nil and is_swapped(arguments) then
		message = message .. "; -M and -N have changed places"
	end
	return k, message
end

return invocation
