--- Endpoints of SCTP.
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local sctp_pcb = require "vmcore.kern.sctp_pcb"
local stats = require "spec.support.netstats"
local vmcore = require "vmcore"

local planted

local function plant(n)
	planted = stats.plant_sctp(n, n.stacks[1])
end

describe("endpoints of SCTP", function()
	it("are on a list of their own", function()
		local sys = net.system(12, "sctp list", nil, plant)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks, found = netstack.new(k), {}
		for at in sctp_pcb.each(k, stacks, stacks.list[1], error) do
			found[#found + 1] = at
		end
		assert.same({ planted }, found)
		assert.is_nil(sctp_pcb.each(k, stacks, stacks.list[2], error)())
	end)

	it("stop where the list does", function()
		local sys = net.system(12, "sctp damaged", function(s)
			s.memory:struct(planted, "struct sctp_inpcb", { ["sctp_list.le_next"] = 0xdeadc0dedeadc0de })
		end, plant)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks, n, said = netstack.new(k), 0, nil
		for _ in sctp_pcb.each(k, stacks, stacks.list[1], function(message) said = message end) do
			n = n + 1
		end
		assert.equal(1, n)
		assert.matches("^SCTP's endpoints of jail 0: .*poisoned", said)
	end)

	it("are none where the kernel has none", function()
		local sys = net.system(13)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local stacks = netstack.new(k)
		assert.is_nil(sctp_pcb.each(k, stacks, stacks.list[1], error)())
	end)

	it("are listed by netstat and sockstat", function()
		local sys = net.system(12, "sctp list", nil, plant)
		local rows = lab.rows(sys, "netstat", "-a", "-p", "sctp")
		assert.equal(1, #rows)
		assert.same({ "sctp4", "*.9899", "LISTEN" }, { rows[1].proto, rows[1]["local"], rows[1].state })
		local listed = lab.rows(sys, "sockstat", "-p", "9899")
		assert.same({ "sctp4", "*:9899" }, { listed[1].proto, listed[1]["local"] })
	end)
end)
