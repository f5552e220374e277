--- Locks by their own words: sys/_lock.h, mutex(9), rwlock(9), sx(9),
-- lockmgr(9), rmlock(9). Who holds one stands in it; WITNESS is not needed.
-- @module vmcore.kern.lock

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"
local queue = require "vmcore.queue"

local lock = {}

-- lo_flags, sys/_lock.h
local LO_INITIALIZED = 0x00010000
local LO_CLASS_SHIFT, LO_CLASS_MASK = 24, 0xf

-- kern/subr_lock.c, lock_classes[]: where the kernel has no such variable.
local CLASSES = { [0] = "spin mutex", "sleep mutex", "sx", "rm", "sleepable rm", "rw", "lockmgr" }

-- The struct of a class, the member that says who holds it.
local KINDS = {
	["spin mutex"] = { "mtx", "mtx_lock" }, ["sleep mutex"] = { "mtx", "mtx_lock" },
	sx = { "sx", "sx_lock" }, rw = { "rwlock", "rw_lock" }, lockmgr = { "lock", "lk_lock" },
	rm = { "rmlock", "_rm_lock._rm_lock_mtx.mtx_lock" },
	["sleepable rm"] = { "rmlock", "_rm_lock._rm_lock_sx.sx_lock" },
}

-- Variables that are locks; the padded ones have the same members.
local VARIABLES = { mtx = true, sx = true, rwlock = true, lock = true, rmlock = true,
	mtx_padalign = true, rwlock_padalign = true }

-- sys/mutex.h: the bits below the owner; MTX_DESTROYED stands alone.
local MTX_MASK, MTX_DESTROYED = 0x7, 0x4
-- What blocked_lock has (kern/kern_mutex.c): nobody's, and never free.
local BLOCKED = 0xdeadc0de
-- sys/rwlock.h, sys/sx.h, sys/lockmgr.h have the same: bit 0 says shared, the
-- readers are counted above the flags; both kinds of waiters without anything
-- else is RW_DESTROYED and SX_LOCK_DESTROYED. sx and lockmgr locks have had a
-- fifth flag like rw locks since 13 only; what an owner is cut to is the same,
-- threads are aligned to 32 bytes.
local SHARED, MASK, READERS_SHIFT, OLD_SHIFT, DESTROYED = 0x1, 0x1f, 5, 4, 0x6

local NAME_MAX = 128

--- What the word of a mutex says.
-- @tparam integer word
-- @treturn string state: "unlocked" "exclusive" "destroyed" "blocked"
-- @treturn ?integer owner, address of a thread
function lock.mutex_word(word)
	if word == BLOCKED then
		return "blocked"
	end
	local owner = word & ~MTX_MASK
	if owner ~= 0 then
		return "exclusive", owner
	end
	return word & MTX_DESTROYED ~= 0 and "destroyed" or "unlocked"
end

--- By how much the readers of a class of locks are shifted.
-- @tparam table k
-- @tparam string class "rw", "sx", "lockmgr", "sleepable rm"
-- @treturn integer
function lock.readers_shift(k, class)
	local TD = k:type "struct thread"
	-- Nothing in the types tells the flags; td_realucred came with 13, too.
	local old = class ~= "rw" and TD and not TD:member "td_realucred"
	return old and OLD_SHIFT or READERS_SHIFT
end

--- What the word of a rw, sx or lockmgr lock says.
-- @tparam integer word
-- @tparam[opt=5] integer shift of the readers
-- @treturn string state: "unlocked" "shared" "exclusive" "destroyed"
-- @treturn ?integer owner; without one an exclusive lock is LK_KERNPROC's:
--   handed over to whoever completes the work
-- @treturn ?integer readers
function lock.shared_word(word, shift)
	if word & SHARED ~= 0 then
		local readers = word >> (shift or READERS_SHIFT)
		return readers > 0 and "shared" or "unlocked", nil, readers
	elseif word == DESTROYED then
		return "destroyed"
	end
	local owner = word & ~MASK
	if owner == ~MASK or owner == ~MASK & 0xffffffff then
		return "exclusive", nil
	end
	return owner ~= 0 and "exclusive" or "unlocked", owner ~= 0 and owner or nil
end

-- Names of the classes, as the kernel says them.
local function class_names(k)
	local names = setmetatable({}, { __index = CLASSES })
	local at, C = k.kd:lookup "lock_classes", k:type "struct lock_class"
	local name = member.pointer(C, "lc_name")
	if at == nil or name == nil then
		return names
	end
	for i = 0, LO_CLASS_MASK do
		local class = k.kd:read_ptr(at + i * k.kd:ptrsize())
		local ok, text = pcall(name, class or 0)
		names[i] = ok and text and k.kd:read_string(text, NAME_MAX) or nil
	end
	return names
end

-- Readers of the words, by class.
local function word_readers(k)
	local words = {}
	for class, kind in pairs(KINDS) do
		words[class] = member.getter(k:type("struct " .. kind[1]), kind[2])
	end
	return words
end

local methods = {}
local view_meta = { __index = methods }

-- The class of what stands at an address, or nil: it is no lock.
local function class_at(view, address)
	local ok, flags = pcall(view.flags, address)
	if not ok or flags & LO_INITIALIZED == 0 then
		return nil
	end
	local class = view.classes[flags >> LO_CLASS_SHIFT & LO_CLASS_MASK]
	return view.words[class or ""] and class
end

-- A rm lock's writers, and readers that find one, take the lock inside it:
-- it has the name of the lock around it.
local function around(view, address)
	local outer = view.inner_offset and address - view.inner_offset
	local class = outer and class_at(view, outer)
	if class and view.words[class] and KINDS[class][1] == "rmlock" and
	    view.name_of(outer) == view.name_of(address) then
		return outer, class
	end
end

--- What is known of a lock.
-- @tparam integer address
-- @treturn ?table address, class ("sleep mutex", "sx"...), name, state, owner
--   (address of a thread), readers (how many), trackers (addresses of the
--   threads that read, of rm locks only), recursed (how often more the owner
--   has it); nil when no lock is there
-- @raise a fault, when its word can't be read
function methods:at(address)
	local class = class_at(self, address)
	if class == nil then
		return nil
	end
	local outer, outer_class = around(self, address)
	if outer then
		address, class = outer, outer_class
	end
	local is_mutex = KINDS[class][2]:find "mtx_lock"
	local state, owner, readers = (is_mutex and lock.mutex_word
	    or lock.shared_word)(self.words[class](address), lock.readers_shift(self.k, class))
	local trackers = KINDS[class][1] == "rmlock" and self:readers()[address]
	if trackers and not owner then
		state, readers = "shared", #trackers
	end
	local name = self.name_of(address)
	return { address = address, class = class, state = state, owner = owner, readers = readers,
		trackers = trackers or nil, recursed = owner and self.recursed and self.recursed(address),
		name = name and self.k.kd:read_string(name, NAME_MAX) or nil }
end

--- Whether a wait message is the name of a lock: as lockmgr_chain() and
-- sx_chain() tell that a wait channel is one.
-- @tparam integer address
-- @tparam ?integer wmesg address of the message
-- @treturn boolean
function methods:is_named(address, wmesg)
	local class = class_at(self, address)
	return (class == "sx" or class == "lockmgr") and self.name_of(address) == wmesg
end

-- The trackers that the CPUs' queues have: struct rm_queue is circular, its
-- head in struct pcpu, and the first member of a tracker.
local function each_tracker(view, fn)
	local k, m = view.k, view.pcpu and view.pcpu:member "pc_rm_queue"
	for cpu, pc in m and pcpu.each(k) or function() end do
		local head = kvm.toaddress(pc) + m.offset
		local at, seen = k.kd:read_ptr(head), {}
		while at and at ~= 0 and at ~= head and not seen[at] do
			seen[at] = true
			fn(at)
			at = k.kd:read_ptr(at)
		end
		if view.report and (at == nil or seen[at]) then
			view.report(("the readers of rm locks on CPU %d: %s"):format(cpu, at and
			    "the list runs in a circle" or "the list can't be read to its end"))
		end
	end
end

--- The threads that read rm locks, on every CPU.
-- @treturn table lists of thread addresses by the address of the lock
function methods:readers()
	if self.read_by == nil then
		local T, found = self.k:type "struct rm_priotracker", {}
		local of, td = member.pointer(T, "rmp_rmlock"), member.pointer(T, "rmp_thread")
		self.read_by = found
		each_tracker(self, function(tracker)
			local ok, rm, thread = pcall(function() return of(tracker), td(tracker) end)
			if ok and rm and thread then
				found[rm] = found[rm] or {}
				table.insert(found[rm], thread)
			end
		end)
	end
	return self.read_by
end

--- The locks that are variables of the kernel.
-- @treturn function iterator of address and name of the variable
function methods:variables()
	local kd = self.k.kd
	local each = kd:symbols()
	return function()
		for s in each do
			local t = s.type == "object" and kd:type_of_symbol(s.name)
			t = t and t:strip()
			if t and t.kind == "struct" and VARIABLES[t.name] then
				return s.value, s.name
			end
		end
	end
end

--- What can be known of a kernel's locks.
-- @tparam table k
-- @tparam ?function report called with messages
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function lock.new(k, report)
	local O = k:type "struct lock_object"
	local flags, name = member.getter(O, "lo_flags"), member.pointer(O, "lo_name")
	if flags == nil or name == nil then
		return nil, "the kernel file does not tell what a struct lock_object is"
	end
	local RM = k:type "struct rmlock"
	return setmetatable({
		-- mtx_recurse, rw_recurse, sx_recurse, lk_recurse are names of lo_data.
		recursed = member.getter(O, "lo_data"),
		k = k, report = report, flags = flags, name_of = name, classes = class_names(k),
		words = word_readers(k), pcpu = k:type "struct pcpu",
		inner_offset = RM and RM:member "_rm_lock" and kvm.offsetof(RM, "_rm_lock"),
	}, view_meta)
end

--- Walk the queues of waiting threads that are an array of heads.
-- @tparam kvm.type T of the struct
-- @tparam string name of the member: a head, or an array of them
-- @tparam string link member of struct thread
-- @tparam kvm.type TD struct thread
-- @treturn function of the struct's address and on_stop, to a list of { td =
--   address, queue = index }
function lock.queues(T, name, link, TD)
	local m = T:member(name)
	local t = m.type:strip()
	local n, head = t.kind == "array" and t.nelems or 1, t.kind == "array" and t.target or t
	local walk = queue.prepare(head, link, { kind = "tailq", element = TD, addresses = true })
	return function(address, on_stop)
		local list = {}
		for i = 0, n - 1 do
			for td in walk(address + m.offset + i * head.size, on_stop) do
				list[#list + 1] = { td = td, queue = i }
			end
		end
		return list
	end
end

--- Walk a hash table of lists that is a variable.
-- @tparam table k
-- @tparam string variable array of structs
-- @tparam string head member of these structs
-- @tparam string link member of the elements
-- @tparam kvm.type T of the elements
-- @tparam function on_stop
-- @treturn ?function iterator of addresses; nil when there is no such variable
function lock.chains(k, variable, head, link, T, on_stop)
	local array, at = k.kd:type_of_symbol(variable), k.kd:lookup(variable)
	array = array and array:strip()
	if array == nil or at == nil or array.kind ~= "array" then
		return nil
	end
	local m, size = array.target:strip():member(head), array.target:strip().size
	local walk = queue.prepare(m.type, link, { kind = "list", element = T, addresses = true })
	local current, i, stops = function() end, -1, 0
	-- A page of heads that was not dumped is said once.
	local function stopped(status)
		stops = stops + 1
		if stops == 1 then
			on_stop(status)
		end
	end
	return function()
		local element = current()
		while element == nil do
			i = i + 1
			if i >= array.nelems then
				if stops > 1 then
					on_stop { message = ("so did %d more lists"):format(stops - 1) }
				end
				return nil
			end
			current = walk(at + i * size + m.offset, stopped)
			element = current()
		end
		return element
	end
end

return lock
