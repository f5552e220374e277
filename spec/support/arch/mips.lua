--- mips (o32), either byte order: 4-byte PTEs.
local mips64 = require "spec.support.arch.mips64"

local mips = {}
for k, v in pairs(mips64) do
	mips[k] = v
end

mips.class, mips.ptrsize, mips.entry, mips.table_bits = 32, 4, 4, 10
mips.kernbase, mips.kernload, mips.heap = 0xc0000000, 0x80100000, 0xc1000000
mips.dmapbase, mips.dmapend = 0x80000000, 0xa0000000
mips.readonly = 1 << 29

--- KSEG1, the uncached twin of KSEG0.
function mips.translate(_, va)
	if va >= 0xa0000000 and va < 0xc0000000 then
		return va & 0x1fffffff
	end
end

mips.minidump = {}
for k, v in pairs(mips64.minidump) do
	mips.minidump[k] = v
end
mips.minidump.granule = function() return 4 << 20 end
mips.minidump.word = function() return 4 end

return mips
