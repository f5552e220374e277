--- Lays the members of a struct or union out, as a C compiler would.
--
-- The rules are those of the System V ABIs: natural alignment, bit-fields
-- packed into units of their declared type and never across one. See
-- ctext.lua for the `@ offset` notation.
local clayout = {}

local function round(n, align)
	return (n + align - 1) // align * align
end

--- The alignment of a type in bytes.
function clayout.align(set, id)
	local _, t = set:strip(id)
	if not t or t.k == "func" then
		return 1
	elseif t.k == "ptr" then
		return set.ptrsize
	elseif t.k == "array" then
		return clayout.align(set, t.a[1])
	elseif t.k == "struct" or t.k == "union" then
		local most = 1
		for _, m in ipairs(t.m) do
			most = math.max(most, clayout.align(set, m[2]))
		end
		return most
	end
	return math.max(1, math.min(t.s or 1, t.k == "int" and
	    t.e & 0xffff <= 64 and set.align or 16))
end

-- The integer type of a bit-field: its declared type, narrowed.
local function narrow(set, id, bits)
	local _, t = set:strip(id)
	local name = t.n .. " bitfield"
	set.narrowed = set.narrowed or {}
	local key = name .. bits
	set.narrowed[key] = set.narrowed[key] or set:add{ k = "int",
		n = name, s = t.s, e = t.e & ~0xffff | bits }
	return set.narrowed[key]
end

-- Place a bit-field; return its bit offset and where the next may start.
local function place_bits(set, id, bits, at)
	local unit = set:sizeof(id) * 8
	if bits == 0 then
		return nil, round(at, unit)
	end
	if at // unit ~= (at + bits - 1) // unit then
		at = round(at, unit)
	end
	return at, at + bits
end

local function member(p, t, base, at)
	local set = p.set
	local id, name = base, ""
	if p:peek() ~= ";" and p:peek() ~= ":" and p:peek() ~= "@" then
		id, name = p:declarator(base)
	end
	local bit, stop
	if p:accept ":" then
		local bits = p:number()
		bit, stop = place_bits(set, id, bits, at)
		id = bits > 0 and narrow(set, id, bits) or id
		if name == "" then
			bit = nil
		end
	else
		bit = round(at, clayout.align(set, id) * 8)
		stop = bit + set:sizeof(id) * 8
	end
	if p:accept "@" then
		local delta = p:number() * 8 - bit
		bit, stop = bit + delta, stop + delta
	end
	if bit then
		t.m[#t.m + 1] = { name, id, bit }
	end
	return stop
end

--- Parse the members up to "}" into t and give it its size.
function clayout.fill(p, t)
	local at, most = 0, 0
	while not p:accept "}" do
		local base = p:specifier()
		repeat
			local stop = member(p, t, base, t.k == "union" and 0 or
			    at)
			at = stop
			most = math.max(most, stop)
		until not p:accept ","
		p:expect ";"
	end
	local align = 1
	for _, m in ipairs(t.m) do
		align = math.max(align, clayout.align(p.set, m[2]))
	end
	t.s = round((most + 7) // 8, align)
	if p:accept "@" then
		t.s = p:number()
	end
end

return clayout
