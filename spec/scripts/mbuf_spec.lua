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
		lab.golden("mbuf", out .. run(net.system(13), "-a") .. run(net.system(13), "-S")
		    .. run(net.system(13), "-v", "-t", "socket"))
	end)

	it("prints what is left of a damaged system", function()
		local sys = net.system(13, "net damaged", break_it)
		local out, err, status = run(sys)
		local contents, more = run(sys, "-x")
		assert.equal(1, status)
		lab.golden("mbuf-damaged", out .. contents:gsub("(\n[^\n]*)\n.*\n", "%1\n...\n")
		    .. run(sys, "-S") .. "--- standard error\n" .. err .. more)
	end)

	for _, layout in ipairs { 12, 13, 15 } do
		it("has every queued mbuf on " .. layout, function()
			local sys, found, sums = net.system(layout), 0, {}
			for _, row in ipairs(lab.rows(sys, "mbuf")) do
				if row.state == "socket" then
					found = found + 1
					sums[row.owner] = (sums[row.owner] or 0) + row.len
				end
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

		it("has every mbuf there is, by who has it, on " .. layout, function()
			local sys = net.system(layout)
			local n, found, count = sys.net, {}, 0
			for _, row in ipairs(lab.rows(sys, "mbuf", "-a")) do
				found[row.addr], count = row, count + 1
			end
			local function of(m)
				local row = found[("0x%x"):format(m)]
				return { row.state, row.owner, row.way }
			end
			local function hex(address) return ("0x%x"):format(address) end
			assert.equal(18, count)
			assert.same({ "unknown", lab.null, lab.null }, of(n.leaked))
			assert.same({ "held", hex(n.queued[n.sockets.login][1]), lab.null }, of(n.holder))
			assert.same({ "neighbour", hex(n.neighbour), lab.null }, of(n.waiting))
			assert.same({ "interface", hex(n.interfaces[2]), "snd" }, of(n.sending))
			assert.equal("variable", of(n.option)[1])
			assert.same({ "socket", hex(n.sockets.login), "snd" }, of(n.queued[n.sockets.login][2]))
			assert.equal(5, #n.cached)
			for _, m in ipairs(n.cached) do
				assert.equal("cached", of(m)[1])
				assert.matches("^mbuf CPU [01]$", of(m)[3])
			end
			local of_login = lab.rows(sys, "mbuf", "-o", hex(n.sockets.login))
			assert.same({ 2, "rcv", "snd" }, { #of_login, of_login[1].way, of_login[2].way })
			local unknown = lab.rows(sys, "mbuf", "-u")
			assert.same({ 1, hex(n.leaked) }, { #unknown, unknown[1].addr })
		end)

		it("follows a chain from an address on " .. layout, function()
			local sys = net.system(layout)
			local list = sys.net.queued[sys.net.sockets.pair_a]
			local rows = lab.rows(sys, "mbuf", ("0x%x"):format(list[1]))
			assert.same({ ("0x%x"):format(list[1]), ("0x%x"):format(list[2]) },
			    { rows[1].addr, rows[2].addr })
			assert.same({ "socket", ("0x%x"):format(sys.net.sockets.pair_a), "rcv" },
			    { rows[2].state, rows[2].owner, rows[2].way })
			local login = lab.rows(sys, "mbuf", "-v", ("0x%x"):format(sys.net.queued[sys.net.sockets.login][1]))
			assert.equal(("0x%x"):format(sys.net.holder), login[1].holder)
			assert.same({ "data", "EXT", "jumbop", 4096, 1 },
			    { rows[2].type, rows[2].flags, rows[2].ext, rows[2].ext_size, rows[2].refs })
			assert.equal(2, #rows)
		end)

		it("counts them by zone and owner on " .. layout, function()
			local sums = {}
			for _, row in ipairs(lab.rows(net.system(layout), "mbuf", "-S")) do
				assert.equal(256 * row.count, row.bytes)
				sums[row.state] = (sums[row.state] or 0) + row.count
			end
			assert.same({ socket = 8, interface = 1, neighbour = 1, variable = 1, held = 1, cached = 5,
				unknown = 1 }, sums)
		end)

		it("prints contents on " .. layout, function()
			local sys = net.system(layout)
			local rows = lab.rows(sys, "mbuf", "-x", "-s", ("0x%x"):format(sys.net.sockets.log))
			assert.same({ "The quick brown ", "fox jumps ove" }, { rows[1].text, rows[2].text })
			assert.equal(16, rows[2].offset)
			assert.equal("66 6f 78 20 6a 75 6d 70 73 20 6f 76 65", rows[2].hex)
		end)
	end

	it("does not know other states", function()
		local _, err, status = run(net.system(13), "-t", "socket,nonsense")
		assert.matches("'nonsense' in 'socket,nonsense'", err)
		assert.equal(2, status)
	end)

	it("writes packets to a file", function()
		local path = lab.folder() .. "/found.pcapng"
		local sys = net.system(13, "net pcap", function(s)
			s.memory:struct(s.sys.net.waiting, "struct mbuf", { m_flags = 0x2, ["m_pkthdr.len"] = 60 })
			s.memory:struct(s.sys.net.leaked, "struct mbuf", { m_flags = 0x2, ["m_pkthdr.len"] = 77 })
		end)
		local rows, err, status = lab.rows(sys, "mbuf", "--pcap", path)
		assert.same({ { { path = path, link = "ip", packets = 1, bytes = 60 } }, "", 0 }, { rows, err, status })
		rows = lab.rows(sys, "mbuf", "-u", "--pcap", path)
		assert.same({ { path = path, link = "payload", packets = 1, bytes = 77 } }, rows)
		rows, err, status = lab.rows(sys, "mbuf", "--pcap", "/nonexistent/x")
		assert.matches("No such file", err)
		assert.same({ {}, 1 }, { rows, status })
	end)
end)
