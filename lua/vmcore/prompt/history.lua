--- Lines that were typed, kept from session to session in
-- $XDG_STATE_HOME/vmcore/history (XDG Base Directory Specification).
-- @module vmcore.prompt.history

local history = {}

-- As many are called back; the file is cut when it has twice as many.
local KEPT = 5000

--- The folder and the file.
-- @tparam[opt=os.getenv] function getenv
-- @treturn ?string folder
-- @treturn ?string path
function history.path(getenv)
	getenv = getenv or os.getenv
	local base = getenv "XDG_STATE_HOME"
	if base == nil or base:sub(1, 1) ~= "/" then	-- relative paths are to be ignored
		local home = getenv "HOME"
		if home == nil or home == "" then
			return nil
		end
		base = home .. "/.local/state"
	end
	return base .. "/vmcore", base .. "/vmcore/history"
end

local function quoted(path)
	return "'" .. path:gsub("'", [['\'']]) .. "'"
end

local function read(path)
	local lines = {}
	local file = path and io.open(path)
	if file then
		for line in file:lines() do
			lines[#lines + 1] = line
		end
		file:close()
	end
	return lines
end

local function cut(path, lines)
	local new = path .. ".new"
	local file = io.open(new, "w")
	if file and file:write(table.concat(lines, "\n"), "\n") and file:close() then
		os.rename(new, path)
	end
end

--- The lines of earlier sessions, oldest first.
-- @tparam ?string path
-- @treturn {string...}
function history.load(path)
	local lines = read(path)
	if #lines <= KEPT then
		return lines
	end
	local last = table.move(lines, #lines - KEPT + 1, #lines, 1, {})
	if #lines > 2 * KEPT then
		cut(path, last)
	end
	return last
end

--- A function that adds a line to the file; it says nothing when it can't.
-- The folder is made with the first one.
-- @tparam ?string folder
-- @tparam ?string path
-- @treturn function
function history.writer(folder, path)
	local tried = false
	return function(line)
		local file = path and io.open(path, "a")
		if file == nil and path and not tried then
			tried = true
			os.execute(("mkdir -p -m 700 %s 2>/dev/null"):format(quoted(folder)))
			file = io.open(path, "a")
		end
		if file then
			file:write(line, "\n")
			file:close()
		end
	end
end

return history
