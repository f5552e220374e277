--- mips, ABI n32: 32-bit addresses, PTEs of 64 bits.
local mips = require "spec.support.arch.mips"

return setmetatable({ entry = 8, read_only = 1 << 55, flags = 0x20,
	levels = { { shift = 21, bits = 11 }, { shift = 12, bits = 9 } } },
	{ __index = mips })
