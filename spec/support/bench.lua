--- Large inputs for measurements.
--
--	local b = bench.new{ processes = 10000 }	-- a system.lua system
--	b:write(dir)
--	b.kmap, b.dmap, b.bytes		-- 1 GiB, by the kernel map and direct
--	bench.huge():write(path)	-- a minidump of a machine with 1 TiB
--
-- The kernel has about 20,000 types. Of the gigabyte every eighth page holds
-- data (its own number, then a pattern) and the rest are holes in the file;
-- solid = true fills all.
local memory = require "spec.support.memory"
local minidump = require "spec.support.minidump"
local system = require "spec.support.system"
local types = require "spec.support.types"

local bench = {}

local KMAP, PHYS, GIB = 0xfffffe8000000000, 0x40000000, 1 << 30
local FILL = ("\xa5\x5a\x00\xff"):rep(1022)

-- Four records a step: a struct, a pointer to it, an array, a typedef.
local function add_types(set, n)
	local int, long = set:id "int", set:id "unsigned long"
	local before = set:id "struct proc"
	while #set.list < n do
		local i = #set.list
		local name = ("bench_%d"):format(i)
		local p = set:pointer(before)
		local a = set:array(long, i % 7 + 1)
		local size = 24 + (i % 7 + 1) * 8
		before = set:add{ k = "struct", n = name, s = size, m = {
			{ "b_id", int, 0 }, { "b_flags", int, 32 },
			{ "b_next", p, 64 }, { "b_" .. i, long, 128 },
			{ "b_data", a, 192 } } }
		set:add{ k = "typedef", n = name .. "_t", r = before }
	end
	return set
end

--- A system with a gigabyte of mapped memory and many types.
-- @tparam[opt] table o processes, types (20000), gib (1), solid, and the
-- options of system.new
function bench.new(o)
	o = o or {}
	local bytes = (o.gib or 1) * GIB
	local more = { layout = add_types(types.layout "freebsd13-amd64",
	    o.types or 20000), release = 13,
	    memory = { ram = { { 0x1000, 0x9f000 },
	    { 0x100000, PHYS + bytes + GIB } } } }
	for k, v in pairs(o) do
		if k ~= "types" then
			more[k] = v
		end
	end
	function more.prepare(sys)
		local mem, n = sys.mem, bytes // 4096
		mem:map_run(KMAP, PHYS, n)
		mem:keep(PHYS, bytes)
		mem.store:generate(PHYS, n, function(pfn)
			return (o.solid or pfn % 8 == 0) and
			    string.pack("<I8", pfn) .. FILL or nil
		end)
	end
	local s = system.new(more)
	s.kmap, s.dmap, s.bytes = KMAP, s.memory:dmap(PHYS), bytes
	return s
end

--- A minidump of a machine with much memory and few dumped pages: the bitmap
-- alone has a bit for each page.
-- @tparam[opt] table o tib (1), pages (1000), version (3)
function bench.huge(o)
	o = o or {}
	local top = (o.tib or 1) << 40
	local mem = memory.new{ ram = { { 0x1000, 0x9f000 },
		{ 0x100000, 0xc0000000 }, { 0x100000000, top } } }
	local n = o.pages or 1000
	local step = ((top - 0x200000000) // n) & -4096
	for i = 0, n - 1 do
		mem:map(KMAP + i * 4096, 0x100000000 + i * step)
		mem:u64(KMAP + i * 4096, i)
	end
	local d = minidump.new(mem, { version = o.version })
	d.first, d.pages = KMAP, n
	return d
end

return bench
