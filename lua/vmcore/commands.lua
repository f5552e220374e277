--- Which commands there are: one file each, in the folder of the driver, or
-- modules vmcore.command.NAME, where a rock was installed or all is one
-- program (vmcore.embedded).
-- @module vmcore.commands

local script = require "vmcore.script"

local commands = {}

local function exists(path)
	local file = io.open(path)
	if file then
		file:close()
	end
	return file ~= nil
end

-- The commands that are part of the program: name to module name.
local function embedded()
	local found = {}
	local modules = package.loaded["vmcore.embedded"]
	for _, module in ipairs(modules and modules.names() or {}) do
		local name = module:match "^vmcore%.command%.(.*)$"
		if name then
			found[name] = module
		end
	end
	return found
end

--- Whether a name is a path, that of a file of the user's own.
-- @tparam string name
-- @treturn boolean
function commands.is_path(name)
	return name:find "/" ~= nil or name:find "%.lua$" ~= nil
end

--- The file of a command.
-- @tparam string name, or a path, which has a slash in it or ends in .lua
-- @tparam ?string folder of the driver, with a slash behind it; nil where
--   commands are modules only
-- @treturn ?string what script.load() is to be given
function commands.find(name, folder)
	if commands.is_path(name) then
		return name
	elseif not name:find "^[%w_-]+$" or name == "vmcore" then
		return nil
	elseif folder and exists(folder .. name) then
		return folder .. name
	end
	return embedded()[name] or package.searchpath("vmcore.command." .. name, package.path)
end

-- File names in a folder, if it is one; a shell lists it, for Lua can't.
local function files(folder)
	if folder == nil then
		return {}
	end
	local list = io.popen("ls -- '" .. folder:gsub("'", [['\'']]) .. "' 2>/dev/null")
	if list == nil then
		return {}
	end
	local names = {}
	for name in list:lines() do
		names[#names + 1] = name
	end
	list:close()
	return names
end

--- Every command with its summary.
-- @tparam ?string folder of the driver
-- @treturn {{name=string, summary=string}...} by name
function commands.list(folder)
	local names = files(folder)
	local installed = package.searchpath("vmcore.command.ps", package.path)
	for _, file in ipairs(files(installed and installed:match "^.*/")) do
		names[#names + 1] = file:match "^(.*)%.lua$"
	end
	for name in pairs(embedded()) do
		names[#names + 1] = name
	end
	local found, seen = {}, {}
	for _, name in ipairs(names) do
		local path = not seen[name] and commands.find(name, folder)
		local command = path and script.load(path)
		if command then
			seen[name] = true
			found[#found + 1] = { name = name, summary = command.summary }
		end
	end
	table.sort(found, function(a, b) return a.name < b.name end)
	return found
end

-- How many letters are to be put in, left out, changed or swapped with the
-- next one to make one word of the other.
local function distance(a, b)
	local before, last = nil, {}
	for j = 0, #b do
		last[j] = j
	end
	for i = 1, #a do
		local row = { [0] = i }
		for j = 1, #b do
			local same = a:byte(i) == b:byte(j)
			row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
			if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
				row[j] = math.min(row[j], before[j - 2] + 1)
			end
		end
		before, last = last, row
	end
	return last[#b]
end

--- What may have been meant by a name that no command has.
-- @tparam string name
-- @tparam ?string folder of the driver
-- @treturn {string...} commands that differ in a letter or two, or that the
--   name is the beginning of
function commands.like(name, folder)
	local found, most = {}, #name < 4 and 1 or 2
	for _, item in ipairs(#name <= 32 and commands.list(folder) or {}) do
		if item.name:sub(1, #name) == name or distance(name, item.name) <= most then
			found[#found + 1] = item.name
		end
	end
	return found
end

--- A command by its name.
-- @tparam string name
-- @tparam ?string folder of the driver
-- @treturn[1] table as script.load() returns it
-- @treturn[2] nil
-- @treturn[2] string message, for a name that none has with those like it
function commands.load(name, folder)
	local path = commands.find(name, folder)
	if path then
		return script.load(path)
	end
	local like = table.concat(commands.like(name, folder), ", ")
	return nil, ("no command '%s'%s; see vmcore --help"):format(name,
	    like ~= "" and (" (%s?)"):format(like) or "")
end

return commands
