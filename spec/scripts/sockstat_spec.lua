--- `vmcore sockstat`: who has which socket.
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local break_it = require "spec.support.netbreak"

describe("sockstat", function()
	it("prints a whole system", function()
		local sys = net.system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sockstat")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("sockstat", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = net.system(13, "net damaged", break_it)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sockstat")
		assert.equal(1, status)
		lab.golden("sockstat-damaged", out .. "--- standard error\n" .. err)
	end)

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			local sys, names = net.system(layout), {}
			for name, so in pairs(sys.net.sockets) do
				names[("0x%x"):format(so)] = name
			end
			local other, wanted = {}, lab.rows(net.system(13), "sockstat")
			for name, so in pairs(net.system(13).net.sockets) do
				other[("0x%x"):format(so)] = name
			end
			local rows = lab.rows(sys, "sockstat")
			for i, row in ipairs(wanted) do
				assert.equal(other[row.so], names[rows[i].so])
				for _, key in ipairs { "user", "comm", "pid", "fd", "proto", "local", "state", "jid" } do
					assert.equal(row[key], rows[i][key])
				end
			end
			assert.equal(#wanted, #rows)
		end)
	end

	it("shows what is asked for", function()
		local sys = net.system(13)
		local function names(...)
			local list = {}
			for i, row in ipairs(lab.rows(sys, "sockstat", ...)) do
				list[i] = row.proto .. " " .. tostring(row["local"])
			end
			return list
		end
		assert.same({ "tcp6 *:22", "udp6 [fe80::1%lo0]:123" }, (function()
			local list = names("-6")
			table.sort(list)
			return list
		end)())
		assert.same({ "tcp4 *:80", "tcp4 127.0.0.1:80" }, names("-j", "1"))
		assert.same({ "udp4 *:123", "udp6 [fe80::1%lo0]:123" }, names("-p", "123"))
		assert.same({ "dgram /var/run/log", "stream /var/run/devd.pipe" }, names("-u", "-l"))
		assert.same({ "tcp4 127.0.0.1:80", "tcp4 192.0.2.10:22", "tcp4 192.0.2.10:22",
			"tcp4 192.0.2.10:22", "tcp4 192.0.2.10:22" }, names("-4", "-c"))
	end)
end)
