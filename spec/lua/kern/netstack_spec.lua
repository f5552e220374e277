--- Network stacks and their variables.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("network stacks of " .. layout, function()
		it("are the host's and the jail's", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k)
			assert.equal(2, #stacks.list)
			for i, jid in ipairs { 0, 1 } do
				assert.equal(jid, stacks.list[i].jid)
				assert.equal(sys.net.stacks[i].vnet, stacks.list[i].vnet)
				assert.equal(k:symbol "vnet_entry_ifnet".value + sys.net.stacks[i].base,
				    stacks:address(stacks.list[i], "ifnet"))
			end
			assert.is_nil(stacks:address(stacks.list[1], "no_such"))
			assert.equal("struct ifnethead", tostring(stacks:type "ifnet"))
		end)

		it("are those of the jails that one names", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks = netstack.new(k, nil, { [1] = true })
			assert.equal(1, #stacks.list)
			assert.equal(1, stacks.list[1].jid)
		end)
	end)
end

describe("a kernel without VIMAGE", function()
	it("has one stack, and its variables under their own names", function()
		local sys = require "spec.support.lab".system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks = netstack.new(k)
		assert.same({ { base = 0, jid = 0 } }, stacks.list)
		assert.equal(k:symbol "allproc".value, stacks:address(stacks.list[1], "allproc"))
	end)
end)

describe("network stacks with damage", function()
	it("are those of the jails, too, where the list is cut", function()
		for what, head in pairs { poisoned = 0xdeadc0dedeadc0de, empty = 0 } do
			local sys = net.system(13, "vnet_head " .. what, function(s)
				s.memory:u64(s.sys.by_name.vnet_head.addr, head)
			end)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local said = {}
			local stacks = netstack.new(k, function(message) said[#said + 1] = message end)
			assert.same({ 0, 1 }, { stacks.list[1].jid, stacks.list[2].jid })
			assert.equal(sys.net.stacks[1].base, stacks.list[1].base)
			local text = table.concat(said, "; ")
			assert.matches("of jail 0 is not in vnet_head", text)
			assert.matches("of jail 1 is not in vnet_head", text)
		end
	end)
end)
