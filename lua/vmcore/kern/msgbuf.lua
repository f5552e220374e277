--- The kernel's message buffer: sys/msgbuf.h.
--
-- The kernel's own structure is followed where the kernel file tells where it
-- is. A minidump also holds a copy of the buffer that needs no kernel.
-- @module vmcore.kern.msgbuf

local textdump = require "vmcore.kern.textdump"

local msgbuf = {}

local MAGIC = 0x063062		-- MSG_MAGIC
local SIZE_MAX = 64 << 20	-- bytes; kern.msgbufsize is 96 KiB by default

-- struct msgbuf has been this since 8: a pointer, six unsigned ints, two ints,
-- a mutex.
local function unpack_header(kd, bytes)
	local e = kd:byteorder() == "little" and "<" or ">"
	local word = kd:ptrsize() == 8 and "I8" or "I4"
	local ok, pointer, magic, size, wseq, rseq, _, seqmod =
	    pcall(string.unpack, e .. word .. "I4I4I4I4I4I4", bytes)
	if not ok or magic ~= MAGIC or size == 0 or size > SIZE_MAX then
		return nil
	end
	return { pointer = pointer, size = size, wseq = wseq, rseq = rseq, seqmod = seqmod }
end

local HEADER_SIZE = 64		-- enough for the fields above

-- Bytes from the oldest to the newest. A buffer that never filled up has NULs
-- in front; they never belong to the text. One that did may begin in the
-- middle of a line's priority.
local function in_order(bytes, wseq)
	local at = wseq % #bytes
	local text = bytes:sub(at + 1) .. bytes:sub(1, at)
	if text:byte() ~= 0 then
		text = text:gsub("^%d?%d?%d?>", "")
	end
	return (text:gsub("%z+", ""))
end

local function from_kernel(k)
	local kd = k.kd
	local variable = kd:lookup "msgbufp"
	local address = variable and kd:read_ptr(variable)
	local bytes = address and address ~= 0 and kd:read(address, HEADER_SIZE)
	local header = bytes and unpack_header(kd, bytes)
	if not header then
		return nil
	end
	local text, message, _, partial = kd:read(header.pointer, header.size)
	if text then
		return in_order(text, header.wseq)
	elseif partial == nil or #partial == 0 then
		return nil
	end
	return in_order(partial .. ("\0"):rep(header.size - #partial), header.wseq), message
end

-- Without the write position: a buffer that never filled up keeps a run of
-- NULs behind the newest text. Of a full one nothing tells where it begins.
local function rotated(bytes)
	local from, to = bytes:find "%z%z+"
	if from == nil then
		return bytes
	end
	return ((bytes:sub(to + 1) .. bytes:sub(1, from - 1)):gsub("%z+", ""))
end

-- The copy in a minidump. The kernel places its structure right behind the
-- buffer (msgbufinit(), kern/subr_msgbuf.c, and its callers), and the copy is
-- rounded up to pages: so the structure is often in the dump too, and tells
-- the write position.
local function from_dump(k)
	local kd, dump = k.kd, k.kd:dump()
	if dump.msgbuf_offset == 0 or dump.msgbuf_size == 0 or dump.msgbuf_size > SIZE_MAX then
		return nil
	end
	local bytes = kd:read_dump(dump.msgbuf_offset, dump.msgbuf_size)
	if bytes == nil or #bytes == 0 then
		return nil
	elseif #bytes < dump.msgbuf_size then
		return rotated(bytes), "the dump ends in its copy of the message buffer"
	end
	local behind = kd:read_dump(dump.msgbuf_offset + dump.msgbuf_size, HEADER_SIZE)
	local header = behind and unpack_header(kd, behind)
	if header and header.size == dump.msgbuf_size then
		return in_order(bytes, header.wseq)
	end
	return rotated(bytes)
end

--- The text of the message buffer, oldest first.
-- @tparam table k
-- @treturn[1] string
-- @treturn[1] ?string what is missing from it
-- @treturn[2] nil
-- @treturn[2] string message
function msgbuf.text(k)
	local dump = k.kd:dump()
	if dump.kind == "text" then
		return textdump.read(k.kd, "msgbuf.txt")
	end
	-- The copy is at the front of a stream, the kernel's may be at its end.
	local text, missing
	if not dump.complete then
		text, missing = from_dump(k)
	end
	if text == nil or missing then
		text, missing = from_kernel(k)
	end
	if text == nil or missing then
		local copy, cut = from_dump(k)
		if copy and (text == nil or not cut) then
			text, missing = copy, cut
		end
	end
	if text == nil then
		return nil, "the message buffer can't be read"
	end
	return text, missing
end

-- Facilities and levels of a priority, sys/syslog.h: LOG_FAC(), LOG_PRI().
local FACILITIES = { [0] = "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp",
	"cron", "authpriv", "ftp", "ntp", "security", "console", false, "local0", "local1", "local2",
	"local3", "local4", "local5", "local6", "local7" }
local LEVELS = { [0] = "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" }

--- Lines of the message buffer, and the priorities that syslogd(8) reads: what
-- log(9) and writers to the console left has "<6>" in front, what printf(9)
-- did has not (subr_prf.c).
-- @tparam string text
-- @treturn function iterator of tables: text, priority (integer; nil without
--   one), facility ("kern", "console"), level ("info")
function msgbuf.records(text)
	local next_line = text:gmatch "([^\n]*)\n?"
	local left = #text
	return function()
		if left <= 0 then
			return nil
		end
		local line = next_line()
		left = left - #line - 1
		local number, rest = line:match "^<(%d+)>(.*)"
		local priority = number and #number < 10 and math.tointeger(number)
		if not priority then
			return { text = line, facility = "kern" }
		end
		return { text = rest, priority = priority, level = LEVELS[priority & 7],
			facility = FACILITIES[priority >> 3] or tostring(priority >> 3) }
	end
end

--- Lines of the message buffer without their priorities.
-- @tparam string text
-- @treturn function iterator of strings
function msgbuf.lines(text)
	local each = msgbuf.records(text)
	return function()
		local record = each()
		return record and record.text
	end
end

--- The last panic that the message buffer tells of.
-- @tparam string text
-- @treturn ?string
function msgbuf.panic(text)
	local found
	for line in msgbuf.lines(text) do
		found = line:match "^panic: (.*)" or found
	end
	return found
end

return msgbuf
