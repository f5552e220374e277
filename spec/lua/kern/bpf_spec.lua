--- Who listens to interfaces.
local bpf = require "vmcore.kern.bpf"
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local types = require "spec.support.types"
local vmcore = require "vmcore"

-- What of the structs is looked at, in the order of each release.
local STRUCTS = {
	[12] = [[
struct bpfd_list { struct bpf_d *lh_first; };
struct bpf_if_ext { struct { struct bpf_if *le_next; struct bpf_if **le_prev; } bif_next;
	struct bpfd_list bif_dlist; };
struct bpf_if { struct bpf_if_ext bif_ext; unsigned int bif_dlt; struct ifnet *bif_ifp; void *bif_lock;
	struct bpfd_list bif_wlist; };
struct bpf_d { struct { struct bpf_d *le_next; struct bpf_d **le_prev; } bd_next; int bd_slen; int bd_hlen;
	int bd_bufsize; struct bpf_if *bd_bif; unsigned long *bd_rcount; unsigned long *bd_dcount;
	unsigned char bd_promisc; unsigned char bd_immediate; int bd_hdrcmplt; int bd_direction;
	int bd_feedback; int bd_async; unsigned long *bd_fcount; int bd_pid; int bd_locked; };
struct bpf_iflist { struct bpf_if *lh_first; };
]],
	[13] = [[
struct bpfd_list { struct bpf_d *clh_first; };
struct bpf_if_ext { struct { struct bpf_if *cle_next; struct bpf_if **cle_prev; } bif_next;
	struct bpfd_list bif_dlist; };
struct bpf_if { struct bpf_if_ext bif_ext; unsigned int bif_dlt; struct bpfd_list bif_wlist;
	struct ifnet *bif_ifp; };
struct bpf_d { struct { struct bpf_d *cle_next; struct bpf_d **cle_prev; } bd_next; int bd_slen; int bd_hlen;
	int bd_bufsize; struct bpf_if *bd_bif; unsigned long *bd_rcount; unsigned long *bd_dcount;
	unsigned char bd_promisc; unsigned char bd_immediate; int bd_hdrcmplt; int bd_direction; int bd_feedback;
	int bd_async; unsigned long *bd_fcount; int bd_pid; int bd_locked; };
struct bpf_iflist { struct bpf_if *clh_first; };
]] }
STRUCTS[15] = STRUCTS[13]
local BAD = 0xfffffe0000123000

-- tcpdump(1) on em0 and a program that only writes there; nobody on lo0.
local function plant(n)
	local sys = n.sys
	types.parse(STRUCTS[n.release], nil, sys.types)
	local list = n.release == 12 and ".lh_first" or ".clh_first"
	local link = n.release == 12 and ".le_next" or ".cle_next"
	local lo = sys:make("struct bpf_if", { bif_ifp = n.interfaces[1] })
	local em = sys:make("struct bpf_if", { bif_ifp = n.interfaces[2], ["bif_ext.bif_next" .. link] = lo })
	local reader = sys:make("struct bpf_d", { bd_pid = 710, bd_promisc = 1, bd_direction = 1, bd_slen = 80,
		bd_hlen = 4000, bd_bufsize = 4096, bd_rcount = n:counter(1000), bd_dcount = n:counter(7),
		bd_fcount = n:counter(600) })
	local writer = sys:make("struct bpf_d", { bd_pid = 640, bd_hdrcmplt = 1, bd_immediate = 1, bd_locked = 1,
		bd_direction = 2, bd_rcount = n:counter(0), bd_dcount = n:counter(0), bd_fcount = n:counter(0) })
	sys:fill(em, "struct bpf_if", { ["bif_ext.bif_dlist" .. list] = reader, ["bif_wlist" .. list] = writer })
	sys:var("bpf_iflist", "struct bpf_iflist", {}, { bind = "local" })
	sys.mem:u64(sys.by_name.bpf_iflist.addr, em)
	n.bpf = { reader = reader, writer = writer, em = em }
end

local function system(layout, name, change)
	return net.system(layout, name or "bpf " .. layout, change, function(n)
		n.release = layout
		plant(n)
	end)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("listeners of " .. layout, function()
		it("are found with their interfaces, flags and counters", function()
			local sys = system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(bpf.new(k))
			local of, found = view.fields, {}
			for d, ifp in view:each(error) do
				assert.equal(sys.net.interfaces[2], ifp)
				found[#found + 1] = { of.pid(d), of.flags(d), of.received(d), of.dropped(d), of.matched(d),
					of.stored(d), of.held(d), of.size(d) }
			end
			assert.same({ { 710, "p-fs---", 1000, 7, 600, 80, 4000, 4096 },
				{ 640, "-i-o--l", 0, 0, 0, 0, 0, 0 } }, found)
		end)
	end)
end

describe("listeners", function()
	it("are told apart from what is no list", function()
		local sys = system(13, "bpf damaged", function(s)
			s.memory:struct(s.sys.net.bpf.reader, "struct bpf_d", { ["bd_next.cle_next"] = 0xdeadc0dedeadc0de })
			s.memory:struct(s.sys.net.bpf.em, "struct bpf_if", { ["bif_ext.bif_next.cle_next"] = BAD })
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local said, n = {}, 0
		for _ in bpf.new(k):each(function(message) said[#said + 1] = message end) do
			n = n + 1
		end
		assert.equal(2, n)
		assert.equal(2, #said)
		assert.matches("poisoned", said[1])
		assert.matches("can't be read", said[2])
	end)

	it("are none in a kernel without bpf", function()
		local sys = net.system(13)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil(bpf.new(k))
	end)

	it("are printed by netstat -B", function()
		local sys = system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "netstat", "-B", "-I", "em0")
		assert.same({ "", 0 }, { err, status })
		assert.equal([[
  Pid    Netif   Flags      Recv      Drop     Match  Sblen  Hblen Command          Bpf
  710      em0 p-fs---      1000         7       600     80   4000 sshd             ADDRESS
  640      em0 -i-o--l         0         0         0      0      0 sshd             ADDRESS
]], (out:gsub("0xf%x+", "ADDRESS")))
		assert.same({}, (lab.rows(sys, "netstat", "-B", "-I", "lo0")))
	end)
end)
