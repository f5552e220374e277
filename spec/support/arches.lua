--- What differs between architectures: one table each.
--
-- To add one: a file under arch/ that returns the table below, and its name in
-- the list at the end.
--
--	machine, class, endian, page	ELF e_machine, 32 or 64, "<", page size
--	kernbase, kernload		start of the kernel map; link address
--	dmapbase, dmapend, dmapphys	direct map; nil: there is none
--	heap				where memory:alloc maps
--	levels, entry			page table geometry (pagetable.lua)
--	table_entry table_address is_leaf leaf_entry	its encoders
--	geometry			levels by page size, where that varies
--	ram, free			physical ranges; first page handed out
--	minidump = { versions, avail (first version with dump_avail),
--	    header(fields, endian) -> bytes, flatten(mem, from, to, version) ->
--	    { [table number] = bytes }, size, bytes of a table; word(version) ->
--	    bytes of a bitmap word; protection(prot, size) -> what is left of
--	    it; unpadded }
--	enter, create, translate	replace pagetable.enter, make other tables,
--					find addresses that no map has
--
-- A type set for a 32-bit one: forge.types(text, { ptrsize = 4, align = 4 }) for
-- i386, align 8 for the others.
local arches = {}

for _, name in ipairs{ "amd64", "arm64", "riscv", "i386", "i386pae", "arm",
	"powerpc64", "powerpc64nodmap", "powerpc64radix", "powerpc", "mips",
	"mipsn32", "mips64", "sparc64" } do
	arches[name] = require("spec.support.arch." .. name)
	arches[name].name = name
end

return arches
