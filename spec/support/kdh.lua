--- kerneldumpheader, versions 1 to 4, and what savecore(8) makes of it.
--
-- All integers are big-endian, whatever the target. Offsets are those of
-- sys/kerneldump.h; versions 2 and 3 existed only in snapshots.
--
--	local h = kdh.encode{ version = 4, arch = "amd64", length = 8192 }
--	kdh.info{ version = 4, ... }	the text of info.N
--	kdh.device(payload, { ... })	a raw dump partition
local kdh = {}

local MAGIC = "FreeBSD Kernel Dump"

-- { field, offset, format } in the versions 1 to 4; the prefix is common.
local LAYOUT = {
	{ time = { 48, ">I8" }, blocksize = { 56, ">I4" },
		hostname = { 60, "c64" }, versionstring = { 124, "c192" },
		panicstring = { 316, "c192" } },
	{ time = { 48, ">I8" }, keysize = { 56, ">I4" },
		blocksize = { 60, ">I4" }, hostname = { 64, "c64" },
		versionstring = { 128, "c192" }, panicstring = { 320, "c188" } },
	{ extent = { 48, ">I8" }, time = { 56, ">I8" }, keysize = { 64, ">I4" },
		blocksize = { 68, ">I4" }, compression = { 72, "B" },
		hostname = { 73, "c64" }, versionstring = { 137, "c192" },
		panicstring = { 329, "c179" } },
	{ extent = { 496, ">I8" }, time = { 48, ">I8" }, keysize = { 56, ">I4" },
		blocksize = { 60, ">I4" }, compression = { 495, "B" },
		hostname = { 64, "c64" }, versionstring = { 128, "c192" },
		panicstring = { 320, "c175" } },
}

local DEFAULT = { version = 4, arch = "amd64", archversion = 2, length = 0,
	time = 1700000000, keysize = 0, blocksize = 512, compression = 0,
	hostname = "", versionstring = "", panicstring = "" }

local function complete(fields)
	local f = {}
	for k, v in pairs(DEFAULT) do
		f[k] = v
	end
	for k, v in pairs(fields) do
		f[k] = v
	end
	f.extent = f.extent or f.length
	return f
end

-- The XOR of the 32-bit words of s.
local function parity(s)
	local x = 0
	for i = 1, #s, 4 do
		x = x ~ string.unpack(">I4", s, i)
	end
	return x
end

-- Text as the kernel stores it: cut with a newline and a NUL in the end.
local function text(s, format)
	local room = tonumber(format:sub(2))
	return #s < room and s or s:sub(1, room - 2) .. "\n"
end

--- The 512 bytes of a header.
-- @tparam table fields version, arch, archversion, length, extent, time,
-- keysize, blocksize, compression (0 none, 1 gzip, 2 zstd), hostname,
-- versionstring, panicstring, magic, parity (to falsify it)
function kdh.encode(fields)
	local f = complete(fields)
	local out = { { 0, string.pack(">c20c12I4I4I8", f.magic or MAGIC,
	    f.arch, f.version, f.archversion, f.length) } }
	for name, where in pairs(LAYOUT[f.version]) do
		local value = f[name]
		if type(value) == "string" then
			value = text(value, where[2])
		end
		out[#out + 1] = { where[1], string.pack(where[2], value) }
	end
	table.sort(out, function(a, b) return a[1] < b[1] end)
	local s = ""
	for _, part in ipairs(out) do
		s = s .. ("\0"):rep(part[1] - #s) .. part[2]
	end
	s = s .. ("\0"):rep(508 - #s)
	return s .. string.pack(">I4", fields.parity or parity(s))
end

local COMPRESSION = { [0] = "none", "gzip", "zstd" }

--- The text of info.N as savecore(8) writes it.
-- @tparam table fields as for encode, and device, bounds, status
function kdh.info(fields)
	local f = complete(fields)
	local raw = string.unpack("<I4", kdh.encode(fields), 509)
	local lines = { "Dump header from device: " ..
	    (f.device or "/dev/vtbd0p2") }
	local function line(key, value)
		lines[#lines + 1] = "  " .. key .. ": " .. value
	end
	line("Architecture", f.arch)
	line("Architecture Version", f.archversion)
	line("Dump Length", f.length)
	line("Blocksize", f.blocksize)
	if f.version > 1 then
		line("Compression", COMPRESSION[f.compression] or "???")
	end
	line("Dumptime", os.date(f.version > 1 and "!%Y-%m-%d %H:%M:%S +0000" or
	    "!%a %b %d %H:%M:%S %Y", f.time))
	line("Hostname", f.hostname)
	line("Magic", f.magic or MAGIC)
	line("Version String", f.versionstring:gsub("\n$", ""))
	line("Panic String", f.panicstring)
	line("Dump Parity", raw)
	line("Bounds", f.bounds or 0)
	line("Dump Status", f.status or "good")
	return table.concat(lines, "\n") .. "\n"
end

--- A dump partition: free space, header, key, payload, header.
-- @tparam string payload the dump
-- @tparam table fields as for encode; and key, mediasize, no_leading
function kdh.device(payload, fields)
	local f = complete(fields)
	local bs, key = f.blocksize, fields.key or ""
	f.length, f.keysize = #payload, #key
	f.extent = fields.extent or (#payload + bs - 1) // bs * bs
	local block = kdh.encode(f)
	block = block .. ("\0"):rep(bs - #block)
	local size = f.mediasize or 65536 + f.extent + #key + 2 * bs
	local lead = size - bs - f.extent - #key - bs
	assert(lead >= 0, "kdh: the medium is too small")
	return ("\0"):rep(lead) .. (f.no_leading and ("\0"):rep(bs) or block) ..
	    key .. payload .. ("\0"):rep(f.extent - #payload) .. block
end

return kdh
