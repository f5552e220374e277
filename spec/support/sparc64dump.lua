--- Writes sparc64 crash dumps: a private header, then physical regions.
--
--	sparc64dump.new{ memory = forge.memory{ arch = "sparc64" } }:write(path)
local sparse = require "spec.support.sparse"

local sparc64dump = {}
local dump = {}
dump.__index = dump

--- Plan a dump.
-- @tparam table o memory, regions (physical ranges; the memory's), header (words
-- to override: size, tsb_pa, tsb_size, tsb_mask, nregions), truncate
function sparc64dump.new(o)
	local self = setmetatable({ mem = o.memory, opts = o, page = 8192,
		regions = {} }, dump)
	local ranges = o.regions or o.memory.ram
	local at = (40 + 24 * #ranges + 511) // 512 * 512
	self.header_size = at
	for i, r in ipairs(ranges) do
		self.regions[i] = { pa = r[1], size = r[2] - r[1], offset = at }
		at = at + r[2] - r[1]
	end
	self.length = at
	return self
end

--- The ranges in the file: { pa, size }.
function dump:ranges()
	return self.regions
end

--- The file offset of a physical address, nil when it is in no region.
function dump:offset(pa)
	for _, r in ipairs(self.regions) do
		if pa >= r.pa and pa < r.pa + r.size then
			return r.offset + pa - r.pa
		end
	end
	return nil
end

function dump:head()
	local h, mem = self.opts.header or {}, self.mem
	local out = { string.pack(">i8i8i8i8i4xxxx",
	    h.size or self.header_size, h.tsb_pa or mem.tsb_pa,
	    h.tsb_size or mem.tsb_size, h.tsb_mask or mem.tsb_mask,
	    h.nregions or #self.regions) }
	for i, r in ipairs(self.regions) do
		out[i + 1] = string.pack(">i8i8i8", r.pa, r.size, r.offset)
	end
	return table.concat(out)
end

function dump:emit(out)
	local store, list = self.mem.store, {}
	out:put(0, self:head())
	for pfn in pairs(store.data) do
		list[#list + 1] = { self:offset(pfn << 12), pfn }
	end
	table.sort(list, function(a, b)
		return (a[1] or 0) < (b[1] or 0)
	end)
	for _, e in ipairs(list) do
		if e[1] then
			out:put(e[1], store:page(e[2]))
		end
	end
	return out:finish(self.length)
end

--- The file as a string.
function dump:tostring()
	local s = self:emit(sparse.open())
	return self.opts.truncate and s:sub(1, self.opts.truncate) or s
end

--- Write the file; return its path.
function dump:write(path)
	return self:emit(sparse.open(path))
end

--- What a walk over the pages must report: see walk.lua.
function dump:expected_pages()
	return require "spec.support.walk".full(self)
end

return sparc64dump
