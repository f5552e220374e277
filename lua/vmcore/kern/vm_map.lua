--- Address spaces: vm/vm_map.h.
--
--	local maps = assert(vm_map.new(k))
--	for entry in maps:each(maps.of(address_of_a_proc)) do
--		print(entry.start, entry["end"], maps:resident(entry))
--	end
-- @module vmcore.kern.vm_map

local kvm = require "kvm"
local bisect = require "vmcore.bisect"
local member = require "vmcore.kern.member"
local tree = require "vmcore.tree"
local vm_object = require "vmcore.kern.vm_object"

local vm_map = {}

-- eflags, vm/vm_map.h
local MAP_ENTRY_IS_SUB_MAP, MAP_ENTRY_GUARD = 0x2, 0x10000
-- Those that procstat(1) shows, with its letters, in its order; none of this is
-- about superpages, which only the page tables know.
local LETTERS = { { 0x4, "C" }, { 0x8, "N" }, { 0x1000, "D" }, { 0x2000, "U" }, { 0x20, "W" } }
local NOCOREDUMP = 0x400
local PROT = { { 1, "r" }, { 2, "w" }, { 4, "x" } }	-- VM_PROT_*, vm/vm.h

-- sys/user.h, KVME_TYPE_*, as procstat(1) shows them; the types of objects that
-- they are of, until the pagers told it (13.1).
local KINDS = { default = "df", vnode = "vn", tmpfs = "vn", swap = "sw", device = "dv", phys = "ph",
	dead = "dd", sg = "sg", mgtdevice = "md" }
local KVME = { [0] = "--", "df", "vn", "sw", "dv", "ph", "dd", "sg", "md", "gd" }

local methods = {}
local view_meta = { __index = methods }

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

--- The entries of a map.
-- @tparam integer map address
-- @tparam ?function on_stop called with the status of whatever is missed
-- @treturn function iterator of tables: start, end, offset (bytes), eflags,
--   protection, object (address, nil for none), submap (address), wired, addr
-- @raise a fault
function methods:each(map, on_stop)
	local each = vm_map.entries(kvm.object(self.type, map), on_stop)
	return function()
		local e = each()
		if e == nil then
			return nil
		end
		local entry = self.read(e)
		entry.addr = kvm.toaddress(e)
		entry.object = entry.backer ~= 0 and entry.backer or nil
		if entry.eflags & MAP_ENTRY_IS_SUB_MAP ~= 0 then
			entry.submap, entry.object = entry.object, nil
		end
		return entry
	end
end

-- Indices of an object's resident pages, ascending; each object's are read once.
local function indices(view, object)
	local list = view.known[object]
	if list == nil then
		list = {}
		for index in view.objects:pages(object, view.on_stop) do
			list[#list + 1] = index
		end
		view.known[object] = list
	end
	return list
end

-- The first of an ascending list's places whose number is not below n.
local function lower_bound(list, n)
	return bisect.first(1, #list, function(i) return list[i] >= n end)
end

--- An entry of the kernel's map, as kernel_object backs it when it has no object
-- of its own: there an offset is that from the map's beginning, vm_map_min().
-- @tparam table entry of each()
-- @tparam integer map the kernel's
-- @treturn table entry for resident()
function methods:backed(entry, map)
	local object = vm_map.variable(self.k, "kernel_object")
	if entry.object or entry.submap or object == nil then
		return entry
	end
	-- The header's end is the least address (vm_map_min(), vm/vm_map.h).
	local least = kvm.object(self.type, map).header["end"]
	return { start = entry.start, ["end"] = entry["end"], object = object, offset = entry.start - least }
end

--- How many pages of an entry's range are in memory, in its object or in those
-- behind it, as kern_proc_vmmap_resident() counts them (kern/kern_proc.c).
-- @tparam table entry of each()
-- @treturn integer pages
-- @raise a fault
function methods:resident(entry)
	if entry.object == nil then
		return 0
	end
	local shift = self.page_shift
	local n, first = (entry["end"] - entry.start) >> shift, entry.offset >> shift
	local chain, of = self.objects:chain(entry.object), self.objects.fields
	local seen, count = {}, 0
	for i, object in ipairs(chain) do
		local list = indices(self, object)
		local from, to = lower_bound(list, first), lower_bound(list, first + n) - 1
		if #chain == 1 then
			return to - from + 1
		end
		for at = from, to do
			local page = list[at] - first
			count, seen[page] = seen[page] and count or count + 1, true
		end
		if i < #chain then
			first = first + (of.backing_offset(object) >> shift)
		end
	end
	return count
end

-- How an object is called in sys/user.h: its pager says so, since 13.1.
local function kind_of(view, object)
	local ops = view.pagers and view.k.kd:read_ptr(view.pagers +
	    view.objects.fields.number(object) * view.k.kd:ptrsize())
	if ops and ops ~= 0 then
		return KVME[view.kvme(ops)] or "??"
	end
	return KINDS[view.objects.fields.type(object)] or "??"
end

--- What procstat(1) prints of an entry.
-- @tparam table entry of each()
-- @treturn table functions of it: protection ("rwx"), flags, kind ("vn" "sw"...;
--   "sm": a map inside the map), private, refs, shadows, vnode (address)
function methods:describe(entry)
	local of, object = self.objects.fields, entry.object
	local chain = object and self.objects:chain(object) or {}
	local last = chain[#chain]
	return {
		private = object and #chain == 1 and of.resident(object) or 0,
		refs = object and of.refs(object) or 0,
		shadows = object and of.shadows(object) or 0,
		kind = entry.submap and "sm" or last and kind_of(self, last)
		    or entry.eflags & MAP_ENTRY_GUARD ~= 0 and "gd" or "--",
		vnode = last and self.objects:vnode(last),
	}
end

--- An entry's protection as procstat(1) prints it.
-- @tparam integer protection VM_PROT_*
-- @treturn string "r-x"
function vm_map.protection(protection)
	local text = ""
	for _, p in ipairs(PROT) do
		text = text .. (protection & p[1] ~= 0 and p[2] or "-")
	end
	return text
end

--- An entry's flags by procstat(1)'s letters: copy on write, needs copy, grows
-- down or up, wired by the user; and M, which it does not print: no part of a
-- process's core file.
-- @tparam integer eflags
-- @treturn string "CN---"
function vm_map.letters(eflags)
	local text = ""
	for _, l in ipairs(LETTERS) do
		if l[2] ~= "U" then
			text = text .. (eflags & l[1] ~= 0 and l[2] or "-")
		elseif eflags & l[1] ~= 0 then
			text = text:sub(1, -2) .. "U"
		end
	end
	return text .. (eflags & NOCOREDUMP ~= 0 and "M" or "-")
end

-- A function of a process to its map.
local function map_of(k)
	local T, S = k:type "struct proc", k:type "struct vmspace"
	local space = member.pointer(T, "p_vmspace")
	local offset = S and S:member "vm_map"
	return space and offset and function(p)
		local at = space(p)
		return at and at + offset.offset
	end
end

--- A map or an object that the kernel has a variable for: NAME_store, or what
-- the pointer NAME leads to.
-- @tparam table k
-- @tparam string name "kernel_map" "kernel_object" "exec_map" "pipe_map"
-- @treturn ?integer address
function vm_map.variable(k, name)
	local store, pointer = k.kd:lookup(name .. "_store"), k.kd:lookup(name)
	local at = store or pointer and k.kd:read_ptr(pointer)
	return at ~= 0 and at or nil
end

local PATHS = { start = "start", ["end"] = "end", offset = "offset", eflags = "eflags",
	protection = "protection", backer = "object.vm_object", wired = "wired_count" }

--- What can be known of address spaces.
-- @tparam table k
-- @treturn ?table each(), resident(), describe(), backed(); `of`: function of a process's
--   address, to that of its map or nil; `objects`: vmcore.kern.vm_object;
--   `on_stop`, to be set: called with the status of pages that are missed; nil
--   when the kernel file has no types
function vm_map.new(k)
	local T, E, objects = k:type "struct vm_map", k:type "struct vm_map_entry", vm_object.new(k)
	local ok, read = pcall(kvm.reader, E, PATHS)
	local of = map_of(k)
	if not (T and objects and of and ok) then
		return nil
	end
	local shift, size = 0, k:dump().page_size
	while 1 << shift < size do
		shift = shift + 1
	end
	local view = setmetatable({ k = k, type = T, read = read, objects = objects, of = of, known = {},
		page_shift = shift }, view_meta)
	view.kvme = member.getter(k:type "struct pagerops", "pgo_kvme_type")
	view.pagers = view.kvme and k.kd:lookup "pagertab"
	return view
end

return vm_map
