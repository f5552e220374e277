--- Pages of physical memory: vm/vm_page.h.
--
--	local pages = assert(vm_page.new(k))
--	local page = pages:of(0x200000)
--	print(page.pindex, pages:flags(pages:address(0x200000)))
-- @module vmcore.kern.vm_page

local kvm = require "kvm"
local bits = require "vmcore.bits"
local member = require "vmcore.kern.member"

local vm_page = {}

-- VM_PHYSSEG_MAX is less on every machine.
local SEGMENTS_MAX <const> = 256

-- ref_count, from 13 on: VPRC_OBJREF and VPRC_BLOCKED are no wirings.
local WIRE_MASK <const> = 0x3fffffff

-- aflags, 12 and later: PGA_*; oflags: VPO_*
local AFLAGS = bits.flags { WRITEABLE = 0x1, REFERENCED = 0x2, EXECUTABLE = 0x4, ENQUEUED = 0x8,
	DEQUEUE = 0x10, REQUEUE = 0x20, REQUEUE_HEAD = 0x40, NOSYNC = 0x80, SWAP_FREE = 0x100,
	SWAP_SPACE = 0x200 }
local OFLAGS = bits.flags { KMEM_EXEC = 0x1, SWAPSLEEP = 0x2, UNMANAGED = 0x4, SWAPINPROG = 0x8,
	NOSYNC = 0x10 }
-- flags, PG_*: until 12 they were two bytes, and other bits.
local FLAGS = bits.flags { PCPU_CACHE = 0x1, FICTITIOUS = 0x2, ZERO = 0x4, MARKER = 0x8, NODUMP = 0x10,
	NOFREE = 0x20 }
local OLD_FLAGS = bits.flags { PCPU_CACHE = 0x1, FICTITIOUS = 0x4, ZERO = 0x8, MARKER = 0x10,
	NODUMP = 0x80 }

-- busy_lock: VPB_*
local BUSY_SHARED, BUSY_EXCLUSIVE, BUSY_FLAGS, BUSY_SHIFT = 0x1, 0x2, 0x7, 3
local BUSY_FREED = 0xfffffffe

-- Ranges of pages { first page, last, struct vm_page of the first }: those of
-- vm_phys_segs[], then the one array that kernels with dense memory have.
local function ranges(k, shift)
	local list = {}
	local t = k:type "struct vm_phys_seg"
	local segs, n = k.kd:lookup "vm_phys_segs", member.integer(k, "vm_phys_nsegs")
	for i = 0, t and segs and math.min(n or 0, SEGMENTS_MAX) - 1 or -1 do
		local ok, seg = pcall(function()
			local s = kvm.object(t, segs + i * t.size)
			return s.first_page and { s.start >> shift, (s["end"] >> shift) - 1,
				kvm.toaddress(s.first_page) }
		end)
		list[#list + 1] = ok and seg or nil
	end
	local size = k.kd:ptrsize()
	local array, first = k.kd:lookup "vm_page_array", member.integer(k, "first_page", size)
	array = array and k.kd:read_ptr(array)
	local count = member.integer(k, "vm_page_array_size", size)
	if array and first and count then
		list[#list + 1] = { first, first + count - 1, array }
	end
	return list
end

local methods = {}
local view_meta = { __index = methods }

--- Where the struct vm_page of a physical address is.
-- @tparam integer pa
-- @treturn ?integer address; nil when there is none, or it can't be read
function methods:address(pa)
	local number = pa >> self.shift
	for _, range in ipairs(self.ranges) do
		if number >= range[1] and number <= range[2] then
			local at = range[3] + (number - range[1]) * self.type.size
			local ok, found = pcall(self.phys_addr, at)
			if ok and found >> self.shift == number then
				return at
			end
		end
	end
	return nil
end

--- The struct vm_page of a physical address.
-- @tparam integer pa
-- @treturn ?object pointer; nil when there is none, or it can't be read
function methods:of(pa)
	local at = self:address(pa)
	return at and kvm.pointer(self.type:pointer(), at)
end

--- The struct vm_page that an address is in.
-- @tparam integer address
-- @treturn ?object pointer
-- @treturn ?integer offset into it
function methods:at(address)
	for _, range in ipairs(self.ranges) do
		local offset = address - range[3]
		if math.ult(offset, (range[2] - range[1] + 1) * self.type.size) then
			return kvm.pointer(self.type:pointer(), address - offset % self.type.size),
			    offset % self.type.size
		end
	end
	return nil
end

--- The flags of a page, by name without PGA_, PG_, VPO_.
-- @tparam integer page address
-- @treturn string words with commas between, "" for none
function methods:flags(page)
	local of, words = self.fields, {}
	for _, set in ipairs { { of.aflags, AFLAGS }, { of.flags, self.flag_names }, { of.oflags, OFLAGS } } do
		local value = set[1] and set[1](page) or 0
		words[#words + 1] = value ~= 0 and bits.names(value, set[2], ",") or nil
	end
	return table.concat(words, ",")
end

--- Who has a page busy.
-- @tparam integer page address
-- @treturn string "" for nobody, "exclusive", "shared" with the number of sharers,
--   "freed": it is free, or never was in use
function methods:busy(page)
	local word = self.fields.busy and self.fields.busy(page) or BUSY_SHARED
	if word == BUSY_FREED then
		return "freed"
	elseif word & BUSY_SHARED == 0 then
		return word & BUSY_EXCLUSIVE ~= 0 and "exclusive" or ""
	end
	local sharers = (word & ~BUSY_FLAGS) >> BUSY_SHIFT
	return sharers > 0 and "shared " .. sharers or ""
end

-- What a page is counted by: newest names first.
local SCANNED = { { "ref_count", "wire_count" }, { "a.flags", "aflags" }, { "a.queue", "queue" },
	{ "object" } }

-- Offset and size of a member that is an integer or a pointer.
local function place(t, path)
	local offset = 0
	for name in path:gmatch "[^.]+" do
		local m = t:member(name)
		if m == nil then
			return nil
		end
		offset, t = offset + m.offset, m.type:strip()
	end
	return offset, t.size
end

--- How to look at many pages quickly: a format of string.unpack(3) for a struct
-- vm_page, and a function that puts its four values in order: references,
-- aflags, number of the queue, object.
-- @treturn[1] string
-- @treturn[1] function
-- @treturn[2] nil when the kernel file does not tell
function methods:scanner()
	local list, order = {}, {}
	for i, paths in ipairs(SCANNED) do
		for _, path in ipairs(paths) do
			local offset, size = place(self.type, path)
			list[i] = list[i] or offset and { offset = offset, size = size, index = i }
		end
		if list[i] == nil then
			return nil
		end
	end
	table.sort(list, function(a, b) return a.offset < b.offset end)
	local format, at = { self.k.kd:byteorder() == "big" and ">" or "<" }, 0
	for i, m in ipairs(list) do
		format[#format + 1] = ("x"):rep(m.offset - at) .. "I" .. m.size
		at, order[m.index] = m.offset + m.size, "v" .. i
	end
	return table.concat(format), load(("return function(v1, v2, v3, v4) return %s end")
	    :format(table.concat(order, ", ")), "=scanner", "t", {})()
end

-- What a page says of itself, by its address.
local function page_fields(t)
	local refs, old = member.getter(t, "ref_count"), member.getter(t, "wire_count")
	return {
		object = member.pointer(t, "object"), pindex = member.getter(t, "pindex"),
		pa = member.getter(t, "phys_addr"), queue = member.getter(t, "a.queue", "queue"),
		wired = refs and function(page) return refs(page) & WIRE_MASK end or old,
		act = member.getter(t, "a.act_count", "act_count"), valid = member.getter(t, "valid"),
		dirty = member.getter(t, "dirty"), order = member.getter(t, "order"),
		pool = member.getter(t, "pool"), aflags = member.getter(t, "a.flags", "aflags"),
		flags = member.getter(t, "flags"), oflags = member.getter(t, "oflags"),
		busy = member.getter(t, "busy_lock"),
		addr = function(page) return page end,
	}
end

--- What can be known of a kernel's pages.
-- @tparam table k
-- @treturn ?table of(), address(), at(), flags(), busy(), scanner(); is_marker(),
--   of an address; `fields`: functions of the address of a struct vm_page: object
--   pindex pa queue (PQ_*) wired (how often) act valid dirty order pool addr; nil
--   when the kernel file does not tell
function vm_page.new(k)
	local t = k:type "struct vm_page"
	local phys_addr = member.getter(t, "phys_addr")
	if phys_addr == nil then
		return nil
	end
	local shift, size = 0, k:dump().page_size
	while 1 << shift < size do
		shift = shift + 1
	end
	local fields, m = page_fields(t), t:member "flags"
	local names = m and m.type:strip().size > 1 and OLD_FLAGS or FLAGS
	local marker = names == OLD_FLAGS and 0x10 or 0x8	-- PG_MARKER
	return setmetatable({ k = k, type = t, phys_addr = phys_addr, shift = shift, fields = fields,
		flag_names = names, wire_mask = t:member "ref_count" and WIRE_MASK or -1,
		is_marker = function(page) return fields.flags and fields.flags(page) & marker ~= 0 end,
		ranges = ranges(k, shift) }, view_meta)
end

return vm_page
