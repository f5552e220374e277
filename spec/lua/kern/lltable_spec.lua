--- Link-level addresses of neighbours.
local inaddr = require "vmcore.kern.inaddr"
local lltable = require "vmcore.kern.lltable"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"

describe("a neighbour's state", function()
	it("has a name by its family", function()
		assert.equal("verify", lltable.state_name(inaddr.AF_INET, 2))
		assert.equal("stale", lltable.state_name(inaddr.AF_INET6, 2))
		assert.equal("nostate", lltable.state_name(inaddr.AF_INET6, -2))
		assert.equal("17", lltable.state_name(inaddr.AF_INET, 17))
	end)
end)

for _, layout in ipairs { 12, 13, 15 } do
	describe("neighbours of " .. layout, function()
		it("are found in the buckets of their interface's table", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local stacks, found = netstack.new(k), {}
			for _, stack in ipairs(stacks.list) do
				for entry in lltable.each(k, stacks, stack, inaddr.AF_INET, error) do
					found[#found + 1] = entry
				end
				assert.is_nil(lltable.each(k, stacks, stack, inaddr.AF_INET6, error)())
			end
			assert.equal(1, #found)
			assert.same({ "192.0.2.1", "02:00:5e:10:00:fe", "valid,linked", 4000, 2,
				sys.net.interfaces[2] }, { found[1].address, found[1].lladdr, found[1].flags,
				found[1].expire, found[1].state, found[1].ifp })
		end)
	end)
end

describe("a table of neighbours", function()
	local function messages(name, change)
		local sys = net.system(13, name, change)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks, said, n = netstack.new(k), {}, 0
		for _ in lltable.each(k, stacks, stacks.list[1], inaddr.AF_INET, function(message)
			said[#said + 1] = message
		end) do
			n = n + 1
		end
		return said, n
	end

	local function list(s)
		local n = s.sys.net
		return s.sys.mem:get(n.neighbour + s.sys.types:offsetof("struct llentry", "lle_tbl"), 8)
	end

	it("is not believed when its size leads anywhere", function()
		local said, n = messages("lltable size", function(s)
			s.memory:struct(list(s), "struct lltable", { llt_hsize = 0x7fffffff })
		end)
		assert.is_true(n >= 1 and #said < 1000)
		assert.matches("^%d+ of 65536 buckets read, the rest is not believed$", said[#said])
	end)

	it("that can't be read is named", function()
		local said, n = messages("lltable gone", function(s)
			s.memory:struct(list(s), "struct lltable", { lle_head = 0xfffffe0000123000 })
		end)
		assert.equal(0, n)
		assert.is_true(#said <= 33)
		assert.matches("fffffe0000123", said[1])
	end)
end)
