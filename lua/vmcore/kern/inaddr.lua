--- Addresses of sockets as bytes and as text: netinet/in.h, netinet6/in6.h,
-- sys/socket.h, sys/un.h, net/if_dl.h.
-- @module vmcore.kern.inaddr

local kvm = require "kvm"

local inaddr = {}

-- sys/socket.h
inaddr.AF_UNIX, inaddr.AF_INET, inaddr.AF_LINK, inaddr.AF_INET6 = 1, 2, 18, 28

local ANY4, ANY6 = ("\0"):rep(4), ("\0"):rep(16)
local MAPPED = ("\0"):rep(10) .. "\xff\xff"
local SUN_PATH = 2		-- offset in struct sockaddr_un

--- Bytes of the dump; what can't be read raises a fault.
-- @tparam table k
-- @tparam integer address
-- @tparam integer n
-- @treturn string
function inaddr.read(k, address, n)
	local bytes, message, _, partial = k.kd:read(address, n)
	if bytes == nil then
		-- The first byte that is missing raises it.
		kvm.object(k:type "char", address + #(partial or ""))
		error(message, 0)
	end
	return bytes
end

--- Whether an address is the wildcard.
-- @tparam string bytes 4 or 16
function inaddr.any(bytes)
	return bytes == ANY4 or bytes == ANY6
end

local function text4(bytes)
	return ("%d.%d.%d.%d"):format(bytes:byte(1, 4))
end

-- The longest run of zeros, if it is of two or more: its first and last word.
local function zeros(words)
	local from, to, start = 1, 0, nil
	for i = 1, 9 do
		if words[i] == 0 then
			start = start or i
			if i - start > to - from then
				from, to = start, i
			end
		else
			start = nil
		end
	end
	if to > from then
		return from, to
	end
	return nil
end

local function hexadecimal(words, from, to)
	local list = {}
	for i = from, to do
		list[#list + 1] = ("%x"):format(words[i])
	end
	return table.concat(list, ":")
end

-- The kernel keeps a link-local address's zone in its second word
-- (in6_setscope, netinet6/scope6.c).
local function scope_of(words)
	if words[1] & 0xffc0 == 0xfe80 or words[1] & 0xff0f == 0xff02 then
		local scope = words[2]
		words[2] = 0
		return scope
	end
	return 0
end

local function text6(bytes, zone, name_of)
	if bytes:sub(1, 12) == MAPPED then
		return "::ffff:" .. text4(bytes:sub(13))
	end
	local words = { (">I2I2I2I2I2I2I2I2"):unpack(bytes) }
	local embedded = scope_of(words)
	local from, to = zeros(words)
	local text = from and hexadecimal(words, 1, from - 1) .. "::" .. hexadecimal(words, to + 1, 8)
	    or hexadecimal(words, 1, 8)
	zone = embedded ~= 0 and embedded or zone or 0
	return zone ~= 0 and text .. "%" .. (name_of and name_of(zone) or zone) or text
end

--- An address as text (RFC 5952); a zone by the interface's name, or by its
-- number.
-- @tparam string bytes 4 or 16
-- @tparam ?integer zone
-- @tparam ?function name_of a zone's number: the interface's name, or nil
-- @treturn string
function inaddr.text(bytes, zone, name_of)
	if #bytes == 4 then
		return text4(bytes)
	end
	return text6(bytes, zone, name_of)
end

--- The bytes and the zone of a socket address, AF_INET or AF_INET6.
-- @tparam string sa
-- @treturn ?string nil for other families
-- @treturn ?integer zone
function inaddr.of_sockaddr(sa)
	local family = sa:byte(2)
	if family == inaddr.AF_INET and #sa >= 8 then
		return sa:sub(5, 8)
	elseif family == inaddr.AF_INET6 and #sa >= 24 then
		return sa:sub(9, 24), #sa >= 28 and ("<I4"):unpack(sa, 25) or nil
	end
	return nil
end

--- The bytes of the socket address at an address, by its own length.
-- @tparam table k
-- @tparam ?integer address
-- @treturn ?string nil for NULL
function inaddr.sockaddr(k, address)
	if address == nil or address == 0 then
		return nil
	end
	return inaddr.read(k, address, math.max(2, inaddr.read(k, address, 1):byte()))
end

--- The path in a sockaddr_un's bytes; "" when unnamed.
-- @tparam string sa
function inaddr.path(sa)
	return sa:sub(SUN_PATH + 1):match "^[^%z]*"
end

--- A link-level address's parts: the name and the hardware address in it.
-- @tparam string sa a sockaddr_dl's bytes
-- @treturn string name
-- @treturn string bytes of the address
-- @treturn integer index
function inaddr.link(sa)
	if #sa < 8 then
		return "", "", 0
	end
	local index, _, name, len = ("<I2BBB"):unpack(sa, 3)
	return sa:sub(9, 8 + name), sa:sub(9 + name, 8 + name + len), index
end

--- Bytes as a hardware address: 02:00:5e:10:00:01.
-- @tparam string bytes
function inaddr.hardware(bytes)
	local list = { bytes:byte(1, -1) }
	for i, byte in ipairs(list) do
		list[i] = ("%02x"):format(byte)
	end
	return table.concat(list, ":")
end

--- The length of a netmask.
-- @tparam string bytes
-- @treturn ?integer nil when its ones are not contiguous
function inaddr.prefix(bytes)
	local n = 0
	for i = 1, #bytes do
		local byte = bytes:byte(i)
		while byte & 0x80 ~= 0 do
			n, byte = n + 1, byte << 1 & 0xff
		end
		if byte ~= 0 then
			return nil
		elseif n < i * 8 then
			return bytes:find("[^%z]", i + 1) == nil and n or nil
		end
	end
	return n
end

return inaddr
