--- Resources and who was given them.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local rman = require "vmcore.kern.rman"
local vmcore = require "vmcore"

local function found_in(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, list, said = rman.new(k), {}, {}
	local f = view.fields
	for i, r in ipairs(view:all(function(message) said[#said + 1] = message end)) do
		list[i] = { view.manager_fields.descr(r.manager), f.first(r.resource), f.last(r.resource),
			f.device(r.resource) or 0, f.allocated(r.resource) }
	end
	return list, table.concat(said, "\n")
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("resources of " .. layout, function()
		it("are found with all that share them", function()
			local sys = lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) })
			local at, expected = sys.system.sys.dev.devices, {}
			for _, r in ipairs(devices.RESOURCES) do
				local owners = type(r[4]) == "table" and { r[4][2], r[4][1] } or { r[4] }
				for _, owner in ipairs(owners) do
					expected[#expected + 1] = { r[1], r[2], r[3], at[owner] or 0, owner ~= 0 }
				end
			end
			local list, said = found_in(sys)
			assert.same(expected, list)
			assert.equal("", said)
		end)

		it("are found as far as lists go", function()
			local list, said = found_in(lab.system("resources damaged " .. layout, { layout = layout,
				prepare = devices.prepare(layout), change = function(s)
					local at, T = s.sys.dev.resources, "struct resource_i"
					s.memory:set(at[3], T, "r_sharehead", 0xfffffe0000123000)
					s.memory:set(at[4], T, "r_link.tqe_next", at[4])
				end }))
			assert.equal(3, #list)
			assert.matches("r_sharelink: stopped after 0 elements: the one at 0xfffffe0000123000", said)
			assert.matches("r_link: stopped after 1 elements: the list runs in a circle", said)
		end)
	end)
end
