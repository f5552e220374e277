--- The kernel's environment, kenv(2), and its configuration, config(8):
-- kern/kern_environment.c, and what config(8) -x prints.
-- @module vmcore.kern.kenv

local member = require "vmcore.kern.member"

local kenv = {}

local STRING_MAX, ENTRIES_MAX = 8192, 16384

local function pair(text)
	local name, value = text:match "^([^=]*)=(.*)$"
	return { name = name or text, value = value }
end

-- Once malloc(9) works: an array of pointers, NULL at its end.
local function dynamic(k, array)
	local i, size = -1, k.kd:ptrsize()
	return function()
		i = i + 1
		local at = i < ENTRIES_MAX and k.kd:read_ptr(array + i * size)
		if at == nil then
			error(member.damage(array + i * size, "kenvp[%d] can't be read", i))
		elseif at == false or at == 0 then
			return nil
		end
		local text, message = k.kd:read_string(at, STRING_MAX)
		return text and pair(text) or { broken = member.damage(at, "%s", message) }
	end
end

-- Before: what the loader left, strings and an empty one.
local function static(k, at)
	local n = 0
	return function()
		n = n + 1
		local text = n <= ENTRIES_MAX and k.kd:read_string(at, STRING_MAX)
		if not text or text == "" then
			return nil
		end
		at = at + #text + 1
		return pair(text)
	end
end

--- The variables of the kernel's environment.
-- @tparam table k
-- @treturn ?function iterator of { name, value }, or of { broken = what was in
--   the way }; nil when the kernel file does not tell where they are
-- @raise a fault
function kenv.each(k)
	local flag, array = k.kd:lookup "dynamic_kenv", k.kd:lookup "kenvp"
	local at = array and k.kd:read_ptr(array)
	if at and at ~= 0 and (flag == nil or k.kd:read_uint(flag, 1) ~= 0) then
		return dynamic(k, at)
	end
	local loader = k.kd:lookup "md_envp"
	at = loader and k.kd:read_ptr(loader)
	return at and at ~= 0 and static(k, at) or nil
end

--- The configuration that the kernel was made of, when it has it
-- (INCLUDE_CONFIG_FILE): from its file, or from the dump.
-- @tparam table k
-- @treturn[1] string text
-- @treturn[2] nil
-- @treturn[2] ?string why it cannot be read, when it is there
function kenv.config(k)
	local section = k.kd:section "kern_conf"
	local text, message = section and section.data, nil
	if text == nil then
		local symbol = k:symbol "kernconfstring"
		if symbol then
			text, message = k.kd:read_string(symbol.value, math.max(symbol.size, 4096))
		end
	end
	text = text and text:gsub("%z.*", "")
	if text == nil or text == "" then
		return nil, message
	end
	return text
end

return kenv
