--- Arenas of kernel addresses, and what is taken from them: sys/vmem.h,
-- kern/subr_vmem.c.
-- @module vmcore.kern.vmem

local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local vmem = {}

local BT_TYPE_BUSY = 4		-- kern/subr_vmem.c, until 15

local methods = {}
local view_meta = { __index = methods }

-- What is taken from an arena, in order.
local function busy(self, arena)
	local list = {}
	for tag in self.walk_tags(arena + self.segments, function(status)
		self.report("vm_seglist: " .. status.message)
	end) do
		local ok, start, size = pcall(function()
			return self.kind(tag) == BT_TYPE_BUSY and self.start(tag), self.size(tag)
		end)
		if ok and start then
			list[#list + 1] = { address = start, size = size }
		end
	end
	table.sort(list, function(a, b) return math.ult(a.address, b.address) end)
	return list
end

-- All arenas with what is taken from them.
local function arenas(self)
	if self.list == nil then
		self.list = {}
		for arena in self.walk(self.head, function(status) self.report("vmem_list: " .. status.message) end) do
			table.insert(self.list, busy(self, arena))
		end
	end
	return self.list
end

-- The last of a list that begins at or before an address.
local function before(list, address)
	local low, high = 0, #list
	while low < high do
		local middle = (low + high + 1) // 2
		if math.ult(address, list[middle].address) then
			high = middle - 1
		else
			low = middle
		end
	end
	return list[low]
end

--- What an address was taken as: the smallest piece, where an arena got its own
-- addresses from another one.
-- @tparam integer address
-- @treturn ?table address, size (bytes); nil when it is in none
function methods:of(address)
	local found
	for _, list in ipairs(arenas(self)) do
		local piece = before(list, address)
		if piece and math.ult(address - piece.address, piece.size)
		    and (found == nil or math.ult(piece.size, found.size)) then
			found = piece
		end
	end
	return found
end

--- What can be known of a kernel's arenas.
-- @tparam table k
-- @tparam ?function report
-- @treturn ?table of(); nil when the kernel file does not tell
function vmem.new(k, report)
	local V, T = k:type "struct vmem", k:type "struct vmem_btag"
	local head = k.kd:lookup "vmem_list"
	local list = head and k.kd:type_of_symbol "vmem_list"
	local start, size = member.getter(T, "bt_start"), member.getter(T, "bt_size")
	local kind, segments = member.getter(T, "bt_type"), start and V and V:member "vm_seglist"
	if not (list and size and kind and segments) then
		return nil
	end
	return setmetatable({ head = head, report = report or function() end, start = start, size = size, kind = kind,
		segments = segments.offset, walk = queue.prepare(list, "vm_alllist", { element = V, addresses = true }),
		walk_tags = queue.prepare(segments.type, "bt_seglist", { element = T, addresses = true }) }, view_meta)
end

return vmem
