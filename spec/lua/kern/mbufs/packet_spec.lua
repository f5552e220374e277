--- Packets for a capture file.
local mbuf = require "vmcore.kern.mbuf"
local net = require "spec.support.net"
local packet = require "vmcore.kern.mbufs.packet"
local vmcore = require "vmcore"

local IP = "\x45\0\0\20\0\1\0\0\x40\1\0\0\192\0\2\1\192\0\2\2"
local ETHER = ("\2"):rep(12) .. "\8\0"
local PKTHDR, TSTMP = 0x2, 0x400

for _, layout in ipairs { 12, 13, 15 } do
	describe("packets of " .. layout, function()
		local k, view, list

		-- Write bytes into the mbuf of `pair_a`, as one packet.
		setup(function()
			local sys = net.system(layout, "net packets " .. layout, function(s)
				local n = s.sys.net
				local two = n.queued[n.sockets.pair_a]
				local function make(m, bytes, fields)
					s.memory:write(s.memory:get(m + 16, 8), bytes)
					s.memory:struct(m, "struct mbuf", { m_len = #bytes, m_flags = PKTHDR, ["m_pkthdr.len"] = #bytes })
					s.memory:struct(m, "struct mbuf", fields or {})
				end
				make(n.sending, ETHER .. IP)
				make(n.waiting, IP)
				make(n.leaked, IP)
				make(n.option, "hello", { m_flags = PKTHDR | TSTMP, ["m_pkthdr.rcv_tstmp"] = 5000000007 })
				s.memory:struct(n.holder, "struct mbuf", { m_flags = 0 })
				s.memory:struct(two[1], "struct mbuf", { m_flags = PKTHDR, ["m_pkthdr.len"] = 5000 })
				s.memory:struct(two[2], "struct mbuf", { m_data = 0xfffffe0000123000 })
			end)
			list = sys.net
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			view = mbuf.new(k)
		end)

		teardown(function()
			k:close()
		end)

		local function of(m, state, way, report)
			return packet.new(view, report or error):of { m = m, state = state, way = way, owner = 0x10 }
		end

		it("have the link type that their queue or their bytes tell", function()
			assert.equal("ip", of(list.waiting, "neighbour").link)
			assert.equal("ip", of(list.leaked, "unknown").link)
			assert.equal("ethernet", of(list.sending, "unknown").link)
			assert.equal("ethernet", of(list.option, "netisr", "ether CPU 0").link)
			assert.equal("payload", of(list.option, "socket", "rcv").link)
			assert.same({ IP, 20, "neighbour 0x10, mbuf " }, { of(list.waiting, "neighbour").bytes,
				of(list.waiting, "neighbour").length, (of(list.waiting, "neighbour").comment:gsub("0x%x+$", "")) })
		end)

		it("have the time when they came, or when the kernel stopped", function()
			local late, early = of(list.waiting, "neighbour"), of(list.option, "socket", "rcv")
			assert.same({ 7, 0 }, { early.nanoseconds, late.nanoseconds })
			assert.is_true(late.seconds >= early.seconds - 5)
		end)

		it("are as long as can be read, and say how long they were", function()
			local told = {}
			local found = of(list.queued[list.sockets.pair_a][1], "socket", "rcv", function(message)
				told[#told + 1] = message
			end)
			assert.same({ 100, 5000, 1 }, { #found.bytes, found.length, #told })
			assert.matches("ends at 100 bytes", told[1])
		end)

		it("are none where none begins", function()
			assert.is_nil(of(list.holder, "held"))
			assert.is_nil(of(list.waiting, "cached"))
			assert.is_nil(of(list.waiting, "ring", "rx"))
			assert.is_nil(of(nil, "unknown"))
		end)
	end)
end
