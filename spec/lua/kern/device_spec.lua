--- The tree of devices.
local device = require "vmcore.kern.device"
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

-- Depth, name, state of what is found, and what was said.
local function found_in(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, list, said = device.new(k), {}, {}
	for dev, depth in view:each(function(message) said[#said + 1] = message end) do
		local ok, name = pcall(view.fields.name, dev)
		list[#list + 1] = { depth, ok and name or false, view.fields.state(dev) }
	end
	return list, table.concat(said, "\n")
end

local STATE = { [10] = "notpresent", [30] = "attached", [40] = "busy" }

for _, layout in ipairs { 12, 13, 15 } do
	describe("devices of " .. layout, function()
		local function made(name, change)
			return lab.system(name or "devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout), change = change })
		end
		local T = layout == 12 and "struct device" or "struct _device"

		it("come below their parents", function()
			local expected = {}
			for i, d in ipairs(devices.DEVICES) do
				expected[i] = { d[1], d[2] or false, STATE[d[5]] }
			end
			local list, said = found_in(made())
			assert.same(expected, list)
			assert.equal("", said)
		end)

		it("on PCI have a place", function()
			local sys = made()
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local f, at = device.new(k).fields, sys.system.sys.dev.devices
			assert.equal("slot=3 function=1 dbsf=pci0:0:3:1", f.location(at[5]))
			assert.equal("vendor=0x8086 device=0x1003 subvendor=0x1af4 subdevice=0x1100 class=0x020000",
			    f.pnpinfo(at[5]))
			assert.equal("slot=4 function=1 dbsf=pci0:0:4:1", f.location(at[6]))
			assert.is_nil(f.location(at[3]))
			assert.same({ "em", "em", "Network card \27[2J" }, { f.driver(at[5]), f.class(at[5]), f.desc(at[5]) })
		end)

		it("that are damaged cost what is below them", function()
			local list, said = found_in(made("devices damaged " .. layout, function(s)
				local at, mem = s.sys.dev.devices, s.memory
				mem:ptr(at[4] + s.types:offsetof(T, "children"), 0xdeadc0dedeadc0de)
				mem:ptr(at[7] + s.types:offsetof(T, "children"), at[2])
				mem:ptr(at[3] + s.types:offsetof(T, "nameunit"), 0xfffffe0000123000)
			end))
			assert.same({ { 0, "root0", "attached" }, { 1, "nexus0", "attached" }, { 2, false, "attached" },
				{ 3, "pci0", "attached" }, { 2, "sc0", "notpresent" }, { 2, "uart0", "attached" } }, list)
			assert.matches("stopped after 0 elements at a poisoned link", said)
			assert.matches("is below two", said)
		end)
	end)
end
