--- TCP's control blocks.
local net = require "spec.support.net"
local tcpcb = require "vmcore.kern.tcpcb"
local vmcore = require "vmcore"

local UPTIME = 4711		-- see below: seconds
local MS = (1 << 32) // 1000
local ACTIVE = 0x2

-- The connection `login` with counts, algorithms, and two timers that run.
local function plant(n)
	local sys = n.sys
	local tp = n.pcbs.login
	if sys.types:has("struct inpcb", "inp_ppcb") then
		tp = sys.mem:get(tp + sys.types:offsetof("struct inpcb", "inp_ppcb"), 8)
	end
	local now = UPTIME << 32
	sys.mem:u64(sys.by_name.time_uptime.addr, UPTIME)
	local cc = sys:make("struct cc_algo", { name = "cubic" })
	sys:fill(tp, "struct tcpcb", { t_sndrexmitpack = 2, t_rcvoopack = 3, t_sndzerowin = 4, cc_algo = cc,
		t_cc = cc, t_rcvtime = sys.mem:get(sys.by_name.ticks.addr, 4) - 250,
		t_fb = sys:make("struct tcp_function_block", { tfb_tcp_block_name = "rack" }) })
	if sys.types:has "struct tcp_timer" then
		sys:fill(tp, "struct tcpcb", { t_timers = sys:make("struct tcp_timer", {
			["tt_rexmt.c_time"] = now + 1500 * MS, ["tt_rexmt.c_flags"] = ACTIVE,
			["tt_keep.c_time"] = now + 7200000 * MS, ["tt_keep.c_flags"] = ACTIVE | 0x4,
			["tt_delack.c_time"] = now + 40 * MS }) })
	else
		local at, NEVER = tp + sys.types:offsetof("struct tcpcb", "t_timers"), math.maxinteger
		for i, time in ipairs { now + 1500 * MS, NEVER, now + 7200000 * MS, NEVER, NEVER } do
			sys.mem:u64(at + (i - 1) * 8, time)
		end
	end
	n.tcpcb = tp
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("a tcpcb of " .. layout, function()
		it("tells what it counted, its algorithms and timers", function()
			local sys = net.system(layout, "tcpcb " .. layout, nil, plant)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local fields, tp, found = tcpcb.fields(k), sys.net.tcpcb, {}
			for name, field in pairs(fields) do
				found[name] = field(tp)
			end
			-- Milliseconds are rounded as the kernel does.
			found.timer_keep = found.timer_keep // 1000
			found.timer_rexmt = (found.timer_rexmt + 1) // 10
			assert.same({ state = "ESTABLISHED", rexmit_packets = 2, ooo_packets = 3, zero_windows = 4,
				cc = "cubic", stack = "rack", timer_rexmt = 150, timer_persist = 0, timer_keep = 7200,
				timer_2msl = 0, timer_delack = 0, idle = 2500 }, found)
		end)

		it("is found from its inpcb", function()
			local sys = net.system(layout, "tcpcb " .. layout, nil, plant)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			assert.equal(sys.net.tcpcb, tcpcb.of_inpcb(k, k:type "struct inpcb")(sys.net.pcbs.login))
		end)

		it("raises a fault for what is out of reach, and has no algorithm without one", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local fields, nowhere = tcpcb.fields(k), 0xfffffe0000123000
			for name, field in pairs(fields) do
				local ok, fault = pcall(field, nowhere)
				assert.is_false(ok, name)
				assert.is_true(fault.address >= nowhere, name)
			end
			local tp = tcpcb.of_inpcb(k, k:type "struct inpcb")(sys.net.pcbs.login)
			assert.is_nil(fields.cc(tp))
			assert.is_nil(fields.stack(tp))
			assert.equal(0, fields.timer_rexmt(tp))
		end)
	end)
end

describe("a state", function()
	it("has a name, or is a number", function()
		assert.equal("FIN_WAIT_2", tcpcb.state_name(9))
		assert.equal("99", tcpcb.state_name(99))
	end)
end)
