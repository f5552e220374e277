--- Writes call frame tables: .eh_frame with its .eh_frame_hdr, .debug_frame.
--
--	local f = ehframe.new{ address = 0xffffffff80a00000, data = -8, ra = 16,
--	    initial = "\x0c\x07\x08\x90\x01" }		-- def_cfa, offset
--	f:func(0xffffffff80300000, 0x200, "\x41\x0e\x10")
--	f:section(), f:header(0xffffffff80b00000)	-- for kernel.lua
local ehframe = {}
local frames = {}
frames.__index = frames

--- An unsigned LEB128 number.
function ehframe.uleb(value)
	local out = ""
	repeat
		local byte = value & 0x7f
		value = value >> 7
		out = out .. string.char(value ~= 0 and byte | 0x80 or byte)
	until value == 0
	return out
end

--- A signed one.
function ehframe.sleb(value)
	local out, last = ""
	repeat
		local byte = value & 0x7f
		value = value // 128
		last = value == 0 and byte & 0x40 == 0 or value == -1 and byte & 0x40 ~= 0
		out = out .. string.char(last and byte or byte | 0x80)
	until last
	return out
end

local function record(self, id, body)
	local pad = -(4 + #id + #body) % self.word
	body = id .. body .. ("\0"):rep(pad)
	local at = #self.bytes
	self.bytes = self.bytes .. string.pack(self.order .. "I4", #body) .. body
	return at
end

--- A table.
-- @tparam table o address, word (8), order ("<"), code (1), data, ra, initial
-- (bytes), version (1; of .debug_frame 3), debug (it is .debug_frame),
-- encoding (0x1b: relative, four bytes), augmentation ("zR"), extra (bytes of
-- the augmentation in front of the encoding)
function ehframe.new(o)
	local self = { word = 8, order = "<", code = 1, version = o.debug and 3 or 1, encoding = 0x1b,
		initial = "", augmentation = o.debug and "" or "zR", extra = "", bytes = "", list = {} }
	for key, value in pairs(o) do
		self[key] = value
	end
	setmetatable(self, frames)
	local body = string.pack("Bz", self.version, self.augmentation)
	    .. (self.version == 4 and string.char(self.word, 0) or "")
	    .. ehframe.uleb(self.code) .. ehframe.sleb(self.data) .. ehframe.uleb(self.ra)
	if self.augmentation:find "^z" then
		local data = self.extra .. string.char(self.encoding)
		body = body .. ehframe.uleb(#data) .. data
	end
	self.common = record(self, string.pack(self.order .. "I4", self.debug and 0xffffffff or 0),
	    body .. self.initial)
	return self
end

-- A number of the size that an encoding has.
local function stored(self, encoding, value)
	local size = encoding & 7 == 3 and 4 or encoding & 7 == 4 and 8 or self.word
	return string.pack(self.order .. "I" .. size, value & (size == 8 and -1 or (1 << size * 8) - 1))
end

--- A function's record.
-- @treturn integer where it is in the section
function frames:func(first, size, program)
	local at = #self.bytes
	local id, encoding = self.debug and self.common or at + 4 - self.common, self.encoding
	local start = first
	if self.debug then
		encoding = 0
	elseif encoding & 0x70 == 0x10 then
		start = first - (self.address + at + 8)
	end
	local body = stored(self, encoding, start) .. stored(self, encoding & 0xf, size)
	    .. (self.augmentation:find "^z" and "\0" or "") .. program
	record(self, string.pack(self.order .. "I4", id), body)
	self.list[#self.list + 1] = { first = first, at = at }
	return at
end

--- The section.
function frames:section()
	return { name = self.debug and ".debug_frame" or ".eh_frame", addr = not self.debug and
	    self.address or nil, flags = self.debug and "" or "A", data = self.bytes ..
	    (self.debug and "" or "\0\0\0\0") }
end

--- The section with the functions by address.
function frames:header(address)
	local list = table.move(self.list, 1, #self.list, 1, {})
	table.sort(list, function(a, b) return math.ult(a.first, b.first) end)
	local data = string.pack(self.order .. "BBBBi4I4", 1, 0x1b, 3, 0x3b, self.address - address - 4,
	    #list)
	for _, f in ipairs(list) do
		data = data .. string.pack(self.order .. "i4i4", f.first - address,
		    self.address + f.at - address)
	end
	return { name = ".eh_frame_hdr", addr = address, flags = "A", data = data }
end

return ehframe
