--- Endpoints of SCTP: netinet/sctp_pcb.h. The lists of addresses and of
-- associations below them are not read.
-- @module vmcore.kern.sctp_pcb

local queue = require "vmcore.queue"

local sctp_pcb = {}

--- The endpoints of a network stack.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack
-- @tparam function report
-- @treturn function iterator of addresses of struct inpcb, with which an
--   endpoint begins; none when the kernel has no SCTP
function sctp_pcb.each(k, stacks, stack, report)
	local T, B = k:type "struct sctp_inpcb", k:type "struct sctp_base_info"
	local H, E = k:type "struct sctppcbhead", k:type "struct sctp_epinfo"
	local address = stacks:address(stack, "system_base_info")
	local info, head = B and B:member "sctppcbinfo", E and E:member "listhead"
	if not (T and H and info and head and address) then
		return function() return nil end
	end
	local walk = queue.prepare(H, "sctp_list", { kind = "list", element = T, addresses = true })
	return (walk(address + info.offset + head.offset, function(status)
		report(("SCTP's endpoints of jail %s: %s"):format(stack.jid or "?", status.message))
	end))
end

return sctp_pcb
