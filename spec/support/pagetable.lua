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

-- The slot for va in the table at the level with this shift; tables above it
-- are made where they are missing.
local function slot_of(mem, va, shift)
	local arch, store, at = mem.arch, mem.store, mem.root
	local levels = mem.levels
	for i, level in ipairs(levels) do
		local slot = at + index_of(va, level) * arch.entry
		if level.shift <= shift then
			return slot, level
		end
		local value = store:get(slot, arch.entry)
		if value == 0 then
			value = arch.table_entry(new_table(mem, levels[i + 1],
			    arch.entry), level)
			store:put(slot, arch.entry, value)
		end
		at = arch.table_address(value)
	end
end

--- Map size bytes (the span of a level) at va to pa.
function pagetable.enter(mem, va, pa, size, prot)
	local arch = mem.arch
	local shift = 0
	while 1 << shift < size do
		shift = shift + 1
	end
	local slot, level = slot_of(mem, va, shift)
	assert(slot and level.shift == shift, "pagetable: no such size")
	mem.store:put(slot, arch.entry, arch.leaf_entry(pa, prot, shift))
end

--- Map n pages at va to consecutive physical pages, a leaf table at a time.
-- va and n are multiples of what a leaf table maps.
function pagetable.enter_run(mem, va, pa, n, prot)
	local arch, levels = mem.arch, mem.levels
	local last, above = levels[#levels], levels[#levels - 1]
	local count, format = 1 << last.bits, {}
	for i = 1, count do
		format[i] = "i" .. arch.entry
	end
	format = mem.endian .. table.concat(format)
	for first = 0, n - 1, count do
		local out, base = {}, pa + (first << last.shift)
		for i = 0, count - 1 do
			out[i + 1] = arch.leaf_entry(base + (i << last.shift),
			    prot, last.shift)
		end
		local child = new_table(mem, last, arch.entry)
		mem.store:put_bytes(child, format:pack(table.unpack(out)))
		mem.store:put(slot_of(mem, va + (first << last.shift),
		    above.shift), arch.entry, arch.table_entry(child, above))
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
