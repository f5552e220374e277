--- Linker sets: arrays of pointers that the linker gathered (sys/linker_set.h).
-- @module vmcore.kern.linkerset

local kvm = require "kvm"
local kld = require "vmcore.kern.kld"

local linkerset = {}

--- Where a set lies: by the symbols that begin and end it, or the section.
-- @tparam table k
-- @tparam string name without "set_"
-- @tparam ?string module of a module, whose file must be there; nil for the
--   kernel
-- @treturn ?integer address; nil when there is no such set
-- @treturn ?integer address of its end
function linkerset.bounds(k, name, module)
	if module and module ~= "kernel" then
		local section = kld.new(k):section("set_" .. name, module)
		return section and section.addr, section and section.addr + section.size
	end
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
-- @tparam ?string module as in bounds()
-- @treturn ?function iterator of pointers; nil when there is no such set. It
--   raises a fault where one can't be read
function linkerset.foreach(k, name, t, module)
	local at, stop = linkerset.bounds(k, name, module)
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

--- Which variable of set_vnet or set_pcpu lies at an address of the kernel's
-- set, where the modules' variables have their places, too.
-- @tparam table k
-- @tparam string set "vnet", "pcpu"
-- @tparam integer address
-- @treturn table name (without "vnet_entry_"; nil in what no variable takes),
--   offset, module (nil for the kernel)
function linkerset.member_at(k, set, address)
	local symbol, inside, module = kld.new(k):in_section("set_" .. set, address)
	if symbol == nil then
		symbol, inside = k.kd:symbol_at(address)
	end
	local name = symbol and symbol.name:match("^" .. set .. "_entry_(.*)")
	-- What no module's file claims is the reserve.
	if module == nil and name == "modspace" then
		name = nil
	end
	return { name = name, offset = name and inside or 0, module = module }
end

return linkerset
