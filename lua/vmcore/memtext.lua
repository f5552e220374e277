--- Memory as text: words of any size and format, sixteen bytes a line.
-- @module vmcore.memtext

local escape = require "vmcore.escape"
local scalar = require "vmcore.scalar"

local memtext = {}

--- Bytes of a word by its letter, as gdb and examine commands have it.
memtext.SIZES = { b = 1, h = 2, w = 4, g = 8 }

local show = {}

function show.x(value, size)
	return ("0x%0" .. size * 2 .. "x"):format(value)
end

function show.u(value)
	return scalar.unsigned(value)
end

function show.d(value, size)
	local top = 1 << size * 8 - 1
	return ("%d"):format(size < 8 and (value ~ top) - top or value)
end

function show.o(value)
	return ("0%o"):format(value)
end

function show.t(value, size)
	local bits = {}
	for i = size * 8 - 1, 0, -1 do
		bits[#bits + 1] = value >> i & 1
	end
	return table.concat(bits)
end

function show.c(value)
	return (value >= 32 and value < 127) and ("'%c'"):format(value) or ("'\\x%02x'"):format(value)
end

-- What each format is unless a size is given; a and s have their own.
local NATURAL = { c = 1, x = 4, u = 4, d = 4, o = 4, t = 1 }

--- Take apart what stands behind gdb's x/: a count, a format and a size in any
-- order of letters: "8gx", "s", "4a".
-- @tparam string text
-- @treturn ?table count, format, size; nil when it is no such thing
function memtext.parse(text)
	local count, letters = text:match "^(%d*)(%a*)$"
	local spec = { count = math.tointeger(count) }
	for letter in (letters or "!"):gmatch "." do
		if memtext.SIZES[letter] and spec.size == nil then
			spec.size = memtext.SIZES[letter]
		elseif (show[letter] or letter == "a" or letter == "s") and spec.format == nil then
			spec.format = letter
		else
			return nil
		end
	end
	return spec
end

-- Several words a line, as many as fit sixteen bytes.
local function words(kd, address, count, size, text, line)
	local done, broken = 0, false
	return function()
		if done == count or broken then
			return nil
		end
		local at, parts = address + done * size, {}
		repeat
			local value, message = kd:read_uint(address + done * size, size)
			if value == nil then
				broken = true
				parts[#parts + 1] = ("<fault 0x%x>"):format(address + done * size)
				return { address = at, text = table.concat(parts, " "), fault = message }
			end
			parts[#parts + 1], done = text(value, size), done + 1
		until done == count or #parts * size >= (line or 16)
		return { address = at, text = table.concat(parts, " ") }
	end
end

-- One string a line.
local function strings(kd, address, count)
	local done, broken = 0, false
	return function()
		if done == count or broken then
			return nil
		end
		local at = address
		local text, message, _, before = kd:read_string(at)
		done, broken = done + 1, text == nil
		address = at + #(text or "") + 1
		local shown = text and scalar.quoted(text, 4096) or
		    '"' .. escape.text(before or "") .. ("<fault 0x%x>"):format(at + #(before or ""))
		return { address = at, text = shown, fault = message }
	end
end

-- One pointer a line, with its symbol.
local function addresses(kd, address, count, symbol_at)
	local size = kd:ptrsize()
	return words(kd, address, count, size, function(value)
		return scalar.address(kd, value, symbol_at)
	end, size)
end

--- The lines of some memory.
-- @tparam kvm.descriptor kd
-- @tparam integer address
-- @tparam table spec `count` (1), `format`: x d u o t c a (pointers with their
--   symbols) s (strings), `size` of a word in bytes; `symbol_at` as
--   vmcore.scalar's address() takes it
-- @treturn function iterator of address, text, fault (a message, in the last
--   line, where memory can't be read on)
function memtext.lines(kd, address, spec)
	local format, count = spec.format or "x", spec.count or 1
	if format == "s" then
		return strings(kd, address, count)
	elseif format == "a" then
		return addresses(kd, address, count, spec.symbol_at)
	end
	return words(kd, address, count, spec.size or NATURAL[format], show[format])
end

return memtext
