--- Memory and interrupts of freebsd13-amd64, against what its sysctl(8) told a
-- moment before: vm.uma, vm.stats, hw.intrcnt, kern.malloc_count. Counters
-- only grow; what is not a counter and may differ is named here.
local real = require "spec.support.real"

describe("vmstat on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local told = {}

	setup(function()
		for line in real.truth(dump, "truth/sysctl-all.tsv"):gmatch "[^\n]+" do
			local name, value = line:match "^(%S+)\t.-\t.-\t.-\t(.*)"
			if name then
				told[name] = tonumber(value) or value
			end
		end
	end)

	-- Between the question and the panic: two events for devd(8) that nobody
	-- reads, a packet, a file closed, a slab for one of these.
	local MOVED = { DEVCTL = 2, mbuf = 1, Files = -1, ["UMA Slabs 0"] = 1 }

	it("-z has vm.zone_count zones, as vm.uma has them", function()
		local rows, err, status = real.rows(dump, "vmstat", "-z")
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(told["vm.zone_count"], #rows)
		local compared, different, times = 0, {}, {}
		for _, row in ipairs(rows) do
			times[row.item] = (times[row.item] or 0) + 1
		end
		for _, row in ipairs(rows) do
			local name = "vm.uma." .. row.item:gsub("[ /%-.]", "_")
			-- A jail's network stack has zones of the same names.
			if told[name .. ".size"] and times[row.item] == 1 then
				compared = compared + 1
				assert.equal(told[name .. ".size"], row.size, name)
				assert.equal(told[name .. ".limit.max_items"],
				    row.limit == real.null and 0 or row.limit, name)
				assert.equal(told[name .. ".stats.xdomain"], row.xdomain, name)
				assert.equal(told[name .. ".stats.fails"], row.fail, name)
				assert.is_true(row.req >= told[name .. ".stats.allocs"], name)
				if row.used ~= told[name .. ".stats.current"] + (MOVED[row.item] or 0) then
					different[#different + 1] = ("%s %d %d"):format(row.item,
					    told[name .. ".stats.current"], row.used)
				end
			end
		end
		assert.same({}, different)
		assert.is_true(compared > 100)
	end)

	it("-m has kern.malloc_count types", function()
		local rows, err, status = real.rows(dump, "vmstat", "-m")
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(told["kern.malloc_count"], #rows)
		local by = real.by(rows, "type")
		assert.equal(65, by.kenv.use)
		for _, row in ipairs(rows) do
			assert.is_true(row.use >= 0 and row.memory >= 0 and row.req >= row.use, row.type)
		end
	end)

	it("-s agrees with vm.stats", function()
		local rows, err, status = real.rows(dump, "vmstat", "-s")
		assert.equal("", err)
		assert.equal(0, status)
		local compared = 0
		for _, row in ipairs(rows) do
			local before = told["vm.stats.vm." .. row.name] or told["vm.stats.sys." .. row.name]
			if before then
				compared = compared + 1
				if row.name:find "_count$" then
					assert.is_true(math.abs(row.value - before) <= 64, row.name)
				else
					assert.is_true(row.value >= before, row.name)
				end
			end
		end
		assert.is_true(compared >= 40)
	end)

	it("-i agrees with hw.intrcnt and hw.intrnames", function()
		local names, counts = real.truth(dump, "truth/hw.intrnames"), real.truth(dump, "truth/hw.intrcnt")
		local rows, err = real.rows(dump, "vmstat", "-i")
		assert.equal("", err)
		local by, n, width = real.by(rows, "interrupt"), 0, #names // (#counts // 8)
		for i = 0, #counts // 8 - 1 do
			local count = ("<I8"):unpack(counts, i * 8 + 1)
			local name = names:sub(i * width + 1, (i + 1) * width):match "^[^%z]*":gsub("%s+$", "")
			if count > 0 then
				n = n + 1
				assert.is_true(by[name].total >= count, name)
			end
		end
		assert.equal(n, #rows)
	end)

	it("has no swap", function()
		assert.same({ {}, "", 0 }, { real.rows(dump, "swapinfo") })
	end)
end)
