--- Types as C declares them, with the offsets of their members.
-- @module vmcore.typetext

local typetext = {}

local KINDS = { struct = "struct", union = "union" }

local function heading(t)
	return t.name ~= "" and t.kind .. " " .. t.name or t.kind
end

local add

-- A member that is a struct without a name is written out where it stands.
local function written_out(t, options, level)
	local base = t:strip()
	while base.kind == "array" do
		base = base.target:strip()
	end
	if KINDS[base.kind] == nil or base.size == 0 then
		return nil
	end
	return (base.name == "" or level <= (options.depth or 0)) and base or nil
end

local function hole(rows, level, from, to)
	if to > from then
		rows[#rows + 1] = { offset = from, size = to - from, level = level, hole = true,
			text = ("/* %d byte hole */"):format(to - from) }
	end
end

local function member(rows, m, options, level, base)
	local inner = written_out(m.type, options, level)
	local offset = base + m.offset
	local row = { offset = offset, bits = m.bits, size = m.type.size, level = level,
		bit = m.bits and m.bitoff % 8 or nil }
	if inner == nil then
		row.text = m.type:spell(m.name) .. (m.bits and (" : %d;"):format(m.bits) or ";")
		rows[#rows + 1] = row
		return
	end
	rows[#rows + 1] = row
	row.text = heading(inner) .. " {"
	add(rows, inner, options, level + 1, offset)
	local spelled = m.name == "" and "" or m.type:spell(m.name)
	-- What stands behind the type's own name: "*", the name, "[4]".
	local declarator = spelled:match "{%.%.%.} ?(.*)$" or spelled:gsub("^%w+ [%w_]+ ?", "")
	rows[#rows + 1] = { level = level, text = declarator == "" and "};" or "} " .. declarator .. ";" }
end

-- The members of t, and the holes between them.
function add(rows, t, options, level, base)
	local stop = 0
	for _, m in ipairs(t:members()) do
		if t.kind == "struct" and m.bits == nil then
			hole(rows, level, base + stop, base + m.offset)
		end
		member(rows, m, options, level, base)
		stop = m.bits and (m.bitoff + m.bits + 7) // 8 or m.offset + m.type.size
	end
	if t.kind == "struct" then
		hole(rows, level, base + stop, base + t.size)
	end
end

local function enumerators(rows, t)
	for _, e in ipairs(t:enumerators()) do
		rows[#rows + 1] = { level = 1, text = ("%s = %d,"):format(e.name, e.value) }
	end
end

--- The lines of a type's definition.
-- @tparam kvm.type t
-- @tparam ?table options `depth`: levels of structs with a name that are
--   written out where they are members (0)
-- @treturn {table...} offset, size (in bytes), bit, bits (of a bit-field), level
--   (of indentation), text, hole (true of bytes without a member)
function typetext.lines(t, options)
	options = options or {}
	local rows = {}
	local base = t
	while base.kind == "typedef" do
		rows[#rows + 1] = { level = 0, size = base.size,
			text = "typedef " .. base.target:spell(base.name) .. ";" }
		base = base.target
	end
	if KINDS[base.kind] and base.size > 0 then
		rows[#rows + 1] = { level = 0, size = base.size, text = heading(base) .. " {" }
		add(rows, base, options, 1, 0)
		rows[#rows + 1] = { level = 0, text = "};" }
	elseif base.kind == "enum" then
		rows[#rows + 1] = { level = 0, size = base.size, text = heading(base) .. " {" }
		enumerators(rows, base)
		rows[#rows + 1] = { level = 0, text = "};" }
	elseif #rows == 0 then
		rows[1] = { level = 0, size = base.size, text = base:spell() .. ";" }
	end
	return rows
end

return typetext
