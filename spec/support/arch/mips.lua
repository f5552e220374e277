--- mips, ABI o32; of either byte order (endian = "<").
--
-- mips64.lua and mipsn32.lua change what their wider PTEs change.
local pagetable = require "spec.support.pagetable"

local mips = {
	machine = 8, class = 32, endian = ">", page = 4096, ptrsize = 4,
	kernbase = 0xc0000000, kernload = 0x80100000, heap = 0xc0100000,
	dmapbase = 0x80000000, dmapend = 0xa0000000, dmapphys = 0, entry = 4,
	levels = { { shift = 22, bits = 10 }, { shift = 12, bits = 10 } },
	ram = { { 0, 0x8000000 }, { 0x10000000, 0x18000000 } },
	free = 0x2000000, read_only = 1 << 29,
}

-- mips/include/pte.h
local G, V, D = 1, 2, 4

function mips.table_entry(pa)
	return pa | 1
end

function mips.table_address(entry)
	return entry & -4096
end

function mips.is_leaf(_, shift)
	return shift == 12
end

function mips.leaf_entry(pa, prot, _, mem)
	return pa >> 12 << 6 | G | V |
	    (prot:find "w" and D or mem.arch.read_only)
end

-- Versions 1 and 2, mips/include/minidump.h; the kernel leaves the direct
-- map's place zero.
local function header(h, endian)
	return string.pack(endian .. "c24I4I4I4I4i8i8i8I4I4",
	    "minidump FreeBSD/mips", h.version, h.msgbufsize, h.bitmapsize,
	    h.pmapsize, h.kernbase, 0, 0, h.dumpavailsize or 0, 0)
end

--- The minidump of all ABIs; wide: its bitmap has words of 64 bits, now.
function mips.dumps(wide)
	return { versions = { 1, 2 }, avail = 2, header = header,
		flatten = function(mem, from, to)
			return pagetable.leaves(mem, from, to)
		end,
		protection = function(prot)
			return prot | 4
		end,
		word = function(version)
			return wide and version > 1 and 8 or 4
		end }
end

mips.minidump = mips.dumps(false)

return mips
