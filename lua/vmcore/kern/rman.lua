--- Resources that devices were given: interrupts, ports, memory; sys/rman.h,
-- kern/subr_rman.c.
-- @module vmcore.kern.rman

local bits = require "vmcore.bits"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local rman = {}

local TEXT_MAX <const> = 256

-- r_flags, sys/rman.h: RF_*
local ALIGNMENT <const> = 0xfc00		-- RF_ALIGNMENT_MASK: no flags
local FLAGS = bits.flags {
	ALLOCATED = 0x0001, ACTIVE = 0x0002, SHAREABLE = 0x0004, FIRSTSHARE = 0x0020,
	PREFETCHABLE = 0x0040, OPTIONAL = 0x0080, UNMAPPED = 0x0100,
}

local methods = {}
local view_meta = { __index = methods }

-- A resource, or all those that share it.
local function add(view, list, manager, resource, on_stop)
	local head = view.sharers(resource)
	if head == nil then
		list[#list + 1] = { manager = manager, resource = resource }
		return
	end
	for one in view.share_list(head, on_stop) do
		list[#list + 1] = { manager = manager, resource = one }
	end
end

--- All resources, manager by manager, those that nobody has too.
-- @tparam function report called with messages
-- @treturn {table...} manager, resource: addresses, which manager_fields and
--   fields take
function methods:all(report)
	local list = {}
	local function on_stop(status) report(status.message) end
	for manager in self.managers(self.head, on_stop) do
		for resource in self.list(manager + self.list_offset, on_stop) do
			local ok, fault = pcall(add, self, list, manager, resource, on_stop)
			if not ok then
				report(("the resource at %#x: %s"):format(resource, tostring(fault)))
			end
		end
	end
	return list
end

-- The head that sharers hang on has no name.
local function share_list(k, R)
	local head = k.kd:define("struct", "vmcore_share_head", k.kd:ptrsize(),
	    { { name = "lh_first", type = R:pointer(), offset = 0 } })
	return queue.prepare(head, "r_sharelink", { kind = "list", element = R, addresses = true })
end

--- What can be known of a kernel's resources.
-- @tparam table k
-- @treturn ?table all(); `fields`, functions of a resource's address: first,
--   last (numbers or addresses, both belong to it), rid, device (address) flags
--   allocated; `manager_fields`: descr last (the greatest number that it manages).
--   nil when the kernel file does not tell
function rman.new(k)
	local M, R = k:type "struct rman", k:type "struct resource_i"
	local head, T = k.kd:lookup "rman_head", k:type "struct rman_head"
	local list = M and M:member "rm_list"
	if not (head and T and list and R and R:member "r_sharelink") then
		return nil
	end
	local flags = member.getter(R, "r_flags")
	return setmetatable({
		head = head, list_offset = list.offset,
		managers = queue.prepare(T, "rm_link", { element = M, addresses = true }),
		list = queue.prepare(list.type, "r_link", { element = R, addresses = true }),
		sharers = member.pointer(R, "r_sharehead"), share_list = share_list(k, R),
		manager_fields = { descr = member.text(M, "rm_descr", TEXT_MAX),
			last = member.getter(M, "rm_end") },
		fields = {
			first = member.getter(R, "r_start"), last = member.getter(R, "r_end"),
			rid = member.getter(R, "r_rid"), device = member.pointer(R, "r_dev"),
			flags = function(r) return bits.names(flags(r) & ~ALIGNMENT, FLAGS) end,
			allocated = function(r) return flags(r) & 1 ~= 0 end,
		},
	}, view_meta)
end

return rman
