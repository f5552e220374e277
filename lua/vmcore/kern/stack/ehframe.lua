--- Tables that tell how to leave a function from any of its instructions:
-- .eh_frame and .eh_frame_hdr (Linux Standard Base, Core, 10.6), .debug_frame
-- (DWARF 5, 6.4.1).
--
-- They come from the kernel's file; .eh_frame from the dump where the file has
-- no contents. A record is only read when a pc asks for it.
-- @module vmcore.kern.stack.ehframe

local bisect = require "vmcore.bisect"
local encoded = require "vmcore.kern.stack.encoded"

local ehframe = {}

local unpack, ult = string.unpack, math.ult

local TABLE_MAX = 64 << 20	-- bytes
local RECORDS_MAX = 1 << 20	-- a kernel has some ten thousand
local SIGN = math.mininteger	-- integers with it flipped sort as addresses
local HEADER_TABLE = 0x3b	-- of .eh_frame_hdr: pairs of 4 bytes, datarel

-- The contents of a section; nil where there is none to be had.
local function contents(kd, name)
	local s = kd:section(name)
	if s == nil or s.size == 0 then
		return nil
	end
	local address, bytes = s.addr + kd:kerndisp(), s.data
	if (bytes == nil or not bytes:find "[^%z]") and s.addr ~= 0 and ult(s.size, TABLE_MAX) then
		bytes = kd:read(address, s.size)
	end
	return bytes and bytes:find "[^%z]" and bytes or nil, address
end

-- The record that begins at a position: where its id is and what it is, where
-- its body begins and where it ends; nil at the end.
local function record(t, at)
	local bytes, order = t.bytes, t.order
	local length, id_at = unpack(order .. "I4", bytes, at)
	local wide = length == 0xffffffff
	if wide then
		length, id_at = unpack(order .. "I8", bytes, id_at)
	end
	if length == 0 then
		return nil
	elseif length < 4 or ult(#bytes - id_at + 1, length) then
		error(("a record of %u bytes at %#x of %s"):format(length, at - 1, t.name), 0)
	end
	local format = not t.eh and wide and "I8" or "I4"
	local id, body = unpack(order .. format, bytes, id_at)
	local common = t.eh and id == 0 or not t.eh and (id == -1 or not wide and id == 0xffffffff)
	return { at = at, id_at = id_at, id = id, body = body, common = common }, id_at + length
end

-- The augmentation's data: how addresses are stored, and whether the frame is
-- one that an interrupt made.
local function augment(t, cie, at)
	for letter in cie.augmentation:sub(2):gmatch "." do
		if letter == "R" then
			cie.encoding, at = t.bytes:byte(at), at + 1
		elseif letter == "L" then
			at = at + 1
		elseif letter == "P" then
			local encoding = t.bytes:byte(at) or 0
			local _, after = encoded.pointer(t.bytes, at + 1, encoding & 0xf, t)
			at = after
		elseif letter == "S" then
			cie.interrupt = true
		elseif letter ~= "B" and letter ~= "G" then	-- arm64: keys, tags
			return
		end
	end
end

-- What functions have in common (CIE).
local function read_common(t, r, last)
	local bytes = t.bytes
	local version, augmentation, at = unpack("Bz", bytes, r.body)
	local cie = { augmentation = augmentation, encoding = 0, last = last - 1 }
	if version == 4 then
		at = at + 2			-- sizes of addresses and segments
	elseif version ~= 1 and version ~= 3 then
		error(("%s of version %d"):format(t.name, version), 0)
	end
	cie.code, at = encoded.uleb(bytes, at)
	cie.data, at = encoded.sleb(bytes, at)
	if version == 1 then
		cie.ra, at = bytes:byte(at), at + 1
	else
		cie.ra, at = encoded.uleb(bytes, at)
	end
	if augmentation:sub(1, 1) == "z" then
		local length
		length, at = encoded.uleb(bytes, at)
		augment(t, cie, at)
		at = at + length
	elseif augmentation ~= "" then
		error(("augmentation '%s' of %s"):format(augmentation, t.name), 0)
	end
	cie.first = at
	return cie
end

local function common_at(t, at)
	local cie = t.common[at]
	if cie == nil then
		local r, last = record(t, at)
		if r == nil or not r.common then
			error(("no common record at %#x of %s"):format(at - 1, t.name), 0)
		end
		cie = read_common(t, r, last)
		t.common[at] = cie
	end
	return cie
end

-- The common record of a function's one.
local function common_of(t, r)
	return common_at(t, t.eh and r.id_at - r.id or r.id + 1)
end

-- Where a function begins, and where the table goes on.
local function start_of(t, r)
	if r == nil or r.common then
		error(("no function's record in %s"):format(t.name), 0)
	end
	local cie = common_of(t, r)
	local first, after = encoded.pointer(t.bytes, r.body, cie.encoding, t)
	return t.eh and first or first + t.displacement, after, cie
end

-- The functions' addresses, in order and with the sign flipped, and where the
-- record of each is. A table that is torn ends there.
local function index_of(t)
	local starts, places = {}, {}
	local at = 1
	for _ = 1, RECORDS_MAX do
		local whole, r, after = pcall(record, t, at)
		if not whole or r == nil then
			break
		end
		local known, first = pcall(start_of, t, r)
		local key = known and first ~ SIGN
		if key and places[key] == nil then
			starts[#starts + 1], places[key] = key, at
		end
		at = after
	end
	table.sort(starts)
	return { starts = starts, places = places }
end

-- Where the record of the last function at or below pc is.
local function place_by_index(t, pc)
	t.index = t.index or index_of(t)
	local starts, key = t.index.starts, pc ~ SIGN
	local behind = bisect.first(1, #starts, function(i) return starts[i] > key end)
	return t.index.places[starts[behind - 1]]
end

-- .eh_frame_hdr: the functions' addresses and records, by address.
local function header_of(kd, t)
	local bytes, address = contents(kd, ".eh_frame_hdr")
	if bytes == nil or bytes:byte() ~= 1 or bytes:byte(4) ~= HEADER_TABLE
	    or bytes:byte(3) == encoded.OMIT then
		return nil
	end
	local from = { order = t.order, word = t.word, address = address, data = address }
	local _, at = encoded.pointer(bytes, 5, bytes:byte(2), from)
	local count, first = encoded.pointer(bytes, at, bytes:byte(3), from)
	if not ult(count, (#bytes - first + 1) // 8 + 1) then
		return nil
	end
	return { bytes = bytes, address = address, first = first, count = count,
		format = t.order .. "i4i4" }
end

local function place_by_header(t, pc)
	local h = t.header
	local function entry(i)
		return unpack(h.format, h.bytes, h.first + i * 8)
	end
	local behind = bisect.first(0, h.count - 1, function(i)
		return ult(pc, h.address + entry(i) & t.mask)
	end)
	if behind == 0 then
		return nil
	end
	local _, place = entry(behind - 1)
	return (h.address + place & t.mask) - t.address + 1
end

local function find(t, pc)
	local at = (t.header and place_by_header or place_by_index)(t, pc)
	if at == nil then
		return nil
	end
	local r, last = record(t, at)
	local first, after, cie = start_of(t, r)
	local length
	length, after = encoded.pointer(t.bytes, after, cie.encoding & 0xf, t)
	if not ult(pc - first, length) then
		return nil
	elseif cie.augmentation:sub(1, 1) == "z" then
		local skip
		skip, after = encoded.uleb(t.bytes, after)
		after = after + skip
	end
	return { pc = first, first = after, last = last - 1, common = cie, table = t }
end

--- What a table says of the function that an address is in.
-- @tparam table t
-- @tparam integer pc
-- @treturn ?table pc (where the function begins), first and last (positions of
--   its program in table.bytes), common (code, data: what the program's
--   numbers are multiples of; ra: number of the register that holds the return
--   address; first, last; interrupt), table
-- @treturn ?string what is wrong with the table; nil where it just has nothing
function ehframe.find(t, pc)
	local ok, found = pcall(find, t, pc)
	if not ok then
		return nil, found
	end
	return found
end

local function prepare(kd, name)
	local bytes, address = contents(kd, name)
	if bytes == nil then
		return nil
	end
	local word, eh = kd:ptrsize(), name == ".eh_frame"
	local t = { name = name, bytes = bytes, address = address, eh = eh, word = word,
		order = kd:byteorder() == "little" and "<" or ">", common = {},
		mask = word == 4 and 0xffffffff or -1, displacement = kd:kerndisp() }
	local ok, header = pcall(header_of, kd, t)
	t.header = eh and ok and header or nil
	return t
end

--- The tables of a kernel.
-- @tparam kvm.descriptor kd
-- @treturn {table...} for find(); none where the kernel was built without
function ehframe.tables(kd)
	local list = {}
	for _, name in ipairs { ".eh_frame", ".debug_frame" } do
		list[#list + 1] = prepare(kd, name)
	end
	return list
end

return ehframe
