--- powerpc64 without large pages (hw_direct_map 0): the hashed page table maps
-- everything, the kernel where a direct map would be and UMA's memory at its
-- physical addresses. Walks begin at address 0.
local powerpc64 = require "spec.support.arch.powerpc64"

local nodmap = {}
for k, v in pairs(powerpc64) do
	nodmap[k] = v
end
nodmap.dmapbase, nodmap.dmapend, nodmap.dmapphys = nil, nil, nil

return nodmap
