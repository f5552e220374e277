--- Cycles among those who wait for each other.
local waits = require "vmcore.kern.waits"

-- "1>2 2>1,3": who waits for whom.
local function cycles(text)
	local list, by_td = {}, {}
	for td, owners in text:gmatch "(%d+)>([%d,]+)" do
		local wait = { td = tonumber(td), owners = {} }
		for owner in owners:gmatch "%d+" do
			table.insert(wait.owners, tonumber(owner))
		end
		list[#list + 1], by_td[wait.td] = wait, wait
	end
	local out = {}
	for i, cycle in ipairs(waits.cycles(list, by_td)) do
		out[i] = table.concat(cycle, " ")
	end
	return table.concat(out, "; ")
end

describe("cycles", function()
	it("are none in chains and trees", function()
		assert.equal("", cycles "1>2 2>3 4>2 5>4")
	end)

	it("are found once, from wherever they are entered", function()
		assert.equal("2 3", cycles "1>2 2>3 3>2 4>3")
		assert.equal("1", cycles "1>1")
		assert.equal("1 2; 3 4 5", cycles "1>2 2>1 3>4 4>5 5>3")
	end)

	it("end the search in chains of any length", function()
		local text = {}
		for i = 1, 60000 do
			text[i] = ("%d>%d"):format(i, i + 1)
		end
		assert.equal("", cycles(table.concat(text, " ")))
	end)

	it("go through one of several owners", function()
		assert.equal("1 3", cycles "1>2,3 3>1")
	end)
end)
