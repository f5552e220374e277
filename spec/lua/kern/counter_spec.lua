--- Counters of which each CPU has a part.
local counter = require "vmcore.kern.counter"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("counters of " .. layout, function()
		it("are summed over the CPUs", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			local read = counter.reader(k)
			local found = {}
			for name, value in counter.array(k, read, stacks:address(stacks.list[1], "udpstat"),
			    k:type "struct udpstat") do
				found[name] = value
			end
			assert.equal(7, found.udps_ipackets)
			assert.equal(5, found.udps_opackets)
			assert.equal(0, found.udps_badsum)
			assert.is_nil(read(nil))
			assert.is_nil(read(0))
			local ok, fault = pcall(read, 0xfffffe0000123000)
			assert.is_false(ok)
			assert.equal(0xfffffe0000123000, fault.address)
		end)
	end)
end

it("counters in an array that is out of reach are faults", function()
	local sys = net.system(13)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local read = counter.reader(k)
	for _, each in ipairs { counter.array(k, read, 0xfffffe0000123000, k:type "struct udpstat"),
		counter.list(k, read, 0xfffffe0000123000, "states", 2) } do
		local name, value, fault = each()
		assert.is_string(name)
		assert.is_nil(value)
		assert.equal(0xfffffe0000123000, fault.address)
	end
end)
