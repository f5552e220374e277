--- Linker sets: arrays of pointers that the linker gathered (sys/linker_set.h).
-- @module vmcore.kern.linkerset

local kvm = require "kvm"

local linkerset = {}

--- Where a set lies: by the symbols that begin and end it, or the section.
-- @tparam table k
-- @tparam string name without "set_"
-- @treturn ?integer address; nil when there is no such set
-- @treturn ?integer address of its end
function linkerset.bounds(k, name)
	local start, stop = k.kd:symbol("__start_set_" .. name), k.kd:symbol("__stop_set_" .. name)
	if start and stop and not math.ult(stop.value, start.value) then
		return start.value, stop.value
	end
	local section = k.kd:section("set_" .. name)
	if section == nil then
		return nil
	end
	local address = section.addr + k.kd:kerndisp()
	return address, address + section.size
end

--- The elements of a set.
-- @tparam table k
-- @tparam string name without "set_": "sysinit_set", "sysctl_set"
-- @tparam string|kvm.type t what they point to: "struct sysinit"
-- @treturn ?function iterator of pointers; nil when there is no such set. It
--   raises a fault where one can't be read
function linkerset.foreach(k, name, t)
	local at, stop = linkerset.bounds(k, name)
	if at == nil then
		return nil
	end
	if type(t) == "string" then
		t = assert(k:type(t))
	end
	local pointer, size = t:pointer(), k.kd:ptrsize()
	return function()
		while math.ult(at, stop) do
			local element = kvm.object(pointer, at)
			at = at + size
			if element ~= nil then
				return element
			end
		end
	end
end

return linkerset
