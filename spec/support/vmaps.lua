--- Address spaces and physical pages of a forged system.
--
--	system.new{ prepare = files.prepare(13) } and then vmaps.place(s): what was
--	made is told in s.truth.vm.
local files = require "spec.support.files"
local types = require "spec.support.types"

local vmaps = {}

-- Unions, and a head that has no name in the kernel.
local TYPES = [[
union vm_map_object { struct vm_object *vm_object; struct vm_map *sub_map; };
union vm_page_astate { struct { unsigned short flags; unsigned char queue; unsigned char act_count; };
	unsigned int _bits; };
struct vm_reserv_head { struct vm_reserv *tqh_first; struct vm_reserv **tqh_last; };
]]

local PAGE, PAGES = 4096, 64
local FIRST = 0x100		-- number of the first page
local COW, NEEDS_COPY, SUBMAP, GROWS_DOWN, GUARD = 0x4, 0x8, 0x2, 0x1000, 0x10000
local SWAP, VNODE, PHYS = 1, 2, 4
local NONE, ENQUEUED = 255, 8
local SHARES = 16		-- children of a trie's node

-- A page by its number from 0 on: object, pindex, wired, queue, pending.
local function page(s, i, o)
	local sys, at = s.sys, s.truth.vm.array + i * s.types:sizeof "struct vm_page"
	local queue = o.queue or NONE
	local aflags = queue ~= NONE and not o.pending and ENQUEUED or 0
	sys:fill(at, "struct vm_page", { object = o.object or 0, pindex = o.pindex or 0,
		phys_addr = (FIRST + i) * PAGE, ref_count = o.wired or 0, wire_count = o.wired or 0,
		queue = queue, aflags = aflags, ["a.queue"] = queue, ["a.flags"] = aflags, valid = 0xff,
		busy_lock = 1, order = 13 })
	return at
end

-- The trie of an object's pages: one node of the lowest level.
local function trie(s, object, list)
	local sys, set = s.sys, s.types
	local leaf_offset, child, root = 0
	local spelling = "struct vm_radix_node"
	if set:has("struct vm_radix", "rt_root") then
		child, root = set:offsetof(spelling, "rn_child"), set:offsetof("struct vm_object", "rtree.rt_root")
	else
		spelling = "struct pctrie_node"
		child, root = set:offsetof(spelling, "pn_child"), set:offsetof("struct vm_object", "rtree.rt_trie.pt_root")
		leaf_offset = set:offsetof("struct vm_page", "pindex")
	end
	local node = sys:make(spelling)
	for i = 0, SHARES - 1 do
		sys.mem:ptr(node + child + i * 8, list[i] and (list[i] + leaf_offset) | 1 or 0)
	end
	sys.mem:ptr(object + root, node)
end

-- An object and its pages { pindex = number of the page }.
local function object(s, kind, numbers, more)
	local n = 0
	for _ in pairs(numbers) do
		n = n + 1
	end
	local at = s.sys:make("struct vm_object", { type = kind, ref_count = 2, shadow_count = 1, size = SHARES,
		resident_page_count = n })
	s.sys:fill(at, "struct vm_object", more or {})
	local pages = {}
	for index, number in pairs(numbers) do
		pages[index] = page(s, number, { object = at, pindex = index, queue = 1 })
	end
	trie(s, at, pages)
	return at
end

-- The tree of a map: until 12 its links end in NULL, since they lead to the neighbours.
local function tree(s, map, entries, low, high, from, to)
	if from > to then
		return 0
	end
	local set, middle = s.types, (from + to) // 2
	local threaded = not set:has("struct vm_map_entry", "prev")
	local e = entries[middle]
	local l = tree(s, map, entries, low, e, from, middle - 1)
	local r = tree(s, map, entries, e, high, middle + 1, to)
	s.sys:fill(e, "struct vm_map_entry", { left = l ~= 0 and l or threaded and low or 0,
		right = r ~= 0 and r or threaded and high or 0 })
	return e
end

--- Put entries { start, end, protection, eflags, object, offset } into a map.
function vmaps.fill(s, map, list)
	local entries = {}
	for i, e in ipairs(list) do
		entries[i] = s.sys:make("struct vm_map_entry", { start = e[1], ["end"] = e[2], protection = e[3],
			eflags = e[4], offset = e[6] or 0 })
		s.memory:ptr(entries[i] + s.types:offsetof("struct vm_map_entry", "object"), e[5] or 0)
	end
	local header = map + s.types:offsetof("struct vm_map", "header")
	s.sys:fill(map, "struct vm_map", { nentries = #list,
		root = tree(s, map, entries, header, header, 1, #list) })
	return entries
end

-- The paging queues and the free ones of domain 0.
local function queues(s, members)
	local sys, set = s.sys, s.types
	local dom = sys.by_name.vm_dom.addr
	local size = set:sizeof "struct vm_pagequeue"
	for q = 0, 3 do
		local at = dom + set:offsetof("struct vm_domain", "vmd_pagequeues") + q * size
		sys:fill(at, "struct vm_pagequeue", { pq_cnt = #(members[q] or {}) })
		local head = at + set:offsetof("struct vm_pagequeue", "pq_pl")
		for _, p in ipairs(members[q] or {}) do
			sys:tailq_insert(head, p, "struct vm_page", "plinks.q")
		end
	end
	sys:fill(dom, "struct vm_domain", { vmd_free_count = 12, vmd_page_count = PAGES - 4 })
end

--- What system.new's `prepare` takes, with the mounts and vnodes of files.lua.
function vmaps.prepare(layout)
	local open = files.prepare(layout)
	return function(sys)
		open(sys)
		local set = types.parse(TYPES, nil, sys.types)
		local fields = { start = FIRST * PAGE, ["end"] = (FIRST + PAGES) * PAGE, domain = 0 }
		sys:var("vm_phys_segs", "struct vm_phys_seg[4]", { fields })
		sys:var("vm_phys_nsegs", "int", 1)
		-- types.lua reads dimensions from the inside out: 8 domains, 1 list, 2 pools.
		sys:var("vm_phys_free_queues", "struct vm_freelist[13][2][1][8]", {}, { bind = "local" })
		sys:var("phys_avail", "unsigned long[8]", { (FIRST + 4) * PAGE, (FIRST + PAGES) * PAGE })
		sys:var("vm_page_array", "struct vm_page *", 0)
		sys:var("first_page", "long", FIRST)
		sys:var("vm_page_array_size", "long", PAGES)
		sys:var("kernel_map_store", "struct vm_map", { nentries = 0 })
		sys:var("exec_map", "struct vm_map *", 0)
		if set:has("struct vm_reserv_domain", "partpop") then
			sys:var("vm_rvd", "struct vm_reserv_domain[8]", {})
		else
			sys:var("vm_rvq_partpop", "struct vm_reserv_head[8]", {})
		end
	end
end

-- Eight pages in a run of the buddy queues, four in a reservation.
local function free_memory(s)
	local sys, set = s.sys, s.types
	local list, lists = set:sizeof "struct vm_freelist", sys.by_name.vm_phys_free_queues.addr
	sys:fill(lists + 3 * list, "struct vm_freelist", { lcnt = 1 })
	local segs = sys.by_name.vm_phys_segs.addr
	sys:fill(segs, "struct vm_phys_seg", { free_queues = lists, first_page = s.truth.vm.array })
	sys.mem:ptr(sys.by_name.vm_page_array.addr, s.truth.vm.array)
	local rv = sys:make("struct vm_reserv", { object = s.truth.vm.file, popcnt = 508, pages = s.truth.vm.array })
	local head = sys.by_name.vm_rvd and sys.by_name.vm_rvd.addr +
	    set:offsetof("struct vm_reserv_domain", "partpop") or sys.by_name.vm_rvq_partpop.addr
	sys:tailq_insert(head, rv, "struct vm_reserv", "partpopq")
end

--- sh (712) maps motd twice, once with a page of its own, a stack, a guard, and
-- what has no object; the kernel has a map inside its own.
function vmaps.place(s)
	files.place(s)
	local sys, set = s.sys, s.types
	s.truth.vm = { array = sys.mem:alloc(PAGES * set:sizeof "struct vm_page") }
	for i = 0, PAGES - 1 do
		page(s, i, { wired = i >= 60 and 2 or 0 })
	end
	local file = object(s, VNODE, { [0] = 10, 11, 12 }, { handle = s.truth.files.motd })
	local own = object(s, SWAP, { [2] = 13 }, { backing_object = file, backing_object_offset = PAGE })
	local stack = object(s, SWAP, { [4] = 14, [5] = 15 })
	local phys = object(s, PHYS, { [0] = 16 })
	s.truth.vm.file, s.truth.vm.own = file, own
	local inactive = page(s, 20, { object = stack, pindex = 7, queue = 0 })
	page(s, 21, { object = stack, pindex = 8, queue = 2, pending = true })
	local members = { [0] = { inactive }, {} }
	for i = 10, 16 do
		table.insert(members[1], s.truth.vm.array + i * set:sizeof "struct vm_page")
	end
	queues(s, members)
	free_memory(s)
	local space = s.memory:get(s.truth.processes[712].addr + set:offsetof("struct proc", "p_vmspace"), 8)
	s.truth.vm.map = space + set:offsetof("struct vmspace", "vm_map")
	s.truth.vm.entries = vmaps.fill(s, s.truth.vm.map, {
		{ 0x200000, 0x203000, 5, COW | NEEDS_COPY, file }, { 0x204000, 0x206000, 3, COW, own, PAGE },
		{ 0x300000, 0x310000, 3, 0 }, { 0x7fff0000, 0x7fff8000, 0, GUARD },
		{ 0x7fff8000, 0x80000000, 3, GROWS_DOWN, stack }, { 0x80000000, 0x80001000, 5, 0, phys } })
	local inner = sys:make "struct vm_map"
	sys.mem:ptr(sys.by_name.exec_map.addr, inner)
	vmaps.fill(s, inner, { { -0x1f0000000000, -0x1efffff00000, 3, 0, stack } })
	vmaps.fill(s, sys.by_name.kernel_map_store.addr, { { -0x200000000000, -0x1f0000000000, 3, 0 },
		{ -0x1f0000000000, -0x1ef000000000, 7, SUBMAP, inner } })
end

return vmaps
