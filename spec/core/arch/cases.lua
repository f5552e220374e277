--- The cases that every architecture passes, in every header version and byte
-- order it has: a machine is forged (world.lua), dumped, and read back.
--
--	cases.minidumps{ name = "arm64, 16 KB pages", memory = { arch =
--	    "arm64", page = 16384 }, host = "aarch64" }
--	cases.full{ name = "i386", memory = { arch = "i386" }, symbols = fn }
--
-- A variant: name, memory (options of forge.memory), host (what uname -m says
-- where such dumps are native), sizes (of larger pages; all that the levels
-- have), span (what a last page table maps), base (where physical memory
-- begins), endless (the tables are not an array that ends), aliased (addresses
-- beside the direct map are more of the same memory), versions (all), wrong
-- (ELF headers of kernels that don't go with it), options (of forge.minidump),
-- and for full dumps: dump (what writes them: forge.elfdump), full(w, mem) ->
-- symbols, options of it; low (physical range below the rest);
-- protection(prot, size) -> what entries can say of it.
local assert = require "luassert"
local busted = require "busted"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"
local world = require "spec.core.arch.world"

local cases = {}

local function fails(code, kd, method, ...)
	local value, message, got, part = kd[method](kd, ...)
	assert.is_nil(value)
	assert.equal(code, got, message)
	return message, part
end

-- The bytes themselves are no pleasure to read.
local function same(want, got, message)
	assert.is_string(got, message)
	assert.equal(#want, #got)
	for i = 1, #want do
		if want:byte(i) ~= got:byte(i) then
			error(("byte %d is %02x, not %02x"):format(i - 1,
			    got:byte(i), want:byte(i)), 2)
		end
	end
end

-- Reading

local reading = {}

reading["reads across pages that lie apart in memory"] = function(w)
	local n = 3 * w.ps
	same(w.mem:read(w.text, n), w.kd:read(w.text, n))
	same(w.mem:read(w.text + w.ps - 3, 7),
	    w.kd:read(w.text + w.ps - 3, 7))
	assert.equal("", w.kd:read(w.text, 0))
end

reading["reads the last byte of a page and not the next"] = function(w)
	local last = w.rwx + w.ps - 1
	same(w.mem:read(last, 1), w.kd:read(last, 1))
	local message, part = fails("fault-unmapped", w.kd, "read", last, 2)
	same(w.mem:read(last, 1), part)
	assert.truthy(message:find(("%x"):format(last + 1), 1, true))
	assert.equal(last + 1, w.kd:erraddr())
end

reading["reads the first and last pages of ranges that begin and end inside "
    .. "pages"] = function(w)
	for _, va in ipairs(w.edges) do
		same(w.mem:read(va, w.ps), w.kd:read(va, w.ps))
	end
end

reading["tells a page that was not dumped from one that is not mapped"] =
    function(w)
	fails("fault-not-dumped", w.kd, "read", w.gone, 1)
	fails("fault-unmapped", w.kd, "read", w.gap, 1)
	local page = assert(w.kd:translate(w.gone))
	assert.equal(w.mem:translate(w.gone), page.paddr)
	assert.is_nil(page.offset)
end

reading["has nothing in the holes of physical memory"] = function(w)
	-- 28 pages below a range: its bits less 28 are those of another page.
	fails("fault-not-dumped", w.kd, "read", w.hole, 1)
	assert.is_nil(w.kd:translate(w.hole).offset)
	for _, pa in ipairs{ w.base - w.ps, w.stop, w.base + 100 * w.ps } do
		fails("fault-not-dumped", w.kd, "read_phys", pa, 1)
	end
end

reading["reads larger pages where they were dumped"] = function(w)
	for _, p in ipairs(w.large) do
		for _, off in ipairs(p.kept) do
			same(w.mem:read(p.va + off + 5, 40),
			    w.kd:read(p.va + off + 5, 40))
		end
		if w.dump.at then
			local _, part = fails("fault-not-dumped", w.kd, "read",
			    p.va + w.ps - 1, 2)
			assert.equal(1, #part)
		end
		local last = p.va + p.size - 1
		assert.equal(p.pa + p.size - 1, w.kd:translate(last).paddr)
	end
end

reading["stops where the page tables stop"] = function(w)
	local stop = w.dump.kernend
	if not w.dump.at or w.v.endless then
		return
	end
	assert.truthy(w.kd:read(w.last, w.ps))
	local message = fails("fault-unmapped", w.kd, "read", stop, 1)
	assert.truthy(message:find("page table area", 1, true), message)
	-- An index that leads into the pages that follow the area.
	fails("fault-unmapped", w.kd, "read", stop + 3 * w.ps, 1)
end

reading["reads by physical address, and integers in its byte order"] =
    function(w)
	local pa = w.mem:translate(w.text) + 8
	same(w.mem:read(w.text + 8, 100), w.kd:read_phys(pa, 100))
	for _, size in ipairs{ 1, 2, 4, 8 } do
		assert.equal(w.mem:get(w.text + 8, size),
		    w.kd:read_uint(w.text + 8, size))
	end
	assert.equal(w.mem:get(w.text, w.mem.ptrsize), w.kd:read_ptr(w.text))
end

-- Limits

local limits = {}

limits["ends where the address space ends"] = function(w)
	if w.mem.ptrsize == 8 then
		-- A direct map may reach to the very end.
		fails(w.mem.dmapend == 0 and "fault-not-dumped" or
		    "fault-unmapped", w.kd, "read", -1, 2)
		fails("fault-unmapped", w.kd, "read", 0, 1)
		return
	end
	for _, va in ipairs{ 1 << 32, w.text + (1 << 32), -1 } do
		local message = fails("fault-unmapped", w.kd, "read", va, 1)
		assert.truthy(message:find("end of the address space", 1,
		    true))
	end
	local message = fails("fault-unmapped", w.kd, "read", 0xfffffff0, 32)
	assert.truthy(message)
	fails("fault-unmapped", w.kd, "translate", w.text | 1 << 40)
end

limits["has a direct map, or none, and nothing beside it"] = function(w)
	local kd, mem = w.kd, w.mem
	if not mem.dmapbase then
		fails("fault-unmapped", kd, "read", mem.kernbase - 1, 1)
		assert.equal(0, kd:translate(w.text).dmap_vaddr)
		return
	end
	local pa = mem:translate(w.text)
	same(mem:read(w.text, w.ps), kd:read(mem:dmap(pa), w.ps))
	local page = kd:translate(mem:dmap(pa) + 9)
	assert.equal(pa + 9, page.paddr)
	assert.equal(0, page.kmap_vaddr)
	assert.equal(w.ps - 9, page.len)
	assert.equal(3, page.prot)
	fails("fault-not-dumped", kd, "read", mem:dmap(w.base + 100 * w.ps), 1)
	if w.dump.at and not w.v.aliased then
		fails("fault-not-dumped", kd, "read", mem.dmapend - 1, 1)
		fails("fault-unmapped", kd, "read", mem.dmapend, 1)
		fails("fault-unmapped", kd, "read", mem.dmapbase - 1, 1)
	end
end

limits["says where an address leads"] = function(w)
	for _, va in ipairs{ w.text, w.ro, w.data, w.rwx } do
		local page = assert(w.kd:translate(va + 24))
		local pa = w.mem:translate(va) + 24
		assert.equal(pa, page.paddr)
		assert.equal(w.dump:offset(pa), page.offset)
		assert.equal(w.ps - 24, page.len)
		assert.equal(va + 24, page.kmap_vaddr)
	end
end

limits["knows protections"] = function(w)
	local protect = w.dump.arch.protection or function(p) return p end
	local want = { [w.text] = 5, [w.ro] = 1, [w.data] = 3, [w.rwx] = 7 }
	for va, prot in pairs(want) do
		assert.equal(protect(prot, w.ps), w.kd:translate(va).prot)
	end
	for _, p in ipairs(w.large) do
		assert.equal(protect(3, p.size), w.kd:translate(p.va).prot)
	end
end

-- Walks

local walks = {}

walks["visits every page that the forge put there"] = function(w)
	reader.walk(w.kd, w.dump:expected_pages(), w.ps)
end

walks["goes by ascending address and stops when told"] = function(w)
	local last = 0
	assert.is_true(w.kd:walk_pages(function(p)
		if p.kmap_vaddr ~= 0 then
			assert.is_true(math.ult(last, p.kmap_vaddr))
			last = p.kmap_vaddr
		end
	end))
	local n = 0
	assert.is_false(w.kd:walk_pages(function()
		n = n + 1
		return n < 3
	end))
	assert.equal(3, n)
end

-- What it is

local identity = {}

identity["says what it is"] = function(w)
	local d = w.kd:dump()
	assert.equal(w.dump.at and "mini" or "full", d.kind)
	assert.equal(w.mem.ptrsize, d.ptrsize)
	assert.equal(w.ps, d.page_size)
	assert.equal(w.mem.endian == ">", d.bigendian)
	assert.equal(w.mem.endian == ">" and "big" or "little",
	    w.kd:byteorder())
	assert.is_false(d.truncated)
	assert.equal(w.dump.length, d.size)
	assert.equal(0, w.kd:kerndisp())
	if w.dump.at then
		assert.equal(w.dump.version, d.version)
		assert.equal(w.mem.kernbase, d.kernbase)
		assert.equal(w.dump.npages, d.pages)
	end
end

identity["is native where it is, and nowhere else"] = function(w)
	local pipe = io.popen "uname -m"
	local host = pipe:read "l"
	pipe:close()
	assert.equal(host == w.v.host, w.kd:native())
end

identity["goes with kernels of its own machine and class only"] = function(w)
	local arch = w.v.memory.arch
	local mine = { arch = arch, endian = w.mem.endian,
		symbols = w.symbols or {} }
	assert(world.open(w, mine)):close()
	for _, wrong in ipairs{ { machine = 94 }, { etype = "REL" },
		{ class = w.mem.arch.class == 64 and 32 or 64 },
		table.unpack(w.v.wrong or {}) } do
		wrong.arch, wrong.endian = arch, wrong.endian or mine.endian
		local kd, message, code = world.open(w, wrong)
		assert.is_nil(kd)
		assert.equal("format", code, message)
		assert.truthy(message:find("not a kernel for this dump", 1,
		    true), message)
	end
end

-- The file

local file = {}

file["opens as far as it goes when it is cut off"] = function(w)
	local last = w.edges[#w.edges]
	local off = w.kd:translate(last).offset
	local kd = world.reopen(w, { truncate = off + 100 })
	assert.is_true(kd:dump().truncated)
	assert.truthy(kd:read(last, 100))
	local message = fails("fault-truncated", kd, "read", last + 98, 8)
	assert.truthy(message:find("past the end of the dump", 1, true))
	assert.equal(off + 96, kd:translate(last + 96).offset)
	kd:close()
end

file["refuses versions that it does not know, and says which it does"] =
    function(w)
	local newest = w.mem.arch.minidump.versions
	newest = newest[#newest]
	for _, version in ipairs{ 0, newest + 1, 255, 0x7fffffff } do
		local kd, message, code = world.reopen(w, {
			header = { version = version } })
		assert.is_nil(kd)
		assert.equal("notsup", code)
		assert.truthy(message:find("version " .. version, 1, true) or
		    message:find("were it", 1, true), message)
	end
end

file["reads a newer version as the newest it knows when told to"] =
    function(w)
	local newest = w.mem.arch.minidump.versions
	newest = newest[#newest]
	if w.dump.version == newest then
		local kd = assert(world.reopen(w, { header =
		    { version = newest + 1 } }, { any_version = true }))
		assert.equal(newest, kd:dump().version)
	end
end

local function run(list, get)
	local names = {}
	for name in pairs(list) do
		names[#names + 1] = name
	end
	table.sort(names)
	for _, name in ipairs(names) do
		busted.it(name, function() list[name](get()) end)
	end
end

local function each(v, make, lists)
	busted.describe(v.name, function()
		local w
		busted.setup(function() w = make() end)
		busted.teardown(function() if w then w.kd:close() end end)
		for _, list in ipairs(lists) do
			run(list, function() return w end)
		end
	end)
end

--- The cases for minidumps, in every header version.
function cases.minidumps(v)
	local arch = forge.arches[v.memory.arch]
	for _, version in ipairs(v.versions or arch.minidump.versions) do
		local name = ("minidump: %s, version %d"):format(v.name,
		    version)
		each(setmetatable({ name = name }, { __index = v }), function()
			return world.minidump(v, version)
		end, { reading, limits, walks, identity, file })
	end
end

--- The cases for full dumps.
function cases.full(v)
	each(setmetatable({ name = "full dump: " .. v.name }, { __index = v }),
	    function() return world.full(v) end,
	    { reading, limits, walks, identity })
end

cases.fails = fails

return cases
