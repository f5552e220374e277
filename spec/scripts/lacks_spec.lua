--- Commands about the network, of kernels that were made without VIMAGE, INET6
-- or SCTP.
local lab = require "spec.support.lab"
local net = require "spec.support.net"

local COMMANDS = { "netstat", "netstat -a", "netstat -an", "netstat -L", "netstat -r", "netstat -i",
	"netstat -m", "netstat -x", "netstat -f inet", "netstat -i -b", "sockstat", "arp",
	"ifconfig", "jls", "mbuf", "mbuf -a" }

local function words(text)
	local list = {}
	for word in text:gmatch "%S+" do
		list[#list + 1] = word
	end
	return table.unpack(list)
end

local function without(layout, lacks, name)
	local sys = lab.system(("lacks %s %d"):format(name, layout), { layout = layout,
		prepare = net.prepare(layout, nil, lacks) })
	sys.net = sys.system.sys.net
	return sys
end

local function is_host(row)
	return row.jid == 0
end

-- Rows of the host: what a kernel with all has, too.
local function hosts(rows, keep)
	local list = {}
	for _, row in ipairs(rows) do
		if is_host(row) and (not keep or keep(row)) then
			list[#list + 1] = row
		end
	end
	return list
end

-- Addresses of memory, which differ from dump to dump.
local function plain(rows)
	for _, row in ipairs(rows) do
		for _, key in ipairs { "so", "pcb", "conn", "refs", "addr", "foreign" } do
			if type(row[key]) == "string" and row[key]:find "^0x" or row[key] == lab.null then
				row[key] = nil
			end
		end
	end
	return rows
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("a kernel of " .. layout, function()
		for _, lacks in ipairs { { vimage = true }, { inet6 = true, sctp = true } } do
			local names = {}
			for _, name in ipairs { "vimage", "inet6", "sctp" } do
				names[#names + 1] = lacks[name] and name:upper() or nil
			end
			local name = table.concat(names, ", ")

			it("without " .. name .. " has all the rest", function()
				local sys = without(layout, lacks, name)
				for _, command in ipairs(COMMANDS) do
					local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, words(command))
					assert.same({ command, "", 0 }, { command, err, status })
					assert.is_true(#out > 0, command)
				end
			end)

			it("without " .. name .. " has the host's connections, interfaces, owners", function()
				local sys, all = without(layout, lacks, name), net.system(layout)
				local function keep(row)
					return not (lacks.inet6 and tostring(row.proto):find "6$")
				end
				for _, command in ipairs { "netstat -an", "netstat -rn", "netstat -i", "sockstat", "arp" } do
					assert.same(plain(hosts(lab.rows(all, words(command)), keep)),
					    plain(hosts((lab.rows(sys, words(command))))))
				end
			end)
		end

		it("names what it does not have", function()
			local sys = without(layout, { vimage = true, inet6 = true, sctp = true }, "VIMAGE, INET6, SCTP")
			local function answer(...)
				local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, ...)
				return { err, status, out }
			end
			assert.matches("no VIMAGE", answer("netstat", "-j", "1")[1])
			assert.matches("no VIMAGE", answer("ifconfig", "-j", "0,1")[1])
			assert.same({ "", 0 }, { table.unpack(answer("netstat", "-j", "0"), 1, 2) })
			local counted = answer("netstat", "-s")
			assert.same({ "", 0 }, { counted[1], counted[2] })
			assert.matches("^tcp:\n", counted[3])
			assert.falsy(counted[3]:find "\nip6:\n" or counted[3]:find "\nsctp:\n")
			for _, protocol in ipairs { "sctp", "ip6", "icmp6" } do
				assert.matches("no counters of " .. protocol, answer("netstat", "-s", "-p", protocol)[1])
			end
		end)
	end)
end
