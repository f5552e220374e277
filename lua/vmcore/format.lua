--- What stands in an object, as text: structs and arrays to any depth, enums
-- and flag words by name, pointers with the symbol that they point to.
--
--	print(vmcore.format(p, { depth = 1, hide_zeros = true }))
--
-- A member that can't be read prints as <fault 0x...>, and the rest goes on.
-- Text from the dump is made safe for a terminal.
-- @module vmcore.format

local kvm = require "kvm"
local bits = require "vmcore.bits"
local escape = require "vmcore.escape"
local flagwords = require "vmcore.flagwords"
local layout = require "vmcore.layout"
local scalar = require "vmcore.scalar"

local format = {}

local DEFAULTS = { depth = 4, width = 80, base = 10, limit = 64, follow = 0, string = 64 }
-- Values that one call prints at most, whatever depth and limit allow.
local NODES <const> = 20000

format.fault, format.address = scalar.fault, scalar.address

-- Shared by all calls: how types and flag words print.
local formatters, flag_words = {}, {}

--- Register how a type prints, for every dump.
-- @tparam string name as C spells it: "struct timeval", "lwpid_t"
-- @tparam ?function fn called with the value (object, or what stands for it in
--   Lua) and the options; returns text, or nil to print as usual; nil here
--   takes the type's formatter away
function format.register(name, fn)
	formatters[name] = fn
end

-- Addresses, as the kernel spells integers that are some.
for name in ("vm_offset_t vm_paddr_t uintptr_t caddr_t kvaddr_t"):gmatch "%S+" do
	format.register(name, function(value)
		return math.type(value) == "integer" and ("0x%x"):format(value) or nil
	end)
end

--- Register the names of a member's bits, for every dump.
-- @tparam string name struct and member: "struct proc.p_flag"
-- @tparam ?table masks by name
function format.register_flags(name, masks)
	flag_words[name] = masks and bits.flags(masks)
end

for name, masks in pairs(flagwords) do
	format.register_flags(name, masks)
end

local node_of

local function enum(t, value)
	local name = t:enum_name(value)
	return name and escape.text(name) or ("%d"):format(value)
end

local function seen_before(ctx, object)
	local key = tostring(object)
	if ctx.seen[key] then
		return true
	end
	ctx.seen[key] = true
	return false
end

-- What a pointer leads to, behind its value: a string, or as many levels of
-- structs as were asked for.
local function pointer(ctx, t, value, level)
	if value == nil then
		return "NULL"
	end
	local address = kvm.toaddress(value)
	local text = scalar.address(ctx.kd, address, ctx.symbol_at)
	local target = t.target and t.target:strip()
	local kind = target and target.kind
	if kind == "integer" and target.encoding & 0x2 ~= 0 and target.size == 1 then
		local ok, s = pcall(kvm.string, value, ctx.string + 1)
		return ok and s and text .. " " .. scalar.quoted(s, ctx.string) or text
	elseif (kind == "struct" or kind == "union") and target.size > 0 and ctx.followed < ctx.follow then
		if seen_before(ctx, value) then
			return text .. " <printed before>"
		end
		local readable, fault = pcall(kvm.bytes, value, 1)
		if not readable then
			return text .. " " .. scalar.fault(fault)
		end
		ctx.followed = ctx.followed + 1
		local node = node_of(ctx, target, kvm.object(target, address), level)
		ctx.followed = ctx.followed - 1
		if type(node) == "table" then
			node[1] = text .. " " .. node[1]
			return node
		end
		return text .. " " .. node
	end
	return text
end

-- What is too deep inside the others.
local function cut_off(object)
	local size = kvm.sizeof(object)
	local zero = size <= 4096 and not kvm.bytes(object):find "[^%z]"
	return { "{...", "}", zero = zero }
end

local function is_zero(node)
	return node == "0" or node == "NULL" or node == "0x0" or node == '""' or node == "false" or
	    node == "0.0" or type(node) == "table" and node.zero
end

-- One element after the other; what repeats is said once.
local function array(ctx, t, object, level)
	local node, zero, count = { "{", "}" }, true, t.nelems
	local last, times = nil, 0
	local function flush()
		if last ~= nil then
			node[#node + 1] = ""
			node[#node + 1] = times > 1 and last .. (" <repeats %d times>"):format(times) or last
		end
		last, times = nil, 0
	end
	for i = 0, math.min(count, ctx.limit) - 1 do
		local element = node_of(ctx, t.target, function() return object[i] end, level + 1)
		zero = zero and is_zero(element)
		if element ~= last then
			flush()
		end
		if type(element) == "string" then
			last, times = element, times + 1
		else
			node[#node + 1], node[#node + 2] = "", element
		end
	end
	flush()
	if count > ctx.limit then
		node[#node + 1], node[#node + 2] = "", ("... %d more"):format(count - ctx.limit)
	end
	node.zero = zero and count <= ctx.limit
	return node
end

local function label(ctx, m, base)
	local text = "." .. escape.text(m.name) .. " = "
	if not ctx.offsets then
		return text
	end
	local size = m.bits and (":%d"):format(m.bits) or ("%d"):format(m.type.size)
	return ("/* %5d %5s */ "):format(base + m.offset, size) .. text
end

-- The members of a struct, those of anonymous ones inside as its own.
local function members(ctx, node, t, object, level, base)
	local address = kvm.toaddress(object)
	for _, m in ipairs(t:members()) do
		local kind = m.type:strip().kind
		if m.name ~= "" then
			local value = node_of(ctx, m.type, function() return object[m.name] end, level + 1,
			    flag_words[ctx.path .. "." .. m.name])
			local zero = is_zero(value)
			node.zero = node.zero and zero
			if not (zero and ctx.hide_zeros) then
				node[#node + 1], node[#node + 2] = label(ctx, m, base), value
			end
		elseif kind == "struct" or kind == "union" then
			local inner = kvm.object(m.type, address + m.offset)
			members(ctx, node, m.type:strip(), inner, level, base + m.offset)
		end
	end
end

local function struct(ctx, t, object, level)
	if level >= ctx.depth then
		return cut_off(object)
	end
	local node = { "{", "}", zero = true, tall = ctx.offsets or level == 0 }
	local outer = ctx.path
	ctx.path = tostring(t)
	members(ctx, node, t, object, level, 0)
	ctx.path = outer
	return node
end

local function single(ctx, t, value, flags, level)
	local kind = t.kind
	if kind == "pointer" then
		return pointer(ctx, t, value, level)
	elseif type(value) == "string" then
		return scalar.quoted(value, math.max(ctx.string, 256))
	elseif flags and math.type(value) == "integer" then
		return bits.names(value, flags)
	elseif kind == "enum" then
		return enum(t, value)
	elseif kind == "integer" then
		return scalar.integer(t, value, ctx.base)
	elseif kind == "function" then
		return scalar.address(ctx.kd, kvm.toaddress(value), ctx.symbol_at)
	end
	return tostring(value)
end

local function plain(ctx, t, value, level, flags)
	local kind = t.kind
	if kind == "struct" or kind == "union" then
		return struct(ctx, t, value, level)
	elseif kind == "array" and type(value) ~= "string" then
		if level >= ctx.depth then
			return cut_off(value)
		end
		return array(ctx, t, value, level)
	end
	return single(ctx, t, value, flags, level)
end

local function by_formatter(ctx, t, stripped, value)
	for _, name in ipairs { tostring(t), tostring(stripped) } do
		local fn = ctx.formatters and ctx.formatters[name] or formatters[name]
		local text = fn and fn(value, ctx)
		if text ~= nil then
			return escape.text(tostring(text))
		end
	end
end

-- The node of a value of type t; `value` may be a function that reads it.
function node_of(ctx, t, value, level, flags)
	ctx.nodes = ctx.nodes + 1
	if ctx.nodes > NODES then
		return "..."
	end
	local ok, node = pcall(function()
		if type(value) == "function" then
			value = value()
		end
		local stripped = t:strip()
		return by_formatter(ctx, t, stripped, value) or plain(ctx, stripped, value, level, flags)
	end)
	if ok then
		return node
	end
	return scalar.fault(node)
end

local function context(kd, options)
	local ctx = { kd = kd, nodes = 0, followed = 0, seen = {}, path = "" }
	for key, value in pairs(DEFAULTS) do
		ctx[key] = value
	end
	for key, value in pairs(options or {}) do
		ctx[key] = value
	end
	return ctx
end

--- The text of a value.
-- @param value an object, or anything else that reading a member gives
-- @tparam ?table options
--   `depth` of structs and arrays inside each other (4); `width` of the screen
--   (80); `base` of integers: 10 or 16; `limit`: elements of an array (64);
--   `string`: characters of a string behind a pointer (64); `hide_zeros`:
--   leave out members that are 0; `offsets`: offset and size in front of each
--   member; `follow`: levels of pointers to structs that are followed (0, but
--   the value itself is, if it is such a pointer); `formatters`: by type, as
--   register() takes them; `symbol_at`: as address() takes it; `type`: of a
--   value that is no object
-- @treturn string lines, without a newline at the end
function format.format(value, options)
	local is_object = kvm.type_of(value) == "object"
	local t = options and options.type or is_object and kvm.typeof(value)
	if not t then
		if type(value) == "string" then
			return scalar.quoted(value, math.maxinteger)
		end
		local hex = options and options.base == 16 and math.type(value) == "integer"
		return hex and ("0x%x"):format(value) or tostring(value)
	end
	local ctx = context(t.descriptor, options)
	local stripped, head = t:strip(), ""
	if is_object and stripped.kind == "pointer" then
		local target = stripped.target:strip()
		if (target.kind == "struct" or target.kind == "union") and target.size > 0 then
			head = tostring(value) .. " "
			seen_before(ctx, value)
			value = kvm.object(target, kvm.toaddress(value))
			t = target
		end
	elseif is_object and stripped.kind ~= "function" then
		head = tostring(value) .. " "
	end
	return layout.text(node_of(ctx, t, value, 0), head, ctx.width)
end

return format
