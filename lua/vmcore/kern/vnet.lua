--- Variables of network stacks: net/vnet.h.
--
--	for v in vnet.each(k) do print(vnet.variable(k, "ifnet", v)) end
--	vnet.variable(k, "tcbinfo", "www")
--
-- Which stack is meant, functions are told by a jail's id or name, by a pointer
-- to struct vnet or the address of one; by default it is the system's own.
-- Variables of modules are there, too. A kernel without VIMAGE has one stack,
-- and its variables are plain ones.
-- @module vmcore.kern.vnet

local kvm = require "kvm"
local kld = require "vmcore.kern.kld"
local linkerset = require "vmcore.kern.linkerset"
local prison = require "vmcore.kern.prison"
local queue = require "vmcore.queue"

local vnet = {}

local MAGIC <const> = 0x5e4a6f28	-- VNET_MAGIC_N, net/vnet.h
local JAILS_MAX <const> = 0x7fffffff	-- a jail's id is an int

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
-- @tparam integer|string jail its id or name; 0 is the system
-- @treturn ?object pointer to struct vnet; nil when there is no such jail
function vnet.of_jail(k, jail)
	local jails = prison.new(k)
	local fields = jails and jails.fields
	local key = fields and (type(jail) == "string" and fields.name or fields.jid)
	for p in key and fields.vnet and jails:addresses() or function() return nil end do
		local ok, found = pcall(key, p)
		if ok and found == jail then
			return k:pointer("struct vnet *", fields.vnet(p) or 0)
		end
	end
	return nil
end

--- The jail that a stack belongs to: the outermost one that has it.
-- @tparam table k
-- @param stack pointer to struct vnet, or its address
-- @treturn ?integer jid; nil when no jail has it
-- @treturn ?string name
function vnet.jail(k, stack)
	local address = math.type(stack) and stack or kvm.toaddress(stack)
	local jails = prison.new(k)
	local fields = jails and jails.fields
	for p in fields and fields.vnet and fields.jid and jails:addresses() or function() return nil end do
		local ok, found = pcall(fields.vnet, p)
		-- Outer ones come first.
		if ok and found == address then
			return fields.jid(p), fields.name and fields.name(p)
		end
	end
	return nil
end

local function check(k, stack, address)
	local t = k:type "struct vnet"
	if t and t:member "vnet_magic_n" and stack.vnet_magic_n & 0xffffffff ~= MAGIC then
		error(("there is no network stack at 0x%x"):format(address), 0)
	end
	return stack
end

--- The stack that is meant.
-- @tparam table k
-- @param which nil: the system's own; a jail's id or name; a pointer to struct
--   vnet, or its address
-- @treturn object pointer to struct vnet
-- @raise when there is none; a fault
function vnet.find(k, which)
	if not vnet.has(k) then
		error("this kernel has one network stack only", 0)
	elseif which == nil then
		return k:pointer("struct vnet *", assert(k.kd:read_ptr(assert(k.kd:lookup "vnet0"))))
	elseif type(which) == "string" or math.type(which) and which >= 0 and which <= JAILS_MAX then
		local stack = vnet.of_jail(k, which)
		if stack ~= nil then
			return stack
		elseif type(which) == "string" or which == 0 then
			error(("there is no jail %s with a network stack"):format(which), 0)
		end
	end
	local address = math.type(which) and which or kvm.toaddress(which)
	local ok, stack = pcall(check, k, k:pointer("struct vnet *", address), address)
	if not ok and math.type(which) and which <= JAILS_MAX and which >= 0 then
		error(("there is no jail %d with a network stack, nor a stack at that address"):format(which), 0)
	end
	return ok and stack or error(stack, 0)
end

-- The symbol of a variable, and the module it is of.
local function symbol_of(k, name)
	return kld.new(k):find(name, nil, "vnet_entry_")
end

--- The address of a variable in a stack.
-- @tparam table k
-- @tparam string name without "vnet_entry_"
-- @param stack which one, as in find()
-- @treturn integer
-- @treturn ?kvm.type of it, when it is known
-- @raise when there is no such variable; a fault
function vnet.address(k, name, stack)
	local symbol, file = symbol_of(k, name)
	if symbol == nil then
		local plain, message = k.kd:symbol(name)
		if plain == nil or vnet.has(k) then
			error(message or ("%s is no variable of a network stack"):format(name), 0)
		end
		return plain.value, k.kd:type_of_symbol(name)
	end
	return symbol.value + vnet.find(k, stack).vnet_data_base, kld.new(k):type_of(symbol, file)
end

--- A variable of a stack.
-- @tparam table k
-- @tparam string name without "vnet_entry_"
-- @param stack which one, as in find()
-- @return as reading a member gives it
-- @raise when there is no such variable, or its type is not known; a fault
function vnet.variable(k, name, stack)
	local address, t, message = vnet.address(k, name, stack)
	if t == nil then
		error(message, 0)
	end
	return kvm.object(t, address)
end

--- Whose variable an address is.
-- @tparam table k
-- @tparam integer address
-- @treturn ?table vnet (address), name and offset of the variable, module
function vnet.owner(k, address)
	local start, stop = linkerset.bounds(k, "vnet")
	for stack in vnet.each(k) do
		local ok, base = pcall(function() return stack.vnet_data_base end)
		if ok and start and math.ult(address - base - start, stop - start) then
			local found = linkerset.member_at(k, "vnet", address - base)
			found.vnet = kvm.toaddress(stack)
			return found
		end
	end
	return nil
end

return vnet
