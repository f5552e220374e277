--- Hash tables as hashinit(9) makes them: an array of list heads, and a mask
-- that is the number of them less one.
--
--	for p in hash.foreach(k.var.pidhashtbl, k.var.pidhash, "p_hash") do
--
-- @module vmcore.hash

local kvm = require "kvm"
local queue = require "vmcore.queue"

local hash = {}

-- No table is larger: a mask that says so was damaged.
local BUCKETS <const> = 1 << 24

--- Walk all chains of a table.
-- @param heads pointer to the first head
-- @tparam integer mask number of heads less one
-- @tparam string link the member that links the elements; may be a path
-- @tparam ?function on_stop called with the status of each chain that ends
--   early; the walk goes on with the next
-- @treturn function iterator of pointers to the elements and the number of the
--   chain that each is in
-- @raise when the mask can't be one, the heads are none, or have no such link
function hash.foreach(heads, mask, link, on_stop)
	if mask < 0 or mask >= BUCKETS or mask & (mask + 1) ~= 0 then
		error(("%#x is no mask of a hash table"):format(mask), 2)
	end
	local head = kvm.typeof(heads):strip().target
	local walk, size = queue.prepare(head, link), head.size
	local at, bucket, each = kvm.toaddress(heads), -1, nil
	return function()
		while true do
			local element = each and each()
			if element ~= nil then
				return element, bucket
			elseif bucket == mask then
				return nil
			end
			bucket = bucket + 1
			each = walk(at + bucket * size, on_stop)
		end
	end
end

return hash
