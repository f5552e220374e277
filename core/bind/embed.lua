--- Write Lua files as a file of C: the list that core/bind/embedded.h tells of.
--
--	lua embed.lua OUTPUT FILE ... [MODULE=FILE ...]
--
-- The names of files under lua/ and scripts/ follow from their paths.

local LITERAL = 2048		-- bytes of a string literal, at most

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\\"] = "\\\\", ['"'] = '\\"', ["?"] = "\\?" }

local function quoted(text)
	return '"' .. text:gsub('[%c\\"?\127-\255]', function(c)
		return escapes[c] or ("\\%03o"):format(c:byte())
	end) .. '"'
end

-- Module and chunk name of a file.
local function module_of(argument)
	local name, path = argument:match "^([%w_.]+)=(.*)$"
	if name then
		return name, "@" .. path:match "[^/]*$", path
	elseif argument == "scripts/vmcore" then
		return "vmcore.driver", "=vmcore", argument
	end
	local command = argument:match "^scripts/([^/]+)$"
	if command then
		return "vmcore.command." .. command, "@vmcore/command/" .. command, argument
	end
	local file = assert(argument:match "^lua/(.*)$", argument)
	return (file:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")), "@" .. file, argument
end

local function read(path)
	local file <close> = assert(io.open(path, "rb"))
	-- Only files may begin with "#!".
	return (file:read "a":gsub("^#", "--#", 1))
end

local modules = {}
for i = 2, #arg do
	local name, chunk, path = module_of(arg[i])
	modules[#modules + 1] = { name = name, chunk = chunk, text = read(path) }
end
-- In the order of strcmp(3), whatever the locale.
os.setlocale "C"
table.sort(modules, function(a, b) return a.name < b.name end)

local out = assert(io.open(arg[1], "wb"))
out:write '#include "bind/embedded.h"\n\n'
for i, module in ipairs(modules) do
	out:write(("static const char text_%d[] =\n"):format(i))
	for from = 1, math.max(#module.text, 1), LITERAL do
		out:write("\t", quoted(module.text:sub(from, from + LITERAL - 1)), "\n")
	end
	out:write ";\n"
end
out:write "\nconst struct bind_source bind_sources[] = {\n"
for i, module in ipairs(modules) do
	out:write(("\t{ %s, %s, text_%d, sizeof(text_%d) - 1 },\n"):format(quoted(module.name),
	    quoted(module.chunk), i, i))
end
out:write(("};\nconst size_t bind_nsources = %d;\n"):format(#modules))
assert(out:close())
