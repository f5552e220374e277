--- Packets in the hands of interfaces' drivers: rings of iflib (net/iflib.c,
-- net/mp_ring.c), of virtio (dev/virtio/network/if_vtnetvar.h), queues of epair
-- (net/if_epair.c), and sys/buf_ring.h. Drivers with rings of their own are
-- not known: what they hold has no owner here.
-- @module vmcore.kern.mbufs.ring

local kvm = require "kvm"
local member = require "vmcore.kern.member"

local ring = {}

local SLOTS_MAX = 1 << 16
local QUEUES_MAX = 1024

local function put(owner, way, m, records)
	if m and m ~= 0 then
		coroutine.yield { state = "ring", owner = owner, way = way, mbuf = m, records = records }
	end
end

local function put_cluster(owner, way, cluster)
	if cluster and cluster ~= 0 then
		coroutine.yield { state = "ring", owner = owner, way = way, cluster = cluster }
	end
end

-- The pointers of an array.
local function pointers(k, first, n)
	local size, i = k.kd:ptrsize(), -1
	return function()
		i = i + 1
		if first and first ~= 0 and i < math.min(n or 0, SLOTS_MAX) then
			return k.kd:read_ptr(first + i * size) or 0
		end
	end
end

-- Elements of an array of structs.
local function elements(T, first, n)
	local i = -1
	return function()
		i = i + 1
		if T and first and i < math.min(math.max(n or 0, 0), QUEUES_MAX) then
			return first + i * T.size
		end
	end
end

--- The packets in a buf_ring: from where the consumer is to where producers
-- are.
-- @tparam table k
-- @tparam integer at address of the struct buf_ring
-- @treturn function iterator of addresses
function ring.buf_ring(k, at)
	local R = k:type "struct buf_ring"
	local tail, head = member.getter(R, "br_prod_tail"), member.getter(R, "br_cons_head")
	local mask, first = member.getter(R, "br_prod_mask"), R and R:member "br_ring"
	if not (tail and head and mask and first) then
		return function() return nil end
	end
	local i, last, bits, n = head(at), tail(at), mask(at), 0
	return function()
		if i & bits ~= last & bits and n < SLOTS_MAX then
			local slot = at + first.offset + (i & bits) * k.kd:ptrsize()
			i, n = i + 1, n + 1
			return k.kd:read_ptr(slot) or 0
		end
	end
end

-- iflib's own rings, from the consumer to the producers (union ring_state,
-- net/mp_ring.c: 16 bits each of pidx_head, pidx_tail, cidx, flags).
local function mp_ring(k, at, owner)
	local R = k:type "struct ifmp_ring"
	local size, items, state = member.getter(R, "size"), R and R:member "items", R and R:member "state"
	if not (at and size and state and items) then
		return
	end
	local n, last = size(at), k.kd:read_uint(at + state.offset + 2, 2)
	local i, count = k.kd:read_uint(at + state.offset + 4, 2), 0
	while i and i ~= last and i < n and count < SLOTS_MAX do
		put(owner, "queue", k.kd:read_ptr(at + items.offset + i * k.kd:ptrsize()), false)
		i, count = (i + 1) % n, count + 1
	end
end

local drivers = {}

function drivers.iflib(k, ctx, owner)
	local C, T = k:type "struct iflib_ctx", k:type "struct iflib_txq"
	local R, F = k:type "struct iflib_rxq", k:type "struct iflib_fl"
	local function of(S, path, address)
		local get = member.getter(S, path)
		local value = get and get(address)
		return math.type(value) and value or value and kvm.toaddress(value)
	end
	for txq in elements(T, of(C, "ifc_txqs", ctx), of(C, "ifc_softc_ctx.isc_ntxqsets", ctx)) do
		for m in pointers(k, of(T, "ift_sds.ifsd_m", txq), of(T, "ift_size", txq)) do
			put(owner, "tx", m, false)
		end
		mp_ring(k, of(T, "ift_br", txq), owner)
	end
	for rxq in elements(R, of(C, "ifc_rxqs", ctx), of(C, "ifc_softc_ctx.isc_nrxqsets", ctx)) do
		for fl in elements(F, of(R, "ifr_fl", rxq), of(R, "ifr_nfl", rxq)) do
			local n = of(F, "ifl_size", fl)
			for m in pointers(k, of(F, "ifl_sds.ifsd_m", fl), n) do
				put(owner, "rx", m, false)
			end
			for cluster in pointers(k, of(F, "ifl_sds.ifsd_cl", fl), n) do
				put_cluster(owner, "rx", cluster)
			end
		end
	end
end

-- What is in a virtqueue: virtio's cookies.
local function cookies(k, vq)
	local Q, D = k:type "struct virtqueue", k:type "struct vq_desc_extra"
	local n, first = member.getter(Q, "vq_nentries"), Q and Q:member "vq_descx"
	local cookie = member.pointer(D, "cookie")
	if not (vq and n and first and cookie) then
		return function() return nil end
	end
	local i, count = -1, math.min(n(vq), SLOTS_MAX)
	return function()
		i = i + 1
		if i < count then
			return cookie(vq + first.offset + i * D.size) or 0
		end
	end
end

function drivers.vtnet(k, sc, owner)
	local S, H = k:type "struct vtnet_softc", k:type "struct vtnet_tx_header"
	local R, T = k:type "struct vtnet_rxq", k:type "struct vtnet_txq"
	local pairs_of, packet = member.getter(S, "vtnet_max_vq_pairs"), member.pointer(H, "vth_mbuf")
	if not (R and T and pairs_of and packet) then
		return
	end
	local n = pairs_of(sc)
	for rxq in elements(R, member.pointer(S, "vtnet_rxqs")(sc), n) do
		for m in cookies(k, member.pointer(R, "vtnrx_vq")(rxq)) do
			put(owner, "rx", m, false)
		end
	end
	local br = member.pointer(T, "vtntx_br")
	for txq in elements(T, member.pointer(S, "vtnet_txqs")(sc), n) do
		for header in cookies(k, member.pointer(T, "vtntx_vq")(txq)) do
			put(owner, "tx", header ~= 0 and packet(header), false)
		end
		local at = br and br(txq)
		for m in at and ring.buf_ring(k, at) or function() return nil end do
			put(owner, "queue", m, false)
		end
	end
end

-- From 13 on it has queues.
function drivers.epair(k, sc, owner)
	local S, Q = k:type "struct epair_softc", k:type "struct epair_queue"
	local first, n = member.pointer(S, "queues"), member.getter(S, "num_queues")
	local m = member.pointer(Q, "q.mq_head.stqh_first")
	for at in first and n and m and elements(Q, first(sc), n(sc)) or function() return nil end do
		put(owner, "queue", m(at), true)
	end
end

-- Which driver an interface is of: iflib's have one function to send.
local function driver_of(k, transmit, dname, ifp)
	local at = transmit and transmit(ifp)
	local symbol = at and k:symbol_at(at)
	if symbol and symbol.name == "iflib_if_transmit" then
		return drivers.iflib
	end
	local name = dname and dname(ifp)
	return name and drivers[kvm.string(name, 16)]
end

--- What the driver of an interface holds.
-- @tparam table k
-- @tparam integer ifp address of the struct ifnet
-- @tparam function report
-- @treturn function iterator of { state = "ring", owner = ifp, way ("rx", "tx",
--   "queue": on the way to tx), mbuf and records, or cluster }, as
--   vmcore.kern.mbufs has them
function ring.each(k, ifp, report)
	local T = k:type "struct ifnet"
	local transmit, dname = member.pointer(T, "if_transmit"), member.getter(T, "if_dname")
	local softc = member.pointer(T, "if_softc")
	return coroutine.wrap(function()
		local ok, fault = pcall(function()
			local driver = driver_of(k, transmit, dname, ifp)
			local sc = driver and softc and softc(ifp)
			if sc then
				driver(k, sc, ifp)
			end
		end)
		if not ok then
			report(("the rings of the interface at %#x: %s"):format(ifp, tostring(fault)))
		end
	end)
end

return ring
