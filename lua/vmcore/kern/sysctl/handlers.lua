--- Values of sysctl(9) oids that lie in memory: what the kernel's own handlers
-- (sysctl_handle_*() and their like, sys/sysctl.h, kern/kern_sysctl.c) would
-- have answered. What any other function would have is not known.
-- @module vmcore.kern.sysctl.handlers

local clock = require "vmcore.kern.clock"
local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"

local handlers = {}

local STRING_MAX <const> = 65536
local OPAQUE_MAX <const> = 1 << 20

-- Bytes and sign of the numeric types; a long has a pointer's size.
local NUMBERS = {
	int = { 4, true }, uint = { 4 }, long = { 0, true }, ulong = { 0 }, s64 = { 8, true }, u64 = { 8 },
	u8 = { 1 }, u16 = { 2 }, s8 = { 1, true }, s16 = { 2, true }, s32 = { 4, true }, u32 = { 4 },
}

local function signed(value, size)
	local top = 1 << size * 8 - 1
	return size < 8 and (value & (top * 2 - 1) ~ top) - top or value
end

local reader = {}
reader.__index = reader

-- A word of memory, or the fault that it raises.
function reader:word(at, size)
	local value, message = self.kd:read_uint(at, size)
	if value == nil then
		error(member.damage(at, "%s", message))
	end
	return value
end

function reader:bytes(at, n)
	local text, message = self.kd:read(at, n)
	if text == nil then
		error(member.damage(at, "%s", message))
	end
	return text
end

-- A string; of a max of 0, up to its NUL.
function reader:string(at, max)
	local text, message = self.kd:read_string(at, max > 0 and math.min(max, STRING_MAX) or STRING_MAX)
	if text == nil then
		error(member.damage(at, "%s", message))
	end
	return text
end

-- A number of the oid's type that is `size` bytes in memory; without an
-- address, the constant.
function reader:number(o, size)
	local at, kind = self.f.arg1(o), NUMBERS[self.f.type(o)]
	local value = at and self:word(at, size) or self.f.arg2(o)
	if kind and kind[2] then
		return signed(value, size)
	end
	return size < 8 and value & (1 << size * 8) - 1 or value
end

local answer = {}

function answer:sysctl_handle_int(o) return self:number(o, 4) end
function answer:sysctl_handle_8(o) return self:number(o, 1) end
function answer:sysctl_handle_16(o) return self:number(o, 2) end
function answer:sysctl_handle_32(o) return self:number(o, 4) end
function answer:sysctl_handle_64(o) return self:number(o, 8) end
function answer:sysctl_handle_long(o) return self:number(o, self.kd:ptrsize()) end

function answer:sysctl_handle_bool(o)
	return self:number(o, 1) ~= 0 and 1 or 0
end

function answer:sysctl_handle_string(o)
	local at = self.f.arg1(o)
	return at and self:string(at, self.f.arg2(o)) or ""
end

-- Bytes; of a numeric type, the numbers that they are.
function answer:sysctl_handle_opaque(o)
	local at, n = self.f.arg1(o), self.f.arg2(o)
	if at == nil or n < 0 or n > OPAQUE_MAX then
		error(member.damage(o.oid, "%s: %d bytes of data", o.name, n))
	end
	local bytes, kind = self:bytes(at, n), NUMBERS[self.f.type(o)]
	if kind == nil then
		return bytes
	end
	local size, list = kind[1] > 0 and kind[1] or self.kd:ptrsize(), {}
	local format = (self.kd:byteorder() == "little" and "<" or ">") .. (kind[2] and "i" or "I") .. size
	for i = 1, n - size + 1, size do
		list[#list + 1] = format:unpack(bytes, i)
	end
	return #list == 1 and list[1] or list
end

function answer:sysctl_handle_counter_u64(o)
	return self.counter(self:word(self.f.arg1(o) or 0, self.kd:ptrsize())) or 0
end

-- vm.stats, vm/vm_meter.c.
answer.sysctl_handle_vmstat = answer.sysctl_handle_counter_u64

function answer:sysctl_handle_counter_u64_array(o)
	local at, n, list = self.f.arg1(o) or 0, self.f.arg2(o), {}
	for i = 1, math.min(n, OPAQUE_MAX // 8) do
		local where = at + (i - 1) * self.kd:ptrsize()
		list[i] = self.counter(self:word(where, self.kd:ptrsize())) or 0
	end
	return list
end

-- A jail's names, kern/kern_mib.c: arg1 is the place in struct prison. Those
-- of the system itself are meant.
function answer:sysctl_hostname(o)
	local host, offset = self.kd:lookup "prison0", self.f.arg1(o)
	return host and offset and self:string(host + offset, self.f.arg2(o)) or nil
end

-- Clock ticks, told in milliseconds.
function answer:sysctl_msec_to_ticks(o)
	return self:number(o, 4) * 1000 // (self.hz or 1000)
end

--- A reader of values.
-- @tparam table k
-- @tparam table f functions of an oid, as those of vmcore.kern.sysctl: type
--   arg1 arg2 handler handler_name
-- @treturn function of an oid, to an integer (the bit pattern of 64 unsigned
--   bits), a string (of type "opaque": bytes), a list of integers; or nil when
--   the value is not in memory but made by another function. It raises a fault
function handlers.reader(k, f)
	local self = setmetatable({ kd = k.kd, f = f, counter = counter.reader(k), hz = clock.hz(k) },
	    reader)
	local by_address = {}
	return function(o)
		local at = f.handler(o)
		if at == nil then
			return nil
		end
		local read = by_address[at]
		if read == nil then
			read = answer[f.handler_name(o)] or false
			by_address[at] = read
		end
		if not read then
			return nil
		end
		return read(self, o)
	end
end

return handlers
