--- The tables of mbufs: columns, and rows of what vmcore.kern.mbufs gives.
-- @module vmcore.mbuftable

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local record = require "vmcore.record"

local mbuftable = {}

local ROW = 16		-- bytes of contents in a line

local CONTENTS = {
	{ "addr", "MBUF", "left", width = 18, format = "address" },
	{ "offset", "OFFSET", "right", format = "hex" },
	{ "hex", "CONTENTS", "left", width = 47 },
	{ "text", "TEXT", "left" },
}
local SUMMARY = {
	{ "zone", "ZONE", "left", width = 15 }, { "state", "STATE", "left", width = 10 },
	{ "way", "QUEUE", "left", width = 12 }, { "count", "COUNT", "right", width = 8 },
	{ "bytes", "BYTES", "right", width = 12 },
}
local CAPTURE = { { "path", "FILE", "left", width = 24 }, { "link", "LINK", "left", width = 8 },
	{ "packets", "PACKETS", "right" }, { "bytes", "BYTES", "right", width = 9 } }

-- `way` is wide where it names a cache.
local function who(options)
	local list = {
		{ "state", "STATE", "left", width = 10 },
		{ "owner", "OWNER", "left", width = 18, format = "address" },
		{ "way", "QUEUE", "left", width = options.all and 21 or 5 },
		{ "packet", "PKT", "right" },
	}
	if options.all or options.unknown then
		table.insert(list, 1, { "zone", "ZONE", "left", width = 15 })
	end
	return list
end

local function what(options)
	local list = {
		{ "addr", "MBUF", "left", width = 18, format = "address" },
		{ "len", "LEN", "right", width = 5 },
		{ "type", "TYPE", "left", width = 7 },
		{ "pktlen", "PKTLEN", "right" },
		{ "ext", "EXT", "left", width = 8 },
		{ "ext_size", "SIZE", "right", width = 5 },
		{ "refs", "REFS", "right" },
		{ "data", "DATA", "left", width = 18, format = "address" },
	}
	local header = {
		{ "holder", "COUNTED BY", "left", width = 18, format = "address" },
		{ "ext_free", "FREED BY", "left", width = 12 }, { "npgs", "PAGES", "right" },
		{ "interface", "RCVIF", "left", width = 7 }, { "fib", "FIB", "right" },
		{ "flowid", "FLOWID", "right", width = 8, format = "hex" },
		{ "csum_flags", "CSUM", "right", width = 8, format = "hex" }, { "tags", "TAGS", "left" },
	}
	table.move(options.verbose and header or {}, 1, #header, #list + 1, list)
	list[#list + 1] = { "flags", "FLAGS", "left" }
	return list
end

--- The columns that options ask for.
-- @tparam table options pcap, summary, hexdump, all, unknown, verbose
-- @treturn table see vmcore.table
function mbuftable.columns(options)
	if options.pcap or options.summary or options.hexdump then
		return options.pcap and CAPTURE or options.summary and SUMMARY or CONTENTS
	end
	local list = who(options)
	return table.move(what(options), 1, 64, #list + 1, list)
end

-- The name of the interface that a packet came by. What stands there instead,
-- in queues of other kernels, is no address of one.
local function interface_field(view)
	local name, at = member.getter(view.k:type "struct ifnet", "if_xname"), view.fields.rcvif
	return name and at and function(m)
		local ifp = at(m)
		local ok, text = pcall(name, ifp or 0)
		return ifp and ok and (kvm.type_of(text) and kvm.string(text) or text) or nil
	end
end

--- A maker of rows.
-- @tparam table view vmcore.kern.mbuf
-- @treturn function of what vmcore.kern.mbufs gives, to a row
function mbuftable.row_maker(view)
	local fields = {}
	for key, field in pairs(view.fields) do
		fields[key] = function(s) return s.m and field(s.m) end
	end
	local interface, size = interface_field(view), fields.ext_size
	fields.interface = interface and function(s) return s.m and interface(s.m) end
	fields.addr = function(s) return s.m or s.cluster end
	fields.holder = function(s) return s.m and (view:holder(s.m)) end
	fields.ext_size = function(s) return s.cluster and s.size or size and size(s) end
	for _, key in ipairs { "zone", "state", "owner", "way", "packet", "offset", "hex", "text" } do
		fields[key] = function(s) return s[key] end
	end
	return record.maker(fields)
end

--- The contents of mbufs as rows of 16 bytes.
-- @tparam table view vmcore.kern.mbuf
-- @tparam function each iterator of what vmcore.kern.mbufs gives
-- @tparam function report
-- @treturn function iterator of what a maker of rows takes
function mbuftable.contents(view, each, report)
	return coroutine.wrap(function()
		for s in each do
			local ok, bytes = pcall(view.bytes, view, s.m)
			if s.m and not ok then
				report(("the mbuf at %#x: %s"):format(s.m, tostring(bytes)))
			end
			for at = 1, s.m and ok and #bytes or 0, ROW do
				local part = bytes:sub(at, at + ROW - 1)
				coroutine.yield { m = s.m, offset = at - 1,
					hex = part:gsub(".", function(c) return ("%02x "):format(c:byte()) end):sub(1, -2),
					text = part:gsub("[^ -~]", ".") }
			end
		end
	end)
end

--- How many there are of each zone, by state and queue; what is cached in one
-- sum.
-- @tparam function each iterator of what vmcore.kern.mbufs gives, with `zone` and
--   `size`
-- @treturn function iterator of { zone, state, way, count, bytes (of the items) },
--   in order
function mbuftable.summary(each)
	local found, order = {}, {}
	for s in each do
		local way = s.state ~= "cached" and s.way or nil
		local key = ("%s\0%s\0%s"):format(s.zone or "", s.state, way or "")
		local row = found[key]
		if row == nil then
			row = { zone = s.zone, state = s.state, way = way, count = 0, bytes = 0 }
			found[key], order[#order + 1] = row, key
		end
		row.count, row.bytes = row.count + 1, row.bytes + (s.size or 0)
	end
	table.sort(order)
	local i = 0
	return function()
		i = i + 1
		return found[order[i]]
	end
end

return mbuftable
