--- i386 with PAE: three levels, 8-byte entries, no-execute.
local i386 = require "spec.support.arch.i386"

local pae = {}
for k, v in pairs(i386) do
	pae[k] = v
end

pae.entry = 8
pae.levels = { { shift = 30, bits = 2 }, { shift = 21, bits = 9 },
	{ shift = 12, bits = 9 } }

local NX, FRAME = 1 << 63, 0x000ffffffffff000

-- An entry of the page directory pointer table has only its valid bit.
function pae.table_entry(pa, level)
	return level.shift == 30 and pa | 1 or i386.table_entry(pa)
end

function pae.table_address(entry)
	return entry & FRAME
end

function pae.is_leaf(entry, shift)
	return shift ~= 30 and i386.is_leaf(entry, shift)
end

function pae.leaf_entry(pa, prot, shift)
	return i386.leaf_entry(pa, prot, shift) | (prot:find "x" and 0 or NX)
end

pae.minidump = i386.dumps(true)

return pae
