--- What an address is among what drivers registered.
local devices = require "spec.support.devices"
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local registered = require "vmcore.kern.whatis.registered"
local vmcore = require "vmcore"
local whatis = require "vmcore.kern.whatis"

-- A driver's softc, and a callout in it.
local function give_softc(layout)
	return function(s)
		local at, mem = s.sys.dev.devices, s.memory
		local T = layout == 12 and "struct device" or "struct _device"
		local driver = mem:get(at[5] + s.types:offsetof(T, "driver"), 8)
		mem:set(driver, "struct kobj_class", "size", 4096)
		mem:set(at[5], T, "softc", (s.sys.dev.callouts[1] & ~0xf) - 64)
	end
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("what drivers registered, of " .. layout, function()
		it("is told by address", function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local ask, dev = registered.new(k, kld.new(k)), sys.system.sys.dev
			for address, expected in pairs { [dev.devices[5] + 8] = "device em0",
			    [dev.events[3]] = "interrupt irq16", [dev.callouts[2] + 40] = "callout tcp_timer_keep",
			    [dev.oids["kern.hz"]] = "sysctl oid kern.hz", [dev.geom.disk] = "geom ada0",
			    [dev.geom.p2 + 1] = "provider ada0p2" } do
				local found = ask(address)
				assert.equal(expected, found[1].kind .. " " .. found[1].name)
			end
			assert.same({}, ask(0xfffffe0000123000))
		end)

		it("may be in a softc", function()
			local sys = lab.system("registered softc " .. layout, { layout = layout,
				prepare = devices.prepare(layout), change = give_softc(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local at = sys.system.sys.dev.callouts[1]
			local answer
			for _, one in ipairs((whatis.new(k):ask(at))) do
				answer = one.kind == "callout" and one or answer
			end
			assert.matches("^callout of loadavg, in the softc of em0%+0x%x+$", answer.text)
			assert.same({ "loadavg", at, 0 }, { answer.name, answer.address, answer.offset })
		end)
	end)
end

describe("what drivers registered", function()
	it("is nothing where the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.same({}, registered.new(k, kld.new(k))(0xfffffe0010000000))
	end)
end)
