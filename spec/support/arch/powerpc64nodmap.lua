--- powerpc64 without large pages: the page table maps everything, the kernel
-- where a direct map would be, UMA's memory at its physical addresses.
local powerpc64 = require "spec.support.arch.powerpc64"

local nodmap = setmetatable({ direct = 0, mmu = "mmu_phyp",
	startkernel = 0xc000000000500100 }, { __index = function(_, name)
		return not name:find "^dmap" and powerpc64[name] or nil
	end })

return nodmap
