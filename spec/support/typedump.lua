--- All that a descriptor says of its named types, as lines of text: for specs
-- that compare two sources of the same types.
local typedump = {}

local NAMED = { struct = true, union = true, enum = true, typedef = true }

local add_parts

local function add_member(lines, prefix, m)
	lines[#lines + 1] = ("%s.%s %s at %s bits %s:%s"):format(prefix, m.name, tostring(m.type),
	    m.offset, m.bitoff, m.bits)
	if m.type.name == "" and (m.type.kind == "struct" or m.type.kind == "union") then
		add_parts(lines, prefix .. "." .. m.name, m.type)
	end
end

function add_parts(lines, prefix, t)
	if t.kind == "enum" then
		for _, e in ipairs(t:enumerators()) do
			lines[#lines + 1] = ("%s %s = %d"):format(prefix, e.name, e.value)
		end
	elseif t.kind == "typedef" then
		lines[#lines + 1] = ("%s is %s"):format(prefix, tostring(t.target))
	elseif t.kind == "struct" or t.kind == "union" then
		for _, m in ipairs(t:members()) do
			add_member(lines, prefix, m)
		end
	end
end

--- The named types of a descriptor.
-- @treturn {{string,string}...} kind and name
function typedump.names(kd)
	local out, seen = {}, {}
	for t in kd:types() do
		local key = t.kind .. " " .. t.name
		if NAMED[t.kind] and t.name ~= "" and not seen[key] then
			seen[key] = true
			out[#out + 1] = { t.kind, t.name }
		end
	end
	return out
end

--- What a descriptor says of them.
-- @treturn string
function typedump.text(kd, names)
	local lines = {}
	for _, n in ipairs(names) do
		local t, message = kd:type(n[1], n[2])
		local head = n[1] .. " " .. n[2]
		lines[#lines + 1] = t and ("%s: %d bytes"):format(head, t.size) or message
		if t then
			add_parts(lines, head, t)
		end
	end
	return table.concat(lines, "\n")
end

return typedump
