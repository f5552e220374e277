--- Interrupts, callouts, devices and disks of freebsd13-amd64, against
-- hw.intrnames, the threads of truth.txt, sysctl(8)'s dev tree, and
-- kern.geom.confxml.
local real = require "spec.support.real"

local function rows_of(dump, ...)
	local rows, err, status = real.rows(dump, ...)
	assert.equal("", err)
	assert.equal(0, status)
	return rows
end

local function value(cell)
	return cell ~= real.null and cell or nil
end

describe("freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	it("has handlers by the names that hw.intrnames has for them", function()
		local names, n = {}, 0
		for name in real.truth(dump, "truth/hw.intrnames"):gmatch "[^%z]+" do
			names[name:gsub("%s+$", "")] = true
		end
		for _, row in ipairs(rows_of(dump, "intr")) do
			if row.type == "hard" then
				n = n + 1
				assert.is_true(names[("irq%d: %s"):format(row.irq, row.handler)], row.handler)
			elseif row.type == "counter" then
				assert.is_true(names[row.name])
			end
		end
		assert.equal(10, n)
	end)

	it("has as many interrupts as vmstat -i counts, and no fewer than hw.intrcnt did", function()
		local sum, total, told = 0, 0, 0
		for _, row in ipairs(rows_of(dump, "intr")) do
			sum = sum + (value(row.count) or 0)
		end
		for _, row in ipairs(rows_of(dump, "vmstat", "-i")) do
			total = total + row.total
		end
		local counts = real.truth(dump, "truth/hw.intrcnt")
		for i = 1, #counts, 8 do
			told = told + ("<I8"):unpack(counts, i)
		end
		assert.equal(total, sum)
		assert.is_true(sum >= told and told > 0)
	end)

	it("has threads for interrupts that know what they are for", function()
		local by, n = real.by(rows_of(dump, "threads"), "tid"), 0
		for _, row in ipairs(rows_of(dump, "intr", "-a")) do
			if value(row.tid) and value(row.handler) then
				n = n + 1
				assert.equal(("%s: %s"):format(row.name, row.handler), by[row.tid].name)
			end
		end
		assert.equal(15, n)
	end)

	it("wakes threads that there are", function()
		local threads, n = {}, 0
		for tid, td in real.truth(dump, "truth.txt"):gmatch "T %d+ (%d+) '[^\n]- td=(0x%x+)" do
			threads[td] = tid
		end
		for _, row in ipairs(rows_of(dump, "callout", "sleepq_timeout")) do
			n = n + 1
			assert.truthy(threads[row.arg], row.arg)
			assert.is_true(row.due + row.precision > 0)
		end
		assert.is_true(n > 50)
	end)

	it("has the devices of dev.*, with description, driver, parent and place", function()
		local by, n = real.by(rows_of(dump, "devinfo", "-v"), "name"), 0
		local FIELDS = { desc = "desc", driver = "driver", parent = "parent" }
		for class, unit, what, told in real.truth(dump, "truth/sysctl-all.tsv")
		    :gmatch "dev%.([%w_]+)%.(%d+)%.%%(%a+)\t[^\n]-'([^\n]*)'" do
			local row = by[class .. unit]
			assert.truthy(row, class .. unit)
			if FIELDS[what] then
				n = n + 1
				assert.equal(told, value(row[what]) or "")
			elseif what == "location" and value(row.location) then
				assert.equal(row.location, told:sub(1, #row.location))
			elseif what == "pnpinfo" and value(row.pnpinfo) then
				assert.equal(told, row.pnpinfo)
			end
		end
		assert.is_true(n > 90)
	end)

	it("knows softcs by their addresses", function()
		local row = real.by(rows_of(dump, "devinfo"), "name").vtblk0
		local answer = real.by((real.rows(dump, "whatis", row.softc)), "kind").softc
		assert.equal("softc of vtblk0", answer.text)
	end)

	it("has given devices the ports that they said at boot", function()
		local given, n = {}, 0
		for _, row in ipairs(rows_of(dump, "devinfo", "-u")) do
			if row.kind == "I/O ports" and value(row.name) then
				given[row.name .. " " .. row.first .. "-" .. row.last] = true
			end
		end
		for name, ports in real.truth(dump, "truth/kern.msgbuf"):gmatch "\n([%w_]+): <[^\n]-> port ([%x,x-]+)" do
			for first, last in ports:gmatch "(0x%x+)%-?(0?x?%x*)" do
				n = n + 1
				local port = ("%s %s-%s"):format(name, first, last ~= "" and last or first)
				assert.is_true(given[port], port)
			end
		end
		assert.is_true(n >= 8)
	end)

	it("has the disks of kern.geom.confxml", function()
		local xml = real.truth(dump, "truth/kern.geom.confxml")
		local by, n = {}, 0
		for _, row in ipairs(rows_of(dump, "geom")) do
			by[row.addr] = row
		end
		for class in xml:gmatch "<class id.-</class>\n" do
			for id, geom in class:gmatch '<geom id="(0x%x+)">(.-)</geom>' do
				local provider = geom:match '<provider id="(0x%x+)"'
				local row = by[provider or id]
				n = n + 1
				assert.same({ class:match "<name>(.-)</name>", geom:match "<name>(.-)</name>",
					tonumber(geom:match "<mediasize>(%d+)"), tonumber(geom:match "<sectorsize>(%d+)") },
				    { row.class, row.geom, value(row.mediasize), value(row.sectorsize) })
				-- What wrote the truth had its own disk, vtbd2, open.
				local r, w, e = geom:match "<mode>r(%d+)w(%d+)e(%d+)"
				if not geom:find("vtbd2", 1, true) then
					assert.same({ tonumber(r), tonumber(w), tonumber(e) }, { row.r, row.w, row.e })
				end
				local below = geom:match '<provider ref="(0x%x+)"'
				assert.equal(below and by[below].provider, value(row.consumes))
			end
		end
		assert.equal(7, n)
	end)
end)
