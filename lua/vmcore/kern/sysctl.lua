--- The tree of sysctl(9): names, kinds, descriptions and the values that lie
-- in memory, sys/sysctl.h and kern/kern_sysctl.c.
-- @module vmcore.kern.sysctl

local kvm = require "kvm"
local bits = require "vmcore.bits"
local handlers = require "vmcore.kern.sysctl.handlers"
local kld = require "vmcore.kern.kld"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local tree = require "vmcore.tree"

local sysctl = {}

local DEPTH_MAX <const> = 24		-- CTL_MAXNAME
local NAME_MAX <const> = 256
local TEXT_MAX <const> = 4096

-- oid_kind: CTLTYPE_*, then CTLFLAG_*, sys/sysctl.h
local CTLTYPE <const>, CTLTYPE_NODE <const> = 0xf, 1
local TYPES = { "node", "int", "string", "s64", "opaque", "uint", "long", "ulong", "u64", "u8",
	"u16", "s8", "s16", "s32", "u32" }
local FLAGS = bits.flags {
	RD = 0x80000000, WR = 0x40000000, DORMANT = 0x20000000, ANYBODY = 0x10000000,
	SECURE = 0x08000000, PRISON = 0x04000000, DYN = 0x02000000, SKIP = 0x01000000,
	TUN = 0x00080000, MPSAFE = 0x00040000, VNET = 0x00020000, DYING = 0x00010000,
	CAPRD = 0x00008000, CAPWR = 0x00004000, STATS = 0x00002000, NOFETCH = 0x00001000,
	NEEDGIANT = 0x00000800,
}
local HIDDEN <const> = 0x21010000	-- DORMANT, SKIP, DYING: not listed

--- Bits of the field `kind` that commands ask for.
sysctl.WR, sysctl.TUN, sysctl.VNET = 0x40000000, 0x00080000, 0x00020000

local methods = {}
local view_meta = { __index = methods }

-- A list of siblings, as addresses: a singly linked list, from 14 on a
-- red-black tree.
local function siblings_of(view)
	local head = view.head
	if head:member "rbh_root" then
		return function(at, on_stop)
			local each = tree.foreach(kvm.object(head, at), "oid_link", on_stop)
			return function()
				local oid = each()
				return oid and kvm.toaddress(oid)
			end
		end
	end
	return queue.prepare(head, "oid_link", { element = view.type, addresses = true })
end

-- One step of the walk: the next of the innermost list that has one, with the
-- levels above it.
local function advance(view, levels, report)
	while #levels > 0 do
		local level = levels[#levels]
		local oid = level.each()
		if oid == nil then
			levels[#levels] = nil
		elseif view.seen[oid] then
			report(("%s: its list leads to %#x, which was there before"):format(level.name, oid))
			levels[#levels] = nil
		else
			view.seen[oid] = true
			return oid, level
		end
	end
end

local function enter(view, levels, name, list, report)
	local each = view.siblings(list, function(status)
		report(("%s: %s"):format(name, status.message))
	end)
	levels[#levels + 1] = { each = each, name = name, top = #levels == 0 }
end

-- What one oid is: its full name; nil and the fault when that can't be read.
local function look(view, oid, level)
	local ok, name = pcall(view.name, oid)
	local kind_ok, kind = pcall(view.kind, oid)
	if not ok or not kind_ok then
		return nil, not ok and name or kind
	end
	name = name or "?"
	return { oid = oid, kind = kind & 0xffffffff,
		name = level.top and name or level.name .. "." .. name }
end

--- All oids that have a value, in the kernel's order.
-- @tparam function report called with messages
-- @tparam ?boolean hidden also those that are not listed (CTLFLAG_SKIP), and
--   nodes that answer by a function
-- @treturn function iterator of tables which the fields take: oid (its
--   address), name ("kern.ostype"), kind
function methods:each(report, hidden)
	local levels = {}
	self.seen = {}
	enter(self, levels, "sysctl__children", self.root, report)
	return function()
		for oid, level in function() return advance(self, levels, report) end do
			local found, fault = look(self, oid, level)
			if found == nil then
				report(("%s: the oid at %#x: %s"):format(level.name, oid, tostring(fault)))
			elseif hidden or found.kind & HIDDEN == 0 then
				local is_node = found.kind & CTLTYPE == CTLTYPE_NODE
				if is_node and #levels < DEPTH_MAX then
					enter(self, levels, found.name, oid + self.children, report)
				end
				if not is_node or hidden and self.fields.handler(found) then
					return found
				end
			end
		end
	end
end

-- The place in a network stack that an oid's argument means.
local function argument(view, base)
	local get = member.pointer(view.type, "oid_arg1")
	return function(o)
		local at = get(o.oid)
		return at and o.kind & sysctl.VNET ~= 0 and at + (base or 0) or at
	end
end

local function fields_of(view, k, base)
	local T = view.type
	local handler, fmt = member.pointer(T, "oid_handler"), member.text(T, "oid_fmt", NAME_MAX)
	local descr = member.text(T, "oid_descr", TEXT_MAX)
	local arg1, arg2 = argument(view, base), member.getter(T, "oid_arg2")
	local klds = kld.new(k)
	local f = {
		oid = function(o) return o.oid end, name = function(o) return o.name end,
		kind = function(o) return o.kind end,
		type = function(o) return TYPES[o.kind & CTLTYPE] or "?" end,
		flags = function(o) return bits.names(o.kind & ~CTLTYPE & ~0x00f00000, FLAGS) end,
		fmt = function(o) return fmt(o.oid) end, descr = function(o) return descr(o.oid) end,
		arg1 = arg1, arg2 = function(o) return arg2(o.oid) end,
		handler = function(o) return handler(o.oid) end,
		handler_name = function(o)
			local at = handler(o.oid)
			return klds:name_at(at) or at and ("%#x"):format(at) or nil
		end,
	}
	f.value = handlers.reader(k, f)
	return f
end

--- What can be known of a kernel's sysctl tree.
-- @tparam table k
-- @param[opt] stack pointer to the struct vnet whose variables are meant; the
--   system's own when nil
-- @treturn ?table each(); `fields`, functions of what each() gives: name kind
--   type ("int" "string" "u64"...) flags fmt descr oid arg1 (in the
--   network stack, where there are several) arg2 handler (addresses)
--   handler_name value (see vmcore.kern.sysctl.handlers). nil when the kernel
--   file does not tell
function sysctl.new(k, stack)
	local T, head = k:type "struct sysctl_oid", k:type "struct sysctl_oid_list"
	local root, children = k.kd:lookup "sysctl__children", T and T:member "oid_children"
	if not (root and children and head) then
		return nil
	end
	local ok, base = pcall(function() return (stack or k.var.vnet0).vnet_data_base end)
	local view = setmetatable({
		k = k, type = T, head = head, root = root, children = children.offset,
		name = member.text(T, "oid_name", NAME_MAX), kind = member.getter(T, "oid_kind"),
	}, view_meta)
	view.siblings = siblings_of(view)
	view.fields = fields_of(view, k, ok and base or nil)
	return view
end

return sysctl
