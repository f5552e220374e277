--- Writes full dumps: ELF cores of physical memory, page tables and all.
--
--	local d = elfdump.new{ memory = mem, delta = { vaddr = 0xffffffff80000000,
--	    paddr = 0x200000, align = 0x200000 } }
--	d:write("vmcore.0")
--	d:offset(0x200000)	--> file offset of a physical address
--
-- Every range of memory is a PT_LOAD with p_paddr = p_vaddr = the physical
-- address; contents are page aligned and in order. The page tables are those
-- of the memory (four levels, or five with la57).
local elf = require "spec.support.elf"
local sparse = require "spec.support.sparse"

local elfdump = {}
local dump = {}
dump.__index = dump

-- The ranges of a dump: { pa, size }, with va when it is by virtual address.
local function ranges(o)
	if o.virtual then
		return o.virtual
	end
	local out = {}
	for i, r in ipairs(o.ram or o.memory.ram) do
		local first = r[1] & -4096
		out[i] = { pa = first, size = ((r[2] + 4095) & -4096) - first }
	end
	return out
end

--- Plan a dump.
-- @tparam table o memory, ram (physical ranges; the memory's), delta (a
-- PT_DUMP_DELTA program header: vaddr, paddr, align), osabi (255), header (more
-- fields of elf.header), segments (more program headers), virtual (a dump by
-- virtual address: { { va, pa, size } }), prefix (bytes in front), truncate,
-- sparse_tail
function elfdump.new(o)
	local mem = o.memory
	local self = setmetatable({ mem = mem, opts = o, segments = {},
		page = 4096 }, dump)
	local wide = mem.arch.class ~= 32
	local extra = (o.delta and 1 or 0) + #(o.segments or {})
	local list = ranges(o)
	local size = (wide and 64 or 52) + (wide and 56 or 32) * (#list + extra)
	local at = (size + 4095) & -4096
	for i, r in ipairs(list) do
		self.segments[i] = { type = elf.PT.LOAD, flags = "R", pa = r.pa,
			vaddr = r.va or r.pa, paddr = r.va and
			    (wide and -1 or 0xffffffff) or r.pa, offset = at,
			filesz = r.size }
		at = at + r.size
	end
	self.length = at
	self.loads = #list
	if o.delta then
		table.insert(self.segments, { type = elf.PT.DUMP_DELTA,
			flags = "R", vaddr = o.delta.vaddr,
			paddr = o.delta.paddr, align = o.delta.align, offset = 0,
			filesz = 0 })
	end
	for _, s in ipairs(o.segments or {}) do
		table.insert(self.segments, s)
	end
	return self
end

--- The ranges in the file: { pa, size }.
function dump:ranges()
	return ranges(self.opts)
end

--- The file offset of the byte at a physical address, nil when not there.
function dump:offset(pa)
	for i = 1, self.loads do
		local s = self.segments[i]
		if pa >= s.pa and pa < s.pa + s.filesz then
			return s.offset + pa - s.pa + #(self.opts.prefix or "")
		end
	end
	return nil
end

function dump:head()
	local mem, o = self.mem, self.opts
	local wide = mem.arch.class ~= 32
	local h = { class = mem.arch.class, endian = mem.endian,
		machine = mem.arch.machine, type = elf.ET.CORE,
		osabi = o.osabi or 255, phoff = wide and 64 or 52,
		phnum = #self.segments }
	for k, v in pairs(o.header or {}) do
		h[k] = v
	end
	local out = { elf.header(h) }
	for i, s in ipairs(self.segments) do
		out[i + 1] = elf.program_header(h.class, h.endian, s)
	end
	return table.concat(out)
end

-- The pages that hold something, in order.
local function present(store, first, last)
	local list = {}
	for pfn in pairs(store.data) do
		if pfn >= first and pfn <= last then
			list[#list + 1] = pfn
		end
	end
	for _, r in ipairs(store.ranges) do
		for pfn = math.max(r.first, first), math.min(r.last, last) do
			if not store.data[pfn] then
				list[#list + 1] = pfn
			end
		end
	end
	table.sort(list)
	return list
end

function dump:emit(out)
	local store, base = self.mem.store, #(self.opts.prefix or "")
	out:put(0, (self.opts.prefix or "") .. self:head())
	for i = 1, self.loads do
		local s = self.segments[i]
		local first = s.pa >> 12
		for _, pfn in ipairs(present(store, first,
		    first + (s.filesz >> 12) - 1)) do
			out:put(base + s.offset + (pfn - first) * 4096,
			    store:page(pfn))
		end
	end
	return out:finish(not self.opts.sparse_tail and base + self.length or
	    nil)
end

--- The file as a string: for small memories.
function dump:tostring()
	local s = self:emit(sparse.open())
	return self.opts.truncate and s:sub(1, self.opts.truncate) or s
end

--- Write the file; return its path.
function dump:write(path)
	if self.opts.truncate then
		local f = assert(io.open(path, "wb"))
		f:write(self:tostring())
		f:close()
		return path
	end
	return self:emit(sparse.open(path))
end

--- What a walk over the pages must report: see walk.lua.
function dump:expected_pages()
	return require "spec.support.walk".full(self)
end

return elfdump
