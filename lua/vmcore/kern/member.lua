--- Asking a kernel's types which layout they have.
-- @module vmcore.kern.member

local kvm = require "kvm"

local member = {}

--- A quick reader of a member that had several names or places: the first
-- one that exists, so callers give the newest layout first.
-- @tparam kvm.type t of the struct; nil gives nil
-- @tparam string ... paths; a pointer on the way is followed
-- @treturn ?function of an object or address, nil when the kernel has none
function member.getter(t, ...)
	if t == nil then
		return nil
	end
	for _, path in ipairs { ... } do
		local ok, get = pcall(kvm.getter, t, path)
		if ok then
			return get
		end
	end
	return nil
end

--- A quick reader of a pointer member's value, where no object is needed.
-- @tparam kvm.type t of the struct; nil gives nil
-- @tparam string path without a pointer on the way
-- @treturn ?function of an address, to an address or nil when it is NULL
function member.pointer(t, path)
	local get = member.getter(t, path)
	if get == nil then
		return nil
	end
	local kd, offset = t.descriptor, kvm.offsetof(t, path)
	local read_ptr = kd.read_ptr
	return function(address)
		local value = read_ptr(kd, address + offset)
		if value == nil then
			value = get(address)	-- which raises, unless the pointer stands in a struct
			error(member.damage(address + offset, "the pointer at %#x can't be read", address + offset))
		end
		return value ~= 0 and value or nil
	end
end

--- A quick reader of the string that a pointer member leads to.
-- @tparam kvm.type t of the struct; nil gives nil
-- @tparam string path without a pointer on the way
-- @tparam integer max bytes at most
-- @treturn ?function of an address, to a string or nil for NULL; it raises
--   what is in the way
function member.text(t, path, max)
	local pointer = member.pointer(t, path)
	return pointer and function(address)
		local at = pointer(address)
		local text, message = at, nil
		if at then
			text, message = t.descriptor:read_string(at, max)
		end
		if at and text == nil then
			error(member.damage(at, "%s", message))
		end
		return text
	end
end

--- The same as getter(), but a NULL on the way gives a value instead of a
-- fault.
-- @tparam ?function get of getter()
-- @param value
-- @treturn ?function nil when there is no get
function member.unless_null(get, value)
	return get and function(object)
		local ok, result = pcall(get, object)
		if ok then
			return result
		elseif kvm.type_of(result) == "fault" and result.address == 0 then
			return value
		end
		error(result, 0)
	end
end

local damage_meta = {
	__name = "vmcore.damage",
	__tostring = function(damage) return damage.message end,
}

--- Something that can be read but can't be true, to be raised: a row that
-- meets it shows it as it shows a fault.
-- @tparam integer address of the damage
-- @tparam string format of the message
-- @param ... what the format takes
-- @treturn table with `address`, `code` ("format"), `message`
function member.damage(address, format, ...)
	return setmetatable({ address = address, code = "format",
		message = format:format(...) }, damage_meta)
end

--- An integer variable, signed, whatever the kernel file knows of its type.
-- @tparam table k
-- @tparam string name
-- @tparam[opt=4] integer size in bytes
-- @treturn ?integer nil when there is none, or it can't be read
function member.integer(k, name, size)
	local address = k.kd:lookup(name)
	local value = address and k.kd:read_uint(address, size or 4)
	if value and (size or 4) == 4 and value >= 1 << 31 then
		value = value - (1 << 32)
	end
	return value
end

--- The value of an enumerator, or what it was in every kernel so far.
-- @tparam table k
-- @tparam string name
-- @tparam integer default
-- @treturn integer
function member.constant(k, name, default)
	return k.kd:enumerator(name) or default
end

return member
