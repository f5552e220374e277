--- `vmstat`: zones, malloc types, totals and interrupts of whole and damaged
-- systems, as they were made.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"

local NOWHERE = 0xfffffe0000123000

local function made(layout)
	return lab.system("memory " .. layout, { layout = layout, prepare = memstats.prepare(layout) })
end

local function break_it(s)
	local set, mem, stats = s.types, s.memory, s.sys.stats
	mem:ptr(stats.types[1].at + set:offsetof("struct malloc_type", "ks_shortdesc"), NOWHERE)
	mem:ptr(stats.types[2].at + set:offsetof("struct malloc_type", "ks_next"), stats.types[1].at)
	local at = s.sys.by_name.vm_cnt.addr
	mem:ptr(at + set:offsetof("struct vmmeter", "v_trap"), NOWHERE)
	mem:ptr(s.sys.by_name.uma_cachezones.addr, NOWHERE)
	mem:ptr(s.sys.by_name.intrcnt.addr, NOWHERE)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("vmstat of " .. layout, function()
		it("-z has every zone with what is in use, in caches and slabs", function()
			local sys = made(layout)
			local rows, err, status = lab.rows(sys, "vmstat", "-z")
			assert.equal("", err)
			assert.equal(0, status)
			local by = lab.by(rows, "item")
			assert.equal(4, #rows)
			for _, z in ipairs(sys.system.sys.stats.zones) do
				local row = by[z.name]
				assert.same({ z.size, z.used, z.cached + (z.keg or 0), z.used + 207, z.fails, z.sleeps },
				    { row.size, row.used, row.free, row.req, row.fail, row.sleep })
				assert.equal(layout > 12 and 3 or lab.null, row.xdomain)
			end
			assert.equal(1000, by.mbuf.limit)
			assert.equal(lab.null, by.PROC.limit)
		end)

		it("-m has every type, from all CPUs", function()
			local rows, err = lab.rows(made(layout), "vmstat", "-m")
			assert.equal("", err)
			assert.same({ { type = "kqueue", use = 81, memory = 8256, req = 86, sizes = "32" },
				{ type = "temp", use = 3, memory = 4096, req = 8, sizes = "16,64" } }, rows)
		end)

		it("-s has counters, queues of all domains, and the name cache", function()
			local by = lab.by(lab.rows(made(layout), "vmstat", "-s"), "name")
			local found = {}
			for i, name in ipairs { "v_swtch", "v_trap", "v_wire_count", "v_active_count",
			    "v_inactive_count", "v_laundry_count", "v_free_count", "v_page_size",
			    "v_user_wire_count", "v_pdpages", "ncs_goodhits", "ncs_miss" } do
				found[i] = by[name].value
			end
			assert.same({ 1001, 2002, 6006, 300, 30, 3, 1500, 4096, 16, 5008, 11, 4 }, found)
		end)

		it("-i has interrupts, and rates by the dump's uptime", function()
			local rows = lab.rows(made(layout), "vmstat", "-i")
			assert.same({ { interrupt = "irq1: atkbd0", total = 37230, rate = 10 },
				{ interrupt = "cpu0:timer", total = 74460, rate = 20 } }, rows)
			assert.equal(3, #lab.rows(made(layout), "vmstat", "-i", "-a"))
		end)
	end)
end

describe("vmstat", function()
	local function all(sys)
		local out = {}
		for i, option in ipairs { "-z", "-m", "-s", "-i" } do
			local text, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vmstat", option)
			out[i] = text .. (err ~= "" and "--- standard error\n" .. err or "") .. status .. "\n"
		end
		return table.concat(out)
	end

	it("prints a healthy system", function()
		lab.golden("vmstat", all(made(13)))
	end)

	it("prints what is left of a damaged one", function()
		lab.golden("vmstat-damaged", all(lab.system("memory damaged", { layout = 13,
			prepare = memstats.prepare(13), change = break_it })))
	end)

	it("says what the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		for _, option in ipairs { "-z", "-m", "-i", "-s" } do
			local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vmstat", option)
			assert.matches("the kernel file does not tell", err)
			assert.not_equal(0, status)
		end
	end)
end)
