--- Which physical pages of a memory are dumped, as sorted runs.
local runs = {}

-- Runs without the pages that were dropped.
local function without(mem, list)
	local holes = {}
	for pfn, yes in pairs(mem.kept) do
		if not yes then
			holes[#holes + 1] = pfn
		end
	end
	table.sort(holes)
	local out, h = {}, 1
	for _, r in ipairs(list) do
		local first = r[1]
		while holes[h] and holes[h] < first do
			h = h + 1
		end
		while holes[h] and holes[h] <= r[2] do
			if holes[h] > first then
				out[#out + 1] = { first, holes[h] - 1 }
			end
			first = holes[h] + 1
			h = h + 1
		end
		if first <= r[2] then
			out[#out + 1] = { first, r[2] }
		end
	end
	return out
end

--- The runs of page numbers (of 4096 bytes): { { first, last }, ... }.
function runs.of(mem)
	local all = {}
	for _, r in ipairs(mem.kept_ranges) do
		all[#all + 1] = { r[1], r[2] }
	end
	for pfn, yes in pairs(mem.kept) do
		if yes then
			all[#all + 1] = { pfn, pfn }
		end
	end
	table.sort(all, function(a, b) return a[1] < b[1] end)
	local out, last = {}, nil
	for _, r in ipairs(all) do
		if last and r[1] <= last[2] + 1 then
			last[2] = math.max(last[2], r[2])
		else
			last = r
			out[#out + 1] = r
		end
	end
	return without(mem, out)
end

return runs
