--- The kernel's symbols when its file is lost: loader(8) puts the symbol table
-- behind the kernel, so the dump holds it; nothing says where. It is looked for
-- by a name that every kernel has: size, symbols, size, names, each size in a
-- word (stand/common/load_elf.c).
-- @module vmcore.kern.kld.lost

local symtab = require "vmcore.kern.kld.symtab"

local lost = {}

local NAME = "\0linker_files\0"
local CHUNK, PAGE = 1 << 20, 4096
local IMAGE_MAX = 256 << 20	-- bytes of address space that are searched
local NAMES_MAX = 64 << 20

-- Where kernels are linked to; others begin at what the dump calls kernbase.
local START = { amd64 = 0xffffffff80000000 }

-- Pieces of memory without gaps, from an address on: address and bytes.
local function pieces(kd, first)
	local at, stop = first, first + IMAGE_MAX
	return function()
		while math.ult(at, stop) do
			local start, parts = at, {}
			local whole
			repeat
				local bytes, _, _, partial = kd:read(at, CHUNK)
				whole, partial = bytes ~= nil, bytes or partial or ""
				parts[#parts + 1] = partial
				at = at + #partial
			until not whole or not math.ult(at, stop)
			at = whole and at or (at & -PAGE) + PAGE
			if #parts[1] > 0 then
				return start, table.concat(parts)
			end
		end
		return nil
	end
end

-- The size word in front of the names that have a NUL at `hit`.
local function names_at(bytes, hit, word, format)
	for at = (hit - 1) // word * word + 1, math.max(1, hit - NAMES_MAX), -word do
		local size = string.unpack(format, bytes, at)
		local first = at + word
		if size > 0 and size < NAMES_MAX and first + size > hit + #NAME and
		    first + size - 1 <= #bytes and bytes:byte(first) == 0 and
		    bytes:byte(first + size - 1) == 0 then
			return at, size
		end
	end
	return nil
end

-- The size word in front of the symbols that end at `stop`.
local function symbols_before(bytes, stop, word, format)
	local record = word == 8 and 24 or 16
	for at = stop - word, 1, -word do
		local size = stop - at - word
		if size > 0 and size % record == 0 and string.unpack(format, bytes, at) == size then
			return at, size // record
		end
	end
	return nil
end

local function table_in(bytes, word, format)
	local hit = bytes:find(NAME, 1, true)
	while hit do
		local names, length = names_at(bytes, hit, word, format)
		local symbols, count
		if names then
			symbols, count = symbols_before(bytes, names, word, format)
		end
		if symbols then
			return { symbols = symbols + word - 1, count = count, strings = names + word - 1,
				length = length, base = 0 }
		end
		hit = bytes:find(NAME, hit + 1, true)
	end
	return nil
end

--- Find the kernel's symbols in a dump.
-- @tparam kvm.descriptor kd
-- @treturn {table...} symbols by address; see vmcore.kern.kld.symtab
-- @treturn ?string why there are none
function lost.symbols(kd)
	local dump, word = kd:dump(), kd:ptrsize()
	local first = START[dump.arch] or dump.kernbase
	local format = (kd:byteorder() == "little" and "<I" or ">I") .. word
	for address, bytes in pieces(kd, first) do
		local where = table_in(bytes, word, format)
		if where then
			where.symbols, where.strings = address + where.symbols, address + where.strings
			return symtab.read(kd, where)
		end
	end
	return {}, "the dump holds no symbol table of the kernel"
end

return lost
