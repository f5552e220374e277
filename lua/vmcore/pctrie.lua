--- Path-compressed radix trees: sys/pctrie.h, and vm/vm_radix.h, which was a
-- copy of it until it became one.
--
--	for m in pctrie.foreach(object.rtree, "struct vm_page", "pindex") do
--
-- The values come by ascending key. What can't be read costs what is below it:
-- the walk goes on, and says so.
-- @module vmcore.pctrie

local kvm = require "kvm"
local walk = require "vmcore.walk"

local pctrie = {}

-- Low bits of a child: PCTRIE_ISLEAF, and one more that was reserved
-- (kern/subr_pctrie.c); an empty child is 0, or a leaf of nothing.
local LEAF <const>, FLAGS <const> = 0x1, 0x3
-- No key has more bits, so no way down is longer.
local DEPTH <const> = 32

-- Where the root is, what nodes are like, and whether leaves point to keys (as
-- they do in a pctrie) or to the values themselves (as they did in a vm_radix).
local function shape(t)
	local root = t:member "pt_root" or t:member "rt_root" or t:member "rt_trie"
	if root == nil then
		error(tostring(t) .. " is no pctrie", 3)
	end
	local direct = root.name == "rt_root"
	local kd = t.descriptor
	local node = kd:type("struct", direct and "vm_radix_node" or "pctrie_node")
	local child = node and node:member(direct and "rn_child" or "pn_child")
	if child == nil then
		error("this kernel's types don't tell what a pctrie's nodes are like", 3)
	end
	return root.offset, child.offset, child.type:strip().nelems, direct
end

local function iterator(kd, record, root, offset, count)
	local read_ptr, size, seen = kd.read_ptr, kd:ptrsize(), {}
	local stack = {}
	local function push(value)
		local node = value & ~FLAGS
		if node == 0 then
			return nil
		elseif value & LEAF ~= 0 then
			record.count = record.count + 1
			return node
		elseif seen[node] or #stack >= DEPTH then
			record:miss("cycle", node)
		else
			seen[node] = true
			stack[#stack + 1] = { node = node, slot = 0 }
		end
	end
	local first = push(root)
	return function()
		local leaf = first
		first = nil
		while leaf == nil do
			local top = stack[#stack]
			if top == nil then
				return nil
			elseif top.slot == count then
				table.remove(stack)
			else
				local at = top.node + offset + top.slot * size
				top.slot = top.slot + 1
				local value = read_ptr(kd, at)
				if value == nil then
					record:miss("unreadable", at)
					table.remove(stack)
				else
					leaf = push(value)
				end
			end
		end
		return leaf
	end
end

--- Walk a trie.
-- @param trie a struct pctrie or vm_radix, or a pointer to it
-- @tparam ?string|kvm.type element the type of the values; without it, the
--   leaves' addresses are handed out
-- @tparam ?string key the member of a value that a pctrie's leaf points to
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of pointers to the values, by ascending key
-- @treturn table walk, whose status() tells what was missed
-- @raise when it is no trie, or there is no such type or member
function pctrie.foreach(trie, element, key, on_stop)
	local t = kvm.typeof(trie):strip()
	t = t.kind == "pointer" and t.target:strip() or t
	local kd = t.descriptor
	local at, offset, count, direct = shape(t)
	local record = walk.new("pctrie", walk.TREE, on_stop)
	local root = kd:read_ptr(kvm.toaddress(trie) + at)
	if root == nil then
		record:miss("unreadable", kvm.toaddress(trie) + at)
		root = 0
	end
	local each = iterator(kd, record, root, offset, count)
	if element == nil then
		return each, record
	end
	if type(element) == "string" then
		element = assert(kd:type("struct", (element:gsub("^struct ", ""))))
	end
	local back = direct and 0 or key and kvm.offsetof(element, key) or 0
	local pointer = element:pointer()
	return function()
		local leaf = each()
		return leaf and kvm.pointer(pointer, leaf - back)
	end, record
end

return pctrie
