--- `vmcore mbuf`: what waits in sockets, and chains from an address.
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local break_it = require "spec.support.netbreak"

local function run(sys, ...)
	return lab.vmcore("-M", sys.core, "-N", sys.kernel, "mbuf", ...)
end

describe("mbuf", function()
	it("prints those of all sockets", function()
		local out, err, status = run(net.system(13))
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("mbuf", out)
	end)

	it("prints what is left of a damaged system", function()
		local sys = net.system(13, "net damaged", break_it)
		local out, err, status = run(sys)
		local contents, more = run(sys, "-x")
		assert.equal(1, status)
		lab.golden("mbuf-damaged", out .. contents:gsub("(\n[^\n]*)\n.*\n", "%1\n...\n")
		    .. "--- standard error\n" .. err .. more)
	end)

	for _, layout in ipairs { 12, 13, 15 } do
		it("has every queued mbuf on " .. layout, function()
			local sys, found, sums = net.system(layout), 0, {}
			for _, row in ipairs(lab.rows(sys, "mbuf")) do
				found = found + 1
				sums[row.owner] = (sums[row.owner] or 0) + row.len
			end
			local made = 0
			for so, list in pairs(sys.net.queued) do
				made = made + #list
				assert.equal(#list > 0, sums[("0x%x"):format(so)] ~= nil)
			end
			assert.equal(made, found)
			assert.equal(348, sums[("0x%x"):format(sys.net.sockets.login)])
			assert.equal(4100, sums[("0x%x"):format(sys.net.sockets.pair_a)])
		end)

		it("follows a chain from an address on " .. layout, function()
			local sys = net.system(layout)
			local list = sys.net.queued[sys.net.sockets.pair_a]
			local rows = lab.rows(sys, "mbuf", ("0x%x"):format(list[1]))
			assert.same({ ("0x%x"):format(list[1]), ("0x%x"):format(list[2]) },
			    { rows[1].addr, rows[2].addr })
			assert.same({ "data", "EXT", "jumbop", 4096, 1 },
			    { rows[2].type, rows[2].flags, rows[2].ext, rows[2].ext_size, rows[2].refs })
			assert.equal(2, #rows)
		end)

		it("prints contents on " .. layout, function()
			local sys = net.system(layout)
			local rows = lab.rows(sys, "mbuf", "-x", "-s", ("0x%x"):format(sys.net.sockets.log))
			assert.same({ "The quick brown ", "fox jumps ove" }, { rows[1].text, rows[2].text })
			assert.equal(16, rows[2].offset)
			assert.equal("66 6f 78 20 6a 75 6d 70 73 20 6f 76 65", rows[2].hex)
		end)
	end
end)
