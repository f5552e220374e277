--- `geom`: disks, and what stands on them.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"

local function break_it(s)
	local at, mem = s.sys.dev.geom, s.memory
	mem:set(at.p2, "struct g_provider", "name", 0xfffffe0000123000)
	mem:ptr(at.p1 + s.types:offsetof("struct g_provider", "consumers"), 0xdeadc0dedeadc0de)
	mem:set(at.swap_on_p2, "struct g_consumer", "geom", at.disk)
end

describe("geom", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every provider and what consumes it, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local rows, err, status = lab.rows(sys, "geom")
			assert.equal("", err)
			assert.equal(0, status)
			local list = {}
			for i, row in ipairs(rows) do
				list[i] = ("%s %s %s"):format(row.class, row.geom, row.provider ~= lab.null and row.provider)
			end
			assert.same({ "SWAP swap false", "DEV ada0p1 false", "PART ada0 ada0p1", "PART ada0 ada0p2",
				"DISK ada0 ada0" }, list)
			assert.equal("ada0p2", rows[1].consumes)
			assert.same({ 4294967296, 512, 1, 1, 0 }, { rows[4].mediasize, rows[4].sectorsize, rows[4].r,
				rows[4].w, rows[4].e })
			assert.same({ rows[5] }, (lab.rows(sys, "geom", "DISK")))
		end)
	end

	local function both(sys)
		local out = {}
		for i, option in ipairs { {}, { "-t" } } do
			local text, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "geom",
			    table.unpack(option))
			out[i] = text .. (err ~= "" and "--- standard error\n" .. err or "") .. status .. "\n"
		end
		return table.concat(out)
	end

	it("prints a healthy system", function()
		lab.golden("geom", both(lab.system("devices 13", { layout = 13,
			prepare = devices.prepare(13) })))
	end)

	it("prints what is left of a damaged one", function()
		lab.golden("geom-damaged", both(lab.system("geom damaged", { layout = 13,
			prepare = devices.prepare(13), change = break_it })))
	end)

	it("says so when the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "geom")
		assert.matches("where disks are", err)
	end)
end)
