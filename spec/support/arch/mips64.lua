--- mips64 (n64), either byte order: 8-byte PTEs, direct segments.
--
-- mips.lua is o32. The memory has no tables of its own: entries are made from
-- its mappings when a dump is written.
local mips64 = {
	machine = 8, class = 64, endian = ">", page = 4096, ptrsize = 8,
	kernbase = 0xc000000000000000, kernload = 0xffffffff80100000,
	dmapbase = 0x9800000000000000, dmapend = 0x9800010000000000,
	dmapphys = 0, heap = 0xc000000010000000, levels = {}, entry = 8,
	readonly = 1 << 55, table_bits = 9,
	ram = { { 0, 0x10000000 }, { 0x20000000, 0x30000000 } },
}

-- mips/include/pte.h
local G, V, D = 1, 2, 4

function mips64.enter()
end

--- KSEG0 and KSEG1, sign-extended.
function mips64.translate(_, va)
	if math.ult(va - 0xffffffff80000000, 0x40000000) then
		return va & 0x1fffffff
	end
end

--- The entry of a page.
function mips64.leaf_entry(pa, prot, _, mem)
	return pa >> 12 << 6 | G | V |
	    (prot:find "w" and D or mem.arch.readonly)
end

--- Versions 1 and 2, mips/include/minidump.h. The kernel leaves the bounds of
-- the direct map zero.
function mips64.header(h, endian)
	return string.pack(endian .. "c24I4I4I4I4i8i8i8I4xxxx",
	    "minidump FreeBSD/mips", h.version, h.msgbufsize, h.bitmapsize,
	    h.pmapsize, h.kernbase, 0, 0, h.dumpavailsize or 0)
end

--- A page of entries for each span that has any.
function mips64.flatten(mem, from, to)
	local arch = mem.arch
	local format = mem.endian .. (arch.entry == 8 and "i8" or "I4")
	local tables, count = {}, 1 << arch.table_bits
	for _, m in ipairs(mem.maps) do
		for off = 0, m.size - 1, 4096 do
			local n = (m.va + off - from) >> 12
			local t = tables[n // count] or {}
			tables[n // count] = t
			t[n % count + 1] = arch.leaf_entry(m.pa + off, m.prot,
			    12, mem)
		end
	end
	for i, t in pairs(tables) do
		for k = 1, count do
			t[k] = format:pack(t[k] or 0)
		end
		tables[i] = table.concat(t, "", 1, count)
	end
	local span = 4096 << arch.table_bits
	return tables, (to - from + span - 1) // span * 4096, 4096
end

mips64.minidump = { versions = { 1, 2 }, avail = 2, header = mips64.header,
	flatten = mips64.flatten, granule = function() return 2 << 20 end,
	protection = function(prot) return prot | 4 end,
	word = function(version) return version == 1 and 4 or 8 end }

return mips64
