--- Writes minidumps of a memory (memory.lua), any architecture and version.
--
-- Sections, each on a page boundary: header, message buffer, dump_avail,
-- bitmap, page tables, the dumped pages.
--
--	local d = minidump.new(mem, { version = 3,
--	    msgbuf = { va = msg_ptr, size = 98200 } })
--	d:write("vmcore.0")
--	d.at.sparse			--> file offset of the first page
--	d:offset(0x200000)		--> file offset of a physical page
--	d:expected_pages()		--> what kvm_walk_pages must report
local sparse = require "spec.support.sparse"

local minidump = {}
local dump = {}
dump.__index = dump

local function round(n, to)
	return (n + to - 1) // to * to
end

--- Plan a dump.
-- @tparam table mem memory.lua
-- @tparam[opt] table o version (the newest), msgbuf ({ va, size } or a string),
-- dump_avail (physical ranges; the memory's), avail_size (bytes of the
-- section), bitmapsize, extra_bits (bits set without a page of memory), kernbase,
-- kernend, dmapbase, dmapend, dmapphys, header (fields to override), unpadded
-- (the pages follow the page tables without padding), truncate (length of the
-- file), sparse_tail (zeros at the end are not written)
function minidump.new(mem, o)
	o = o or {}
	local arch = mem.arch.minidump
	local self = setmetatable({ mem = mem, opts = o, arch = arch,
		page = mem.page }, dump)
	self.version = o.version or arch.versions[#arch.versions]
	self.has_avail = self.version >= arch.avail
	self.kernbase = o.kernbase or mem.kernbase
	self:plan_ranges()
	self:plan_bits()
	self:plan_tables()
	self:plan_sections()
	return self
end

-- dump_avail as pages: { first page, end page, number of its first bit }.
function dump:plan_ranges()
	local ps, base, top = self.page, 0, 0
	self.avail = self.opts.dump_avail or self.mem.ram
	self.ranges = {}
	for _, r in ipairs(self.avail) do
		top = math.max(top, r[2])
	end
	if not self.has_avail then
		self.ranges[1] = { 0, (top + ps - 1) // ps, 0 }
		self.nbits = (top + ps - 1) // ps
		return
	end
	for i, r in ipairs(self.avail) do
		local first, stop = r[1] // ps, (r[2] + ps - 1) // ps
		self.ranges[i] = { first, stop, base }
		base = base + stop - first
	end
	self.nbits = base
end

--- The bit of a physical address, nil when it is in no range.
function dump:bit(pa)
	local n = pa // self.page
	for _, r in ipairs(self.ranges) do
		if n >= r[1] and n < r[2] then
			return n - r[1] + r[3]
		end
	end
	return nil
end

-- Clip a run of pages against the ranges, earlier ranges first.
local function clip(ranges, first, last, fn)
	for _, r in ipairs(ranges) do
		local from, to = math.max(first, r[1]), math.min(last, r[2] - 1)
		if from <= to then
			fn(from - r[1] + r[3], to - r[1] + r[3], from)
			if from > first then
				clip(ranges, first, from - 1, fn)
			end
			if to < last then
				clip(ranges, to + 1, last, fn)
			end
			return
		end
	end
end

-- The runs of set bits in order: { first bit, last bit, first page }.
function dump:plan_bits()
	local ratio, runs, last = self.page // 4096, {}, -1
	for _, r in ipairs(self.mem:runs()) do
		local first, stop = r[1] // ratio, r[2] // ratio
		clip(self.ranges, math.max(first, last + 1), stop,
		    function(a, b, page)
			runs[#runs + 1] = { a, b, page }
		end)
		last = stop
	end
	for _, bit in ipairs(self.opts.extra_bits or {}) do
		runs[#runs + 1] = { bit, bit }
	end
	table.sort(runs, function(a, b) return a[1] < b[1] end)
	local rank = 0
	for _, r in ipairs(runs) do
		r.rank = rank
		rank = rank + r[2] - r[1] + 1
	end
	self.runs, self.npages = runs, rank
end

function dump:plan_tables()
	local arch = self.arch
	local levels = self.mem.levels
	local granule = arch.granule and arch.granule(self.version) or
	    1 << levels[#levels].shift + levels[#levels].bits
	local last = self.opts.kernend
	if not last then
		last = self.kernbase
		for _, m in ipairs(self.mem.maps) do
			if not math.ult(m.va, self.kernbase) and
			    math.ult(last, m.va + m.size - 1) then
				last = m.va + m.size - 1
			end
		end
		last = self.kernbase +
		    ((last - self.kernbase) // granule + 1) * granule
	end
	self.kernend = last
	self.tables, self.pmapsize, self.tablesize = arch.flatten(self.mem,
	    self.kernbase, last, self.version, self)
end

-- The message buffer section: the bytes from msg_ptr, to the page's end.
local function message_bytes(self)
	local m = self.opts.msgbuf
	if not m then
		return "", 0
	elseif type(m) == "string" then
		return m, #m
	end
	local n = round(m.size, self.page)
	local ok, s = pcall(self.mem.read, self.mem, m.va, n)
	return ok and s or self.mem:read(m.va, m.size), m.size
end

function dump:plan_sections()
	local ps, o = self.page, self.opts
	self.msgbuf, self.msgbufsize = message_bytes(self)
	self.availsize = self.has_avail and (o.avail_size or
	    round(16 * (#self.avail + 1), ps)) or 0
	self.bitmapsize = o.bitmapsize or
	    round((self.nbits + 63) // 64 * 8, ps)
	local at = { msgbuf = ps }
	at.avail = at.msgbuf + round(self.msgbufsize, ps)
	at.bitmap = at.avail + round(self.availsize, ps)
	at.pmap = at.bitmap + round(self.bitmapsize, ps)
	local padded = not (o.unpadded == nil and self.arch.unpadded or
	    o.unpadded)
	at.sparse = at.pmap + (padded and round(self.pmapsize, ps) or
	    self.pmapsize)
	self.at, self.length = at, at.sparse + self.npages * ps
end

--- The header's fields.
function dump:header_fields()
	local mem, o = self.mem, self.opts
	local h = { version = self.version, msgbufsize = self.msgbufsize,
		bitmapsize = self.bitmapsize, pmapsize = self.pmapsize,
		kernbase = self.kernbase, kernend = self.kernend,
		dumpavailsize = self.has_avail and self.availsize or nil,
		dmapbase = o.dmapbase or mem.dmapbase,
		dmapend = o.dmapend or mem.dmapend,
		dmapphys = o.dmapphys or mem.dmapphys, page = self.page,
		mem = mem }
	for k, v in pairs(o.header or {}) do
		h[k] = v
	end
	return h
end

-- The bitmap's pages that are not zero: { [index] = bytes }.
function dump:bitmap()
	local width, endian = self.arch.word(self.version), self.mem.endian
	local words = {}
	for _, r in ipairs(self.runs) do
		local bit = r[1]
		while bit <= r[2] do
			local w, low = bit // 64, bit % 64
			local n = math.min(64 - low, r[2] - bit + 1)
			local ones = n == 64 and -1 or (1 << n) - 1
			words[w] = (words[w] or 0) | ones << low
			bit = bit + n
		end
	end
	local chunks = {}
	for w in pairs(words) do
		chunks[w // 512] = true
	end
	for c in pairs(chunks) do
		local out = {}
		for i = 0, 511 do
			local v = words[c * 512 + i] or 0
			out[i + 1] = width == 8 and
			    string.pack(endian .. "i8", v) or
			    string.pack(endian .. "I4I4", v & 0xffffffff,
			    v >> 32)
		end
		chunks[c] = table.concat(out)
	end
	return chunks
end

-- Write { [index] = bytes } in ascending order.
local function put_pages(out, base, list, size)
	local order = {}
	for i in pairs(list) do
		order[#order + 1] = i
	end
	table.sort(order)
	for _, i in ipairs(order) do
		out:put(base + i * size, list[i])
	end
end

function dump:put_sparse(out)
	local store, ps, ratio = self.mem.store, self.page, self.page // 4096
	for _, r in ipairs(self.runs) do
		local at = self.at.sparse + r.rank * ps
		local last = r[3] and r[2] - r[1] or -1
		for i = 0, (last + 1) * ratio - 1 do
			local pfn = r[3] * ratio + i
			if not store:blank(pfn) then
				out:put(at + i * 4096, store:page(pfn))
			end
		end
	end
end

function dump:emit(out)
	local endian = self.mem.endian
	out:put(0, self.arch.header(self:header_fields(), endian))
	out:put(self.at.msgbuf, self.msgbuf)
	if self.has_avail then
		for i, r in ipairs(self.avail) do
			out:put(self.at.avail + (i - 1) * 16,
			    string.pack(endian .. "i8i8", r[1], r[2]))
		end
	end
	put_pages(out, self.at.bitmap, self:bitmap(), 4096)
	put_pages(out, self.at.pmap, self.tables, self.tablesize or 4096)
	self:put_sparse(out)
	return out:finish(not self.opts.sparse_tail and self.length or nil)
end

--- The file as a string.
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

--- The file offset of the byte at a physical address.
-- @treturn integer|nil nil: its page is not in the dump
function dump:offset(pa)
	local bit = self:bit(pa)
	for _, r in ipairs(bit and self.runs or {}) do
		if bit >= r[1] and bit <= r[2] then
			return self.at.sparse + (r.rank + bit - r[1]) *
			    self.page + pa % self.page
		end
	end
	return nil
end

--- What a walk over the pages must report: see walk.lua.
function dump:expected_pages(opts)
	return require "spec.support.walk".expected(self, opts)
end

return minidump
