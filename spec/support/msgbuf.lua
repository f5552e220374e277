--- The kernel message buffer: text in a ring, its struct msgbuf right behind.
--
--	local m = msgbuf.place(mem, { text = "hello\n", reserved = 98304 })
--	m.va, m.size		where the bytes are: minidump's msgbuf option
--	m.address		the struct msgbuf: the value of msgbufp
--
-- As in the kernel, `reserved` bytes are taken, page aligned; the struct ends
-- them and the buffer is what remains. Text longer than the buffer wraps.
local msgbuf = {}

local MAGIC = 0x063062		-- sys/msgbuf.h, MSG_MAGIC
local WRAP = 2			-- MSGBUF_WRAP

-- The ring after text was written into it from sequence number seq on.
local function ring(text, size, seq)
	local last = text:sub(-size)
	local w = (seq + #text) % size
	if #last < size then
		local start = (w - #last) % size
		local first = last:sub(1, size - start)
		local rest = last:sub(#first + 1)
		return rest .. ("\0"):rep(start - #rest) .. first ..
		    ("\0"):rep(size - start - #first)
	end
	return last:sub(size - w + 1) .. last:sub(1, size - w)
end

local function sum(s)
	local total = 0
	for i = 1, #s do
		total = total + s:byte(i)
	end
	return total & 0xffffffff
end

--- Put a message buffer into memory.
-- @tparam table mem a memory whose types have struct msgbuf
-- @tparam table o text, reserved (98304), seq (sequence number before the text;
-- 0), magic, where
-- @treturn table va, size, address, wseq, text (what a reader must get back,
-- the wrapped-away beginning gone)
function msgbuf.place(mem, o)
	local reserved = o.reserved or 98304
	local seq = o.seq or 0
	local size = reserved - mem.types:sizeof "struct msgbuf"
	local va = mem:alloc(reserved, { pages = true, where = o.where })
	mem:write(va, ring(o.text, size, seq))
	local wseq = (seq + #o.text) % (16 * size)
	local fields = { msg_ptr = va, msg_magic = o.magic or MAGIC,
		msg_size = size, msg_wseq = wseq, msg_rseq = seq,
		msg_cksum = sum(o.text), msg_seqmod = 16 * size,
		msg_lastpri = -1 }
	if mem.types:has("struct msgbuf", "msg_flags") then
		fields.msg_flags = #o.text > size and WRAP or 0
	end
	mem:struct(va + size, "struct msgbuf", fields)
	return { va = va, size = size, address = va + size, wseq = wseq,
		text = o.text:sub(-size) }
end

return msgbuf
