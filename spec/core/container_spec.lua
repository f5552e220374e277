--- What a dump may be wrapped in: kerneldumpheaders, dump devices, tar; and
-- what is said of it beside it.
local kdh = require "spec.support.kdh"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"
local textdump = require "spec.support.textdump"

local m = packed.machine(100)

local function header(more)
	return kdh.encode(packed.fields(more))
end

local function device(payload, more)
	return kdh.device(payload, packed.fields(more))
end

local function check_note(d, status)
	assert.equal("amd64", d.note.arch)
	assert.equal("forged.example", d.note.hostname)
	assert.equal(packed.version, d.note.version)
	assert.equal("page fault", d.note.panic)
	assert.equal("2023-11-14 22:13:20 +0000", d.note.time)
	assert.equal(status or "good", d.note.status)
end

-- A header with one bit of its host name flipped: only the parity tells.
local function flipped(bytes, at)
	local place = bytes:find("forged.example", at, true)
	return bytes:sub(1, place - 1) .. "Forged" .. bytes:sub(place + 6)
end

for version = 1, 4 do
	describe("a header of version " .. version, function()
		local o = { version = version, length = #m.bytes }

		it("may precede the dump", function()
			local kd = assert(packed.open(header(o) .. m.bytes))
			local d = packed.check(kd, m)
			assert.equal("header", d.container)
			check_note(d)
		end)

		it("ends the dump where it says", function()
			local kd = assert(packed.open(header(o) .. m.bytes .. ("x"):rep(5000)))
			assert.equal(#m.bytes, packed.check(kd, m).size)
		end)

		it("tells when its parity is wrong", function()
			local kd = assert(packed.open(flipped(header(o) .. m.bytes)))
			assert.equal("bad", packed.check(kd, m).note.status)
		end)

		it("stands at both ends of a device, of either sector size", function()
			for _, sector in ipairs{ 512, 4096 } do
				local kd = assert(packed.open(device(m.bytes,
				    { version = version, blocksize = sector })))
				local d = packed.check(kd, m)
				assert.equal("device", d.container)
				check_note(d)
			end
		end)

		it("is cleared by savecore, with or without its parity", function()
			local bytes = device(m.bytes, { version = version })
			local last = bytes:sub(-512)
			local cleared = "Cleared Kernel Dump\0" .. last:sub(21)
			check_note(packed.check(assert(packed.open(bytes:sub(1, -513) ..
			    cleared)), m), "cleared")
			cleared = header{ version = version, length = #m.bytes,
				magic = "Cleared Kernel Dump", extent = (#m.bytes + 511) & -512 }
			check_note(packed.check(assert(packed.open(bytes:sub(1, -513) ..
			    cleared)), m), "cleared")
		end)
	end)
end

describe("a dump device", function()
	it("may hold a compressed dump, with garbage behind it", function()
		for i, pack in ipairs{ packed.gzip, packed.zstd } do
			for _, sector in ipairs{ 512, 4096 } do
				local small = pack(m.bytes)
				local kd = assert(packed.open(device(small .. ("garbage"):rep(0), {
					compression = i, blocksize = sector,
					extent = (#m.bytes + 8191) & -4096 })))
				local d = packed.check(kd, m)
				assert.equal(i == 1 and "gzip" or "zstd", d.compression)
				assert.equal("device", d.container)
			end
		end
	end)

	it("may itself be compressed", function()
		local kd = assert(packed.open(packed.gzip(device(m.bytes))))
		local d = packed.check(kd, m)
		assert.equal("device", d.container)
		assert.equal("gzip", d.compression)
	end)

	it("tells when its headers differ, and takes the good one", function()
		local bytes = device(m.bytes)
		local front = bytes:find("FreeBSD Kernel Dump", 1, true)
		local back = #bytes - 511
		for _, at in ipairs{ front, back } do
			local d = packed.check(assert(packed.open(flipped(bytes, at))), m)
			assert.equal("bad", d.note.status)
		end
		local older = header{ length = #m.bytes, time = 1600000000,
			extent = (#m.bytes + 511) & -512 }
		local d = packed.check(assert(packed.open(bytes:sub(1, front - 1) .. older ..
		    bytes:sub(front + 512))), m)
		assert.equal("bad", d.note.status)
	end)

	it("is an error when the header in front is gone", function()
		local value, message, code = packed.open(device(m.bytes, { no_leading = true }))
		reader.fails("format", "header before the dump.*overwritten", value, message, code)
	end)

	it("is an error when the dump is larger than it", function()
		local value, message, code = packed.open(("\0"):rep(8192) ..
		    header{ length = 1 << 40 })
		reader.fails("format", "1099511627776 bytes on a device", value, message, code)
		for _, wrong in ipairs{ { blocksize = 0 }, { blocksize = 1 << 30 },
			{ keysize = 1 << 31 }, { length = -1 }, { extent = 1, length = 2 } } do
			assert.is_nil((packed.open(("\0"):rep(65536) .. header(wrong))))
			packed.open(header(wrong) .. m.bytes:sub(1, 100))
		end
	end)

	it("survives damage anywhere", function()
		reader.survives(device(m.bytes:sub(1, 40960)), { addresses = { m.va },
			front = 1 << 20, flips = 300 })
	end)
end)

local tar = textdump.tar{ { "ddb.txt", "db> bt\n" }, { "msgbuf.txt", packed.message },
	{ "version.txt", packed.version } }

describe("a textdump", function()
	local function check(kd)
		local d = kd:dump()
		assert.equal("text", d.kind)
		assert.equal(#tar, d.size)
		assert.is_true(tar == kd:read_dump(0, #tar))
		return d
	end

	it("is a tar file, which may be compressed", function()
		check(assert(packed.open(tar, "textdump.tar.0")))
		local kd = assert(packed.open(packed.gzip(tar), "textdump.tar.0.gz"))
		kd:read_dump(math.maxinteger, 1)
		assert.equal("gzip", check(kd).compression)
	end)

	it("lies backwards on a device", function()
		local o = packed.fields{ magic = "FreeBSD Text Dump", length = #tar,
			versionstring = packed.version }
		local head = kdh.encode(o)
		local d = check(assert(packed.open(("\0"):rep(70000 // 512 * 512) ..
		    textdump.backwards(tar) .. head)))
		assert.equal("device", d.container)
		check_note(d)
	end)

	it("is an error when it is larger than its device", function()
		local head = kdh.encode(packed.fields{ magic = "FreeBSD Text Dump",
			length = 1 << 40 })
		local value, message, code = packed.open(("\0"):rep(4096) .. head)
		reader.fails("format", "textdump of 1099511627776 bytes", value, message, code)
	end)

	it("has no memory", function()
		local value, message, code = packed.open(tar, "textdump.tar.0", nil,
		    { no_kernel = false, kernel = "/bin/sh" })
		reader.fails("notsup", "no kernel memory", value, message, code)
		value, message = assert(packed.open(tar)):read(0, 1)
		assert.is_nil(value)
		assert.is_truthy(message)
	end)
end)

describe("info.N", function()
	local info = kdh.info(packed.fields{ length = #m.bytes })

	it("goes with the dump of its number", function()
		for name, beside in pairs{ ["vmcore.3"] = "info.3", ["vmcore.3.zst"] = "info.3",
			["textdump.tar.5"] = "info.5", ["textdump.tar.5.gz"] = "info.5",
			["vmcore.last"] = "info.last", ["vmcore.last.gz"] = "info.last",
			["livecore.12"] = "info.12", ["vmcore"] = "info.0",
			["vmcore.zst"] = "info" } do
			local kd = assert(packed.open(m.bytes, name, { [beside] = info }))
			assert.equal("page fault", packed.check(kd, m).note.panic)
			kd = assert(packed.open(m.bytes, name, { ["info.77"] = info }))
			assert.equal("", kd:dump().note.panic)
		end
	end)

	it("is read whichever release wrote it", function()
		for version = 1, 4 do
			local kd = assert(packed.open(m.bytes, nil, { ["info.0"] =
			    kdh.info(packed.fields{ version = version, length = #m.bytes }) }))
			local note = kd:dump().note
			assert.equal(packed.version:gsub("\n$", ""), note.version)
			assert.equal("forged.example", note.hostname)
			assert.equal(#m.bytes, note.length)
			assert.equal("good", note.status)
		end
	end)

	it("may be damaged without harm", function()
		math.randomseed(7)
		for i = 1, 200 do
			local at = math.random(#info)
			local text = i % 2 == 0 and info:sub(1, at) or info:sub(1, at - 1) ..
			    string.char(math.random(0, 255)) .. info:sub(at + 1)
			local kd = assert(packed.open(m.bytes:sub(1, 20480), nil,
			    { ["info.0"] = text }))
			kd:dump()
			kd:close()
		end
		packed.check(assert(packed.open(m.bytes, nil, { ["info.0"] = "" })), m)
		packed.check(assert(packed.open(m.bytes, nil,
		    { ["info.0"] = ("\0"):rep(100000) })), m)
	end)
end)

describe("the end of a dump", function()
	local zeros = packed.machine(400)
	local full = zeros.dump.length

	it("is zeros when savecore left them out", function()
		-- The dump's last pages are zeros; the file ends before them.
		local pages = 3
		local bytes = zeros.bytes:sub(1, full - pages * 4096)
		local info = kdh.info(packed.fields{ length = full })
		local kd = assert(packed.open(bytes, nil, { ["info.0"] = info }))
		local d = kd:dump()
		assert.is_false(d.truncated)
		assert.equal(pages * 4096, d.zero_tail)
		assert.equal(0, d.pages_lost)
		local kind = 0
		for i = 0, zeros.pages - 1 do
			kind = kind + (kd:read(zeros.va + i * 4096, 4096) ==
			    ("\0"):rep(4096) and 1 or 0)
		end
		assert.equal(pages, kind)
	end)

	it("is cut off when nobody says how long it was", function()
		local kd = assert(packed.open(zeros.bytes:sub(1, full - 3 * 4096)))
		local d = kd:dump()
		assert.is_true(d.truncated)
		assert.equal(3, d.pages_lost)
		assert.equal(0, d.zero_tail)
		local lost = 0
		for i = 0, zeros.pages - 1 do
			local value, _, code = kd:read(zeros.va + i * 4096, 4096)
			if not value then
				assert.equal("fault-truncated", code)
				lost = lost + 1
			end
		end
		assert.equal(3, lost)
	end)

	it("is cut off when it is inside a page", function()
		local info = kdh.info(packed.fields{ length = full })
		local kd = assert(packed.open(zeros.bytes:sub(1, full - 100), nil,
		    { ["info.0"] = info }))
		assert.is_true(kd:dump().truncated)
		assert.equal(1, kd:dump().pages_lost)
	end)

	it("may be a live dump's header", function()
		local kd = assert(packed.open(m.bytes .. header{ length = #m.bytes,
			blocksize = 4096 }, "livecore.0"))
		local d = packed.check(kd, m)
		assert.equal("file", d.container)
	end)
end)
