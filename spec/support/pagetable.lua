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
	return mem:alloc_table(math.max(mem.page, entry << level.bits))
end

-- Entries are words of the target, save where the architecture says that its
-- tables have their own byte order.
local function put(mem, at, value)
	local arch = mem.arch
	if arch.table_endian and arch.table_endian ~= mem.endian then
		value = string.unpack("<i8", string.pack(">i8", value))
	end
	mem.store:put(at, arch.entry, value)
end

local function get(mem, at)
	local arch = mem.arch
	local value = mem.store:get(at, arch.entry)
	if arch.table_endian and arch.table_endian ~= mem.endian then
		value = string.unpack("<i8", string.pack(">i8", value))
	end
	return value
end

--- Make the root table; called once, by memory.new.
function pagetable.create(mem)
	mem.root = new_table(mem, mem.levels[1], mem.arch.entry)
end

--- The slot for va in the table at the level with this shift; tables above it
-- are made where they are missing.
function pagetable.slot(mem, va, shift)
	local arch, at = mem.arch, mem.root
	local levels = mem.levels
	for i, level in ipairs(levels) do
		local slot = at + index_of(va, level) * arch.entry
		if level.shift <= shift then
			return slot, level
		end
		local value = get(mem, slot)
		if value == 0 then
			value = arch.table_entry(new_table(mem, levels[i + 1],
			    arch.entry), level)
			put(mem, slot, value)
		end
		at = arch.table_address(value)
	end
end

--- Map size bytes (the span of a level) at va to pa.
function pagetable.enter(mem, va, pa, size, prot, bits)
	local arch = mem.arch
	local shift = 0
	while 1 << shift < size do
		shift = shift + 1
	end
	local slot, level = pagetable.slot(mem, va, shift)
	assert(slot and level.shift == shift, "pagetable: no such size")
	put(mem, slot, arch.leaf_entry(pa, prot, shift, mem) | (bits or 0))
end

--- Map n pages at va to consecutive physical pages, a leaf table at a time.
-- va and n are multiples of what a leaf table maps.
function pagetable.enter_run(mem, va, pa, n, prot)
	local arch, levels = mem.arch, mem.levels
	local last, above = levels[#levels], levels[#levels - 1]
	local count, format = 1 << last.bits, {}
	for i = 1, count do
		format[i] = arch.entry == 8 and "i8" or "I4"
	end
	format = mem.endian .. table.concat(format)
	for first = 0, n - 1, count do
		local out, base = {}, pa + (first << last.shift)
		for i = 0, count - 1 do
			out[i + 1] = arch.leaf_entry(base + (i << last.shift),
			    prot, last.shift, mem)
		end
		local child = new_table(mem, last, arch.entry)
		mem.store:put_bytes(child, format:pack(table.unpack(out)))
		put(mem, pagetable.slot(mem, va + (first << last.shift),
		    above.shift), arch.table_entry(child, above))
	end
end

--- Follow the tables for va down to the level with this shift.
-- @treturn integer|nil the entry there, or a leaf met before; nil: no mapping
-- @treturn integer the shift of the level it stands at
-- @treturn integer its physical address
function pagetable.walk(mem, va, shift)
	local arch, at = mem.arch, mem.root
	for _, level in ipairs(mem.levels) do
		local slot = at + index_of(va, level) * arch.entry
		local value = get(mem, slot)
		if value == 0 then
			return nil, level.shift
		end
		if level.shift <= shift or
		    arch.is_leaf(value, level.shift, mem) then
			return value, level.shift, slot
		end
		at = arch.table_address(value)
	end
end

-- The bytes of the leaf table for va, a larger leaf expanded by synth.
local function leaf_table(mem, va, synth)
	local arch, levels = mem.arch, mem.levels
	local last = levels[#levels]
	local value, shift = pagetable.walk(mem, va, levels[#levels - 1].shift)
	local size = arch.entry << last.bits
	if not value then
		return nil
	elseif not arch.is_leaf(value, shift, mem) then
		return mem.store:bytes(arch.table_address(value), size)
	end
	local out, base = {}, va & (1 << shift) - 1
	for i = 0, (1 << last.bits) - 1 do
		local at = i << last.shift
		out[i + 1] = string.pack(mem.endian .. (arch.entry == 8 and
		    "i8" or "I4"), synth(value, base + at, shift, mem, va + at))
	end
	return table.concat(out)
end

--- The page table area of a minidump that holds leaf entries: a table for each
-- span from `from` to `to`, larger leaves expanded.
-- @tparam function synth (leaf, offset into it, its shift, mem, va) -> entry
-- @treturn table { [index] = bytes }
-- @treturn integer the size of the area
-- @treturn integer the size of one table
function pagetable.leaves(mem, from, to, synth)
	local last = mem.levels[#mem.levels]
	local shift, size = last.shift + last.bits, mem.arch.entry << last.bits
	local out, n = {}, (to - from + (1 << shift) - 1) >> shift
	for _, map in ipairs(mem.maps) do
		for i = (map.va - from) >> shift,
		    (map.va + map.size - 1 - from) >> shift do
			if i >= 0 and i < n and out[i] == nil then
				out[i] = leaf_table(mem, from + (i << shift),
				    synth) or false
			end
		end
	end
	for i, bytes in pairs(out) do
		out[i] = bytes or nil
	end
	return out, n * size, size
end

return pagetable
