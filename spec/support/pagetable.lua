--- Radix page tables, built in the memory they describe.
--
-- The geometry comes from the architecture (arches.lua): levels from the root
-- down, { shift = 39, bits = 9 }, and the encoders table_entry(pa, level) and
-- leaf_entry(pa, prot, shift). A leaf may stand at any level whose span is the
-- size that is mapped.
--
--	pagetable.enter(mem, va, pa, 4096, "rw")
--	pagetable.walk(mem, va, 21)	--> the entry at shift 21, or a leaf above
local pagetable = {}

local function index_of(va, level)
	return va >> level.shift & (1 << level.bits) - 1
end

local function new_table(mem, level, entry)
	local size = math.max(4096, entry << level.bits)
	return mem:alloc_table(size)
end

--- Make the root table; called once, by memory.new.
function pagetable.create(mem)
	local levels = mem.levels
	mem.root = new_table(mem, levels[1], mem.arch.entry)
end

--- Map size bytes (the span of a level) at va to pa.
function pagetable.enter(mem, va, pa, size, prot)
	local arch, store, at = mem.arch, mem.store, mem.root
	local levels, entry = mem.levels, arch.entry
	for i, level in ipairs(levels) do
		local slot = at + index_of(va, level) * entry
		if size >= 1 << level.shift then
			assert(size == 1 << level.shift, "pagetable: no such size")
			store:put(slot, entry, arch.leaf_entry(pa, prot,
			    level.shift))
			return
		end
		local value = store:get(slot, entry)
		if value == 0 then
			local below = levels[i + 1]
			local child = new_table(mem, below, entry)
			value = arch.table_entry(child, level)
			store:put(slot, entry, value)
		end
		at = arch.table_address(value)
	end
end

--- Follow the tables for va down to the level with this shift.
-- @treturn integer|nil the entry there, or a leaf met before; nil: no mapping
-- @treturn integer the shift of the level it stands at
-- @treturn integer its physical address
function pagetable.walk(mem, va, shift)
	local arch, store, at = mem.arch, mem.store, mem.root
	for _, level in ipairs(mem.levels) do
		local slot = at + index_of(va, level) * arch.entry
		local value = store:get(slot, arch.entry)
		if value == 0 then
			return nil, level.shift
		end
		if level.shift <= shift or arch.is_leaf(value, level.shift) then
			return value, level.shift, slot
		end
		at = arch.table_address(value)
	end
end

return pagetable
