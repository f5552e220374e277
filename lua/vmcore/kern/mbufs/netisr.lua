--- Packets that wait for a network thread: net/netisr.c.
-- @module vmcore.kern.mbufs.netisr

local protocols = require "vmcore.kern.netisr"

local netisr = {}

--- What is queued for each protocol on each CPU.
-- @tparam table k
-- @tparam function report
-- @treturn function iterator of { state = "netisr", owner (address of the struct
--   netisr_work), way ("ip CPU 0"), mbuf, records = true }, as vmcore.kern.mbufs
--   has them; of none when the kernel file does not tell
function netisr.each(k, report)
	local names = {}
	for _, protocol in ipairs(protocols.protocols(k, report)) do
		names[protocol.proto] = protocol.name
	end
	local each = protocols.work(k, report)
	return function()
		for work in each do
			if work.head then
				return { state = "netisr", owner = work.addr, mbuf = work.head, records = true,
					way = ("%s CPU %d"):format(names[work.proto] or work.proto, work.cpu) }
			end
		end
	end
end

return netisr
