--- powerpc64 with the hashed page table; powerpc64le by endian = "<".
--
-- memory.new takes, besides what it always does: mmu ("mmu_g5", "mmu_phyp"),
-- groups (2048: PTEs by eights in the table). mem.hpt holds the entries:
-- mem.hpt[group * 8 + slot] = { hi, lo }, which a test may set.
--
-- powerpc64nodmap.lua is what it is without large pages and so without a
-- direct map, powerpc64radix.lua with the radix tree.
local powerpc64 = {
	machine = 21, class = 64, endian = ">", page = 4096, ptrsize = 8,
	kernbase = 0xc008000000000000, kernload = 0x100000,
	dmapbase = 0xc000000000000000, dmapend = 0xc008000000000000,
	dmapphys = 0, heap = 0xc008000000100000, levels = {},
	direct = 1, mmu = "mmu_g5", startkernel = 0xc000000000100100,
	ram = { { 0, 0x20000000 }, { 0x40000000, 0x48000000 } },
	free = 0x2000000,
}

-- powerpc/include/pte.h, slb.h
local VALID, HID, BIG = 1, 2, 4
local BW, BR, NOEXEC, M = 2, 3, 4, 0x10
local KERNEL = 1 << 36

--- The virtual segment of an address of the kernel.
function powerpc64.vsid(va)
	local esid = va >> 28
	return (esid << 8 | esid >> 28) * 0x13bb & KERNEL - 1 | KERNEL
end

--- The primary group and the secondary one.
function powerpc64.groups_of(mem, va, big)
	local hash = powerpc64.vsid(va) & (1 << 39) - 1 ~
	    (va & 0xfffffff) >> (big and 24 or 12)
	return hash & mem.groups - 1, ~hash & mem.groups - 1
end

--- The two words of an entry.
function powerpc64.entry_of(va, pa, prot, big)
	local hi = powerpc64.vsid(va) << 12 | (va >> 23 & 0x1f) << 7 | VALID |
	    (big and BIG or 0)
	return hi, pa | M | (prot:find "w" and BW or BR) |
	    (prot:find "x" and 0 or NOEXEC)
end

function powerpc64.create(mem, opts)
	mem.groups, mem.hpt = opts.groups or 2048, {}
	mem.mmu = opts.mmu or mem.arch.mmu
end

local function insert(mem, group, hi, lo)
	for slot = group * 8, group * 8 + 7 do
		if not mem.hpt[slot] then
			mem.hpt[slot] = { hi, lo }
			return true
		end
	end
	return false
end

function powerpc64.enter(mem, va, pa, size, prot)
	local big = size == 1 << 24
	assert(big or size == 4096, "powerpc64: no such size")
	local primary, secondary = powerpc64.groups_of(mem, va, big)
	local hi, lo = powerpc64.entry_of(va, pa, prot, big)
	assert(insert(mem, primary, hi, lo) or
	    insert(mem, secondary, hi | HID, lo), "powerpc64: groups are full")
end

--- Fill the primary group of va with a user's entries.
function powerpc64.crowd(mem, va, big)
	local group = powerpc64.groups_of(mem, va, big)
	for slot = group * 8, group * 8 + 7 do
		mem.hpt[slot] = mem.hpt[slot] or { 0x1234 << 12 | VALID, BW }
	end
end

-- The hash table, in pages of 256 entries.
local function flatten(mem)
	local endian = mem.mmu == "mmu_g5" and ">" or mem.endian
	local out = {}
	for slot in pairs(mem.hpt) do
		out[slot // 256] = true
	end
	for page in pairs(out) do
		local list = {}
		for i = 0, 255 do
			local e = mem.hpt[page * 256 + i]
			list[i + 1] = string.pack(endian .. "i8i8",
			    e and e[1] or 0, e and e[2] or 0)
		end
		out[page] = table.concat(list)
	end
	return out, mem.groups * 128
end

--- Versions 1 and 2, powerpc/include/minidump.h.
function powerpc64.header(h, endian)
	local arch = h.mem.arch
	local start = h.startkernel or arch.startkernel
	return string.pack(endian .. "c32c32I4I4I4I4i8i8i8i8i4I4i8i8I4I4",
	    "minidump FreeBSD/powerpc64", h.mmu or h.mem.mmu or arch.mmu,
	    h.version, h.msgbufsize, h.bitmapsize, h.pmapsize, h.kernbase,
	    0xc0080007ffffffff, 0xc000000000000000, 0xc007ffffffffffff,
	    h.hw_direct_map or arch.direct, 0, start,
	    h.endkernel or start + 0x1000000, h.dumpavailsize or 0, 0)
end

powerpc64.minidump = { versions = { 1, 2 }, avail = 2,
	header = powerpc64.header, flatten = flatten,
	granule = function() return 1 << 28 end,
	word = function() return 8 end }

return powerpc64
