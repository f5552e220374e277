--- Configuration, environment and CPUs of freebsd13-amd64, against
-- kern.conftxt, the kernel's own hints and what truth.txt says of threads.
local real = require "spec.support.real"

describe("freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	it("has the configuration that kern.conftxt told", function()
		local lines = {}
		for i, row in ipairs((real.rows(dump, "config"))) do
			lines[i] = row.directive .. (row.value ~= real.null and "\t" .. row.value or "")
		end
		local told = real.truth(dump, "truth/kern.conftxt"):gsub("%z.*", ""):gsub("\n+$", "")
		assert.equal(told, table.concat(lines, "\n"))
	end)

	it("has an environment of as many strings as malloc(9) gave out for it", function()
		local rows, err, status = real.rows(dump, "kenv")
		assert.equal("", err)
		assert.equal(0, status)
		local by = real.by(rows, "name")
		assert.equal("80", by.COLUMNS.value)
		-- The strings, and the array that points to them.
		for _, row in ipairs((real.rows(dump, "vmstat", "-m"))) do
			if row.type == "kenv" then
				assert.equal(#rows + 1, row.use)
			end
		end
	end)

	it("has on each CPU the thread that says it runs there", function()
		local rows = real.rows(dump, "pcpu")
		local by, n = real.by(rows, "tid"), 0
		for tid, cpu, td in real.truth(dump, "truth.txt")
		    :gmatch "T %d+ (%d+) '[^\n]- oncpu=(%d+) td=(0x%x+)" do
			n = n + 1
			assert.same({ tonumber(cpu), td }, { by[tonumber(tid)].cpu, by[tonumber(tid)].thread })
		end
		assert.equal(n, #rows)
	end)
end)
