--- The pages of a dump as its memory was built, not as its tables say.
--
-- The list is what kvm_walk_pages() must deliver, one record a page: first the
-- mappings by ascending address, then the dumped pages that only the direct map
-- reaches, by ascending physical address. Records: paddr, kmap_vaddr,
-- dmap_vaddr (0: none), prot (1 read, 2 write, 4 execute), offset (nil: not in
-- the dump), len.
local walk = {}

local function prot_bits(prot)
	return 1 | (prot:find "w" and 2 or 0) | (prot:find "x" and 4 or 0)
end

local function dmap_of(dump, pa)
	local h = dump.fields
	if not h.dmapbase then
		return 0
	end
	local va = h.dmapbase + pa - (h.dmapphys or 0)
	return math.ult(va - h.dmapbase, h.dmapend - h.dmapbase) and va or 0
end

-- File offsets by bit, for a whole dump at once.
local function offsets(dump)
	local out = {}
	for _, r in ipairs(dump.runs) do
		for bit = r[1], r[2] do
			out[bit] = dump.at.sparse +
			    (r.rank + bit - r[1]) * dump.page
		end
	end
	return out
end

-- The mappings from kernbase to kernend, page by page; file(pa) is the offset.
local function mapped(dump, out, seen, file)
	local maps, span = {}, dump.kernend - dump.kernbase
	for _, m in ipairs(dump.mem.maps) do
		if not math.ult(m.va, dump.kernbase) and
		    math.ult(m.va - dump.kernbase, span) then
			maps[#maps + 1] = m
		end
	end
	table.sort(maps, function(a, b) return math.ult(a.va, b.va) end)
	local protection = dump.arch and dump.arch.protection
	for _, m in ipairs(maps) do
		local prot = prot_bits(m.prot)
		if protection then
			prot = protection(prot, m.size)
		end
		for off = 0, m.size - 1, dump.page do
			local pa = m.pa + off
			seen[pa // dump.page] = true
			out[#out + 1] = { paddr = pa, kmap_vaddr = m.va + off,
				dmap_vaddr = dmap_of(dump, pa), prot = prot,
				offset = file(pa), len = dump.page }
		end
	end
end

--- The expected pages of a minidump.
-- @treturn table a list of records
function walk.expected(dump)
	local out, seen = {}, {}
	local at = offsets(dump)
	dump.fields = dump:header_fields()
	mapped(dump, out, seen, function(pa)
		local bit = dump:bit(pa)
		return bit and at[bit]
	end)
	for _, r in ipairs(dump.runs) do
		for i = 0, r[3] and dump.fields.dmapbase and r[2] - r[1] or -1 do
			local page = r[3] + i
			local pa = page * dump.page
			if not seen[page] and dmap_of(dump, pa) ~= 0 then
				out[#out + 1] = { paddr = pa, kmap_vaddr = 0,
					dmap_vaddr = dmap_of(dump, pa),
					prot = 3, offset = at[r[1] + i],
					len = dump.page }
			end
		end
	end
	return out
end

--- The expected pages of a full dump: what is mapped above the direct map, then
-- the rest of memory where there is a direct map to reach it by.
function walk.full(dump)
	local out, seen, mem = {}, {}, dump.mem
	dump.fields = { dmapbase = mem.dmapbase, dmapend = mem.dmapend,
		dmapphys = mem.dmapphys }
	dump.kernbase, dump.kernend = mem.kernbase, mem.dmapbase and
	    math.ult(mem.kernbase, mem.dmapbase) and mem.dmapbase or -1
	dump.arch = mem.arch
	mapped(dump, out, seen, function(pa) return dump:offset(pa) end)
	for _, r in ipairs(mem.dmapbase and dump:ranges() or {}) do
		for pa = r.pa, r.pa + r.size - 1, dump.page do
			if not seen[pa // dump.page] and
			    dmap_of(dump, pa) ~= 0 then
				out[#out + 1] = { paddr = pa, kmap_vaddr = 0,
					dmap_vaddr = dmap_of(dump, pa), prot = 3,
					offset = dump:offset(pa),
					len = dump.page }
			end
		end
	end
	return out
end

--- Cut runs of pages, as a reader reports superpages, into single pages.
function walk.split(pages, size)
	local out = {}
	for _, p in ipairs(pages) do
		for off = 0, p.len - 1, size do
			local function shift(v)
				return v and v ~= 0 and v + off or v
			end
			out[#out + 1] = { paddr = p.paddr + off,
				kmap_vaddr = shift(p.kmap_vaddr),
				dmap_vaddr = shift(p.dmap_vaddr),
				prot = p.prot, offset = shift(p.offset),
				len = size }
		end
	end
	return out
end

return walk
