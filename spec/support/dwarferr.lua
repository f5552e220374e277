--- Scenarios for spec/support/memerr.lua: what is asked of DWARF.
local function answer(value, message, code)
	return value and tostring(value), message, code
end

local scenarios = {}

function scenarios.dwarf_types(kd)
	local t, message, code = kd:type("struct", "proc")
	if not t then
		return nil, message, code
	end
	local out = { t:spell "x", tostring(t:pointer():array(3)) }
	for i, m in ipairs(t:members()) do
		out[i + 2] = m.name .. ":" .. tostring(m.type) .. ":" .. m.offset
	end
	return out
end

function scenarios.dwarf_symbol(kd)
	local t, message, code = kd:type_of_symbol "allproc"
	if not t then
		return nil, message, code
	end
	return { tostring(t), t.target:member "p_pid".offset }
end

-- The symbols' unit has copies of types, of which others are the first: enough
-- of them for tables to grow while two are compared.
function scenarios.dwarf_copies(kd)
	local same = 0
	for i = 1, 150 do
		local t, message, code = kd:type_of_symbol("copy" .. i)
		local first
		if t then
			first, message, code = kd:type("typedef", "copy_t" .. i)
		end
		if not first then
			return nil, message, code
		end
		same = same + (t == first and 1 or 0)
	end
	return same
end

function scenarios.dwarf_function(kd)
	return answer(kd:type_of_symbol "panic")
end

function scenarios.dwarf_enumerator(kd)
	return kd:enumerator "BLUE"
end

function scenarios.dwarf_source_line(kd)
	local file, line, code = kd:source_line(0xffffffff80200010)
	return file and { file, line }, line, code
end

function scenarios.dwarf_file(kd)
	return answer(kd:debug_file())
end

return scenarios
