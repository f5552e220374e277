--- What the parts of netstat(1)'s answers have in common.
-- @module vmcore.netstat.part

local record = require "vmcore.record"

local part = {}

-- A column of the network stack: that of a jail, 0 is the host.
part.JID = { "jid", "JID", "right" }

--- A view, or an error that names what the kernel file does not tell.
-- @param view nil when there is none
-- @tparam string what a struct is called
function part.known(view, what)
	return view or error(("the kernel file does not tell what a struct %s is"):format(what), 0)
end

--- Columns, on the right where nothing else is said.
-- @tparam table list
-- @treturn table
function part.columns(list)
	for _, column in ipairs(list) do
		column[3] = column[3] or "right"
	end
	return list
end

--- A column of addresses.
-- @tparam string key
-- @tparam string title
function part.address(key, title)
	return { key, title, "left", format = "address", width = 18 }
end

-- The members of a socket buffer, as -x calls them.
local BUFFER = { { "mcnt", "MBUF" }, { "ccnt", "CLUS" }, { "hiwat", "HIWA" }, { "lowat", "LOWA" },
	{ "mbcnt", "BCNT" }, { "mbmax", "BMAX" } }

--- Add the columns of both socket buffers.
-- @tparam table list of columns
function part.put_buffers(list)
	for _, member in ipairs(BUFFER) do
		for _, way in ipairs { "rcv", "snd" } do
			list[#list + 1] = { way .. "_" .. member[1], way:sub(1, 1):upper() .. "-" .. member[2] }
		end
	end
end

--- Rows of the subjects of an iterator that `keep` wants; one that can't be
-- read is not left out.
-- @tparam function each
-- @tparam table fields of vmcore.record
-- @tparam function keep of a subject
-- @treturn function iterator of rows
function part.filtered(each, fields, keep)
	local row_of = record.maker(fields)
	return function()
		for s in each do
			local ok, wanted = pcall(keep, s)
			if wanted or not ok then
				return row_of(s)
			end
		end
	end
end

--- How long a socket's listen queues are.
-- @tparam table fields of vmcore.kern.socket
-- @treturn function of a subject: "waiting/incomplete/limit"
function part.listen(fields)
	return function(s)
		return ("%d/%d/%d"):format(fields.qlen(s), fields.incqlen(s), fields.qlimit(s))
	end
end

return part
