--- Pages of physical memory: vm/vm_page.h, vm/vm_phys.h.
-- @module vmcore.kern.vm_page

local kvm = require "kvm"
local member = require "vmcore.kern.member"

local vm_page = {}

-- VM_PHYSSEG_MAX is less on every machine.
local SEGMENTS_MAX <const> = 256

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

--- The struct vm_page of a physical address.
-- @tparam integer pa
-- @treturn ?object pointer; nil when there is none, or it can't be read
function methods:of(pa)
	local number = pa >> self.shift
	for _, range in ipairs(self.ranges) do
		if number >= range[1] and number <= range[2] then
			local at = range[3] + (number - range[1]) * self.type.size
			local ok, found = pcall(self.phys_addr, at)
			if ok and found >> self.shift == number then
				return kvm.pointer(self.type:pointer(), at)
			end
		end
	end
	return nil
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

--- What can be known of a kernel's pages.
-- @tparam table k
-- @treturn ?table with of(), at(); nil when the kernel file does not tell
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
	return setmetatable({ k = k, type = t, phys_addr = phys_addr, shift = shift,
		ranges = ranges(k, shift) }, view_meta)
end

return vm_page
