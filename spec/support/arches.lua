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
--	minidump = { versions, avail (first version with dump_avail),
--	    header(fields) -> bytes, flatten(mem, from, to, version) ->
--	    { [page number] = bytes }, size; word(version) -> bitmap word size }
local arches = {}

for _, name in ipairs{ "amd64" } do
	arches[name] = require("spec.support.arch." .. name)
	arches[name].name = name
end

return arches
