--- Textdumps as the kernel writes them: ddb/db_textdump.c.
--
--	textdump.tar{ { "ddb.txt", "db> bt\n" }, { "panic.txt", "page fault" } }
local textdump = {}

-- A header in ustar form; the type is a NUL, the check sum as %6o prints it.
local function header(name, size)
	local fields = { { 0, name }, { 100, ("%-8o"):format(384) }, { 108, ("%-8o"):format(0) },
		{ 116, ("%-8o"):format(0) }, { 124, ("%-12o"):format(size) },
		{ 136, ("%-12o"):format(1700000000) }, { 148, (" "):rep(8) },
		{ 257, "ustar\0" }, { 263, "00" }, { 265, "root" }, { 297, "wheel" } }
	local s = ""
	for _, f in ipairs(fields) do
		s = s .. ("\0"):rep(f[1] - #s) .. f[2]
	end
	s = s .. ("\0"):rep(512 - #s)
	local sum = 0
	for i = 1, 512 do
		sum = sum + s:byte(i)
	end
	return s:sub(1, 148) .. ("%6o"):format(sum) .. s:sub(155)
end

--- A textdump of these files: { name, text }.
function textdump.tar(files)
	local out = {}
	for i, file in ipairs(files) do
		out[i] = header(file[1], #file[2]) .. file[2] .. ("\0"):rep(-#file[2] % 512)
	end
	return table.concat(out) .. ("\0"):rep(1024)
end

--- Its blocks as they lie on the dump device: the last one first.
function textdump.backwards(bytes)
	local out = {}
	for at = #bytes - 511, 1, -512 do
		out[#out + 1] = bytes:sub(at, at + 511)
	end
	return table.concat(out)
end

return textdump
