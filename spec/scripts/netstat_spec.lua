--- `vmcore netstat`: what it prints of the networks of three releases.
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local break_it = require "spec.support.netbreak"

-- Every table, one after the other.
local MODES = { { "-a" }, { "-A", "-f", "inet6", "-a" }, { "-L" }, { "-a", "-x", "-j", "1" },
	{ "-f", "unix" }, { "-f", "unix", "-L" }, { "-i" }, { "-i", "-b" }, { "-r" }, { "-s" }, { "-m" } }

local function everything(sys)
	local parts, worst, errors = {}, 0, {}
	for i, mode in ipairs(MODES) do
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat",
		    table.unpack(mode))
		parts[i] = "--- " .. table.concat(mode, " ") .. "\n" .. out
		errors[i], worst = err, math.max(worst, status)
	end
	return table.concat(parts), table.concat(errors), worst
end

describe("netstat", function()
	it("prints a whole system", function()
		local out, err, status = everything(net.system(13))
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("netstat", out)
	end)

	it("prints what is left of a damaged one", function()
		local out, err, status = everything(net.system(13, "net damaged", break_it))
		assert.equal(1, status)
		lab.golden("netstat-damaged", out .. "--- standard error\n" .. err)
	end)

	-- Addresses are where each release's structs come to stand, next hops have
	-- numbers since 13.
	local FREE = { pcb = true, conn = true, refs = true, nhop = true }

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			for _, mode in ipairs(MODES) do
				local rows, err, status = lab.rows(net.system(layout), "netstat", table.unpack(mode))
				local wanted = lab.rows(net.system(13), "netstat", table.unpack(mode))
				for i, row in ipairs(wanted) do
					for key in pairs(FREE) do
						row[key], (rows[i] or {})[key] = nil, nil
					end
				end
				assert.same(wanted, rows)
				assert.equal("", err)
				assert.equal(0, status)
			end
		end)
	end

	it("leaves out sockets that wait for a peer, unless -a", function()
		local states = {}
		for i, row in ipairs(lab.rows(net.system(13), "netstat")) do
			states[i] = row.proto .. " " .. tostring(row.state)
		end
		assert.same({ "tcp4 TIME_WAIT", "tcp4 LAST_ACK", "tcp4 ESTABLISHED", "tcp4 SYN_RCVD",
			"udp6 " .. tostring(lab.null), "tcp4 ESTABLISHED" }, states)
	end)

	it("shows one network stack, when one is asked for", function()
		for _, mode in ipairs { "-a", "-i", "-r", "-s" } do
			for _, row in ipairs(lab.rows(net.system(13), "netstat", mode, "-j", "1")) do
				assert.equal(1, row.jid)
			end
		end
	end)

	it("refuses families it does not know", function()
		local sys = net.system(13)
		local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-f", "decnet")
		assert.equal(2, status)
		assert.matches("decnet", err)
	end)
end)
