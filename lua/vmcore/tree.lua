--- Trees of sys/tree.h (red-black, splay) and threaded trees, walked in order.
--
--	for e in tree.foreach(k.var.some_tree, "entry") do ... end
--
--	local each, walk = tree.foreach(head, "entry")
--	for e in each do ... end
--	if walk:status() then ... end
--
-- Links to parents are not used, so it does not matter where they lead. A node
-- that can't be read, a poisoned link, or a node that was there before costs
-- what is below it and nothing else: the walk goes on, and says so.
-- @module vmcore.tree

local kvm = require "kvm"
local walk = require "vmcore.walk"

local tree = {}

-- Nodes in order, as addresses. In a threaded tree a link that has no child
-- below it leads to the ancestor on that side (`edge` for the outermost ones);
-- in others it is 0.
local function iterator(kd, record, root, left, right, edge)
	local read_ptr, poison, seen = kd.read_ptr, walk.POISON[kd:ptrsize()], {}
	local stack = {}
	local function descend(node, low, high, none)
		while node ~= 0 and node ~= none do
			local l = not poison[node] and not seen[node] and read_ptr(kd, node + left)
			local r = l and read_ptr(kd, node + right)
			if not r then
				record:miss(poison[node] and "poisoned" or seen[node] and "cycle" or "unreadable", node)
				return
			end
			seen[node] = true
			stack[#stack + 1] = { node, r, high }
			node, high, none = l, edge and node or 0, low
		end
	end
	descend(root, edge or 0, edge or 0, edge or 0)
	return function()
		local top = table.remove(stack)
		if top == nil then
			return nil
		end
		descend(top[2], edge and top[1] or 0, top[3], top[3])
		record.count = record.count + 1
		return top[1]
	end
end

-- Where the two links are in a node: those of SPLAY_ENTRY, of RB_ENTRY until
-- 12, and of RB_ENTRY since, whose three are up, left, right.
local function links(node, link)
	local entry = kvm.offsetof(node, link)
	for _, names in ipairs { { "spe_left", "spe_right" }, { "rbe_left", "rbe_right" } } do
		if kvm.has_member(node, link .. "." .. names[1]) then
			return kvm.offsetof(node, link .. "." .. names[1]),
			    kvm.offsetof(node, link .. "." .. names[2])
		end
	end
	if not kvm.has_member(node, link .. ".rbe_link") then
		error(("%s.%s is no link of a tree"):format(tostring(node), link), 0)
	end
	local size = node.descriptor:ptrsize()
	return entry + size, entry + 2 * size
end

--- Walk a red-black or splay tree.
-- @param head the tree's head (RB_HEAD, SPLAY_HEAD), or a pointer to it
-- @tparam string link the member that links the nodes; may be a path
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of pointers to the nodes
-- @treturn table walk, whose status() tells what was missed
-- @raise when it is no head, or the nodes have no such link
function tree.foreach(head, link, on_stop)
	local t = kvm.typeof(head):strip()
	t = t.kind == "pointer" and t.target:strip() or t
	local root = t:member "rbh_root" or t:member "sph_root"
	if root == nil then
		error(tostring(t) .. " is no head of a tree", 2)
	end
	local kd, record = t.descriptor, walk.new(link, walk.TREE, on_stop)
	local left, right = links(root.type:strip().target:strip(), link)
	local at = kvm.toaddress(head) + root.offset
	local first = kd:read_ptr(at)
	if first == nil then
		record:miss("unreadable", at)
		first = 0
	end
	local each = iterator(kd, record, first, left, right)
	return function()
		local node = each()
		return node and kvm.pointer(root.type, node)
	end, record
end

--- Walk a threaded tree, as that of a vm_map's entries since 13, where the
-- links of nodes without a child lead to their neighbours. Links that are 0 end
-- too, as they did before.
-- @param root pointer to the topmost node; nil when there is none
-- @param edge pointer to what the outermost nodes' links lead to
-- @tparam string left name of the link to the lesser side
-- @tparam string right name of the other
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of pointers to the nodes
-- @treturn table walk, whose status() tells what was missed
function tree.threaded(root, edge, left, right, on_stop)
	local record = walk.new(left, walk.TREE, on_stop)
	if root == nil then
		return function() return nil end, record
	end
	local t = kvm.typeof(root)
	local node = t:strip().target
	local each = iterator(t.descriptor, record, kvm.toaddress(root), kvm.offsetof(node, left),
	    kvm.offsetof(node, right), kvm.toaddress(edge))
	return function()
		local address = each()
		return address and kvm.pointer(t, address)
	end, record
end

return tree
