--- mips, ABI n64.
local mips = require "spec.support.arch.mips"

return setmetatable({ class = 64, ptrsize = 8, entry = 8, read_only = 1 << 55,
	kernbase = 0xc000000000000000, kernload = 0xffffffff80100000,
	heap = 0xc000000000100000, dmapbase = 0x9800000000000000,
	dmapend = 0xa000000000000000, minidump = mips.dumps(true),
	levels = { { shift = 30, bits = 10 }, { shift = 21, bits = 9 },
		{ shift = 12, bits = 9 } } }, { __index = mips })
