--- Threads: sys/proc.h, struct thread.
-- @module vmcore.kern.thread

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local thread = {}

-- td_inhibitors, sys/proc.h: TDI_*. A thread may have several; what it waits
-- for comes first.
local INHIBITORS = {
	{ 0x0002, "sleep" },		-- TDI_SLEEPING
	{ 0x0008, "lock" },		-- TDI_LOCK
	{ 0x0001, "suspended" },	-- TDI_SUSPENDED
	{ 0x0004, "swapped" },		-- TDI_SWAPPED, until 14
	{ 0x0010, "iwait" },		-- TDI_IWAIT
}
thread.TDI_SLEEPING = 0x0002
thread.TDI_LOCK = 0x0008

-- td_state, sys/proc.h: enum td_states, without a name until 12.
local STATES = {
	TDS_INACTIVE = { 0, "inactive" }, TDS_INHIBITED = { 1, "inhibited" },
	TDS_CAN_RUN = { 2, "can_run" }, TDS_RUNQ = { 3, "runq" },
	TDS_RUNNING = { 4, "running" },
}

local WMESG_MAX = 64		-- wait messages are a word

local function inhibitor(bits)
	for _, known in ipairs(INHIBITORS) do
		if bits & known[1] ~= 0 then
			return known[2]
		end
	end
	return "inhibited"
end

local function state_names(k)
	local names = {}
	for constant, default in pairs(STATES) do
		names[member.constant(k, constant, default[1])] = default[2]
	end
	return names
end

local function state_field(k, T)
	local state = member.getter(T, "td_state")
	local inhibitors = member.getter(T, "td_inhibitors")
	if state == nil then
		return nil
	end
	local names = state_names(k)
	return function(td)
		local value = state(td)
		local name = names[value]
		if name == "inhibited" and inhibitors then
			return inhibitor(inhibitors(td))
		end
		return name or tostring(value)
	end
end

-- The field functions take objects too.
local function address_of(object)
	return math.type(object) and object or kvm.toaddress(object)
end
thread.address_of = address_of

local function pointer_field(T, path)
	local get = member.pointer(T, path)
	return get and function(td)
		return get(address_of(td))
	end
end

-- Wait messages by address.
local function wait_messages(T)
	local wmesg = T:member "td_wmesg"
	if wmesg == nil then
		return nil
	end
	-- They are constants of the kernel, and few.
	return setmetatable({}, { __index = function(known, address)
		local text = kvm.string(kvm.pointer(wmesg.type, address), WMESG_MAX)
		known[address] = text
		return text
	end })
end

local function wmesg_field(T, known)
	local get = member.pointer(T, "td_wmesg")
	return get and function(td)
		local address = get(address_of(td))
		return address and known[address] or ""
	end
end

-- NOCPU is -1; while td_oncpu was a byte (until 10) it was 255.
local function oncpu_field(T)
	local get = member.getter(T, "td_oncpu")
	local m = get and T:member "td_oncpu"
	if m and m.type.size == 1 then
		return function(td)
			local cpu = get(td)
			return cpu == 255 and -1 or cpu
		end
	end
	return get
end

local function name_field(T)
	local name = member.getter(T, "td_name")
	local comm = member.getter(T, "td_proc.p_comm")
	return name and function(td)
		local value = name(td)
		return value == "" and comm and comm(td) or value
	end
end

--- What can be known of a kernel's threads.
-- @tparam table k
-- @tparam kvm.type T struct thread
-- @tparam kvm.type head of the list p_threads
-- @treturn table with `fields`: functions of a thread (object or address) by
--   the name of a column: tid name state oncpu lastcpu wmesg wchan pri addr
--   pcb kstack, without those that the kernel does not tell; `each(head)`, as
--   queue.foreach(), and `addresses(head)`, the same with integers; `wmesgs`:
--   wait messages by address
function thread.new(k, T, head)
	local wmesgs = wait_messages(T)
	return {
		fields = {
			tid = member.getter(T, "td_tid"),
			name = name_field(T),
			state = state_field(k, T),
			oncpu = oncpu_field(T),
			lastcpu = member.getter(T, "td_lastcpu"),
			wmesg = wmesg_field(T, wmesgs),
			wchan = pointer_field(T, "td_wchan"),
			pri = member.getter(T, "td_priority"),
			addr = address_of,
			pcb = pointer_field(T, "td_pcb"),
			kstack = member.getter(T, "td_kstack"),
		},
		wmesgs = wmesgs,
		each = queue.prepare(head, "td_plist", { kind = "tailq", element = T }),
		addresses = queue.prepare(head, "td_plist",
		    { kind = "tailq", element = T, addresses = true }),
	}
end

return thread
