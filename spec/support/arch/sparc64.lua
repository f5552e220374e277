--- sparc64: pages of 8 KiB, the kernel's TSB; sparcdump.lua writes its dumps.
--
-- mem.tsb is the TSB's physical address, mem.tsb_slots its length.
local sparc64 = {
	machine = 43, class = 64, endian = ">", page = 8192, ptrsize = 8,
	kernbase = 0xc0000000, kernload = 0xc0000000, heap = 0xc1000000,
	dmapbase = 0xfffff80000000000, dmapend = -1, dmapphys = 0,
	ram = { { 0, 0x4000000 }, { 0x10000000, 0x12000000 } },
	free = 0x400000, levels = {},
}

-- sparc64/include/tte.h
local V, EXEC, SW, CP, CV, P, W = 1 << 63, 1 << 11, 1 << 8, 0x20, 0x10, 4, 2
local SIZES = { [8192] = 0, [65536] = 1, [524288] = 2, [4194304] = 3 }

function sparc64.create(mem, opts)
	mem.tsb_slots = opts.tsb_slots or 4096
	mem.tsb = mem:alloc_contiguous(mem.tsb_slots * 32)
	mem:keep(mem.tsb, mem.tsb_slots * 32)
end

--- One entry, at the slot of va.
function sparc64.put(mem, va, vpn, data)
	local at = mem.tsb + (va >> 13 & mem.tsb_slots - 1) * 32
	mem.store:put(at, 8, vpn)
	mem.store:put(at + 8, 8, data)
end

-- A larger page has an entry in the slot of each of its parts.
function sparc64.enter(mem, va, pa, size, prot)
	local sz = assert(SIZES[size], "sparc64: no such size")
	for part = va, va + size - 1, 8192 do
		sparc64.put(mem, part, va >> 13 + 3 * sz << 2 | sz,
		    V | sz << 61 | pa | CP | CV | P |
		    (prot:find "w" and SW | W or 0) |
		    (prot:find "x" and EXEC or 0))
	end
end

return sparc64
