--- Output that may have holes: a file, or a string for small cases.
--
--	local out = sparse.open("vmcore.0")	-- nil: keep it in memory
--	out:put(0, header)
--	out:put(8192, page)			-- ascending offsets
--	out:finish(12288)			-- the length, zeros to the end
local sparse = {}
local file, memory = {}, {}
file.__index, memory.__index = file, memory

--- Open a file to write, or with path nil gather a string.
function sparse.open(path)
	if not path then
		return setmetatable({ parts = {}, length = 0 }, memory)
	end
	local handle = assert(io.open(path, "wb"))
	handle:setvbuf("full", 1 << 18)
	return setmetatable({ handle = handle, length = 0, path = path }, file)
end

function file:put(offset, s)
	if offset ~= self.length then
		assert(self.handle:seek("set", offset))
	end
	assert(self.handle:write(s))
	self.length = offset + #s
end

--- Close; length nil leaves the file as short as what was put.
function file:finish(length)
	if length and length > self.length then
		self:put(length - 1, "\0")
	end
	assert(self.handle:close())
	return self.path
end

function memory:put(offset, s)
	if offset > self.length then
		self.parts[#self.parts + 1] = ("\0"):rep(offset - self.length)
	end
	self.parts[#self.parts + 1] = s
	self.length = offset + #s
end

function memory:finish(length)
	if length and length > self.length then
		self:put(length, "")
	end
	return table.concat(self.parts)
end

return sparse
