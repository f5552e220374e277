--- powerpc64 with the radix tree, whose entries are big-endian always.
local powerpc64 = require "spec.support.arch.powerpc64"

local radix = setmetatable({ mmu = "mmu_radix", entry = 8, table_endian = ">",
	levels = { { shift = 39, bits = 13 }, { shift = 30, bits = 9 },
		{ shift = 21, bits = 9 }, { shift = 12, bits = 9 } } },
	{ __index = powerpc64 })

-- powerpc/aim/mmu_radix.c
local VALID, LEAF = 1 << 63, 1 << 62
local C, R = 0x80, 0x100
local EAA_P, EAA_R, EAA_W, EAA_X = 8, 4, 2, 1

radix.enter, radix.create = false, false

function radix.table_entry(pa)
	return VALID | pa | 9
end

function radix.table_address(entry)
	return entry & 0x00ffffffffffff00
end

function radix.is_leaf(entry)
	return entry & LEAF ~= 0
end

function radix.leaf_entry(pa, prot)
	return VALID | LEAF | pa | R | C | EAA_P | EAA_R |
	    (prot:find "w" and EAA_W or 0) | (prot:find "x" and EAA_X or 0)
end

-- The area is the root; the tables below it are among the pages.
local function flatten(mem)
	local out = {}
	for i = 0, 15 do
		out[i] = mem.store:page((mem.root >> 12) + i)
	end
	return out, 65536
end

radix.minidump = setmetatable({ flatten = flatten },
	{ __index = powerpc64.minidump })

return radix
