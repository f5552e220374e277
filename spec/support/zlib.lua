--- A zlib stream (RFC 1950) that stores its input instead of compressing it.
--
-- Any inflater accepts "stored" deflate blocks (RFC 1951, 3.2.4), so the forge
-- needs no zlib to write compressed CTF or SHF_COMPRESSED sections.
--
--	local stream = zlib.store("text")
local zlib = {}

local BLOCK = 65535	-- most bytes of a stored block
local MOD = 65521	-- RFC 1950: the largest prime below 65536
local RUN = 5552	-- bytes that may be summed before the sums are reduced

--- The Adler-32 checksum of s.
function zlib.adler32(s)
	local a, b = 1, 0
	for from = 1, #s, RUN do
		local last = math.min(from + RUN - 1, #s)
		for i = from, last - 7, 8 do
			local c, d, e, f, g, h, j, k = s:byte(i, i + 7)
			b = b + 8 * (a + c) + 7 * d + 6 * e + 5 * f + 4 * g +
			    3 * h + 2 * j + k
			a = a + c + d + e + f + g + h + j + k
		end
		for i = last - (last - from + 1) % 8 + 1, last do
			a = a + s:byte(i)
			b = b + a
		end
		a, b = a % MOD, b % MOD
	end
	return b << 16 | a
end

--- A zlib stream that inflates to s.
function zlib.store(s)
	local out = { "\x78\x01" }
	for from = 1, math.max(#s, 1), BLOCK do
		local part = s:sub(from, from + BLOCK - 1)
		local final = from + BLOCK > #s and 1 or 0
		out[#out + 1] = string.pack("<BI2I2", final, #part, ~#part & 0xffff)
		out[#out + 1] = part
	end
	out[#out + 1] = string.pack(">I4", zlib.adler32(s))
	return table.concat(out)
end

return zlib
