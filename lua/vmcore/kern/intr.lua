--- Interrupts: events and their handlers, sys/interrupt.h and
-- kern/kern_intr.c; how often each came, intrcnt and intrnames.
-- @module vmcore.kern.intr

local kvm = require "kvm"
local bits = require "vmcore.bits"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local intr = {}

local COUNTERS_MAX <const> = 65536

local IE_SOFT <const> = 0x1		-- ie_flags, sys/interrupt.h

-- ih_flags, sys/interrupt.h
local FLAGS = bits.flags {
	NET = 0x00000001, EXCLUSIVE = 0x00000002, ENTROPY = 0x00000004, DEAD = 0x00000008,
	SUSP = 0x00000010, CHANGED = 0x40000000, MPSAFE = 0x80000000,
}

-- What ie_source points to: struct intsrc of x86, machine/intr_machdep.h;
-- struct intr_irqsrc of the others, sys/intr.h. Pointers to the event, the
-- counter, and that of strays.
local SOURCES = {
	{ "struct intsrc", "is_event", "is_count", "is_straycount" },
	{ "struct intr_irqsrc", "isrc_event", "isrc_count" },
}

-- The table of counters: address of the names, of the counts; how many, and
-- the bytes of a name.
local function counter_table(k)
	local names, counts = k.kd:lookup "intrnames", k.kd:lookup "intrcnt"
	local word = k.kd:ptrsize()
	local total = member.integer(k, "sintrcnt", word)
	local bytes = member.integer(k, "sintrnames", word)
	if not (names and counts and total and bytes and k:type "unsigned long") or
	    not math.ult(total // word, COUNTERS_MAX) then
		return nil
	end
	-- Arrays in 12's kernels of arm64 and riscv, pointers elsewhere.
	local t = k.kd:type_of_symbol "intrcnt"
	if not (t and t:strip().kind == "array") then
		names, counts = k.kd:read_ptr(names), k.kd:read_ptr(counts)
	end
	local n = total // word
	return names, counts, n, n > 0 and bytes // n or 0
end

--- The interrupt counters.
-- @tparam table k
-- @treturn ?{table...} name ("" where none is in use), total, address; nil
--   when the kernel file does not tell
-- @raise a fault
function intr.counters(k)
	local names, counts, n, width = counter_table(k)
	if n == nil then
		return nil
	end
	local list, word, long = {}, k.kd:ptrsize(), k:type "unsigned long"
	local T = width > 0 and k:type "char":array(width)
	for i = 0, names and counts and T and n - 1 or -1 do
		local name = kvm.string(kvm.object(T, names + i * width))
		list[#list + 1] = { name = name:gsub("%s+$", ""), address = counts + i * word,
			total = kvm.object(long, counts + i * word) }
	end
	return list
end

local methods = {}
local view_meta = { __index = methods }

--- The events: hardware's and the kernel's own.
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of addresses, which the fields take
function methods:each(on_stop)
	return (self.events(self.head, on_stop))
end

--- An event's handlers.
-- @tparam integer event
-- @tparam ?function on_stop
-- @treturn function iterator of addresses, which handler_fields take
function methods:handlers(event, on_stop)
	return (self.list(event + self.list_offset, on_stop))
end

-- A function from an event to where the interrupts of its source are counted;
-- one of the counter of strays.
local function source_counters(k, source)
	for _, names in ipairs(SOURCES) do
		local S = k:type(names[1])
		local event = member.pointer(S, names[2])
		if event then
			local function place(name)
				local get = name and member.pointer(S, name)
				return function(e)
					local at = get and source(e)
					-- A driver may have made the event for another purpose.
					return at and event(at) == e and get(at) or nil
				end
			end
			return place(names[3]), place(names[4])
		end
	end
	local function none() return nil end
	return none, none
end

local function event_fields(k, E)
	local soft, irq = member.getter(E, "ie_flags"), member.getter(E, "ie_irq")
	local cpu, thread = member.getter(E, "ie_cpu"), member.pointer(E, "ie_thread")
	local td = member.pointer(k:type "struct intr_thread", "it_thread")
	local tid = member.getter(k:type "struct thread", "td_tid")
	local source, long = member.pointer(E, "ie_source"), k:type "unsigned long"
	local counted, strays = source_counters(k, source)
	local function is_soft(e) return soft(e) & IE_SOFT ~= 0 end
	local function value(place)
		return function(e)
			local at = not is_soft(e) and place(e)
			return at and kvm.object(long, at) or nil
		end
	end
	return {
		addr = function(e) return e end, source = source,
		name = member.getter(E, "ie_name"), fullname = member.getter(E, "ie_fullname"),
		type = function(e) return is_soft(e) and "soft" or "hard" end,
		irq = function(e) return not is_soft(e) and irq(e) or nil end,
		cpu = function(e)
			local number = cpu(e)
			return number >= 0 and number or nil	-- NOCPU, sys/param.h
		end,
		thread = td and function(e)
			local it = thread(e)
			return it and td(it)
		end,
		tid = td and tid and function(e)
			local it = thread(e)
			local at = it and td(it)
			return at and tid(at)
		end,
		counter = function(e) return not is_soft(e) and counted(e) or nil end,
		stray_counter = function(e) return not is_soft(e) and strays(e) or nil end,
		count = value(counted), strays = value(strays),
	}
end

local function handler_fields(H)
	local flags = member.getter(H, "ih_flags")
	return {
		addr = function(h) return h end,
		name = member.getter(H, "ih_name"), filter = member.pointer(H, "ih_filter"),
		handler = member.pointer(H, "ih_handler"), arg = member.pointer(H, "ih_argument"),
		priority = member.getter(H, "ih_pri"),
		flags = function(h) return bits.names(flags(h) & 0xffffffff, FLAGS) end,
	}
end

--- What can be known of a kernel's interrupts.
-- @tparam table k
-- @treturn ?table each(), handlers(); `fields`, functions of an event's
--   address: addr name fullname (with its handlers' names) type ("hard"
--   "soft") irq cpu (that it is bound to) thread tid source counter count
--   stray_counter strays; `handler_fields`, of a handler's: addr name filter
--   handler arg (addresses) priority flags. nil when the kernel file does not
--   tell
function intr.new(k)
	local E, H = k:type "struct intr_event", k:type "struct intr_handler"
	local head, T = k.kd:lookup "event_list", k.kd:type_of_symbol "event_list"
	local list = E and E:member "ie_handlers"
	if not (head and list and H) then
		return nil
	end
	T = T or k.kd:define("struct", "vmcore_event_list", 2 * k.kd:ptrsize(),
	    { { name = "tqh_first", type = E:pointer(), offset = 0 } })
	return setmetatable({
		k = k, head = head, list_offset = list.offset,
		events = queue.prepare(T, "ie_list", { element = E, addresses = true }),
		list = queue.prepare(list.type, "ih_next", { element = H, addresses = true }),
		fields = event_fields(k, E), handler_fields = handler_fields(H),
	}, view_meta)
end

return intr
