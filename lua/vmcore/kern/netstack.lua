--- The network stacks of a kernel: net/vnet.h. A jail may have its own, with
-- the same ports and names as the host's.
-- @module vmcore.kern.netstack

local kld = require "vmcore.kern.kld"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local prison = require "vmcore.kern.prison"
local vnet = require "vmcore.kern.vnet"

local netstack = {}

local methods = {}
local view_meta = { __index = methods }

-- Jail ids by vnet.
local function owners(k, report)
	local jails, found = prison.new(k), {}
	if jails and jails.fields.vnet then
		local fields = jails.fields
		for p in jails:addresses(function(status) report("allprison: " .. status.message) end) do
			local ok, fault = pcall(function()
				local stack = fields.vnet(p)
				if stack and fields.owns_vnet(p) then
					found[stack] = found[stack] or fields.jid(p)
				end
			end)
			if not ok then
				report(("the jail at %#x: %s"):format(p, tostring(fault)))
			end
		end
	end
	return found
end

-- The addresses of the stacks: of the list, and those that only jails lead to.
local function addresses(k, jid_of, report)
	local list, met, astray = {}, {}, {}
	for stack in vnet.each(k, function(status) report("vnet_head: " .. status.message) end) do
		list[#list + 1] = kvm.toaddress(stack)
		met[list[#list]] = true
	end
	for address in pairs(jid_of) do
		astray[#astray + 1] = not met[address] and address or nil
	end
	table.sort(astray, math.ult)
	for _, address in ipairs(astray) do
		report(("the network stack of jail %d is not in vnet_head"):format(jid_of[address]))
		list[#list + 1] = address
	end
	return list
end

--- The address of a variable in a stack.
-- @tparam table stack one of `list`
-- @tparam string name without "vnet_entry_"
-- @treturn ?integer nil when the kernel has no such variable
function methods:address(stack, name)
	local places = self.places
	local place = places[name]
	if place == nil then
		local symbol = kld.new(self.k):find(self.prefix .. name)
		place = symbol and symbol.value or false
		places[name] = place
	end
	return place and place + stack.base or nil
end

--- The type of a variable.
-- @tparam string name
-- @treturn ?kvm.type
function methods:type(name)
	local klds = kld.new(self.k)
	local symbol, file = klds:find(self.prefix .. name)
	return symbol and (klds:type_of(symbol, file)) or nil
end

--- The jails of the stacks.
-- @treturn table jail ids by the address of the struct vnet; 0 stands for the
--   one stack of a kernel without VIMAGE
function methods:jids()
	local jids = {}
	for _, stack in ipairs(self.list) do
		jids[stack.vnet or 0] = stack.jid
	end
	return jids
end

--- The network stacks, the host's first; a kernel without VIMAGE has one.
-- @tparam table k
-- @tparam ?function report
-- @tparam ?table jids only of these jails
-- @treturn table `list` of { base, vnet (nil without VIMAGE), jid (nil: no
--   jail has it any more) }; address(), type(), jids()
function netstack.new(k, report, jids)
	report = report or function() end
	local T = k:type "struct vnet"
	local base = member.getter(T, "vnet_data_base")
	local view = setmetatable({ k = k, places = {}, list = {}, prefix = "" }, view_meta)
	if base == nil or not vnet.has(k) then
		view.list[1] = (jids == nil or jids[0]) and { base = 0, jid = 0 } or nil
		if jids and not (jids[0] and next(jids, next(jids)) == nil) then
			report "the kernel has no VIMAGE: all jails use the host's network stack, 0"
		end
		return view
	end
	view.prefix = "vnet_entry_"
	local jid_of = owners(k, report)
	for _, address in ipairs(addresses(k, jid_of, report)) do
		local jid = jid_of[address]
		local ok, at = pcall(base, address)
		if not ok then
			report(("the network stack at %#x: %s"):format(address, tostring(at)))
		elseif jids == nil or jids[jid] then
			table.insert(view.list, { base = at, vnet = address, jid = jid })
		end
	end
	table.sort(view.list, function(a, b) return (a.jid or 1 << 31) < (b.jid or 1 << 31) end)
	return view
end

return netstack
