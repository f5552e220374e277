--- sparc64: pages of 8 KiB, a kernel TSB in memory; dumped by sparc64dump.lua.
--
-- memory.new takes tsb (entries, 65536).
local sparc64 = {
	machine = 43, class = 64, endian = ">", page = 8192, ptrsize = 8,
	kernbase = 0xc0000000, kernload = 0xc0000000,
	dmapbase = 0xfffff80000000000, dmapend = 0xfffff80000000000 + (1 << 43),
	dmapphys = 0, heap = 0xd0000000, levels = {}, entry = 32,
	ram = { { 0, 0x8000000 }, { 0x10000000, 0x18000000 } },
	free = 0x1000000, sizes = { [13] = 0, [16] = 1, [19] = 2, [22] = 3 },
}

-- sparc64/include/tte.h
local TD_V, TD_CP, TD_P, TD_W = 1 << 63, 1 << 5, 1 << 2, 1 << 1

function sparc64.create(mem, opts)
	local n = opts.tsb or 65536
	mem.tsb_mask, mem.tsb_size = n - 1, n * 32
	mem.tsb_pa = mem:alloc_contiguous(mem.tsb_size, 8192)
	mem:keep(mem.tsb_pa, mem.tsb_size)
end

function sparc64.enter(mem, va, pa, size, prot)
	local shift = 13
	while 1 << shift < size do
		shift = shift + 3
	end
	local sz = sparc64.sizes[shift]
	local at = mem.tsb_pa + (va >> 13 & mem.tsb_mask) * 32
	assert(mem.store:get(at + 8, 8) == 0, "sparc64: TSB slot is taken")
	mem.store:put(at, 8, va >> shift << 2 | sz)
	mem.store:put(at + 8, 8, TD_V | sz << 61 | pa | TD_CP | TD_P |
	    (prot:find "w" and TD_W or 0))
end

--- An entry does not say whether its page may be executed.
function sparc64.protection(prot)
	return prot & ~4
end

return sparc64
