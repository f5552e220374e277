--- arm64: L3 descriptors in the minidump, pages of 4 or 16 KiB.
local pagetable = require "spec.support.pagetable"

local arm64 = {
	machine = 183, class = 64, endian = "<", page = 4096, ptrsize = 8,
	kernbase = 0xffff000000000000, kernload = 0xffff000000000000,
	dmapbase = 0xffffa00000000000, dmapend = 0xffffff0000000000,
	dmapphys = 0x40000000, heap = 0xffff000010000000, entry = 8,
	ram = { { 0x40000000, 0x60000000 }, { 0x880000000, 0x890000000 } },
	free = 0x42000000,
}

--- Levels by page size: arm64/include/pte.h.
arm64.geometry = {
	[4096] = { { shift = 39, bits = 9 }, { shift = 30, bits = 9 },
		{ shift = 21, bits = 9 }, { shift = 12, bits = 9 } },
	[16384] = { { shift = 47, bits = 1 }, { shift = 36, bits = 11 },
		{ shift = 25, bits = 11 }, { shift = 14, bits = 11 } },
}

local VALID_BLOCK, VALID_TABLE = 1, 3
local AF, SH, RO = 1 << 10, 3 << 8, 1 << 7
local PXN, UXN = 1 << 53, 1 << 54
local ADDRESS = 0x0000fffffffff000

local function last_shift(mem)
	return mem.levels[#mem.levels].shift
end

function arm64.table_entry(pa)
	return pa | VALID_TABLE
end

function arm64.table_address(entry)
	return entry & ADDRESS
end

function arm64.is_leaf(entry, shift, mem)
	return shift == last_shift(mem) or entry & 3 == VALID_BLOCK
end

function arm64.leaf_entry(pa, prot, shift, mem)
	return pa | AF | SH | (prot:find "w" and 0 or RO) |
	    (prot:find "x" and 0 or PXN) | UXN |
	    (shift == last_shift(mem) and VALID_TABLE or VALID_BLOCK)
end

-- Versions 1 to 3, arm64/include/minidump.h.
local function header(h)
	local flags = h.flags or h.page == 16384 and 1 or 0
	return string.pack("<c24I4I4I4I4i8i8i8i8I4I4", "minidump FreeBSD/arm64",
	    h.version, h.msgbufsize, h.bitmapsize, h.pmapsize, h.kernbase,
	    h.dmapphys, h.dmapbase, h.dmapend, h.dumpavailsize or 0,
	    h.version >= 3 and flags or 0)
end

-- The kernel writes larger mappings as pages and loses their protection.
local function synth(value, offset)
	return (value & ADDRESS) + offset | AF | SH | VALID_TABLE
end

arm64.minidump = { versions = { 1, 2, 3 }, avail = 2, header = header,
	flatten = function(mem, from, to)
		return pagetable.leaves(mem, from, to, synth)
	end,
	-- kvm_page protection of a mapping of this size
	protection = function(prot, size)
		return size > 16384 and 7 or prot
	end,
	word = function() return 8 end }

return arm64
