--- powerpc, 32 bits: its dumps hold virtual memory (virtualdump.lua), and no
-- page tables.
return {
	machine = 20, class = 32, endian = ">", page = 4096, ptrsize = 4,
	kernbase = 0xd0000000, kernload = 0x100000, heap = 0xd0100000,
	ram = { { 0, 0x10000000 } }, free = 0x2000000, levels = {},
	enter = function() end, int_align = 8,
}
