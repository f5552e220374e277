--- The memory of a machine: physical pages, page tables, typed contents.
--
--	local mem = memory.new{ arch = "amd64", types = set }
--	local p = mem:make("struct proc", { p_pid = 1, p_comm = "init",
--	    ["p_list.le_next"] = other, p_threads = { tqh_first = td } })
--	mem:set(p, "struct proc", "p_flag", 4)
--	mem:map(0xffffffff80200000, 0x200000, { size = 2 << 20, prot = "rwx" })
--	mem:u64(0xffffffff80212340, p)
--
-- Addresses are kernel virtual unless a name says physical. alloc and make take
-- memory of the kernel map, whose pages lie scattered in physical memory, or
-- with where = "dmap" of the direct map. A page is dumped when it was written,
-- allocated or mapped as a single page; keep and drop override.
local arches = require "spec.support.arches"
local pages = require "spec.support.pages"
local pagetable = require "spec.support.pagetable"
local runs = require "spec.support.runs"
local values = require "spec.support.values"

local memory = {}
local mem = {}
mem.__index = mem

-- Steps through a window of 16 pages so that neighbours are never adjacent.
local SCATTER = 7

--- A new memory.
-- @tparam table opts arch (name or table), types, ram ({ { start, end }, ... }
-- physical), endian, page (where the architecture has several), kernbase,
-- dmapbase, dmapend, dmapphys, heap, la57 (five levels), levels (an own
-- geometry), free (first physical address handed out)
function memory.new(opts)
	local arch = opts.arch or "amd64"
	arch = type(arch) == "table" and arch or arches[arch]
	local self = setmetatable({ arch = arch, types = opts.types,
		endian = opts.endian or arch.endian, maps = {}, table_of = {},
		kept = {}, kept_ranges = {}, large = {} }, mem)
	self.ram = opts.ram or arch.ram or { { 0x1000, 0x9f000 },
		{ 0x100000, 0x20000000 }, { 0x100000000, 0x120000000 } }
	local five = opts.la57 and arch.la57 or {}
	for _, name in ipairs{ "kernbase", "dmapbase", "dmapend", "dmapphys",
		"heap" } do
		self[name] = opts[name] or five[name] or arch[name]
	end
	self.page = opts.page or arch.page
	self.shift = 12
	while 1 << self.shift < self.page do
		self.shift = self.shift + 1
	end
	self.levels = opts.levels or five.levels or arch.geometry and
	    arch.geometry[self.page] or arch.levels
	self.ptrsize = arch.ptrsize
	self.store = pages.new(self.endian)
	self.free, self.window = opts.free or arch.free or 0x2000000, 0
	self.top = opts.top or self.ram[#self.ram][2]
	if #self.levels > 0 then
		pagetable.create(self)
	elseif arch.create then
		arch.create(self, opts)
	end
	return self
end

-- Physical memory

--- Take one physical page, not next to the one taken before.
function mem:alloc_page()
	local slot = self.window % 16
	local pa = self.free + (self.window - slot + slot * SCATTER % 16) *
	    self.page
	self.window = self.window + 1
	assert(math.ult(pa, self.top), "memory: out of physical pages")
	return pa
end

--- Take physically contiguous bytes from the top of memory.
function mem:alloc_contiguous(size, align)
	align = math.max(align or 4096, 4096)
	self.top = (self.top - size) & -math.max(align, self.page)
	return self.top
end

--- Take pages for a page table; they are dumped.
function mem:alloc_table(size)
	local pa = size == self.page and self:alloc_page() or
	    self:alloc_contiguous(size, size)
	self:keep(pa, size)
	return pa
end

--- Have n bytes from physical address pa on dumped.
function mem:keep(pa, n)
	local first, last = pa >> 12, (pa + (n or 4096) - 1) >> 12
	if last - first > 64 then
		self.kept_ranges[#self.kept_ranges + 1] = { first, last }
		return
	end
	for pfn = first, last do
		self.kept[pfn] = true
	end
end

--- Have n bytes from physical address pa on left out of the dump.
function mem:drop(pa, n)
	for pfn = pa >> 12, (pa + (n or 4096) - 1) >> 12 do
		self.kept[pfn] = false
	end
end

--- The runs of physical pages that are dumped, sorted: { { first, last } }.
function mem:runs()
	return runs.of(self)
end

--- Let fn(pfn) make the contents of n pages from pa on; they are dumped.
function mem:generate(pa, n, fn)
	self.store:generate(pa, n, fn)
	self.kept_ranges[#self.kept_ranges + 1] = { pa >> 12, (pa >> 12) + n - 1 }
end

-- Virtual memory

--- Map va to physical address pa.
-- @tparam[opt] table opts size (a page; a span the tables have), prot ("rw": of
-- "r", "w", "x"), dumped (true: all of it, false: none), bits (or-ed into the
-- entry)
function mem:map(va, pa, opts)
	local size = opts and opts.size or self.page
	local prot = opts and opts.prot or "rw"
	self.maps[#self.maps + 1] = { va = va, pa = pa, size = size, prot = prot }
	if size == self.page then
		self.table_of[va >> self.shift] = pa
	else
		self.large[#self.large + 1] = self.maps[#self.maps]
	end
	local enter = self.arch.enter or pagetable.enter
	enter(self, va, pa, size, prot, opts and opts.bits or 0)
	local dumped = opts and opts.dumped
	if dumped or dumped == nil and size == self.page then
		self:keep(pa, size)
	elseif dumped == false then
		self:drop(pa, size)
	end
	return va
end

--- Map n consecutive physical pages at once (pagetable.enter_run).
function mem:map_run(va, pa, n, prot)
	local m = { va = va, pa = pa, size = n * self.page,
		prot = prot or "rw" }
	self.maps[#self.maps + 1], self.large[#self.large + 1] = m, m
	pagetable.enter_run(self, va, pa, n, m.prot)
	return va
end

--- Put the direct map into the page tables, as the kernel does; size is the
-- span of the pages used. Only full dumps need it.
function mem:map_direct(size)
	for _, r in ipairs(self.ram) do
		for pa = r[1] & -size, r[2] - 1, size do
			if not self.direct or pa > self.direct then
				self:map(self:dmap(pa), pa, { size = size })
				self.direct = pa
			end
		end
	end
end

--- Map n bytes page by page to fresh physical pages.
function mem:map_fresh(va, n, opts)
	for at = va, va + n - 1, self.page do
		self:map(at, self:alloc_page(), opts)
	end
	return va
end

--- The physical address behind va.
-- @treturn integer|nil
function mem:translate(va)
	local page = self.table_of[va >> self.shift]
	if page then
		return page | va & (self.page - 1)
	end
	-- Not one page: a superpage, or the direct map.
	for _, m in ipairs(self.large) do
		if math.ult(va - m.va, m.size) then
			return m.pa + (va - m.va)
		end
	end
	if self.dmapbase and math.ult(va - self.dmapbase,
	    self.dmapend - self.dmapbase) then
		return va - self.dmapbase + self.dmapphys
	end
	return self.arch.translate and self.arch.translate(self, va) or nil
end

function mem:physical(va)
	return self:translate(va) or
	    error(("memory: 0x%x is not mapped"):format(va), 3)
end

--- The direct map address of a physical address.
function mem:dmap(pa)
	return pa - self.dmapphys + self.dmapbase
end

--- Allocate zeroed memory.
-- @tparam integer size in bytes
-- @tparam[opt] table opts align (16), where ("kmap" or "dmap"), prot, pages
-- (begin on a new page)
-- @treturn integer its address
function mem:alloc(size, opts)
	local ps = self.page
	local align = opts and (opts.pages and ps or opts.align) or 16
	if opts and opts.where == "dmap" then
		return self:alloc_dmap(size, align)
	end
	local va = (self.heap + align - 1) & -align
	local first = (self.heap + ps - 1) & -ps
	self.heap = va + size
	for at = first, va + size - 1, ps do
		if not self.table_of[at >> self.shift] then
			self:map(at, self:alloc_page(), opts)
		end
	end
	return va
end

function mem:alloc_dmap(size, align)
	local at = self.dmap_next and (self.dmap_next + align - 1) & -align
	if not at or at + size > self.dmap_stop then
		local n = math.max((size + 4095) & -4096, 65536)
		at = self:alloc_contiguous(n, align)
		self.dmap_stop = at + n
	end
	self.dmap_next = at + size
	self:keep(at, size)
	return self:dmap(at)
end

--- Write bytes at va; they may cross pages.
function mem:write(va, s)
	local from = 1
	while from <= #s do
		local room = 4096 - (va & 0xfff)
		local part = s:sub(from, from + room - 1)
		local pa = self:physical(va)
		self:touch(pa)
		self.store:put_bytes(pa, part)
		va, from = va + #part, from + #part
	end
end

function mem:touch(pa)
	local pfn = pa >> 12
	if self.kept[pfn] == nil then
		self.kept[pfn] = true
	end
end

--- Store an integer of 1, 2, 4 or 8 bytes at va.
function mem:put(va, size, value)
	local page = self.table_of[va >> self.shift]
	local pa = page and page | va & (self.page - 1) or self:physical(va)
	if self.kept[pa >> 12] == nil then
		self.kept[pa >> 12] = true
	end
	if (pa & 0xfff) + size > 4096 then
		return self:write(va, string.pack(self.endian .. "i8",
		    value):sub(table.unpack(self.endian == "<" and
		    { 1, size } or { 9 - size, 8 })))
	end
	return self.store:put(pa, size, value)
end

function mem:u8(va, value) return self:put(va, 1, value) end
function mem:u16(va, value) return self:put(va, 2, value) end
function mem:u32(va, value) return self:put(va, 4, value) end
function mem:u64(va, value) return self:put(va, 8, value) end
function mem:ptr(va, value) return self:put(va, self.ptrsize, value) end

--- Write text and a NUL; allocate room when va is nil. Returns va.
function mem:string(va, text)
	va = va or self:alloc(#text + 1, { align = 1 })
	self:write(va, text .. "\0")
	return va
end

--- Read n bytes at va back.
function mem:read(va, n)
	local out = {}
	while n > 0 do
		local part = self.store:bytes(self:physical(va),
		    math.min(n, 4096 - (va & 0xfff)))
		out[#out + 1] = part
		va, n = va + #part, n - #part
	end
	return table.concat(out)
end

--- Read an unsigned integer back.
function mem:get(va, size)
	if (va & 0xfff) + size <= 4096 then
		return self.store:get(self:physical(va), size)
	end
	return (string.unpack(self.endian .. (size == 8 and "i8" or
	    "I" .. size), self:read(va, size)))
end

-- Typed memory (values.lua)

mem.set, mem.struct = values.set, values.struct

--- Allocate a struct and fill it: make("struct proc", { p_pid = 1 }).
function mem:make(spelling, fields, opts)
	local va = self:alloc(self.types:sizeof(spelling), opts)
	return self:struct(va, spelling, fields)
end

return memory
