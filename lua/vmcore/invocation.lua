--- The command line of vmcore(1): the options that every command takes.
-- @module vmcore.invocation

local invocation = {}

-- Those with an argument are true.
local GLOBAL = {
	["-M"] = true, ["--core"] = true, ["-N"] = true, ["--kernel"] = true,
	["--key"] = true, ["--cache"] = false, ["--json"] = false, ["--csv"] = false,
	["-h"] = false, ["--help"] = false, ["--version"] = false,
}

--- Where the command's name is among the arguments: the first one that is
-- neither an option nor the argument of one.
-- @tparam {string...} arguments
-- @treturn ?integer
function invocation.command_position(arguments)
	local i = 1
	while i <= #arguments do
		local word = arguments[i]
		if word:sub(1, 1) ~= "-" or word == "-" then
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
	parser:option("--key", "The RSA private key (PEM) of an encrypted dump."):argname "PRIVATE.PEM"
	parser:flag("--cache", "Keep the inflated dump, so that the next time is quicker.")
	parser:flag("--json", "Print JSON Lines: one object a row.")
	parser:flag("--csv", "Print CSV.")
	parser:flag("-h --help", "Show this help.")
	parser:flag("--version", "Print the version.")
	return parser
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
	return { core = options.core, kernel = options.kernel, keyfile = options.key,
		cachedir = options.cache and cache_folder() or nil, progress = true }
end

return invocation
