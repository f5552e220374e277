--- Time in a kernel.
local clock = require "vmcore.kern.clock"
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

describe("the clock", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("of " .. layout .. " is read", function()
			local sys = lab.system(tostring(layout), { layout = layout })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local uptime = 3723
			assert.equal(uptime, clock.uptime(k))
			assert.equal(sys.truth.time - uptime, (clock.boottime(k)))
			assert.equal(100, clock.hz(k))
			assert.equal(uptime * 100, clock.ticks(k))
		end)
	end

	it("has no answers without a kernel", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		for _, name in ipairs { "uptime", "boottime", "hz", "ticks", "sbinuptime" } do
			assert.is_nil((clock[name](k)), name)
		end
	end)

	it("has the uptime in fractions of a second where the kernel tells", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal(3723 << 32, clock.sbinuptime(k))
		sys = lab.system("devices 13", { layout = 13, prepare = devices.prepare(13) })
		local exact <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.equal((3723 << 32) + (1 << 31), clock.sbinuptime(exact))
	end)

	it("counts across the wrap of ticks", function()
		assert.equal(20, clock.seconds(2000, 0, 100))
		assert.equal(2, clock.seconds(-0x80000000 + 100, 0x7fffffff - 99, 100))
		assert.equal(0, clock.seconds(5, 0, 100))
		assert.equal(0, clock.seconds(0, 5, 100))
		assert.equal(-1, clock.seconds(0, 100, 100))
	end)
end)
