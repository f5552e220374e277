--- Capture files, read by a reader of its own.
local lab = require "spec.support.lab"
local pcapng = require "vmcore.pcapng"
local source = require "spec.support.source"

-- Packets of a file: { linktype, nanoseconds since the epoch, bytes, length,
-- comment }.
local function read(path)
	local bytes, at, types, list = source.read(path), 1, {}, {}
	local function options(from, to)
		local found = {}
		while from < to do
			local code, n = ("<I2I2"):unpack(bytes, from)
			found[code] = bytes:sub(from + 4, from + 3 + n)
			from = from + 4 + n + -n % 4
		end
		return found
	end
	while at <= #bytes do
		local kind, n = ("<I4I4"):unpack(bytes, at)
		assert(n % 4 == 0 and n == ("<I4"):unpack(bytes, at + n - 4))
		if kind == 0x0a0d0d0a then
			assert(("<I4I2I2"):unpack(bytes, at + 8) == 0x1a2b3c4d)
		elseif kind == 1 then
			types[#types + 1] = ("<I2"):unpack(bytes, at + 8)
			assert(options(at + 16, at + n - 4)[9] == "\9")
		else
			local id, high, low, captured, length = ("<I4I4I4I4I4"):unpack(bytes, at + 8)
			local after = at + 28 + captured + -captured % 4
			list[#list + 1] = { types[id + 1], high << 32 | low, bytes:sub(at + 28, at + 27 + captured), length,
				options(after, at + n - 4)[1] }
		end
		at = at + n
	end
	return list, types
end

describe("a capture file", function()
	it("has packets, times and comments", function()
		local path = lab.folder() .. "/one.pcapng"
		local out = pcapng.files(path)
		out:put { link = "ethernet", bytes = "frame", seconds = 1700000000, nanoseconds = 7, comment = "why" }
		out:put { link = "ethernet", bytes = "", length = 60 }
		assert.same({ { path = path, link = "ethernet", packets = 2, bytes = 5 } }, (function()
			local list = out:close()
			list[1].file = nil
			return list
		end)())
		assert.same({ { 1, 1700000000000000007, "frame", 5, "why" }, { 1, 0, "", 60 } }, (read(path)))
	end)

	it("is of one link type: others have their own", function()
		local dir = lab.folder()
		local out = pcapng.files(dir .. "/a.b/all")
		assert.has_error(function() out:put { link = "ethernet", bytes = "" } end)
		out = pcapng.files(dir .. "/all.pcapng")
		out:put { link = "ip", bytes = "packet" }
		out:put { link = "payload", bytes = "data" }
		local list = out:close()
		assert.same({ dir .. "/all.ip.pcapng", dir .. "/all.payload.pcapng" }, { list[1].path, list[2].path })
		assert.same({ { 101, 0, "packet", 6 } }, (read(list[1].path)))
		assert.same({ { 147, 0, "data", 4 } }, (read(list[2].path)))
	end)

	it("may be of no packets", function()
		local path = lab.folder() .. "/none"
		assert.equal(path, pcapng.files(path):close()[1].path)
		local list, types = read(path)
		assert.same({ {}, { 101 } }, { list, types })
	end)

	it("does not take the place of what is no file", function()
		local path = lab.folder() .. "/fifo"
		assert(os.execute("mkfifo " .. path))
		local reader = io.popen(("cat %s >%s.read"):format(path, path), "w")
		local out = pcapng.files(path)
		out:put { link = "ip", bytes = "packet" }
		assert.has_error(function() out:put { link = "payload", bytes = "data" } end,
		    path .. " takes packets of one link type only: not 'payload' behind 'ip'")
		assert.equal(path, out:close()[1].path)
		reader:close()
		assert.is_true(os.execute("test -p " .. path))
		assert.same({ { 101, 0, "packet", 6 } }, (read(path .. ".read")))
	end)

	it("is read by tcpdump, where that is", function()
		if #source.lines_of "command -v tcpdump" == 0 then
			return pending "no tcpdump here"
		end
		local path = lab.folder() .. "/ping.pcapng"
		local out = pcapng.files(path)
		out:put { link = "ip", seconds = 1, bytes = "\x45\0\0\28\0\1\0\0\x40\1\0\0\192\0\2\1\192\0\2\2"
		    .. "\8\0\xf7\xff\0\0\0\0" }
		out:close()
		assert.matches("192%.0%.2%.1 > 192%.0%.2%.2: ICMP echo request",
		    source.lines_of("tcpdump -nr " .. path .. " 2>/dev/null")[1])
	end)
end)
