--- Who listens to interfaces: net/bpf.c, net/bpfdesc.h, net/bpf.h.
-- @module vmcore.kern.bpf

local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local bpf = {}

local methods = {}
local view_meta = { __index = methods }

-- bd_direction, net/bpf.h: BPF_D_IN, BPF_D_INOUT, BPF_D_OUT
local DIRECTIONS = { [0] = "-", "s", "o" }

-- The letters of netstat(1): a member, what stands for it when it is set, when
-- it is not.
local LETTERS = { { "bd_promisc", "p", "-" }, { "bd_immediate", "i", "-" }, { "bd_hdrcmplt", "-", "f" },
	{ "bd_direction" }, { "bd_feedback", "b", "-" }, { "bd_async", "a", "-" }, { "bd_locked", "l", "-" } }

local function flags_field(T)
	local getters = {}
	for i, letter in ipairs(LETTERS) do
		getters[i] = member.getter(T, letter[1]) or function() return 0 end
	end
	return function(d)
		local text = ""
		for i, letter in ipairs(LETTERS) do
			local value = getters[i](d)
			text = text .. (letter[2] and letter[value ~= 0 and 2 or 3] or DIRECTIONS[value] or "?")
		end
		return text
	end
end

-- The first interface that has one attached. The list is that of all network
-- stacks.
local function list_head(k)
	local symbol = k.kd:symbol "bpf_iflist"
	local T = k:type "struct bpf_if"
	if symbol == nil or T == nil then
		return nil
	end
	return symbol.value, k.kd:type_of_symbol "bpf_iflist" or k.kd:define("struct", "vmcore_bpf_iflist",
	    k.kd:ptrsize(), { { name = "lh_first", type = T:pointer(), offset = 0 } })
end

--- The listeners: addresses of struct bpf_d.
-- @tparam function report
-- @treturn function iterator of the address, and of the struct ifnet that it
--   listens to (nil: none)
function methods:each(report)
	return coroutine.wrap(function()
		local function on_stop(status)
			report("bpf_iflist: " .. status.message)
		end
		for bif in self.walk(self.head, on_stop) do
			local ok, ifp = pcall(self.ifp, bif)
			for _, list in ipairs(self.lists) do
				for d in list.walk(bif + list.offset, on_stop) do
					coroutine.yield(d, ok and ifp or nil)
				end
			end
		end
	end)
end

-- The lists of an interface: who reads from it, and who only writes to it.
local function lists_of(T, D)
	local lists = {}
	local ext = T:member "bif_ext"
	for _, place in ipairs { { ext and ext.type:strip(), "bif_dlist", ext and ext.offset },
		{ T, "bif_wlist", 0 } } do
		local m = place[1] and place[1]:member(place[2])
		lists[#lists + 1] = m and { offset = place[3] + m.offset,
			walk = queue.prepare(m.type, "bd_next", { kind = "list", element = D, addresses = true }) }
	end
	return lists
end

--- What can be known of listeners.
-- @tparam table k
-- @treturn ?table with each() and `fields`: functions of a struct bpf_d's
--   address: pid flags ("pifsbal" as netstat(1) has them) received dropped matched
--   stored (bytes for the next read) held (for this one) size (of each buffer);
--   nil when the kernel file does not tell
function bpf.new(k)
	local T, D = k:type "struct bpf_if", k:type "struct bpf_d"
	local head, H = list_head(k)
	local ext = k:type "struct bpf_if_ext"
	if not (T and D and head and ext) then
		return nil
	end
	local read, fields = counter.reader(k), { flags = flags_field(D), pid = member.getter(D, "bd_pid"),
		stored = member.getter(D, "bd_slen"), held = member.getter(D, "bd_hlen"),
		size = member.getter(D, "bd_bufsize") }
	for key, name in pairs { received = "bd_rcount", dropped = "bd_dcount", matched = "bd_fcount" } do
		local at = member.pointer(D, name)
		fields[key] = at and function(d) return read(at(d)) end
	end
	return setmetatable({
		head = head, fields = fields, ifp = member.pointer(T, "bif_ifp"), lists = lists_of(T, D),
		-- A struct bpf_if begins with what is told of it to the rest of the kernel.
		walk = queue.prepare(H, "bif_next", { kind = "list", element = ext, addresses = true }),
	}, view_meta)
end

return bpf
