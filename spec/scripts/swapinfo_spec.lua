--- `vmcore swapinfo`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"

describe("swapinfo", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every device, of " .. layout, function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local rows, err, status = lab.rows(sys, "swapinfo")
			assert.equal("", err)
			assert.equal(0, status)
			assert.same({ { device = "/dev/ada0p3", blocks = 1048576, used = 262144, avail = 786432,
				capacity = 25 }, { device = "/dev/md7", blocks = 2097152, used = 262144,
				avail = 1835008, capacity = 12 } }, rows)
		end)
	end

	it("prints a healthy system", function()
		local sys = lab.system("memory 13", { layout = 13, prepare = memstats.prepare(13) })
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "swapinfo")
		lab.golden("swapinfo", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("swap damaged", { layout = 13, prepare = memstats.prepare(13),
			change = function(s)
				local list = s.sys.stats.swap
				s.memory:struct(list[1], "struct swdevt", { sw_id = 0xfffffe0000123000 })
				s.memory:ptr(list[2] + s.types:offsetof("struct swdevt", "sw_list"), list[1])
			end })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "swapinfo")
		assert.equal(1, status)
		lab.golden("swapinfo-damaged", out .. "--- standard error\n" .. err)
	end)
end)
