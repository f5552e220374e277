--- A writer that hands over to a pager what does not fit on the screen. As long
-- as it fits it is held back; close() writes it.
-- @module vmcore.prompt.pager

local pager = {}

-- POSIX has more(1).
local DEFAULT = "if command -v less >/dev/null; then exec less; else exec more; fi"

local methods = {}
local meta = { __index = methods }

-- Rows that a text takes, from the column that the one before ended in.
local function rows(self, text)
	local count = 0
	for line, newline in text:gmatch "([^\n]*)(\n?)" do
		self.column = self.column + #line
		if newline ~= "" then
			count = count + math.max(1, (self.column + self.columns - 1) // self.columns)
			self.column = 0
		end
	end
	return count
end

local function start(self)
	self.out:flush()
	self.pipe = self.popen(self.command, "w")
	if self.pipe == nil then
		self.lines = math.huge
		return self
	end
	self.pipe:setvbuf("full", 65536)
	local written = self.pipe:write(table.concat(self.held))
	self.held = {}
	return written and self
end

--- Write; as a file's method.
-- @treturn[1] table self
-- @treturn[2] nil when the pager was quit
function methods:write(...)
	if self.pipe then
		return self.pipe:write(...) and self
	end
	for _, text in ipairs { ... } do
		self.held[#self.held + 1] = text
		self.used = self.used + rows(self, tostring(text))
	end
	if self.used >= self.lines then
		return start(self)
	end
	return self
end

--- Buffering and flushing are its own.
function methods.setvbuf()
	return true
end

function methods:flush()
	return self
end

--- Write what was held back, or wait until the pager is quit.
function methods:close()
	if self.pipe then
		self.pipe:close()
	else
		self.out:write(table.concat(self.held))
		self.out:flush()
	end
	self.pipe, self.held = nil, {}
end

--- A new one, for the output of one line at the prompt.
-- @tparam file out the terminal
-- @tparam integer lines of the terminal
-- @tparam integer columns
-- @tparam ?string command a shell's; else $PAGER, or less(1), or more(1)
-- @tparam[opt=io.popen] function popen
-- @treturn table
function pager.new(out, lines, columns, command, popen)
	command = command or os.getenv "PAGER"
	if command == nil or command == "" then
		command = DEFAULT
	end
	return setmetatable({ out = out, lines = lines, columns = columns, command = command,
		popen = popen or io.popen, held = {}, used = 0, column = 0 }, meta)
end

return pager
