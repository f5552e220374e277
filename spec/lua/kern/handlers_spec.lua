--- Values of sysctl(9) oids that lie in memory.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local oids = require "spec.support.oids"
local sysctl = require "vmcore.kern.sysctl"
local vmcore = require "vmcore"

-- Values by name; of those that can't be read, what is in the way.
local function values(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, found = sysctl.new(k), {}
	for o in view:each(error) do
		local ok, value = pcall(view.fields.value, o)
		found[o.name] = ok and { value } or tostring(value)
	end
	return found
end

describe("sysctl values", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("are those of memory, of " .. layout, function()
			local found = values(lab.system("devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout) }))
			for name, value in pairs(oids.VALUES) do
				if math.type(value) then
					assert.equal(value, found[name][1], name)
				end
			end
			assert.equal("FreeBSD", found["kern.ostype"][1])
			assert.equal(-1, found["kern.big"][1])		-- the bit pattern
			assert.same({ 1, 2, 3 }, found["kern.list"][1])
			assert.same({ 77, 5 }, found["kern.all_packets"][1])
			assert.equal("\1\0\0", found["kern.bytes"][1])
			assert.same({}, found["kern.proc"])
		end)
	end

	it("that can't be read raise what is in the way", function()
		local T = "struct sysctl_oid"
		local found = values(lab.system("sysctl values", { layout = 13, prepare = devices.prepare(13),
			change = function(s)
				for name, bad in pairs { ["kern.hz"] = 0xfffffe0000123000, ["kern.packets"] = 0,
				    ["kern.ostype"] = 0xdeadc0dedeadc0de } do
					s.memory:set(s.sys.dev.oids[name], T, "oid_arg1", bad)
				end
				s.memory:set(s.sys.dev.oids["kern.pair"], T, "oid_arg2", 1 << 40)
				s.memory:set(s.sys.dev.oids["kern.all_packets"], T, "oid_arg2", 1 << 40)
			end }))
		assert.matches("0xfffffe0000123000", found["kern.hz"])
		assert.matches("^kvm_read 0: ", found["kern.packets"])
		assert.matches("0xdeadc0dedeadc0de", found["kern.ostype"])
		assert.equal("kern.pair: 1099511627776 bytes of data", found["kern.pair"])
		assert.equal("string", type(found["kern.all_packets"]))
	end)
end)
