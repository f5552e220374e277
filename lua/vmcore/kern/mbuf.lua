--- Network memory: sys/mbuf.h.
-- @module vmcore.kern.mbuf

local bits = require "vmcore.bits"
local inaddr = require "vmcore.kern.inaddr"
local kvm = require "kvm"
local member = require "vmcore.kern.member"

local mbuf = {}

-- m_flags, sys/mbuf.h: M_*. Those of protocols moved up by one bit in 13.
local FLAGS = { EXT = 0x1, PKTHDR = 0x2, EOR = 0x4, RDONLY = 0x8, BCAST = 0x10, MCAST = 0x20,
	PROMISC = 0x40, VLANTAG = 0x80, EXTPG = 0x100, NOFREE = 0x200, TSTMP = 0x400,
	TSTMP_HPREC = 0x800 }
local M_EXT, M_PKTHDR, M_EXTPG = 0x1, 0x2, 0x100
local FIRST_PROTO_OLD, FIRST_PROTO = 12, 13	-- the bit of M_PROTO1; 13 has M_TSTMP_LRO
local LAST_PROTO = 23

-- m_type, sys/mbuf.h: MT_*
local TYPES = { [0] = "free", [1] = "data", [4] = "vendor1", [5] = "vendor2", [6] = "vendor3",
	[7] = "vendor4", [8] = "soname", [9] = "exp1", [10] = "exp2", [11] = "exp3", [12] = "exp4",
	[14] = "control", [15] = "extcontrol", [16] = "oobdata" }

-- ext_type, sys/mbuf.h: EXT_*
local EXT_TYPES = { "cluster", "sfbuf", "jumbop", "jumbo9", "jumbo16", "packet", "mbuf", "rxring",
	"ctl", [224] = "vendor1", [225] = "vendor2", [226] = "vendor3", [227] = "vendor4",
	[244] = "exp1", [245] = "exp2", [246] = "exp3", [247] = "exp4", [252] = "net_drv",
	[253] = "mod_type", [254] = "disposable", [255] = "extref" }
local EXT_FLAG_EMBREF = 0x1
local EXT_PACKET = 6	-- of the zone whose mbufs have a cluster for good

-- m_tag_id of tags that the base system knows, sys/mbuf.h: PACKET_TAG_*
local TAGS = { [1] = "IPSEC_IN_DONE", [2] = "IPSEC_OUT_DONE", [7] = "BRIDGE", [8] = "GIF", [9] = "GRE",
	[11] = "ENCAP", [14] = "IPV6_INPUT", [15] = "DUMMYNET", [17] = "DIVERT", [18] = "IPFORWARD",
	[19] = "MACLABEL", [21] = "PF", [25] = "RTSOCKFAM", [27] = "IPOPTIONS", [28] = "CARP",
	[29] = "IPSEC_NAT_T_PORTS", [30] = "ND_OUTGOING", [31] = "PF_REASSEMBLED" }
local MTAG_PERSISTENT = 0x800
local MTAG_ABI_COMPAT = 0	-- the cookie of those
local TAGS_MAX = 64

local DATA_MAX = 1 << 24	-- more is no mbuf's length
local CHAIN_MAX = 1 << 20

-- What names the flags of a kernel; `unmapped`: one that has M_EXTPG.
local function flag_namer(unmapped)
	local masks = { TSTMP_LRO = unmapped and 0x1000 or nil }
	for name, mask in pairs(FLAGS) do
		masks[name] = mask
	end
	local first = unmapped and FIRST_PROTO or FIRST_PROTO_OLD
	for bit = first, LAST_PROTO do
		masks["PROTO" .. bit - first + 1] = 1 << bit
	end
	return bits.namer(masks, ",")
end

-- A field of mbufs with one flag; nil of others.
local function with(flags, flag, get)
	return get and function(m)
		return flags(m) & flag ~= 0 and get(m) or nil
	end
end

-- The count stands in the mbuf that owns the storage, or is pointed to.
local function refs_field(T, flags)
	local own, elsewhere = member.getter(T, "m_ext.ext_count"), member.pointer(T, "m_ext.ext_cnt")
	local ext_flags, kd = member.getter(T, "m_ext.ext_flags"), T.descriptor
	return own and elsewhere and ext_flags and with(flags, M_EXT | M_EXTPG, function(m)
		if ext_flags(m) & EXT_FLAG_EMBREF ~= 0 then
			return own(m)
		end
		local at = elsewhere(m)
		return at and kd:read_uint(at, 4)
	end)
end

-- Whose memory it is, by the function that frees it.
local function free_field(k, T, flags)
	local get = member.pointer(T, "m_ext.ext_free")
	return get and with(flags, M_EXT, function(m)
		local at = get(m)
		local symbol = at and k:symbol_at(at)
		return symbol and symbol.name or at and ("0x%x"):format(at)
	end)
end

local function put_storage(fields, k, T, flags)
	local ext_type = member.getter(T, "m_ext.ext_type")
	fields.ext = ext_type and with(flags, M_EXT | M_EXTPG, function(m)
		return EXT_TYPES[ext_type(m)] or tostring(ext_type(m))
	end)
	fields.ext_size = with(flags, M_EXT | M_EXTPG, member.getter(T, "m_ext.ext_size"))
	fields.ext_buf = with(flags, M_EXT, member.pointer(T, "m_ext.ext_buf"))
	fields.ext_free = free_field(k, T, flags)
	fields.refs = refs_field(T, flags)
end

-- The tags of a packet: names, or cookie and number of those that others made.
local function tags_field(k, T)
	local first, G = member.pointer(T, "m_pkthdr.tags.slh_first"), k:type "struct m_tag"
	local following = member.pointer(G, "m_tag_link.sle_next")
	local id, cookie = member.getter(G, "m_tag_id"), member.getter(G, "m_tag_cookie")
	return first and following and id and cookie and function(m)
		local names, tag = {}, first(m)
		while tag and #names < TAGS_MAX do
			local number, maker = id(tag), cookie(tag)
			names[#names + 1] = maker == MTAG_ABI_COMPAT and TAGS[number & ~MTAG_PERSISTENT]
			    or ("%d:%d"):format(maker, number)
			tag = following(tag)
		end
		return #names > 0 and table.concat(names, ",") or nil
	end
end

local function put_header(fields, k, T, flags)
	fields.pktlen = with(flags, M_PKTHDR, member.getter(T, "m_pkthdr.len"))
	fields.csum_flags = with(flags, M_PKTHDR, member.getter(T, "m_pkthdr.csum_flags"))
	fields.flowid = with(flags, M_PKTHDR, member.getter(T, "m_pkthdr.flowid"))
	fields.fib = with(flags, M_PKTHDR, member.getter(T, "m_pkthdr.fibnum"))
	fields.rcvif = with(flags, M_PKTHDR, member.pointer(T, "m_pkthdr.rcvif"))
	fields.tstmp = with(flags, M_PKTHDR, member.getter(T, "m_pkthdr.rcv_tstmp"))
	fields.tags = with(flags, M_PKTHDR, tags_field(k, T))
	fields.npgs = with(flags, M_EXTPG, member.getter(T, "m_epg_npgs"))
end

local function fields_of(k, T)
	local flags, m_type = member.getter(T, "m_flags"), member.getter(T, "m_type")
	local names = flag_namer(T:member "m_epg_npgs" ~= nil)
	local fields = {
		addr = function(m) return m end,
		next = member.pointer(T, "m_next"), nextpkt = member.pointer(T, "m_nextpkt"),
		data = member.pointer(T, "m_data"), len = member.getter(T, "m_len"),
		flag_bits = flags,
		flags = function(m) return names(flags(m)) end,
		type = function(m) return TYPES[m_type(m)] or tostring(m_type(m)) end,
	}
	put_storage(fields, k, T, flags)
	put_header(fields, k, T, flags)
	return fields
end

local methods = {}
local view_meta = { __index = methods }

-- The unmapped pages of an M_EXTPG mbuf between its header and its trailer,
-- all three in it: sys/mbuf.h, m_epg_pagelen().
function methods:unmapped(m)
	local k, get = self.k, self.pages
	local page, n = k:dump().page_size, get.npgs(m)
	local parts = { inaddr.read(k, m + get.header, get.hdrlen(m)) }
	for i = 0, n - 1 do
		local offset = i == 0 and get.first_off(m) or 0
		local len = i == n - 1 and get.last_len(m) or page - offset
		local at = k.kd:read_uint(m + get.pa + i * 8, 8)
		local bytes, message = k.kd:read_phys((at or 0) + offset, len)
		parts[#parts + 1] = bytes or error(("page %d of the mbuf at %#x: %s"):format(i, m, message), 0)
	end
	parts[#parts + 1] = inaddr.read(k, m + get.trailer, get.trllen(m))
	return table.concat(parts)
end

--- The bytes that an mbuf holds.
-- @tparam integer m
-- @treturn string
-- @raise a fault when they can't be read
function methods:bytes(m)
	local fields = self.fields
	local len = fields.len(m)
	if len < 0 or len > DATA_MAX then
		error(("the mbuf at %#x: a length of %d"):format(m, len), 0)
	elseif len == 0 then
		return ""
	elseif self.pages and fields.flag_bits(m) & M_EXTPG ~= 0 then
		-- m_data is an offset into them.
		local skip = fields.data(m) or 0
		return self:unmapped(m):sub(skip + 1, skip + len)
	end
	return inaddr.read(self.k, fields.data(m) or 0, len)
end

--- The mbuf that counts the references to an mbuf's external storage, when it
-- is another one: it lives on until the last of them goes (mb_free_ext(),
-- kern/kern_mbuf.c); and where that storage is.
-- @tparam integer m
-- @treturn ?integer address of the other one, or of no mbuf, when the count is
--   elsewhere
-- @treturn ?integer ext_buf; nil: it has none, or it is of unmapped pages
function methods:holder(m)
	local get, flags = self.reference, self.fields.flag_bits(m)
	if get == nil or flags & (M_EXT | M_EXTPG) == 0 then
		return nil
	end
	local storage = flags & M_EXT ~= 0 and get.buf(m) or nil
	if get.flags(m) & EXT_FLAG_EMBREF ~= 0 then
		return nil, storage
	end
	local at = get.count(m)
	return at and at - get.offset, storage
end

--- Whether an mbuf is of the zone whose mbufs have a cluster for good: it counts
-- the references to that itself, copies of it don't.
-- @tparam integer m
-- @treturn boolean
function methods:is_packet(m)
	local get = self.reference
	return get ~= nil and self.fields.flag_bits(m) & M_EXT ~= 0 and get.type(m) == EXT_PACKET
	    and get.flags(m) & EXT_FLAG_EMBREF ~= 0
end

-- Follow a link from an mbuf; a circle or an unreadable one ends it.
local function follow(first, link, report, what)
	local seen, n, m = {}, 0, first
	return function()
		local current = m
		if current == nil then
			return nil
		elseif seen[current] or n >= CHAIN_MAX then
			m = nil
			report(("%s: it runs in a circle, back to %#x"):format(what, current))
			return nil
		end
		seen[current], n = true, n + 1
		local ok, following = pcall(link, current)
		m = ok and following or nil
		if not ok then
			report(("%s: stopped at %#x: %s"):format(what, current, tostring(following)))
		end
		return current
	end
end

--- The mbufs of a chain.
-- @tparam integer m the first
-- @tparam function report called with a message when the chain is broken
-- @treturn function iterator of addresses; the one that can't be read is the last
function methods:chain(m, report)
	return follow(m, self.fields.next, report, ("the chain from %#x"):format(m))
end

--- The packets of a queue, by their first mbufs.
-- @tparam integer m the first mbuf of the first packet
-- @tparam function report
function methods:packets(m, report)
	return follow(m, self.fields.nextpkt, report, ("the packets from %#x"):format(m))
end

-- Where the parts of an M_EXTPG mbuf are; from 13 on.
local function page_fields(T)
	local npgs = member.getter(T, "m_epg_npgs")
	return npgs and {
		npgs = npgs, hdrlen = member.getter(T, "m_epg_hdrlen"),
		trllen = member.getter(T, "m_epg_trllen"), first_off = member.getter(T, "m_epg_1st_off"),
		last_len = member.getter(T, "m_epg_last_len"),
		pa = kvm.offsetof(T, "m_ext.extpg_pa"), header = kvm.offsetof(T, "m_ext.extpg_hdr"),
		trailer = kvm.offsetof(T, "m_ext.extpg_trail"),
	}
end

--- What can be known of a kernel's mbufs.
-- @tparam table k
-- @treturn ?table with `fields`: functions of an address: next nextpkt data len
--   type flags flag_bits pktlen csum_flags flowid fib rcvif tstmp (nanoseconds; with
--   the flag TSTMP) tags (of a packet's first) ext ext_size ext_buf ext_free refs (of
--   external storage) npgs (unmapped pages) addr; nil when the kernel file has no
--   types
function mbuf.new(k)
	local T = k:type "struct mbuf"
	if T == nil or T:member "m_flags" == nil then
		return nil
	end
	local count = member.pointer(T, "m_ext.ext_cnt")
	return setmetatable({
		k = k, type = T, fields = fields_of(k, T), pages = page_fields(T),
		reference = count and { count = count, flags = member.getter(T, "m_ext.ext_flags"),
			buf = member.pointer(T, "m_ext.ext_buf"), type = member.getter(T, "m_ext.ext_type"),
			offset = kvm.offsetof(T, "m_ext.ext_count") },
	}, view_meta)
end

return mbuf
