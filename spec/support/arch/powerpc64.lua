--- powerpc64 with a hashed page table (mmu_g5, mmu_phyp), either byte order.
--
-- memory.new takes mmu ("mmu_phyp"), nptegs (2048, a power of two) and secondary
-- (every entry goes to its secondary group). Sizes: 4 KiB, 16 MiB.
-- powerpc64radix.lua is the other one; powerpc64nodmap.lua has no direct map. The
-- kernel runs where it was linked, unless header = { startkernel = ... } of
-- minidump.new puts it elsewhere.
local powerpc64 = {
	machine = 21, class = 64, endian = ">", page = 4096, ptrsize = 8,
	kernbase = 0xc008000000000000, kernload = 0x100100,
	dmapbase = 0xc000000000000000, dmapend = 0xc008000000000000,
	dmapphys = 0, heap = 0xc008000010000000, levels = {}, entry = 16,
	ram = { { 0, 0x20000000 }, { 0x100000000, 0x110000000 } },
}

-- powerpc/include/pte.h: LPTE_*
local VALID, HID, BIG = 1, 2, 4
local BW, BR, NOEXEC, COHERENT, CHG, REF = 2, 3, 4, 0x10, 0x80, 0x100

--- The VSID of the kernel segment of va.
function powerpc64.vsid(va)
	local esid = va >> 28
	return ((esid << 8 | esid >> 28) * 0x13bb & (1 << 36) - 1) | 1 << 36
end

function powerpc64.create(mem, opts)
	mem.mmu = opts.mmu or "mmu_phyp"
	mem.nptegs = opts.nptegs or 2048
	mem.secondary = opts.secondary
	mem.ptegs = {}
end

--- Put an entry into a group; false when it is full.
function powerpc64.raw(mem, group, hi, lo)
	local list = mem.ptegs[group] or {}
	mem.ptegs[group] = list
	if #list == 8 then
		return false
	end
	list[#list + 1] = { hi, lo }
	return true
end

function powerpc64.enter(mem, va, pa, size, prot, bits)
	local large = size == 1 << 24
	assert(large or size == 4096, "powerpc64: no such page size")
	local vsid, shift = powerpc64.vsid(va), large and 24 or 12
	local hash = (vsid & 0x7fffffffff) ~ (va & 0x0fffffff) >> shift
	local api = large and (va >> 24 & 0xf) << 8 or (va >> 23 & 0x1f) << 7
	local hi = vsid << 12 | api | VALID | (large and BIG or 0)
	local lo = pa | REF | CHG | COHERENT | (prot:find "w" and BW or BR) |
	    (prot:find "x" and 0 or NOEXEC) | bits
	local mask = mem.nptegs - 1
	if mem.secondary or
	    not powerpc64.raw(mem, hash & mask, hi, lo) then
		assert(powerpc64.raw(mem, ~hash & mask, hi | HID, lo),
		    "powerpc64: both groups are full")
	end
end

--- Versions 1 and 2, powerpc/include/minidump.h; ends are inclusive.
function powerpc64.header(h, endian)
	return string.pack(endian .. "c32c32I4I4I4I4i8i8i8i8i4xxxxi8i8I4xxxx",
	    "minidump FreeBSD/powerpc64", h.mmu_name or h.mem.mmu, h.version,
	    h.msgbufsize, h.bitmapsize, h.pmapsize, h.kernbase,
	    h.kernlast or 0xc0080007ffffffff, powerpc64.dmapbase,
	    (h.dmapend or powerpc64.dmapend) - 1,
	    h.hw_direct_map or h.dmapbase and 1 or 0,
	    h.startkernel or powerpc64.kernload,
	    h.endkernel or 0x1500100, h.dumpavailsize or 0)
end

-- The whole hash table.
local function flatten(mem)
	local out = {}
	local endian = mem.mmu == "mmu_g5" and ">" or mem.endian
	for group, list in pairs(mem.ptegs) do
		local parts = {}
		for i = 1, 8 do
			local e = list[i] or { 0, 0 }
			parts[i] = string.pack(endian .. "i8i8", e[1], e[2])
		end
		out[group] = table.concat(parts)
	end
	return out, mem.nptegs * 128, 128
end

powerpc64.minidump = { versions = { 1, 2 }, avail = 2,
	header = powerpc64.header, flatten = flatten,
	granule = function() return 1 << 28 end,
	word = function() return 8 end }

return powerpc64
