--- Forged systems on disk, opened and asked through the library and the
-- command, for specs of Lua.
local json = require "dkjson"
local source = require "spec.support.source"
local system = require "spec.support.system"

local lab = {}

local LUA = os.getenv "LUA" or "lua5.4"
local folders = {}

--- A new folder that lives as long as the test run.
function lab.folder()
	local name = os.tmpname()
	os.remove(name)
	assert(os.execute(("mkdir %s"):format(name)))
	folders[#folders + 1] = name
	return name
end

-- The state's end takes them away.
lab.janitor = setmetatable({}, { __gc = function()
	for _, name in ipairs(folders) do
		os.execute("rm -rf " .. name)
	end
end })

local kept = {}

--- A forged system on disk (see system.new), one for each name.
-- @tparam string name
-- @tparam ?table options of system.new; `change` is called with the system
--   before it is written
-- @treturn table dir, core, kernel, truth
function lab.system(name, options)
	if kept[name] == nil then
		local s = system.new(options)
		if options and options.change then
			options.change(s)
		end
		local dir = lab.folder()
		s:write(dir)
		kept[name] = { dir = dir, core = dir .. "/vmcore.0", kernel = dir .. "/kernel",
			truth = s.truth, system = s }
	end
	return kept[name]
end

local function quote(word)
	return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end

--- Run the driver.
-- @treturn string standard output
-- @treturn string standard error output
-- @treturn integer exit status
function lab.vmcore(...)
	local words = { quote(LUA), "scripts/vmcore" }
	for _, word in ipairs { ... } do
		words[#words + 1] = quote(word)
	end
	local errors = os.tmpname()
	local pipe = io.popen(table.concat(words, " ") .. " 2>" .. errors)
	local out = pipe:read "a"
	local _, how, status = pipe:close()
	local err = source.read(errors)
	os.remove(errors)
	return out, err, how == "exit" and status or 128 + status
end

--- The rows of a command on a forged system.
-- @tparam table sys of lab.system
-- @tparam string ... command and arguments
-- @treturn {table...}
-- @treturn string standard error output
-- @treturn integer exit status
function lab.rows(sys, ...)
	local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "--json", ...)
	local rows = {}
	for line in out:gmatch "[^\n]+" do
		local row, _, message = json.decode(line, 1, json.null)
		rows[#rows + 1] = assert(row, message)
	end
	return rows, err, status
end

lab.null = json.null

--- Index rows by a key.
function lab.by(rows, key)
	local found = {}
	for _, row in ipairs(rows) do
		found[row[key]] = row
	end
	return found
end

--- Compare text with the file spec/scripts/NAME.out. Run with GOLDEN=write in
-- the environment to write the file instead: then read what it says.
function lab.golden(name, text)
	local path = "spec/scripts/" .. name .. ".out"
	if os.getenv "GOLDEN" == "write" then
		local f = assert(io.open(path, "w"))
		f:write(text)
		f:close()
		return
	end
	require "luassert".equal(source.read(path), text)
end

return lab
