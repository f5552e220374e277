--- Queues that lead to mbufs, in a small kernel without VIMAGE: reassembly as in
-- 12, 13 and 15, netisr, and interfaces with the rings of iflib, virtio and
-- epair. An mbuf is a number here: what leads to it is what the specs are about.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

local mbufqueues = {}

local COMMON = [[
struct mbuf { struct mbuf *m_next; struct mbuf *m_nextpkt; };
struct mtx { long lock; };
struct ipq { struct { struct ipq *tqe_next; struct ipq **tqe_prev; } ipq_list; struct mbuf *ipq_frags; };
struct ipqhead { struct ipq *tqh_first; struct ipq **tqh_last; };
struct ipqbucket { struct ipqhead head; struct mtx lock; };
struct tseg_qent { struct { struct tseg_qent *tqe_next; struct tseg_qent **tqe_prev; } tqe_q;
	struct mbuf *tqe_m; };
struct tsegqe_head { struct tseg_qent *tqh_first; struct tseg_qent **tqh_last; };
struct in_endpoints { unsigned short ie_fport; unsigned short ie_lport;
	unsigned char ie_dependfaddr[16]; unsigned char ie_dependladdr[16]; };
struct in_conninfo { unsigned char inc_flags; struct in_endpoints inc_ie; };
struct inpcbhead { struct inpcb *clh_first; };
struct inpcbinfo { struct inpcbhead ipi_listhead; };
struct inpcb { struct { struct inpcb *cle_next; struct inpcb **cle_prev; } inp_list; struct in_conninfo inp_inc;
	unsigned char inp_vflag; unsigned char inp_ip_p; int inp_flags; void *inp_ppcb; struct socket *inp_socket; };
struct tcpcb { struct inpcb *t_inpcb; int t_state; struct tsegqe_head t_segq; };
struct protosw { short pr_type; struct domain *pr_domain; short pr_protocol; };
struct domain { int dom_family; const char *dom_name; };
struct sockbuf { struct mbuf *sb_mb; unsigned int sb_ccc; };
struct socket { int so_count; int so_options; short so_type; short so_state; struct protosw *so_proto; void *so_pcb;
	struct sockbuf so_rcv; struct sockbuf so_snd; };
struct netisr_proto { const char *np_name; void *np_m2flow; void *np_m2cpuid; void *np_drainedcpu;
	unsigned int np_qlimit; unsigned int np_policy; unsigned int np_dispatch; };
struct netisr_work { struct mbuf *nw_head; struct mbuf *nw_tail; unsigned int nw_len; unsigned int nw_watermark;
	unsigned long nw_dispatched; unsigned long nw_hybrid_dispatched; unsigned long nw_qdrops;
	unsigned long nw_queued; unsigned long nw_handled; };
struct netisr_workstream { unsigned int nws_cpu; struct netisr_work nws_work[4]; };
struct buf_ring { volatile unsigned int br_prod_head; volatile unsigned int br_prod_tail; int br_prod_size;
	int br_prod_mask; volatile unsigned int br_cons_head; volatile unsigned int br_cons_tail; void *br_ring[8]; };
struct ifnet { void *if_softc; const char *if_dname; int (*if_transmit)(void); };
struct vq_desc_extra { void *cookie; unsigned short ndescs; };
struct virtqueue { unsigned short vq_nentries; struct vq_desc_extra vq_descx[4]; };
struct vtnet_tx_header { long vth_uhdr[2]; struct mbuf *vth_mbuf; };
struct vtnet_rxq { struct virtqueue *vtnrx_vq; };
struct vtnet_txq { struct virtqueue *vtntx_vq; struct buf_ring *vtntx_br; };
struct vtnet_softc { struct vtnet_rxq *vtnet_rxqs; struct vtnet_txq *vtnet_txqs; int vtnet_max_vq_pairs; };
struct mbufhead { struct mbuf *stqh_first; struct mbuf **stqh_last; };
struct mbufq { struct mbufhead mq_head; int mq_len; };
struct epair_queue { struct mbufq q; int id; };
struct epair_softc { int num_queues; struct epair_queue *queues; };
struct ifmp_ring { int size; int pad; unsigned long state; struct mbuf *items[8]; };
struct rxsd { struct mbuf **ifsd_m; char **ifsd_cl; };
struct txsd { struct mbuf **ifsd_m; };
struct iflib_fl { unsigned short ifl_size; struct rxsd ifl_sds; };
struct iflib_rxq { struct iflib_fl *ifr_fl; unsigned char ifr_nfl; };
struct iflib_txq { unsigned short ift_size; struct txsd ift_sds; struct ifmp_ring *ift_br; };
struct ifsoftctx { int isc_nrxqsets; int isc_ntxqsets; };
struct iflib_ctx { struct ifsoftctx ifc_softc_ctx; struct iflib_txq *ifc_txqs; struct iflib_rxq *ifc_rxqs; };
]]

-- IPv6's fragments were circles; then lists; the tables became pointers.
local OLD = [[
struct ip6asfrag { struct ip6asfrag *ip6af_down; struct ip6asfrag *ip6af_up; struct mbuf *ip6af_m; };
struct ip6q { struct ip6asfrag *ip6q_down; struct ip6asfrag *ip6q_up;
	struct ip6q *ip6q_next; struct ip6q *ip6q_prev; };
struct ip6qbucket { struct ip6q ip6q; struct mtx lock; };
]]
local NEW = [[
struct ip6asfrag { struct { struct ip6asfrag *tqe_next; struct ip6asfrag **tqe_prev; } ip6af_tq;
	struct mbuf *ip6af_m; };
struct ip6fraghead { struct ip6asfrag *tqh_first; struct ip6asfrag **tqh_last; };
struct ip6q { struct ip6fraghead ip6q_frags; struct { struct ip6q *tqe_next; struct ip6q **tqe_prev; } ip6q_tq; };
struct ip6qhead { struct ip6q *tqh_first; struct ip6q **tqh_last; };
struct ip6qbucket { struct ip6qhead packets; struct mtx lock; };
]]

local BUCKETS = 4

local builder = {}
builder.__index = builder

--- An mbuf, and one that follows it by m_nextpkt.
function builder:mbuf()
	return self.mem:make("struct mbuf", {})
end

function builder:symbol(name, ctype, at, size)
	table.insert(self.symbols, { name = name, addr = at, size = size or self.types:sizeof(ctype),
		ctype = ctype, type = "object" })
	return at
end

function builder:variable(name, ctype, fields)
	local at = self.mem:alloc(self.types:sizeof(ctype))
	if type(fields) == "table" then
		self.mem:struct(at, ctype, fields)
	elseif fields then
		self.mem:u64(at, fields)
	end
	return self:symbol(name, ctype, at)
end

-- A table of buckets under its name: an array, or what points to one.
function builder:buckets(name, bucket)
	local size = self.types:sizeof(bucket)
	local at = self.mem:alloc(BUCKETS * size)
	if self.release == 15 then
		self:variable(name, bucket .. " *", at)
		local n = self.mem:alloc(8)
		self.mem:u32(n, BUCKETS)
		self:symbol(name .. "_hashsize", "unsigned int", n)
	else
		self:symbol(name, ("%s[%d]"):format(bucket, BUCKETS), at)
	end
	return at + 2 * size, at
end

local function reassembly(b)
	local mem, made = b.mem, b.made
	made.ip = { b:mbuf(), b:mbuf() }
	mem:struct(made.ip[1], "struct mbuf", { m_nextpkt = made.ip[2] })
	made.ipq = mem:make("struct ipq", { ipq_frags = made.ip[1] })
	mem:ptr(b:buckets("ipq", "struct ipqbucket"), made.ipq)
	made.ip6 = { b:mbuf(), b:mbuf() }
	local used, first = b:buckets("ip6qb", "struct ip6qbucket")
	made.ip6q = mem:make("struct ip6q", {})
	local f2 = mem:make("struct ip6asfrag", { ip6af_m = made.ip6[2] })
	local f1 = mem:make("struct ip6asfrag", { ip6af_m = made.ip6[1] })
	if b.release == 12 then
		for i = 0, BUCKETS - 1 do
			local head = first + i * b.types:sizeof "struct ip6qbucket"
			mem:struct(head, "struct ip6q", { ip6q_next = head == used and made.ip6q or head })
		end
		mem:struct(made.ip6q, "struct ip6q", { ip6q_next = used, ip6q_down = f1 })
		mem:struct(f1, "struct ip6asfrag", { ip6af_down = f2 })
		mem:struct(f2, "struct ip6asfrag", { ip6af_down = made.ip6q })
	else
		mem:ptr(used, made.ip6q)
		mem:struct(made.ip6q, "struct ip6q", { ["ip6q_frags.tqh_first"] = f1 })
		mem:struct(f1, "struct ip6asfrag", { ["ip6af_tq.tqe_next"] = f2 })
	end
	made.fragments = { f1, f2 }
	made.tcp = b:mbuf()
	local segment = mem:make("struct tseg_qent", { tqe_m = made.tcp })
	local inp = mem:make("struct inpcb", { inp_vflag = 1, inp_ip_p = 6 })
	made.tp = mem:make("struct tcpcb", { t_inpcb = inp, t_state = 4, ["t_segq.tqh_first"] = segment })
	mem:struct(inp, "struct inpcb", { inp_ppcb = made.tp })
	b:variable("tcbinfo", "struct inpcbinfo", { ["ipi_listhead.clh_first"] = inp })
end

local function netisr(b)
	local mem, made = b.mem, b.made
	local names = mem:alloc(4 * b.types:sizeof "struct netisr_proto")
	mem:struct(names + b.types:sizeof "struct netisr_proto", "struct netisr_proto",
	    { np_name = mem:string(nil, "ip") })
	b:symbol("netisr_proto", "struct netisr_proto[4]", names)
	b:variable("pcpu_entry_nws", "struct netisr_workstream")
	made.netisr = b:mbuf()
	local size = b.types:sizeof "struct netisr_workstream"
	local own, start = mem:alloc(2 * size), b.symbols[#b.symbols].addr
	local work = b.types:offsetof("struct netisr_workstream", "nws_work")
	made.netisr_work = own + size + work + b.types:sizeof "struct netisr_work"
	mem:struct(made.netisr_work, "struct netisr_work", { nw_head = made.netisr })
	local offsets, pcpus = mem:alloc(16), mem:alloc(16)
	for cpu = 0, 1 do
		mem:ptr(offsets + cpu * 8, own + cpu * size - start)
		mem:ptr(pcpus + cpu * 8, own)
	end
	b:symbol("dpcpu_off", "unsigned long[2]", offsets)
	b:symbol("cpuid_to_pcpu", "void *[2]", pcpus)
	b:symbol("mp_maxid", "int", mem:alloc(4))
	mem:u32(b.symbols[#b.symbols].addr, 1)
end

local function array(b, ...)
	local at = b.mem:alloc(4 * 8)
	for i, value in ipairs { ... } do
		b.mem:ptr(at + (i - 1) * 8, value)
	end
	return at
end

local function interface(b, name, softc, transmit)
	return b.mem:make("struct ifnet", { if_softc = softc, if_dname = b.mem:string(nil, name),
		if_transmit = transmit or 0 })
end

local function interfaces(b)
	local mem, made = b.mem, b.made
	local code = mem:alloc(64)
	table.insert(b.symbols, { name = "iflib_if_transmit", addr = code, size = 64, type = "func" })
	made.rx, made.tx, made.queued, made.cluster = b:mbuf(), b:mbuf(), b:mbuf(), mem:alloc(2048)
	local items = { [0] = 0xdead, 0xdead, made.queued }
	local ring = mem:make("struct ifmp_ring", { size = 8, state = 3 | 3 << 16 | 2 << 32, items = { 1, 2, items[2] } })
	local txq = mem:make("struct iflib_txq", { ift_size = 4, ift_br = ring,
		["ift_sds.ifsd_m"] = array(b, 0, made.tx) })
	local fl = mem:make("struct iflib_fl", { ifl_size = 4, ["ifl_sds.ifsd_m"] = array(b, made.rx),
		["ifl_sds.ifsd_cl"] = array(b, 0, 0, made.cluster) })
	local rxq = mem:make("struct iflib_rxq", { ifr_fl = fl, ifr_nfl = 1 })
	made.iflib = interface(b, "em", mem:make("struct iflib_ctx", { ["ifc_softc_ctx.isc_nrxqsets"] = 1,
		["ifc_softc_ctx.isc_ntxqsets"] = 1, ifc_txqs = txq, ifc_rxqs = rxq }), code)
	made.vrx, made.vtx, made.vqueued = b:mbuf(), b:mbuf(), b:mbuf()
	local header = mem:make("struct vtnet_tx_header", { vth_mbuf = made.vtx })
	-- The producer's index has gone around.
	local br = mem:make("struct buf_ring", { br_prod_tail = 9, br_prod_mask = 7, br_prod_size = 8,
		br_cons_head = 8, br_ring = { made.vqueued, 0xbad } })
	local function virtqueue(cookie)
		return mem:make("struct virtqueue", { vq_nentries = 4, vq_descx = { {}, { cookie = cookie } } })
	end
	made.vtnet = interface(b, "vtnet", mem:make("struct vtnet_softc", { vtnet_max_vq_pairs = 1,
		vtnet_rxqs = mem:make("struct vtnet_rxq", { vtnrx_vq = virtqueue(made.vrx) }),
		vtnet_txqs = mem:make("struct vtnet_txq", { vtntx_vq = virtqueue(header), vtntx_br = br }) }))
	made.equeued, made.br = b:mbuf(), br
	made.epair = interface(b, "epair", mem:make("struct epair_softc", { num_queues = 1,
		queues = mem:make("struct epair_queue", { ["q.mq_head.stqh_first"] = made.equeued }) }))
	made.other = interface(b, "lo", 0)
end

--- Build and open it.
-- @tparam integer release 12, 13 or 15
-- @tparam ?function change called with the builder (mem, made, types) before it is
--   written
-- @treturn table k
-- @treturn table what was made: addresses of mbufs and of their owners
function mbufqueues.open(release, change)
	local types = forge.types(COMMON .. (release == 12 and OLD or NEW))
	local b = setmetatable({ release = release, types = types, symbols = {}, made = {},
		mem = forge.memory { types = types } }, builder)
	reassembly(b)
	netisr(b)
	interfaces(b)
	if change then
		change(b)
	end
	local dir = lab.folder()
	forge.kernel { types = types, symbols = b.symbols }:write(dir .. "/kernel")
	forge.minidump { memory = b.mem, version = 3 }:write(dir .. "/core")
	return assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" }), b.made
end

return mbufqueues
