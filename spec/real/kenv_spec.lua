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
		assert.same({ "panic", "stopped" }, { rows[1].state, rows[2].state })
	end)

	it("has spent no less time than kern.cp_times told", function()
		local told = table.pack(("<" .. ("i8"):rep(10)):unpack(real.truth(dump, "truth/kern.cp_times")))
		for i, row in ipairs((real.rows(dump, "pcpu"))) do
			for j, key in ipairs { "user", "nice", "system", "interrupt", "idle" } do
				local before = told[(i - 1) * 5 + j]
				assert.is_true(row[key] >= before and row[key] - before < 600, key)
			end
		end
	end)

	it("has the file and the modules that kldstat(2) told of", function()
		local told = real.truth(dump, "truth/kldstat")
		-- struct kld_file_stat: version, name[MAXPATHLEN], refs, id, address, size, path.
		local refs, id, _, address, size = ("<i4i4I4i8I8"):unpack(told, 1 + 4 + 1024)
		local name, path = told:match("^[^%z]*", 1 + 4), told:match("^[^%z]*", 1 + 1056)
		local rows = real.rows(dump, "kldstat")
		assert.equal(1, #rows)
		assert.same({ name, refs, id, ("0x%x"):format(address), size, path }, { rows[1].name, rows[1].refs,
			rows[1].id, rows[1].address, rows[1].size, rows[1].path })
		-- Features that the kernel has are modules of it.
		local by = real.by(real.rows(dump, "kldstat", "-v"), "name")
		for _, file_system in ipairs { "tmpfs", "nullfs", "procfs", "devfs", "cd9660" } do
			assert.equal("vfs_modevent", by[file_system].handler)
		end
	end)
end)
