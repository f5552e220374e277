--- armv6/armv7: L2 descriptors in the minidump; sections, large pages and
-- supersections; the page table area is not padded.
local pagetable = require "spec.support.pagetable"

local arm = {
	machine = 40, class = 32, endian = "<", page = 4096, ptrsize = 4,
	kernbase = 0xc0000000, kernload = 0xc0100000, heap = 0xd0000000,
	entry = 4,
	levels = { { shift = 20, bits = 12 }, { shift = 12, bits = 8 } },
	ram = { { 0x10000000, 0x30000000 } }, free = 0x12000000,
}

-- arm/include/pte-v6.h: L1 and L2 descriptors. Read-only is a bit of TEX.
local L1_TABLE, L1_SECTION, L1_XN, L1_RO, L1_SUPER = 1, 2, 0x10, 0x2000, 1 << 18
local L2_LARGE, L2_SMALL, L2_XN, L2_RO = 1, 2, 1, 0x80

function arm.table_entry(pa)
	return pa | L1_TABLE
end

function arm.table_address(entry)
	return entry & 0xfffffc00
end

function arm.is_leaf(entry, shift)
	return shift == 12 or entry & 3 == L1_SECTION
end

function arm.leaf_entry(pa, prot, shift)
	local ro, nx = not prot:find "w", not prot:find "x"
	if shift == 20 then
		return pa | L1_SECTION | (ro and L1_RO or 0) |
		    (nx and L1_XN or 0)
	end
	return pa | L2_SMALL | (ro and L2_RO or 0) | (nx and L2_XN or 0)
end

--- 64 KiB pages and 16 MiB supersections are sixteen equal entries.
function arm.enter(mem, va, pa, size, prot, bits)
	local unit = size == 1 << 16 and 12 or size == 1 << 24 and 20
	if not unit then
		return pagetable.enter(mem, va, pa, size, prot, bits)
	end
	local value = arm.leaf_entry(pa, prot, unit)
	if unit == 20 then
		value = value | L1_SUPER
	else
		value = value & ~3 | L2_LARGE
	end
	for i = 0, 15 do
		mem.store:put(pagetable.slot(mem, va + (i << unit), unit), 4,
		    value)
	end
end

-- Versions 1 and 2, arm/include/minidump.h.
local function header(h, endian)
	return string.pack(endian .. "c24I4I4I4I4I4I4I4I4",
	    "minidump FreeBSD/arm", h.version, h.msgbufsize, h.bitmapsize,
	    h.pmapsize, h.kernbase & 0xffffffff, h.arch or 7,
	    h.mmuformat or 2, h.dumpavailsize or 0)
end

-- A section as small pages, its attributes converted.
local function synth(value, _, _, _, va)
	local span = value & L1_SUPER ~= 0 and 0xffffff or 0xfffff
	return value & 0xffffffff & ~span | va & span | L2_SMALL |
	    (value & L1_RO ~= 0 and L2_RO or 0) |
	    (value & L1_XN ~= 0 and L2_XN or 0)
end

arm.minidump = { versions = { 1, 2 }, avail = 2, header = header,
	unpadded = true,
	-- The type of a large page has the bit that forbids execution.
	protection = function(prot, size)
		return size == 1 << 16 and prot & ~4 or prot
	end,
	flatten = function(mem, from, to)
		return pagetable.leaves(mem, from, to, synth)
	end,
	word = function() return 4 end }

return arm
