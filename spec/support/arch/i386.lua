--- i386 without PAE: 4-byte PTEs in the minidump, no direct map.
--
-- i386pae.lua changes what PAE changes.
local pagetable = require "spec.support.pagetable"

local i386 = {
	machine = 3, class = 32, endian = "<", page = 4096, ptrsize = 4,
	kernbase = 0x800000, kernload = 0x800000, heap = 0x20000000, entry = 4,
	levels = { { shift = 22, bits = 10 }, { shift = 12, bits = 10 } },
	ram = { { 0x1000, 0x9f000 }, { 0x100000, 0x20000000 } },
	free = 0x2000000, int_align = 4,
}

-- i386/include/pmap.h
local V, RW, A, M, PS = 1, 2, 0x20, 0x40, 0x80

function i386.table_entry(pa)
	return pa | V | RW | A | M
end

function i386.table_address(entry)
	return entry & 0xfffff000
end

function i386.is_leaf(entry, shift)
	return shift == 12 or entry & PS ~= 0
end

function i386.leaf_entry(pa, prot, shift)
	return pa | V | A | M | (shift > 12 and PS or 0) |
	    (prot:find "w" and RW or 0)
end

-- Versions 1 and 2, i386/include/minidump.h.
local function header(h)
	return string.pack("<c24I4I4I4I4I4I4I4", "minidump FreeBSD/i386",
	    h.version, h.msgbufsize, h.bitmapsize, h.pmapsize,
	    h.kernbase & 0xffffffff, h.paemode or
	    h.mem.arch.entry == 8 and 1 or 0, h.dumpavailsize or 0)
end

-- Larger mappings are expanded, their protection replaced.
local function synth(value, offset, shift, mem)
	local frame = mem.arch.table_address(value) & ~((1 << shift) - 1)
	return frame + offset | V | RW | A | M
end

--- The minidump of both; can_nx tells whether an entry can forbid execution.
function i386.dumps(can_nx)
	return { versions = { 1, 2 }, avail = 2, header = header,
		flatten = function(mem, from, to)
			return pagetable.leaves(mem, from, to, synth)
		end,
		protection = function(prot, size)
			return size > 4096 and 7 or can_nx and prot or prot | 4
		end,
		word = function() return 4 end }
end

i386.minidump = i386.dumps(false)

return i386
