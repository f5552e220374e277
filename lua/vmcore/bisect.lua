--- Where an order changes: the binary search that all sorted tables share.
-- @module vmcore.bisect

local bisect = {}

--- The first of the places low to high that comes after what is looked for.
-- @tparam integer low
-- @tparam integer high below low for no places
-- @tparam function after of a place: whether it does; true for all places behind
--   one for which it is
-- @treturn integer high + 1 when none does
function bisect.first(low, high, after)
	while low <= high do
		local middle = low + (high - low) // 2
		if after(middle) then
			high = middle - 1
		else
			low = middle + 1
		end
	end
	return low
end

return bisect
