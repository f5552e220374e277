--- mips, ABI n32: 32-bit addresses, PTEs of 64 bits; kernels have flags = 0x20.
local mips64 = require "spec.support.arch.mips64"

local mipsn32 = {}
for k, v in pairs(require "spec.support.arch.mips") do
	mipsn32[k] = v
end
mipsn32.entry, mipsn32.table_bits = mips64.entry, mips64.table_bits
mipsn32.readonly, mipsn32.flags = mips64.readonly, 0x20

mipsn32.minidump = {}
for k, v in pairs(mips64.minidump) do
	mipsn32.minidump[k] = v
end
mipsn32.minidump.word = function() return 4 end

return mipsn32
