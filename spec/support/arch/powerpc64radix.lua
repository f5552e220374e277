--- powerpc64 with radix tables: entries are big-endian on either byte order.
local powerpc64 = require "spec.support.arch.powerpc64"

local radix = {}
for k, v in pairs(powerpc64) do
	radix[k] = v
end

radix.enter, radix.create, radix.raw = nil, nil, nil
radix.entry, radix.table_endian = 8, ">"
radix.levels = { { shift = 39, bits = 13 }, { shift = 30, bits = 9 },
	{ shift = 21, bits = 9 }, { shift = 12, bits = 9 } }

-- Power ISA 3.0B, Book III, 5.7.10: RPDE and RPTE.
local VALID, LEAF, NLS = 1 << 63, 1 << 62, 9
local R, W, X, PRIVILEGED = 4, 2, 1, 8
local NEXT = 0x00ffffffffffff00

function radix.table_entry(pa)
	return pa | VALID | NLS
end

function radix.table_address(entry)
	return entry & NEXT
end

function radix.is_leaf(entry, shift)
	return shift == 12 or entry & LEAF ~= 0
end

function radix.leaf_entry(pa, prot)
	return pa | VALID | LEAF | PRIVILEGED | R |
	    (prot:find "w" and W or 0) | (prot:find "x" and X or 0)
end

-- The root table; the others are among the pages.
local function flatten(mem)
	local out = {}
	for i = 0, 15 do
		out[i] = mem.store:page((mem.root >> 12) + i)
	end
	return out, 65536, 4096
end

local function header(h, endian)
	h.mmu_name = h.mmu_name or "mmu_radix"
	return powerpc64.header(h, endian)
end

radix.minidump = { versions = { 1, 2 }, avail = 2, header = header,
	flatten = flatten, granule = function() return 1 << 30 end,
	word = function() return 8 end }

return radix
