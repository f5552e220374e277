--- amd64: four or five level tables, PDEs in the minidump.
local pagetable = require "spec.support.pagetable"

local amd64 = {
	machine = 62, class = 64, endian = "<", page = 4096, ptrsize = 8,
	kernbase = 0xfffffe0000000000, kernload = 0xffffffff80200000,
	kernvirt = 0xffffffff80000000,
	dmapbase = 0xfffff80000000000, dmapend = 0xfffffc0000000000,
	dmapphys = 0, heap = 0xfffffe0010000000, entry = 8,
	levels = { { shift = 39, bits = 9 }, { shift = 30, bits = 9 },
		{ shift = 21, bits = 9 }, { shift = 12, bits = 9 } },
	sizes = { [4096] = true, [1 << 21] = true, [1 << 30] = true },
}

-- x86 page table entry bits: amd64/include/pmap.h, X86_PG_*
local V, RW, A, M, PS, G, NX = 1, 2, 0x20, 0x40, 0x80, 0x100, 1 << 63
local FRAME = 0x000ffffffffff000

--- With five levels (LA57) the tables begin one level higher, and the direct
-- map is elsewhere.
amd64.la57 = { levels = { { shift = 48, bits = 9 },
	table.unpack(amd64.levels) }, dmapbase = 0xff01000000000000,
	dmapend = 0xff21000000000000 }

function amd64.table_entry(pa)
	return pa | V | RW | A | M
end

function amd64.table_address(entry)
	return entry & FRAME
end

function amd64.is_leaf(entry, shift)
	return shift == 12 or entry & PS ~= 0
end

function amd64.leaf_entry(pa, prot, shift)
	return pa | V | A | M | G | (shift > 12 and PS or 0) |
	    (prot:find "w" and RW or 0) | (prot:find "x" and 0 or NX)
end

-- Header versions 1 to 3, amd64/include/minidump.h.
local function header(h)
	return string.pack("<c24I4I4I4I4i8i8i8I4", "minidump FreeBSD/amd64",
	    h.version, h.msgbufsize, h.bitmapsize, h.pmapsize, h.kernbase,
	    h.dmapbase, h.dmapend, h.dumpavailsize or 0)
end

-- A page of PDEs for the gigabyte at va.
local function pde_page(mem, va)
	local value, shift, slot = pagetable.walk(mem, va, 30)
	if not value then
		return nil
	elseif amd64.is_leaf(value, shift) then
		local out = {}
		for i = 0, 511 do
			out[i + 1] = value + (i << 21)
		end
		return string.pack("<" .. ("i8"):rep(512), table.unpack(out))
	end
	assert(slot)
	return mem.store:page(amd64.table_address(value) >> 12)
end

-- Version 1 expands larger leaves to PTEs.
local function synth(value, offset)
	return (value & ~PS) + (offset & -4096)
end

--- The page table area: PTEs in version 1, PDEs from version 2 on.
local function flatten(mem, from, to, version)
	if version == 1 then
		return pagetable.leaves(mem, from, to, synth)
	end
	local shift = 30
	local out, n = {}, (to - from + (1 << shift) - 1) >> shift
	local seen = {}
	for _, map in ipairs(mem.maps) do
		local first = (map.va - from) >> shift
		for i = first, (map.va + map.size - 1 - from) >> shift do
			if i >= 0 and i < n and not seen[i] then
				seen[i] = true
				out[i] = pde_page(mem, from + (i << shift))
			end
		end
	end
	return out, n * 4096
end

amd64.minidump = { versions = { 1, 2, 3 }, avail = 3, header = header,
	flatten = flatten, granule = function(version)
		return version == 1 and 1 << 21 or 1 << 30
	end,
	word = function() return 8 end }

return amd64
