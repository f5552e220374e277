--- powerpc (32 bits): dumped by virtual address, so no tables are needed.
--
--	elfdump.new{ memory = mem, virtual = {
--	    { va = mem.heap, pa = pa, size = 65536 } } }
return {
	machine = 20, class = 32, endian = ">", page = 4096, ptrsize = 4,
	kernbase = 0x100000, kernload = 0x100000, heap = 0xe0000000, levels = {},
	entry = 8, ram = { { 0, 0x10000000 } },
	enter = function() end,
}
