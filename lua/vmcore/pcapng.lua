--- Packets in files that tcpdump(1) and Wireshark read: pcapng, as
-- draft-ietf-opsawg-pcapng has it. The format allows several link types in one
-- file, but libpcap does not read that: each link type gets a file of its own.
--
--	local out = pcapng.files "found.pcapng"
--	out:put { link = "ip", bytes = packet, seconds = 1700000000 }
--	for _, file in ipairs(out:close()) do print(file.path, file.packets) end
--
-- @module vmcore.pcapng

local pcapng = {}

-- Block and option types, sections 4.1, 4.2, 4.3 and 3.5 of the draft.
local SECTION, INTERFACE, PACKET = 0x0a0d0d0a, 1, 6
local BYTE_ORDER = 0x1a2b3c4d
local OPT_END, OPT_COMMENT, IF_NAME, IF_TSRESOL = 0, 1, 2, 9
local NANOSECONDS = 9		-- if_tsresol: 10^-9
local UNKNOWN_LENGTH = -1

--- Link types, as tcpdump.org/linktypes has them: frames of Ethernet; packets that
-- begin with their IPv4 or IPv6 header (LINKTYPE_RAW); what is neither, to be
-- given a meaning by who reads it (LINKTYPE_USER0).
pcapng.LINKTYPES = { ethernet = 1, ip = 101, payload = 147 }

local function padded(bytes)
	return bytes .. ("\0"):rep(-#bytes % 4)
end

local function option(code, value)
	return ("<I2I2"):pack(code, #value) .. padded(value)
end

-- A block's length stands on both sides of it.
local function block(kind, body)
	local length = #body + 12
	return ("<I4I4"):pack(kind, length) .. body .. ("<I4"):pack(length)
end

local function section()
	return block(SECTION, ("<I4I2I2i8"):pack(BYTE_ORDER, 1, 0, UNKNOWN_LENGTH))
end

local function interface(link)
	return block(INTERFACE, ("<I2I2I4"):pack(pcapng.LINKTYPES[link], 0, 0) .. option(IF_NAME, link)
	    .. option(IF_TSRESOL, string.char(NANOSECONDS)) .. option(OPT_END, ""))
end

-- An enhanced packet block.
local function packet_block(p)
	local stamp = (p.seconds or 0) * 1000000000 + (p.nanoseconds or 0)
	local options = p.comment and option(OPT_COMMENT, p.comment) .. option(OPT_END, "") or ""
	return block(PACKET, ("<I4I4I4I4I4"):pack(0, stamp >> 32 & 0xffffffff, stamp & 0xffffffff, #p.bytes,
	    p.length or #p.bytes) .. padded(p.bytes) .. options)
end

local methods = {}
local files_meta = { __index = methods }

-- "found.pcapng" and "ip": "found.ip.pcapng".
local function path_of(path, link)
	local stem, ending = path:match "^(.*[^/])(%.[^./]*)$"
	return ("%s.%s%s"):format(stem or path, link, ending or "")
end

-- Whether a path is that of a device, a FIFO or the like, which a new file must
-- not take the place of.
local function is_special(path)
	local quoted = "'" .. path:gsub("'", [['\'']]) .. "'"
	return os.execute(("test -e %s && ! test -f %s"):format(quoted, quoted)) == true
end

local function open(self, link)
	if self.special and #self.list > 0 then
		error(("%s takes packets of one link type only: not '%s' behind '%s'"):format(self.path, link,
		    self.list[1].link), 0)
	end
	local entry = { link = link, path = self.special and self.path or path_of(self.path, link),
		packets = 0, bytes = 0 }
	local file, message = io.open(entry.path, "wb")
	if file == nil then
		error(message, 0)
	end
	entry.file = file
	self.by_link[link] = entry
	table.insert(self.list, entry)
	file:write(section(), interface(link))
	return entry
end

--- Write a packet.
-- @tparam table packet `link` (of LINKTYPES), `bytes`; `length`, that of the whole packet when
--   bytes were lost; `seconds` since the epoch and `nanoseconds`; `comment`
-- @raise why it can't be written
function methods:put(packet)
	local entry = self.by_link[packet.link] or open(self, packet.link)
	local ok, message = entry.file:write(packet_block(packet))
	if not ok then
		error(("%s: %s"):format(entry.path, message), 0)
	end
	entry.packets, entry.bytes = entry.packets + 1, entry.bytes + #packet.bytes
end

--- Finish: when all packets are of one link type, their file gets the name that
-- was asked for, else each one's has the link type in it. No packets are a file
-- with none.
-- @treturn {table...} path, link ("ip", "ethernet", "payload"), packets, bytes
-- @raise why it can't be written
function methods:close()
	if #self.list == 0 then
		open(self, "ip")
	end
	for _, entry in ipairs(self.list) do
		local ok, message = entry.file:close()
		if ok and #self.list == 1 and not self.special then
			ok, message = os.rename(entry.path, self.path)
			entry.path = self.path
		end
		if not ok then
			error(("%s: %s"):format(entry.path, message), 0)
		end
	end
	return self.list
end

--- Begin files of packets; files of their names are overwritten. What is no
-- file, a FIFO or a device, is written to, and takes one link type only.
-- @tparam string path
-- @treturn table put(), close()
function pcapng.files(path)
	return setmetatable({ path = path, special = is_special(path), by_link = {}, list = {} }, files_meta)
end

return pcapng
