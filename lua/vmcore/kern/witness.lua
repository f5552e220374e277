--- What WITNESS keeps, kern/subr_witness.c: the locks that threads and CPUs
-- hold, where they got them, the order of locks, and who broke it.
-- @module vmcore.kern.witness

local kvm = require "kvm"
local member = require "vmcore.kern.member"

local witness = {}

-- li_flags
local LI_RECURSEMASK, LI_EXCLUSIVE, LI_NORELEASE = 0x0000ffff, 0x00010000, 0x00020000
-- The bytes of w_rmatrix.
local PARENT, REVERSAL = 0x01, 0x10

local FILE_MAX = 256
-- A kernel has room for 1536 kinds of locks unless debug.witness.witness_count
-- says otherwise; an index beyond this was damaged.
local NODES_MAX = 16384

local methods = {}
local view_meta = { __index = methods }

-- As the kernel's fixup_filename(): without the way up from the place where
-- it was compiled.
local function file_name(view, at)
	local text = at and (view.k.kd:read_string(at, FILE_MAX) or "?")
	while text and text:find "^%.%./" do
		text = text:sub(4)
	end
	return text
end

local function instance(view, at)
	local flags = view.li.flags(at)
	return { lock = view.li.lock(at), file = file_name(view, view.li.file(at)), line = view.li.line(at),
		exclusive = flags & LI_EXCLUSIVE ~= 0, recursed = flags & LI_RECURSEMASK,
		norelease = flags & LI_NORELEASE ~= 0 }
end

--- The locks of a list: td_sleeplocks of a thread, pc_spinlocks of a CPU.
-- @tparam ?integer list address of a struct lock_list_entry
-- @tparam ?function report called with messages about what is out of reach
-- @treturn {table...} the newest first: lock (address), file, line (where it
--   was acquired), exclusive, recursed (how often more), norelease
function methods:held(list, report)
	local found, seen = {}, {}
	local ok, message = pcall(function()
		while list and not seen[list] do
			seen[list] = true
			local count = self.ll.count(list)
			if count < 0 or count > self.children then
				error(("lock_list_entry at %#x: %d locks in one"):format(list, count), 0)
			end
			for i = count - 1, 0, -1 do
				local held = instance(self, list + self.first + i * self.size)
				found[#found + 1] = held.lock and held or nil
			end
			list = self.ll.next(list)
		end
		if list then
			error(("lock_list_entry at %#x: the list runs in a circle"):format(list), 0)
		end
	end)
	if not ok and report then
		report("WITNESS: " .. tostring(message))
	end
	return found
end

-- Pointers to the nodes, and how many there are.
local function nodes_at(view)
	local kd = view.k.kd
	local last = math.max(member.integer(view.k, "w_max_used_index") or 0, 0)
	local limit = math.max(member.integer(view.k, "witness_count") or NODES_MAX, 0)
	local t = kd:type_of_symbol "w_data"
	local at = kd:lookup "w_data"
	if t and t:strip().kind ~= "array" then
		at = kd:read_ptr(at)
	end
	return at, math.min(last, limit - 1, NODES_MAX)
end

--- The kinds of locks that WITNESS knows: one for each name.
-- @tparam ?function report
-- @treturn table by index, from 1: index, name, class, file, line (where one
--   was last acquired), locks (how many there are), reversed
-- @treturn integer the last index
function methods:nodes(report)
	local at, last = nodes_at(self)
	local nodes, w = {}, self.w
	for i = 1, at and last or 0 do
		local address = at + i * self.witness_size
		local ok, message = pcall(function()
			local class = w.class(address)
			nodes[i] = { index = i, address = address, name = w.name(address),
				class = class and self.class_name(class), file = file_name(self, w.file(address)),
				line = w.line(address), locks = w.refcount(address),
				reversed = w.reversed(address) ~= 0 }
		end)
		if not ok and report then
			report(("WITNESS: lock %d: %s"):format(i, tostring(message)))
		end
	end
	return nodes, last
end

-- The row of an index in w_rmatrix, which was an array of arrays once.
local function matrix_row(view, i, last)
	local k = view.k
	local t, at = k.kd:type_of_symbol "w_rmatrix", k.kd:lookup "w_rmatrix"
	if at == nil then
		return nil, "there is no w_rmatrix"
	elseif t and t:strip().kind == "array" then
		return k:read(at + i * t:strip().target:strip().size, last + 1)
	end
	local rows = k.kd:read_ptr(at)
	local row = rows and k.kd:read_ptr(rows + i * k.kd:ptrsize())
	if row == nil then
		return nil, "w_rmatrix can't be read"
	end
	return k:read(row, last + 1)
end

local function each_relation(view, nodes, last, report, fn)
	for i = 1, last do
		local row, message = matrix_row(view, i, last)
		if row == nil then
			report(("WITNESS: relations of lock %d: %s"):format(i, message))
		end
		for j = 1, row and nodes[i] and last or 0 do
			local bits = row:byte(j + 1)
			if bits ~= 0 and i ~= j and nodes[j] then
				fn(nodes[i], nodes[j], bits)
			end
		end
	end
end

--- The order of locks: which is acquired while which is held.
-- @tparam table nodes of nodes()
-- @tparam integer last of nodes()
-- @tparam function report
-- @treturn {table...} from, to (nodes); reversed: whether the opposite was
--   seen too
function methods:order(nodes, last, report)
	local edges = {}
	each_relation(self, nodes, last, report, function(from, to, bits)
		if bits & PARENT ~= 0 then
			edges[#edges + 1] = { from = from, to = to, reversed = bits & REVERSAL ~= 0 }
		end
	end)
	return edges
end

-- Where an order was first seen, by "from to": the lists of w_lohash.
local function first_seen(view, report)
	local stacks, k, D = {}, view.k, view.k:type "struct witness_lock_order_data"
	local H, at = k:type "struct witness_lock_order_hash", k.kd:lookup "w_lohash"
	local array = H and H:member "wloh_array"
	local from, to = member.getter(D, "wlod_key.from"), member.getter(D, "wlod_key.to")
	local depth, link = member.getter(D, "wlod_stack.depth"), member.pointer(D, "wlod_next")
	if not (array and at and from and to and depth and link) then
		return stacks
	end
	local pcs, size = kvm.offsetof(D, "wlod_stack.pcs"), k.kd:ptrsize()
	local most = k:type "struct stack":member "pcs".type:strip().nelems
	local seen = {}
	for i = 0, array.type:strip().nelems - 1 do
		local ok, message = pcall(function()
			local data = k.kd:read_ptr(at + array.offset + i * size)
			while data and data ~= 0 and not seen[data] do
				seen[data] = true
				local list = {}
				for n = 0, math.min(depth(data), most) - 1 do
					list[n + 1] = k.kd:read_ptr(data + pcs + n * size)
				end
				stacks[from(data) .. " " .. to(data)] = list
				data = link(data)
			end
		end)
		if not ok then
			report("WITNESS: w_lohash: " .. tostring(message))
		end
	end
	return stacks
end

--- The lock order reversals that WITNESS saw.
-- @tparam table nodes of nodes()
-- @tparam integer last of nodes()
-- @tparam function report
-- @treturn {table...} first, second (nodes); forth and back: lists of program
--   counters, innermost first, of where the second was first acquired while
--   the first was held, and the other way round; nil when it kept none
function methods:reversals(nodes, last, report)
	local stacks, list = first_seen(self, report), {}
	each_relation(self, nodes, last, report, function(a, b, bits)
		if bits & REVERSAL ~= 0 and a.index < b.index then
			list[#list + 1] = { first = a, second = b,
				forth = stacks[a.index .. " " .. b.index], back = stacks[b.index .. " " .. a.index] }
		end
	end)
	return list
end

--- Whether WITNESS still watched when the system died.
-- @treturn ?string why it did not, or nil
function methods:trouble()
	local watch, cold = member.integer(self.k, "witness_watch"), member.integer(self.k, "witness_cold")
	if cold and cold ~= 0 then
		return "WITNESS was not started yet"
	elseif watch and watch < 0 then
		return "WITNESS had given up"
	end
	return watch == 0 and "WITNESS was told not to watch the order of locks" or nil
end

local function no_witness(k)
	local typed = member.getter(k:type "struct thread", "td_sleeplocks")
	if not typed or k:has_symbol "w_locklistdata" or k:has_symbol "w_data" then
		return nil, "the kernel file does not tell what WITNESS keeps"
	end
	return nil, "the kernel was built without WITNESS"
end

--- What can be known of what WITNESS knows.
-- @tparam table k
-- @treturn[1] table; of it sleeplocks and spinlocks: functions of the address
--   of a struct thread, or of a struct pcpu, to a list for held()
-- @treturn[2] nil
-- @treturn[2] string message: there is no WITNESS, or no types
function witness.new(k)
	local E, I, W = k:type "struct lock_list_entry", k:type "struct lock_instance", k:type "struct witness"
	local count = member.getter(E, "ll_count")
	if not (count and I and member.getter(W, "w_index")) then
		return no_witness(k)
	end
	return setmetatable({
		k = k, first = kvm.offsetof(E, "ll_children"), size = I.size,
		children = E:member "ll_children".type:strip().nelems,
		ll = { count = count, next = member.pointer(E, "ll_next") },
		li = { lock = member.pointer(I, "li_lock"), file = member.pointer(I, "li_file"),
			line = member.getter(I, "li_line"), flags = member.getter(I, "li_flags") },
		w = { name = member.getter(W, "w_name"), class = member.pointer(W, "w_class"),
			file = member.pointer(W, "w_file"), line = member.getter(W, "w_line"),
			refcount = member.getter(W, "w_refcount"),
			reversed = member.getter(W, "w_reversed") or function() return 0 end },
		witness_size = W.size,
		class_name = function(class)
			local name = member.pointer(k:type "struct lock_class", "lc_name")
			return name and k.kd:read_string(name(class) or 0, 64)
		end,
		sleeplocks = member.pointer(k:type "struct thread", "td_sleeplocks"),
		spinlocks = member.pointer(k:type "struct pcpu", "pc_spinlocks"),
	}, view_meta)
end

return witness
