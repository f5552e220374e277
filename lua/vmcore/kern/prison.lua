--- Jails: sys/jail.h, struct prison.
-- @module vmcore.kern.prison

local kvm = require "kvm"
local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local prison = {}

local IPS_MAX = 4096		-- more addresses than a jail is given

-- Addresses of a family: { count, address of the first }, one array a family
-- (pr_addrs, from 14 on) or a member each.
local function ip_place(k, T, index, count_name, list_name)
	local kd, lists = k.kd, T:member "pr_addrs"
	if lists then
		local P = k:type "struct prison_ip"
		local ips, first = member.getter(P, "ips"), P and kvm.offsetof(P, "pr_ip")
		return ips and function(p)
			local list = kd:read_ptr(p + lists.offset + index * kd:ptrsize())
			if list == nil or list == 0 then
				return 0
			end
			return ips(list), list + first
		end
	end
	local count, list = member.getter(T, count_name), member.pointer(T, list_name)
	return count and list and function(p)
		return count(p), list(p)
	end
end

local function ip_field(k, place, size)
	return place and function(p)
		local n, at = place(p)
		local list = {}
		for i = 1, at and math.min(n, IPS_MAX) or 0 do
			list[i] = inaddr.text(inaddr.read(k, at + (i - 1) * size, size))
		end
		return table.concat(list, ",")
	end
end

-- A vnet belongs to the outermost prison that has it.
local function owns_vnet(T)
	local vnet, parent = member.pointer(T, "pr_vnet"), member.pointer(T, "pr_parent")
	return vnet and function(p)
		local outer = parent(p)
		return outer == nil or vnet(outer) ~= vnet(p)
	end
end

-- pr_state, sys/jail.h: enum prison_state, from 13 on; before, a jail without
-- users is dying.
local STATES = { [0] = "invalid", "alive", "dying" }

local function state_field(T)
	local state, users = member.getter(T, "pr_state"), member.getter(T, "pr_uref")
	if state then
		return function(p) return STATES[state(p)] or tostring(state(p)) end
	end
	return users and function(p) return users(p) > 0 and "alive" or "dying" end
end

local methods = {}
local view_meta = { __index = methods }

--- The addresses of all prisons, prison0 first.
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of integers, which the fields take
function methods:addresses(on_stop)
	local k = self.k
	local host, head = k.kd:lookup "prison0", k.kd:lookup "allprison"
	local each = function() return nil end
	if head then
		each = queue.prepare(k:type "struct prisonlist", "pr_list",
		    { element = self.type, addresses = true })(head, on_stop)
	end
	local first = host
	return function()
		local p = first
		first = nil
		if p == nil then
			p = each()
			-- Whether the list has prison0 is the kernel's business.
			if p ~= nil and p == host then
				p = each()
			end
		end
		return p
	end
end

--- What can be known of a kernel's jails.
-- @tparam table k
-- @treturn ?table with `fields`: functions of an address: jid name path
--   hostname ip4 ip6 vnet owns_vnet state parent addr; nil when the kernel file has
--   no types
function prison.new(k)
	local T = k:type "struct prison"
	if T == nil then
		return nil
	end
	return setmetatable({
		k = k, type = T,
		fields = {
			jid = member.getter(T, "pr_id"),
			name = member.getter(T, "pr_name"),
			path = member.getter(T, "pr_path"),
			hostname = member.getter(T, "pr_hostname"),
			ip4 = ip_field(k, ip_place(k, T, 0, "pr_ip4s", "pr_ip4"), 4),
			ip6 = ip_field(k, ip_place(k, T, 1, "pr_ip6s", "pr_ip6"), 16),
			vnet = member.pointer(T, "pr_vnet"), state = state_field(T),
			owns_vnet = owns_vnet(T),
			parent = member.unless_null(member.getter(T, "pr_parent.pr_id"), nil),
			addr = function(p) return p end,
		},
	}, view_meta)
end

return prison
