--- Packets of queues as they went over a wire, for a capture file.
--
-- What an interface of Ethernet has to send is a frame; what waits for a
-- neighbour or for IP's network thread begins with its IP header. Of the others
-- the bytes themselves tell: an IP header whose length is the packet's, a frame
-- around one; or it is the payload alone, as in most sockets.
-- @module vmcore.kern.mbufs.packet

local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"

local packet = {}

local M_PKTHDR, M_TSTMP = 0x2, 0x400	-- sys/mbuf.h
local BYTES_MAX = 1 << 18	-- tcpdump's MAXIMUM_SNAPLEN
-- if_type, net/if_types.h: what sends frames of Ethernet
local ETHERNET = { [0x6] = true, [0x87] = true, [0xa1] = true, [0xd1] = true }
-- np_name of net/netisr.c's protocols
local NETISR = { ip = "ip", ip6 = "ip", igmp = "ip", ether = "ethernet",
	epair = "ethernet" }
local ETHERTYPES = { [0x0800] = 4, [0x86dd] = 6 }	-- net/ethernet.h, and IP's version
local ETHER_HDR_LEN = 14

-- Whether bytes are a whole packet of IP.
local function is_ip(bytes, length)
	local version = #bytes >= 20 and bytes:byte() >> 4
	if version == 4 then
		return bytes:byte() & 0xf >= 5 and (">I2"):unpack(bytes, 3) == length
	end
	return version == 6 and #bytes >= 40 and (">I2"):unpack(bytes, 5) + 40 == length
end

-- What bytes look like.
local function guess(bytes, length)
	if is_ip(bytes, length) then
		return "ip"
	end
	local version = #bytes > ETHER_HDR_LEN and ETHERTYPES[(">I2"):unpack(bytes, 13)]
	if version and bytes:byte(ETHER_HDR_LEN + 1) >> 4 == version then
		return "ethernet"
	end
	return "payload"
end

-- What is known of the link before the bytes are looked at.
local function known(self, s)
	if s.state == "neighbour" then
		return "ip"
	elseif s.state == "netisr" then
		return NETISR[s.way:match "^%S+"]
	elseif s.state == "interface" or s.state == "ring" then
		local ok, kind = pcall(self.if_type or error, s.owner)
		return ok and ETHERNET[kind] and "ethernet" or nil
	end
end

-- The bytes of a chain, as far as they can be read.
local function content(self, m)
	local view, parts, size = self.view, {}, 0
	for part in view:chain(m, self.report) do
		local ok, bytes = pcall(view.bytes, view, part)
		if not ok or size + #bytes > BYTES_MAX then
			self.report(("the packet at %#x ends at %d bytes: %s"):format(m, size,
			    ok and "it is longer than any" or tostring(bytes)))
			break
		end
		parts[#parts + 1], size = bytes, size + #bytes
	end
	return table.concat(parts)
end

-- When it came: nanoseconds since boot where something noted it, else when the
-- kernel stopped.
local function stamp(self, m, flags)
	local since = flags & M_TSTMP ~= 0 and self.view.fields.tstmp and self.view.fields.tstmp(m)
	if since and since > 0 then
		return self.boot + since // 1000000000, since % 1000000000
	end
	return self.boot + self.uptime, 0
end

local methods = {}
local view_meta = { __index = methods }

--- The packet that begins at an mbuf.
-- @tparam table s what vmcore.kern.mbufs gives: m, state, owner, way
-- @treturn ?table what vmcore.pcapng writes: link ("ip": it begins with its header,
--   "ethernet", "payload"), bytes, length (of the whole), seconds, nanoseconds
--   (since the epoch), comment; nil when no packet begins there (no
--   M_PKTHDR), it is empty, a free one, or one that a driver has ready to
--   receive into
-- @raise a fault
function methods:of(s)
	local m, fields = s.m, self.view.fields
	local flags = m and fields.flag_bits(m) or 0
	local idle = s.state == "cached" or s.state == "held" or s.state == "ring" and s.way == "rx"
	if flags & M_PKTHDR == 0 or idle then
		return nil
	end
	local bytes, length = content(self, m), fields.pktlen(m)
	if #bytes == 0 then
		return nil
	end
	local seconds, nanoseconds = stamp(self, m, flags)
	return { link = known(self, s) or guess(bytes, math.max(length, 0)), bytes = bytes,
		length = math.max(length, #bytes), seconds = seconds, nanoseconds = nanoseconds,
		comment = ("%s%s%s, mbuf 0x%x"):format(s.state or "chain", s.owner and (" 0x%x"):format(s.owner) or "",
		    s.way and " " .. s.way or "", m) }
end

--- Prepare to read packets.
-- @tparam table view vmcore.kern.mbuf
-- @tparam function report
-- @treturn table of()
function packet.new(view, report)
	local k = view.k
	return setmetatable({ view = view, report = report, boot = clock.boottime(k) or 0,
		uptime = clock.uptime(k) or 0, if_type = member.getter(k:type "struct ifnet", "if_type") }, view_meta)
end

return packet
