--- riscv64: L3 entries in the minidump; Sv39, or Sv48 by an own geometry.
local pagetable = require "spec.support.pagetable"

local riscv = {
	machine = 243, class = 64, endian = "<", page = 4096, ptrsize = 8,
	kernbase = 0xffffffc000000000, kernload = 0xffffffc000000000,
	dmapbase = 0xffffffd000000000, dmapend = 0xfffffff000000000,
	dmapphys = 0x80000000, heap = 0xffffffc010000000, entry = 8,
	levels = { { shift = 30, bits = 9 }, { shift = 21, bits = 9 },
		{ shift = 12, bits = 9 } },
	ram = { { 0x80000000, 0xa0000000 }, { 0x100000000, 0x110000000 } },
	free = 0x82000000,
}

--- Sv48, for memory.new{ levels = arches.riscv.sv48 }.
riscv.sv48 = { { shift = 39, bits = 9 }, table.unpack(riscv.levels) }

local V, R, W, X, G, A, D = 1, 2, 4, 8, 0x20, 0x40, 0x80
local PPN = (1 << 44) - 1

function riscv.table_entry(pa)
	return pa >> 12 << 10 | V
end

function riscv.table_address(entry)
	return (entry >> 10 & PPN) << 12
end

function riscv.is_leaf(entry)
	return entry & (R | W | X) ~= 0
end

function riscv.leaf_entry(pa, prot)
	return pa >> 12 << 10 | V | R | G | A | D |
	    (prot:find "w" and W or 0) | (prot:find "x" and X or 0)
end

-- Versions 1 and 2, riscv/include/minidump.h.
local function header(h)
	return string.pack("<c24I4I4I4I4i8i8i8i8I4I4", "minidump FreeBSD/riscv",
	    h.version, h.msgbufsize, h.bitmapsize, h.pmapsize, h.kernbase,
	    h.dmapphys, h.dmapbase, h.dmapend, h.dumpavailsize or 0, 0)
end

local function synth(value, offset)
	return value + (offset >> 12 << 10)
end

riscv.minidump = { versions = { 1, 2 }, avail = 2, header = header,
	flatten = function(mem, from, to)
		return pagetable.leaves(mem, from, to, synth)
	end,
	word = function() return 8 end }

return riscv
