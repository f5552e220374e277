--- A file to write to that remembers when that did not work: what is buffered
-- may fail long after it was written.
-- @module vmcore.watched

local watched = {}

local methods = {}
local meta = { __index = methods }

-- What a method of the file returned: the first failure stays.
local function noted(self, ok, message)
	if not ok then
		self.failure = self.failure or message
		return nil, message
	end
	return self
end

--- As file:write() does.
function methods:write(...)
	return noted(self, self.file:write(...))
end

--- As file:flush() does.
function methods:flush()
	return noted(self, self.file:flush())
end

--- As file:setvbuf() does.
function methods:setvbuf(...)
	return self.file:setvbuf(...)
end

--- Write what is still buffered.
-- @treturn ?string what went wrong, now or before
function methods:failed()
	self:flush()
	return self.failure
end

--- Watch a file.
-- @tparam file file open for writing
-- @treturn table
function watched.new(file)
	return setmetatable({ file = file }, meta)
end

return watched
