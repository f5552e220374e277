--- The sysctl(9) tree of a forged system. Where its oids are is told in
-- sys.dev.oids, by name.
local oids = {}

local RD, WR, SKIP, TUN, VNET = 0x80000000, 0x40000000, 0x01000000, 0x00080000, 0x00020000
local NODE, INT, STRING, S64, OPAQUE, UINT, LONG, ULONG, U64, U8, U16 = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
local S8, S32 = 12, 14

local builder = {}
builder.__index = builder

-- A variable of so many bytes.
function builder:data(size, value)
	local at = self.sys.mem:alloc(math.max(size, 8))
	self.sys.mem:put(at, size, value)
	return at
end

function builder:oid(name, kind, o)
	local sys = self.sys
	local at = sys:make("struct sysctl_oid", { oid_name = sys.mem:string(nil, name), oid_kind = kind,
		oid_arg1 = o.arg1 or 0, oid_arg2 = o.arg2 or 0, oid_fmt = sys.mem:string(nil, o.fmt or ""),
		oid_descr = sys.mem:string(nil, o.descr or ""),
		oid_handler = o.handler and sys:fn(o.handler).addr or 0 })
	return at
end

-- Siblings hang on a list; in 15 on a tree, of which `list` is the order.
function builder:hang(head, list)
	local sys, T = self.sys, "struct sysctl_oid"
	local link = sys.types:offsetof(T, "oid_link")
	if not sys.types:has(T, "oid_link.rbe_link") then
		for _, at in ipairs(list) do
			sys.mem:u64(head, at)
			head = at + link
		end
		return
	end
	local function subtree(first, last, up)
		if first > last then
			return 0
		end
		local middle = (first + last) // 2
		local at = list[middle]
		sys.mem:u64(at + link, up)
		sys.mem:u64(at + link + 8, subtree(first, middle - 1, at))
		sys.mem:u64(at + link + 16, subtree(middle + 1, last, at))
		return at
	end
	sys.mem:u64(head, subtree(1, #list, 0))
end

-- { name, kind, options } or { name, NODE, {}, children }
function builder:fill(head, prefix, entries)
	local list = {}
	for i, e in ipairs(entries) do
		local at = self:oid(e[1], e[2], e[3])
		local name = prefix .. e[1]
		self.sys.dev.oids[name] = at
		list[i] = at
		if e[4] then
			self:fill(at + self.sys.types:offsetof("struct sysctl_oid", "oid_children"), name .. ".", e[4])
		end
	end
	self:hang(head, list)
end

--- Values by name, as `vmcore sysctl` tells them in JSON.
oids.VALUES = {
	["kern.ostype"] = "FreeBSD", ["kern.hz"] = 100, ["kern.hostname"] = "demo.example.org",
	["kern.negative"] = -5, ["kern.constant"] = 42, ["kern.big"] = "18446744073709551615",
	["kern.evil"] = "\27[2J", ["kern.timeout"] = 2500, ["kern.small.s8"] = -1, ["kern.small.u8"] = 255,
	["kern.small.u16"] = 65535, ["kern.small.s32"] = -2, ["kern.small.bool"] = 1,
	["kern.long"] = -1 << 40, ["kern.s64"] = 1 << 40, ["kern.list"] = "1 2 3",
	["kern.temperature"] = 3001, ["kern.packets"] = 77, ["kern.all_packets"] = "77 5",
	["kern.pair"] = "{ .sec = 7, .frac = 0, }",
}

-- A list of numbers, and pointers to counters that two CPUs have a part of.
function builder:arrays()
	local mem = self.sys.mem
	local list, counters, pointers = mem:alloc(16), mem:alloc(4096 * 2, { pages = true }), mem:alloc(16)
	for i = 0, 2 do
		mem:u32(list + i * 4, i + 1)
	end
	for offset, value in pairs { [0] = 70, [4096] = 7, [8] = 5 } do
		mem:u64(counters + offset, value)
	end
	mem:u64(pointers, counters)
	mem:u64(pointers + 8, counters + 8)
	return list, pointers
end

-- Options of an oid whose handler reads so many bytes.
function builder:of(handler, size, value, fmt)
	return { arg1 = self:data(size, value), handler = "sysctl_handle_" .. handler, fmt = fmt }
end

function builder:int(value, descr)
	local o = self:of("int", 4, value, "I")
	o.descr = descr
	return o
end

function builder:text(text)
	return { arg1 = self.sys.mem:string(nil, text), handler = "sysctl_handle_string", fmt = "A" }
end

function builder:small()
	return {
		{ "s8", S8 | RD, self:of("8", 1, 0xff, "C") }, { "u8", U8 | RD, self:of("8", 1, 0xff, "CU") },
		{ "u16", U16 | RD, self:of("16", 2, 0xffff, "SU") },
		{ "s32", S32 | RD, self:of("32", 4, 0xfffffffe, "I") },
		{ "bool", U8 | RD, self:of("bool", 1, 7, "CU") },
	}
end

function builder:kern()
	local list, pointers = self:arrays()
	local pair = self.sys:make("struct bintime", { sec = 7 })
	local host = self.sys.types:offsetof("struct prison", "pr_hostname")
	return {
		{ "ostype", STRING | RD, self:text "FreeBSD" },
		{ "hz", INT | RD | TUN, self:int(100, "Number of clock ticks per second") },
		{ "hostname", STRING | RD | WR, { arg1 = host, arg2 = 256, handler = "sysctl_hostname", fmt = "A" } },
		{ "negative", INT | RD | WR, self:int(-5) },
		{ "constant", INT | RD, { arg2 = 42, handler = "sysctl_handle_int", fmt = "I" } },
		{ "big", ULONG | RD, self:of("long", 8, -1, "LU") },
		{ "evil", STRING | RD, self:text "\27[2J" },
		{ "timeout", INT | RD | WR, { arg1 = self:data(4, 250), handler = "sysctl_msec_to_ticks", fmt = "I" } },
		{ "long", LONG | RD, self:of("long", 8, -1 << 40, "L") },
		{ "s64", S64 | RD, self:of("64", 8, 1 << 40, "Q") },
		{ "list", UINT | RD, { arg1 = list, arg2 = 12, handler = "sysctl_handle_opaque", fmt = "IU" } },
		{ "temperature", INT | RD, self:of("int", 4, 3001, "IK") },
		{ "packets", U64 | RD, { arg1 = pointers, handler = "sysctl_handle_counter_u64", fmt = "QU" } },
		{ "all_packets", OPAQUE | RD, { arg1 = pointers, arg2 = 2,
			handler = "sysctl_handle_counter_u64_array", fmt = "S" } },
		{ "pair", OPAQUE | RD, { arg1 = pair, arg2 = 16, handler = "sysctl_handle_opaque", fmt = "S,bintime" } },
		{ "bytes", OPAQUE | RD, { arg1 = list, arg2 = 3, handler = "sysctl_handle_opaque" } },
		{ "proc", OPAQUE | RD, { handler = "sysctl_kern_proc", fmt = "S,proc" } },
		{ "small", NODE, {}, self:small() },
	}
end

function builder:entries()
	return {
		{ "sysctl", NODE | SKIP, {}, { { "debug", INT | RD | SKIP, self:int(1) } } },
		{ "kern", NODE, { descr = "High kernel, proc, limits &c" }, self:kern() },
		{ "net", NODE | VNET, {}, {} },
	}
end

--- Make the tree.
function oids.build(sys)
	sys.dev.oids = {}
	local b = setmetatable({ sys = sys }, builder)
	local root = sys:var("sysctl__children", "struct sysctl_oid_list", nil)
	sys.dev.oids[""] = root
	b:fill(root, "", b:entries())
end

return oids
