--- Variables of network stacks: net/vnet.h.
--
--	for v in vnet.each(k) do print(vnet.variable(k, "ifnet", v)) end
--	vnet.variable(k, "tcbinfo", vnet.of_jail(k, 3))
--
-- A kernel without VIMAGE has one stack, and its variables are plain ones.
-- @module vmcore.kern.vnet

local kvm = require "kvm"
local linkerset = require "vmcore.kern.linkerset"
local queue = require "vmcore.queue"

local vnet = {}

--- Whether the kernel has more than one stack.
-- @tparam table k
-- @treturn boolean
function vnet.has(k)
	return k.kd:symbol "vnet_head" ~= nil
end

--- The stacks there are.
-- @tparam table k
-- @tparam ?function on_stop called with the status when the list ends early
-- @treturn function iterator of pointers to struct vnet; without VIMAGE there
--   are none
function vnet.each(k, on_stop)
	local symbol = k.kd:symbol "vnet_head"
	local t = k:type "struct vnet"
	if symbol == nil or t == nil then
		return function() return nil end
	end
	local head = k.kd:type_of_symbol "vnet_head" or k.kd:define("struct", "vmcore_vnet_head",
	    k.kd:ptrsize(), { { name = "lh_first", type = t:pointer(), offset = 0 } })
	return (queue.prepare(head, "vnet_le", { kind = "list", element = t })(symbol.value, on_stop))
end

--- The stack that a jail uses, its own or an outer one's.
-- @tparam table k
-- @tparam integer jid 0 is the system
-- @treturn ?object pointer to struct vnet; nil when there is no such jail
function vnet.of_jail(k, jid)
	if jid == 0 then
		return k.var.prison0.pr_vnet
	end
	for pr in queue.tailq_foreach(k.var.allprison, "pr_list") do
		if pr.pr_id == jid then
			return pr.pr_vnet
		end
	end
	return nil
end

--- The address of a variable in a stack.
-- @tparam table k
-- @tparam string name without "vnet_entry_"
-- @param stack pointer to struct vnet, or its address; the system's own when nil
-- @treturn integer
-- @raise when there is no such variable; a fault
function vnet.address(k, name, stack)
	local symbol = k.kd:symbol("vnet_entry_" .. name)
	if symbol == nil then
		local plain, message = k.kd:symbol(name)
		if plain == nil or vnet.has(k) then
			error(message or ("%s is no variable of a network stack"):format(name), 0)
		end
		return plain.value
	end
	if stack == nil then
		stack = k.var.vnet0
	elseif math.type(stack) then
		stack = k:pointer("struct vnet *", stack)
	end
	return symbol.value + stack.vnet_data_base
end

--- A variable of a stack.
-- @tparam table k
-- @tparam string name without "vnet_entry_"
-- @param stack pointer to struct vnet, or its address; the system's own when nil
-- @return as reading a member gives it
-- @raise when there is no such variable, or its type is not known; a fault
function vnet.variable(k, name, stack)
	local address = vnet.address(k, name, stack)
	local t, message = k.kd:type_of_symbol("vnet_entry_" .. name)
	t = t or k.kd:type_of_symbol(name)
	if t == nil then
		error(message, 0)
	end
	return kvm.object(t, address)
end

--- Whose variable an address is.
-- @tparam table k
-- @tparam integer address
-- @treturn ?table vnet (address), name and offset of the variable
function vnet.owner(k, address)
	local start, stop = linkerset.bounds(k, "vnet")
	for stack in vnet.each(k) do
		local ok, base = pcall(function() return stack.vnet_data_base end)
		if ok and start and math.ult(address - base - start, stop - start) then
			local symbol, inside = k:symbol_at(address - base)
			local name = symbol and symbol.name:match "^vnet_entry_(.*)"
			return { vnet = kvm.toaddress(stack), name = name, offset = name and inside or 0 }
		end
	end
	return nil
end

return vnet
