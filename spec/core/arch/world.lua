--- The machine that cases.lua is about: a small memory with everything in it
-- that a reader can get wrong, and its dumps on disk.
--
-- Physical memory: a range that begins and ends inside pages, a hole, and a
-- range with the rest. Virtual memory, one page each from `text` on: three of
-- text, read-only, data, writable text, an unmapped one, one that was not
-- dumped, one in the hole of physical memory, the edges of the ranges; then
-- larger pages, dumped in part; then the last page of the last page table.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local world = {}

-- Physical memory ends at 0x90000000, or less far above the variant's own
-- base; where things lie in it.
local BASE, SIZE = 0x80000000, 0x10000000
local FREE, LARGE, WHOLE, TOP = 0x1000000, 0x4000000, 0xc000000, 0xf000000

local function ranges(base, ps, low)
	local out = { { base + ps // 2, base + 64 * ps + ps // 4 },
		{ base + 128 * ps, base + SIZE } }
	if low then
		table.insert(out, 1, low)
	end
	return out
end

-- Something different in every page.
local function fill(mem, va)
	for at = va, va + mem.page - 1, 8 do
		mem:write(at, string.pack("<i8", at * 0x9e3779b97f4a7c15 + 1))
	end
end

local function map_pages(w, mem, at)
	local function page(pa, prot, dumped)
		local va = at
		mem:map(va, pa or mem:alloc_page(), { prot = prot or "rw",
			dumped = dumped })
		at = at + w.ps
		if dumped ~= false then
			fill(mem, va)
		end
		return va
	end
	w.text = page(nil, "rx")
	page(nil, "rx")
	page(nil, "rx")
	w.ro, w.data, w.rwx = page(nil, "r"), page(), page(nil, "rwx")
	w.gap = at
	at = at + w.ps
	w.gone = page(w.v.full and w.stop + 16 * w.ps, nil, false)
	local base = w.base
	w.hole = page(base + 100 * w.ps, nil, false)
	w.edges = { page(base), page(base + 64 * w.ps),
		page(base + 128 * w.ps), page(w.stop - w.ps) }
	-- What a reader finds who looks for the hole's bit without thinking.
	mem:keep(base + 37 * w.ps, w.ps)
end

-- Larger pages, of which every second page or so was dumped.
local function map_large(w, mem, at)
	w.large = {}
	for _, size in ipairs(w.sizes) do
		at = (at + 2 * size - 1) & -size
		local p = { va = at, size = size, kept = {},
			pa = (w.base + LARGE + #w.large * 0x2000000) & -size }
		mem:map(at, p.pa, { size = size })
		for _, off in ipairs{ 0, 2 * w.ps, 3 * w.ps, size // 2,
			size - w.ps } do
			mem:keep(p.pa + off, w.ps)
			fill(mem, at + off)
			p.kept[#p.kept + 1] = off
		end
		w.large[#w.large + 1] = p
		at = at + size
	end
	-- One that was dumped whole, so that its pages lie together.
	local size = w.sizes[1]
	if not size then
		return at
	end
	at = (at + 2 * size - 1) & -size
	mem:map(at, w.base + WHOLE, { size = size })
	mem:keep(w.base + WHOLE, size)
	return at + size
end

-- The sizes of larger pages: what a level above the last maps, save where the
-- variant says otherwise.
local function sizes_of(v, mem)
	local levels = mem.levels
	return v.sizes or { 1 << levels[#levels - 1].shift }
end

local function merged(a, b)
	local out = {}
	for _, t in ipairs{ a or {}, b or {} } do
		for k, v in pairs(t) do
			out[k] = v
		end
	end
	return out
end

local function build(v)
	local base = v.base or BASE
	local w = { v = v, base = base, stop = base + SIZE }
	local arch = forge.arches[v.memory.arch]
	local mem = forge.memory(merged({ free = base + FREE, top = base + TOP,
		ram = ranges(base, v.memory.page or arch.page, v.low) },
	    v.memory))
	if v.protection then
		mem.arch = setmetatable({ protection = v.protection },
		    { __index = arch })
	end
	w.mem, w.ps, w.sizes = mem, mem.page, sizes_of(v, mem)
	local big = w.sizes[#w.sizes] or 1 << 20
	local from = (mem.heap + big - 1) & -big
	map_pages(w, mem, from)
	local at = map_large(w, mem, from + big)
	local last = mem.levels[#mem.levels]
	local span = v.span or 1 << last.shift + last.bits
	w.last = ((at + span) & -span) + span - w.ps
	mem:map(w.last, mem:alloc_page())
	fill(mem, w.last)
	return w
end

--- Open the world's dump with a kernel made as `kernel` says.
function world.open(w, kernel)
	return reader.open(w.dump, forge.kernel(kernel))
end

--- Write the world's minidump again with other options, and open that.
function world.reopen(w, options, how)
	return reader.open(forge.minidump(merged(w.options, options)), nil, how)
end

--- The world of a variant, as a minidump.
function world.minidump(v, version)
	local w = build(v)
	w.options = merged(v.options, { version = version, memory = w.mem })
	w.dump = forge.minidump(w.options)
	w.kd = assert(reader.open(w.dump))
	return w
end

--- The world of a variant as a full dump. v.full(w, mem) gives the symbols of
-- the kernel, as a list for forge.kernel, and options for forge.elfdump.
function world.full(v)
	local w = build(v)
	local options
	w.symbols, options = v.full(w, w.mem)
	w.dump = (v.dump or forge.elfdump)(merged(options, { memory = w.mem }))
	w.dump.arch = w.mem.arch
	w.kd = assert(world.open(w, { arch = v.memory.arch,
		endian = w.mem.endian, symbols = w.symbols }))
	return w
end

return world
