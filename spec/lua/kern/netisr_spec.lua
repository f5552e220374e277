--- What hands packets on to protocols.
local lab = require "spec.support.lab"
local netisr = require "vmcore.kern.netisr"
local types = require "spec.support.types"
local vmcore = require "vmcore"

-- The same from 12 to 15.
local STRUCTS = [[
struct netisr_proto { const char *np_name; void *np_handler; void *np_m2flow; void *np_m2cpuid;
	void *np_drainedcpu; unsigned int np_qlimit; unsigned int np_policy; unsigned int np_dispatch; };
struct netisr_work { void *nw_head; void *nw_tail; unsigned int nw_len; unsigned int nw_qlimit;
	unsigned int nw_watermark; unsigned long nw_dispatched; unsigned long nw_hybrid_dispatched;
	unsigned long nw_qdrops; unsigned long nw_queued; unsigned long nw_handled; };
struct netisr_workstream { void *nws_intr_event; char pad[40]; unsigned int nws_cpu;
	unsigned int nws_flags; unsigned int nws_pendingbits; struct netisr_work nws_work[16]; };
]]
local CPUS = 2
local BAD = 0xfffffe0000123000

local function prepare(sys)
	types.parse(STRUCTS, nil, sys.types)
	local T, size = "struct netisr_workstream", sys.types:sizeof "struct netisr_work"
	local first, protosize = sys:var("netisr_proto", "struct netisr_proto[16]", nil),
	    sys.types:sizeof "struct netisr_proto"
	sys:fill(first + protosize, "struct netisr_proto", { np_name = sys.mem:string(nil, "ip"), np_qlimit = 256,
		np_policy = 2, np_m2flow = 1 })
	sys:fill(first + 5 * protosize, "struct netisr_proto", { np_name = sys.mem:string(nil, "ether"),
		np_qlimit = 128, np_policy = 1, np_dispatch = 3, np_m2cpuid = 1, np_drainedcpu = 1 })
	sys.protocols = first
	local symbol = sys:var("pcpu_entry_nws", T, nil)
	sys.streams = {}
	for cpu = 0, CPUS - 1 do
		local at = sys.mem:alloc(sys.types:sizeof(T), { align = 64 })
		sys.mem:u64(sys.by_name.dpcpu_off.addr + cpu * 8, at - symbol)
		sys:fill(at + sys.types:offsetof(T, "nws_work") + size, "struct netisr_work", { nw_len = cpu,
			nw_watermark = 4, nw_queued = 88 + cpu, nw_handled = 88, nw_qdrops = 3 })
		sys.streams[cpu] = at
	end
	sys:var("nws_array", "unsigned int[64]", { 1 })
	for name, value in pairs { nws_count = 1, netisr_maxthreads = 1, netisr_defaultqlimit = 256,
		netisr_maxqlimit = 10240, netisr_dispatch_policy = 2, netisr_bindthreads = 1 } do
		sys:var(name, "int", value)
	end
end

local function system(layout, name, change)
	return lab.system(name or "netisr " .. layout, { layout = layout, prepare = prepare, change = change })
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("netisr of " .. layout, function()
		it("has settings, protocols and work", function()
			local sys = system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local settings = netisr.settings(k)
			assert.same({ "hybrid", "enabled", 1, 10240 }, { settings[3].current, settings[4].current,
				settings[1].current, settings[2].limit })
			assert.same({
				{ proto = 1, name = "ip", qlimit = 256, policy = "flow", dispatch = "default", flags = "--F" },
				{ proto = 5, name = "ether", qlimit = 128, policy = "source", dispatch = "direct", flags = "CD-" },
			}, netisr.protocols(k, error))
			local found = {}
			for row in netisr.work(k, error) do
				if row.proto == 1 then
					found[#found + 1] = { row.cpu, row.wsid or "none", row.len, row.watermark, row.queued,
						row.handled, row.qdrops }
				end
			end
			assert.same({ { 0, "none", 0, 4, 88, 88, 3 }, { 1, 0, 1, 4, 89, 88, 3 } }, found)
		end)
	end)
end

describe("netisr", function()
	it("says what can't be read, and goes on", function()
		local sys = system(13, "netisr damaged", function(s)
			local size = s.sys.types:sizeof "struct netisr_proto"
			s.memory:struct(s.sys.protocols + size, "struct netisr_proto", { np_name = BAD })
			s.sys.mem:u64(s.sys.by_name.dpcpu_off.addr, BAD)
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local said, rows = {}, 0
		local function report(message) said[#said + 1] = message end
		assert.same("ether", netisr.protocols(k, report)[1].name)
		assert.matches("^netisr_proto%[1%]: ", said[1])
		for _ in netisr.work(k, report) do
			rows = rows + 1
		end
		assert.equal(16, rows)
		assert.matches("^netisr on CPU 0, protocol 0: ", said[2])
	end)

	it("is nothing in a kernel that does not tell", function()
		local sys = lab.system("plain13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.same({}, netisr.protocols(k, error))
		assert.is_nil(netisr.work(k, error)())
		assert.is_nil(netisr.settings(k)[1].current)
	end)

	it("is printed by netstat -Q", function()
		local sys = system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-Q")
		assert.same({ "", 0 }, { err, status })
		assert.equal([[
Configuration:
Setting                       Current        Limit
Thread count                        1            1
Default queue limit               256        10240
Dispatch policy                hybrid          n/a
Threads bound to CPUs         enabled          n/a

Protocols:
Name   Proto QLimit Policy Dispatch Flags
ip         1    256   flow  default   --F
ether      5    128 source   direct   CD-

Workstreams:
WSID CPU   Name     Len WMark   Disp'd  HDisp'd   QDrops   Queued  Handled
   -   0     ip       0     4        0        0        3       88       88
   0   1     ip       1     4        0        0        3       89       88
   0   1  ether       0     0        0        0        0        0        0
]], out)
	end)
end)
