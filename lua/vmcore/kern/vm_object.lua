--- Memory objects: vm/vm_object.h, what maps map and pages belong to.
--
--	local objects = assert(vm_object.new(k))
--	for index, page in objects:pages(k.kd:read_ptr(k.kd:lookup "kernel_object")) do ... end
-- @module vmcore.kern.vm_object

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pctrie = require "vmcore.pctrie"

local vm_object = {}

-- vm/vm.h, enum obj_type; 14 took DEFAULT away. Pagers that the kernel made up
-- while it ran have numbers from OBJT_FIRST_DYN on.
local TYPES = { OBJT_DEFAULT = 0, OBJT_SWAP = 1, OBJT_VNODE = 2, OBJT_DEVICE = 3, OBJT_PHYS = 4,
	OBJT_DEAD = 5, OBJT_SG = 6, OBJT_MGTDEVICE = 7 }
local DYNAMIC_MAX = 16		-- entries of pagertab[], vm/vm_pager.c

local OBJ_TMPFS_NODE = 0x0200	-- flags, until 13.0; vm/vm_object.h
local CHAIN_MAX = 4096		-- objects behind one another
local PAGES_MAX = 1 << 28	-- a terabyte of pages of 4 KiB

-- Names of types by number: of the pager's operations where the type is not
-- one of the enumeration.
local function type_names(k)
	local names = {}
	for constant, default in pairs(TYPES) do
		local number = member.constant(k, constant, default)
		local name = constant:match "OBJT_(.*)":lower()
		-- From 14 on OBJT_DEFAULT is another word for OBJT_SWAP.
		if names[number] == nil or name ~= "default" then
			names[number] = name
		end
	end
	local at = k.kd:lookup "pagertab"
	for i = 0, at and DYNAMIC_MAX - 1 or -1 do
		local ops = names[i] == nil and k.kd:read_ptr(at + i * k.kd:ptrsize())
		local symbol = ops and ops ~= 0 and k:symbol_at(ops)
		names[i] = names[i] or symbol and symbol.name:match "^(.-)_?pager" or nil
	end
	return names
end

local methods = {}
local view_meta = { __index = methods }

--- An object and those behind it, to the last.
-- @tparam integer object
-- @treturn {integer...}
-- @raise a fault; damage, when the chain is a circle
function methods:chain(object)
	local list, seen = {}, {}
	while object do
		if seen[object] or #list >= CHAIN_MAX then
			error(member.damage(object, "object %#x: what it shadows leads back to it", list[1]))
		end
		seen[object] = true
		list[#list + 1] = object
		object = self.fields.backing(object)
	end
	return list
end

--- The resident pages of an object, by ascending index.
-- @tparam integer object
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of index and address of the struct vm_page
function methods:pages(object, on_stop)
	local each = pctrie.foreach(kvm.object(self.type, object).rtree, self.page, "pindex", on_stop)
	local index, n = self.pindex, 0
	return function()
		local page = each()
		n = n + 1
		if page and n <= PAGES_MAX then
			return index(page), kvm.toaddress(page)
		end
	end
end

-- tmpfs(5)'s: the node, or until 13 its vnode, is the pager's own business.
local function tmpfs_vnode(view, at)
	local node, of_node, back = view.tmpfs_node, view.tmpfs_vnode, view.v_data
	local ok, vp = pcall(of_node, at)
	if ok and vp and node and select(2, pcall(back, vp)) == at then
		return vp
	end
	local fine, data = pcall(back, at)
	return fine and data and select(2, pcall(of_node, data)) == at and at or nil
end

--- The vnode whose contents an object is.
-- @tparam integer object
-- @treturn ?integer address
-- @raise a fault
function methods:vnode(object)
	local kind = self.fields.type(object)
	if kind == "vnode" then
		return self.handle(object)
	elseif self.private and self.tmpfs_vnode and (kind == "tmpfs" or
	    kind == "swap" and self.flags(object) & OBJ_TMPFS_NODE ~= 0) then
		local at = self.private(object)
		return at and tmpfs_vnode(self, at)
	end
	return nil
end

-- What tells an object's vnode.
local function vnode_members(view, k, T)
	local N = k:type "struct tmpfs_node"
	view.handle, view.flags = member.pointer(T, "handle"), member.getter(T, "flags")
	view.private = member.pointer(T, "un_pager.swp.swp_priv") or member.pointer(T, "un_pager.swp.swp_tmpfs")
	view.tmpfs_node, view.tmpfs_vnode = N, member.pointer(N, "tn_vnode")
	view.v_data = member.pointer(k:type "struct vnode", "v_data")
end

--- What can be known of memory objects by address.
-- @tparam table k
-- @treturn ?table chain(), pages(), vnode(); `fields`: functions of an address:
--   type ("swap" "vnode" "device" "phys" "tmpfs"...) number resident (pages)
--   refs shadows size (pages) backing (address) backing_offset (bytes); nil when
--   the kernel file has no types
function vm_object.new(k)
	local T, P = k:type "struct vm_object", k:type "struct vm_page"
	local number, index = member.getter(T, "type"), member.getter(P, "pindex")
	local backing = member.pointer(T, "backing_object")
	if not (number and index and backing and member.getter(T, "rtree")) then
		return nil
	end
	local names = type_names(k)
	local view = setmetatable({ k = k, type = T, page = P, pindex = index, fields = {
		number = number,
		type = function(object) return names[number(object)] or tostring(number(object)) end,
		resident = member.getter(T, "resident_page_count"),
		refs = member.getter(T, "ref_count"), shadows = member.getter(T, "shadow_count"),
		size = member.getter(T, "size"), backing = backing,
		backing_offset = member.getter(T, "backing_object_offset"),
	} }, view_meta)
	vnode_members(view, k, T)
	return view
end

return vm_object
