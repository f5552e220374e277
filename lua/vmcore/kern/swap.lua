--- Swap devices: swtailq of vm/swap_pager.c.
-- @module vmcore.kern.swap

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local swap = {}

local NODEV, NAME_MAX = -1, 1024

-- The name: of the device node when swapping to one, of the file otherwise
-- unknown. A GEOM consumer is attached to the provider that has the name.
local function name_of(k, T)
	local id, number = member.pointer(T, "sw_id"), member.getter(T, "sw_dev")
	local provider = member.pointer(k:type "struct g_consumer", "provider")
	local name = member.getter(k:type "struct g_provider", "name")
	return function(sp)
		local consumer = id(sp)
		if consumer and provider and number(sp) ~= NODEV then
			local pp = provider(consumer)
			local text = pp and name(pp)
			return text and "/dev/" .. kvm.string(text, NAME_MAX) or nil
		end
		return consumer == nil and "[file]" or nil
	end
end

--- The swap devices.
-- @tparam table k
-- @tparam function report
-- @treturn[1] function iterator of addresses of struct swdevt
-- @treturn[1] table functions of them: device; blocks and used, in pages
-- @treturn[2] nil when the kernel file does not tell
function swap.each(k, report)
	local T, at = k:type "struct swdevt", k.kd:lookup "swtailq"
	local head = at and k.kd:type_of_symbol "swtailq"
	if T == nil or head == nil then
		return nil
	end
	local walk = queue.prepare(head, "sw_list", { element = T, addresses = true })
	return walk(at, function(status) report("swtailq: " .. status.message) end), {
		device = name_of(k, T),
		blocks = member.getter(T, "sw_nblks"),
		used = member.getter(T, "sw_used"),
	}
end

return swap
