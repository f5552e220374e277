--- `vmcore netstat`: what it prints of the networks of three releases.
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local break_it = require "spec.support.netbreak"

-- Every table, one after the other.
local MODES = { { "-a" }, { "-A", "-f", "inet6", "-a" }, { "-L" }, { "-a", "-x", "-j", "1" }, { "-aT", "-4" },
	{ "-RCc", "-p", "tcp" }, { "-f", "unix" }, { "-f", "unix", "-L" }, { "-f", "route" }, { "-i" },
	{ "-ibd" }, { "-I", "em0" }, { "-r" }, { "-rnW", "-F", "0" }, { "-ss" }, { "-s", "-p", "udp", "-j", "0" },
	{ "-m" } }

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
	local OF_TCPCB = { "rexmit_packets", "ooo_packets", "zero_windows" }
	local FREE = { pcb = true, conn = true, refs = true, nhop = true, so = true }
	-- Mbufs in buffers are counted until 13.
	for _, key in ipairs { "rcv_mcnt", "snd_mcnt", "rcv_ccnt", "snd_ccnt" } do
		FREE[key] = true
	end

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			for _, mode in ipairs(MODES) do
				-- Counters were called otherwise: see below.
				mode = mode[1] == "-ss" and { "-ss", "-p", "ip6" } or mode
				local rows, err, status = lab.rows(net.system(layout), "netstat", table.unpack(mode))
				local wanted = lab.rows(net.system(13), "netstat", table.unpack(mode))
				for i, row in ipairs(wanted) do
					-- From 14 on there is still a tcpcb in TIME_WAIT.
					for _, key in ipairs(row.state == "TIME_WAIT" and OF_TCPCB or {}) do
						row[key], rows[i][key] = nil, nil
					end
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

	it("says the same of what was counted, whatever it is called in a release", function()
		for _, proto in ipairs { "tcp", "udp", "icmp", "icmp6", "ip6", "igmp" } do
			local texts = {}
			for i, layout in ipairs { 12, 13, 15 } do
				local sys = net.system(layout)
				texts[i] = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-ss", "-p", proto, "-j", "0")
			end
			assert.is_true(#texts[1] > 10)
			assert.equal(texts[1], texts[2])
			assert.equal(texts[1], texts[3])
		end
	end)

	it("leaves out sockets that wait for a peer, unless -a", function()
		local states = {}
		for i, row in ipairs(lab.rows(net.system(13), "netstat", "-p", "tcp")) do
			states[i] = row.proto .. " " .. tostring(row.state)
		end
		assert.same({ "tcp4 TIME_WAIT", "tcp4 LAST_ACK", "tcp4 ESTABLISHED", "tcp4 SYN_RCVD",
			"tcp4 ESTABLISHED" }, states)
		for _, row in ipairs(lab.rows(net.system(13), "netstat", "-p", "udp")) do
			assert.equal("fe80::1%lo0.123", row["local"])
		end
	end)

	it("shows one network stack, when one is asked for", function()
		for _, mode in ipairs { "-a", "-i", "-L", "-s", "-r" } do
			local rows = lab.rows(net.system(13), "netstat", mode, "-j", "1")
			assert.is_true(#rows > 0 or mode == "-r")
			for _, row in ipairs(rows) do
				assert.equal(1, row.jid)
			end
		end
	end)

	it("says what routing counted with -rs", function()
		local sys = net.system(15)
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-rss", "-j", "0")
		assert.equal("routing:\n\t13 destinations found unreachable\n", out)
	end)

	it("names protocols that the kernel does not count", function()
		local sys = net.system(13)
		for _, mode in ipairs { "text", "--json" } do
			local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-s", "-p", "carp",
			    mode ~= "text" and mode or nil)
			assert.same({ "", "vmcore: no counters of carp are known of this kernel\n", 1 }, { out, err, status })
		end
	end)

	it("prints no title of what is not there", function()
		local sys = net.system(13)
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-r", "-6")
		assert.equal("", out)
		out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-a", "-j", "1")
		assert.is_nil(out:find("UNIX", 1, true))
	end)

	it("has a header for each part in CSV", function()
		local sys = net.system(13)
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "--csv", "netstat", "-a")
		local headers = 0
		for part in ("\r\n" .. out):gmatch "\r\n\r?\n?([%l_]+,[%l_,]+)\r\n" do
			headers = headers + 1
			assert.matches("^proto,rcv_cc", headers == 1 and part or "proto,rcv_cc")
		end
		assert.equal(3, headers)
	end)

	it("refuses families it does not know", function()
		local sys = net.system(13)
		local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-f", "decnet")
		assert.equal(2, status)
		assert.matches("decnet", err)
	end)
end)
