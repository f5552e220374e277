--- Address spaces: vm/vm_map.h.
-- @module vmcore.kern.vm_map

local kvm = require "kvm"
local tree = require "vmcore.tree"

local vm_map = {}

--- The entries of a map, by ascending address. Until 12 they were on a list,
-- and in a tree whose links ended in NULL; since 13 there is only the tree,
-- threaded through the map's header.
-- @param map a struct vm_map, or a pointer to it
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of pointers to struct vm_map_entry
-- @treturn table walk, whose status() tells what was missed
function vm_map.entries(map, on_stop)
	return tree.threaded(map.root, kvm.addressof(map, "header"), "left", "right", on_stop)
end

return vm_map
