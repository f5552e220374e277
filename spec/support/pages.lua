--- Physical memory: sparse pages of 4096 bytes in either byte order.
--
-- A page is a table of 512 words (absent: 0) once something small was put
-- into it, a string while it was written whole, or made on demand by a
-- generator. Words are kept as the target would load them.
--
--	local store = pages.new("<")
--	store:put(0x200010, 4, 42)
--	store:page(0x200)	--> 4096 bytes
local pages = {}
local store = {}
store.__index = store

local ZERO = ("\0"):rep(4096)
local WORDS = ("i8"):rep(512)
local MASK = { 0xff, 0xffff, nil, 0xffffffff }

--- A new store; endian is "<" or ">".
function pages.new(endian)
	return setmetatable({ endian = endian, data = {}, ranges = {},
		format = endian .. WORDS, little = endian == "<" }, store)
end

-- The words of a page, made from a string or from nothing.
local function words(self, pfn)
	local page = self.data[pfn]
	if type(page) == "table" then
		return page
	end
	page = page or self:generated(pfn)
	local new = {}
	if page then
		local list = { string.unpack(self.format, page) }
		for i = 1, 512 do
			if list[i] ~= 0 then
				new[i - 1] = list[i]
			end
		end
	end
	self.data[pfn] = new
	return new
end

--- Let fn(pfn) give the contents of n pages from physical address pa on.
function store:generate(pa, n, fn)
	self.ranges[#self.ranges + 1] = { first = pa >> 12,
		last = (pa >> 12) + n - 1, fn = fn }
end

function store:generated(pfn)
	for _, r in ipairs(self.ranges) do
		if r.fn and pfn >= r.first and pfn <= r.last then
			return r.fn(pfn)
		end
	end
end

--- Store an integer of size 1, 2, 4 or 8 bytes at physical address pa.
function store:put(pa, size, value)
	local at = pa & 7
	if at + size > 8 then
		return self:put_bytes(pa, string.pack(self.endian .. "i8",
		    value):sub(table.unpack(self.little and { 1, size } or
		    { 9 - size, 8 })))
	end
	local page = self.data[pa >> 12]
	if type(page) ~= "table" then
		page = words(self, pa >> 12)
	end
	local index = (pa & 0xfff) >> 3
	if size == 8 then
		page[index] = value
		return
	end
	local shift = self.little and at * 8 or (8 - size - at) * 8
	local mask = MASK[size]
	page[index] = (page[index] or 0) & ~(mask << shift) |
	    (value & mask) << shift
end

--- Load an unsigned integer.
function store:get(pa, size)
	local at, page = pa & 7, self.data[pa >> 12]
	if at + size <= 8 and type(page) == "table" then
		local word = page[(pa & 0xfff) >> 3] or 0
		if size == 8 then
			return word
		end
		return word >> (self.little and at or 8 - size - at) * 8 &
		    MASK[size]
	end
	return (string.unpack(self.endian .. (size == 8 and "i8" or
	    "I" .. size), self:bytes(pa, size)))
end

local function put_part(self, pfn, at, s)
	if #s == 4096 then
		self.data[pfn] = s
		return
	end
	local list, word = words(self, pfn), self.endian .. "i8"
	local first, last = at >> 3, (at + #s - 1) >> 3
	local head = string.pack(word, list[first] or 0)
	local tail = string.pack(word, list[last] or 0)
	local part = head:sub(1, at & 7) .. s ..
	    tail:sub(((at + #s - 1) & 7) + 2)
	for i = first, last do
		list[i] = string.unpack(word, part, (i - first) * 8 + 1)
	end
end

--- Store bytes; they may cross pages.
function store:put_bytes(pa, s)
	local from = 1
	while from <= #s do
		local at = pa & 0xfff
		local part = s:sub(from, from + 4095 - at)
		put_part(self, pa >> 12, at, part)
		pa, from = pa + #part, from + #part
	end
end

--- The 4096 bytes of a page; absent pages read as zeros.
function store:page(pfn)
	local page = self.data[pfn] or self:generated(pfn)
	if type(page) ~= "table" then
		return page or ZERO
	end
	if next(page) == nil then
		return ZERO
	end
	local list = {}
	for i = 0, 511 do
		list[i + 1] = page[i] or 0
	end
	return string.pack(self.format, table.unpack(list, 1, 512))
end

--- Load n bytes; they may cross pages.
function store:bytes(pa, n)
	local out = {}
	while n > 0 do
		local at = pa & 0xfff
		local part = self:page(pa >> 12):sub(at + 1, at + n)
		out[#out + 1] = part
		pa, n = pa + #part, n - #part
	end
	return table.concat(out)
end

--- Whether a page is known to hold only zeros, without looking inside.
function store:blank(pfn)
	local page = self.data[pfn]
	return page == nil and self:generated(pfn) == nil or
	    type(page) == "table" and next(page) == nil
end

--- A page of zeros.
pages.ZERO = ZERO

return pages
