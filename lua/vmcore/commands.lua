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

--- The file of a command.
-- @tparam string name, or a path, which has a slash in it or ends in .lua
-- @tparam ?string folder of the driver, with a slash behind it; nil where
--   commands are modules only
-- @treturn ?string what script.load() is to be given
function commands.find(name, folder)
	if name:find "/" or name:find "%.lua$" then
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

return commands
