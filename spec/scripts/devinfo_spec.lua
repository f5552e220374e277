--- `devinfo`: the tree of devices.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"

local T = "struct _device"

local function break_it(s)
	local at, mem = s.sys.dev.devices, s.memory
	mem:ptr(at[4] + s.types:offsetof(T, "children"), 0xfffffe0000123000)
	mem:set(at[3], T, "nameunit", 0xfffffe0000123000)
	mem:set(at[8], T, "driver", 0xdeadc0dedeadc0de)
	mem:set(s.sys.dev.resources[3], "struct resource_i", "r_sharelink.le_next", s.sys.dev.resources[3])
	mem:set(s.sys.dev.resources[4], "struct resource_i", "r_dev", 0xfffffe0000123000)
	mem:set(s.sys.dev.resources[4], "struct resource_i", "r_link.tqe_next", 0xdeadc0dedeadc0de)
end

describe("devinfo", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has devices that a driver took, and all with -v, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local function names(...)
				local list = {}
				for i, row in ipairs((lab.rows(sys, "devinfo", ...))) do
					list[i] = row.depth .. " " .. (row.name ~= lab.null and row.name or "-")
				end
				return table.concat(list, ",")
			end
			assert.equal("0 root0,1 nexus0,2 pcib0,3 pci0,4 em0,2 uart0", names())
			assert.equal("0 root0,1 nexus0,2 pcib0,3 pci0,4 em0,4 -,2 sc0,2 uart0", names("-v"))
			assert.equal("3 pci0,4 em0", names("pci0"))
			assert.equal("3 pci0,4 em0,4 -,2 uart0", names("-v", "uart0", "pci0"))
			local em0 = lab.by(lab.rows(sys, "devinfo"), "name").em0
			assert.same({ "pci0", "em", "busy", "slot=3 function=1 dbsf=pci0:0:3:1" }, { em0.parent,
				em0.driver, em0.state, em0.location })
		end)
	end

	for _, layout in ipairs { 12, 13, 15 } do
		it("-u has what devices were given, of " .. layout, function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			assert.same({ "Interrupt request lines 0-3 (free)\nInterrupt request lines 4 (uart0)\n"
			    .. "Interrupt request lines 16 (pcib0)\nInterrupt request lines 16 (em0)\n"
			    .. "I/O ports 0x3f8-0x3ff (uart0)\nI/O ports 0x400-0xffff (free)\n", "", 0 },
			    { lab.vmcore("-M", sys.core, "-N", sys.kernel, "devinfo", "-u") })
			assert.equal("ALLOCATED|ACTIVE|SHAREABLE", lab.rows(sys, "devinfo", "-u")[2].flags)
		end)
	end

	local function both(sys)
		local out = {}
		for i, option in ipairs { {}, { "-v" }, { "-u" } } do
			local text, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "devinfo",
			    table.unpack(option))
			out[i] = text .. (err ~= "" and "--- standard error\n" .. err or "") .. status .. "\n"
		end
		return table.concat(out)
	end

	it("prints a healthy system", function()
		lab.golden("devinfo", both(lab.system("devices 13", { layout = 13,
			prepare = devices.prepare(13) })))
	end)

	it("prints what is left of a damaged one", function()
		lab.golden("devinfo-damaged", both(lab.system("devinfo damaged", { layout = 13,
			prepare = devices.prepare(13), change = break_it })))
	end)

	it("says so when the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "devinfo")
		assert.matches("where devices are", err)
	end)
end)
