--- Typed objects: what lies in the dump, as Lua values.
local forge = require "spec.support.forge"
local kvm = require "kvm"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)

local SOURCE = [[
	typedef unsigned char u_char;
	typedef char name_t[12];
	enum color { RED, GREEN = 5, BLUE = -1 };
	enum tiny { OFF, ON };
	struct list { struct node *first; };
	struct link { struct node *next; struct node **prev; };
	union both { unsigned int u; float f; };
	struct node {
		struct link link;
		signed char i8; unsigned char u8;
		short i16; unsigned short u16;
		int i32; unsigned int u32;
		long i64; unsigned long u64;
		_Bool yes; _Bool no;
		float single; double ratio; long double wide;
		enum color color;
		struct { int x; union { int y; short z; }; };
		unsigned int up : 1;
		unsigned int kind : 3;
		int level : 4;
		unsigned int far : 24;
		unsigned long most : 63;
		_Bool flag : 1;
		char comm[8];
		name_t name;
		u_char mac[6];
		signed char sc[4];
		char *label;
		void *any;
		struct opaque *hidden;
		int (*call)(int);
		union both value;
		int matrix[2][3];
		struct link links[2];
		char lines[2][4];
		struct node *kids[3];
		const struct node *peer;
		char tail[];
	};
]]

local types = forge.types(SOURCE)
local mem = forge.memory{ types = types }
local NODE, HEAD, EDGE, FN = nil, nil, nil, 0xffffffff80300000

-- Two nodes behind a list head, and one whose end is not mapped.
local function build()
	HEAD = mem:make("struct list", {})
	local second = mem:make("struct node", { i32 = 2, comm = "second" })
	NODE = mem:make("struct node", {
		i8 = -1, u8 = 255, i16 = -2, u16 = 65534, i32 = -3,
		u32 = 0xfffffffd, i64 = -4, u64 = -5, yes = true, no = false,
		single = 1.5, ratio = -0.1, color = -1, x = 7, y = 0x10008,
		up = 1, kind = 5, level = -3, far = 0xabcdef,
		most = 0x7edcba9876543210, flag = true,
		comm = "eightbyt", name = "node\0garbage",
		mac = "\1\2\3\4\5\6", sc = "ab", any = 0x1234, call = FN,
		lines = "ab\0cdefg", hidden = 0x1000, peer = second,
		["value.f"] = 0.5,
	})
	mem:alloc(64, { align = 1 })	-- for the flexible array
	mem:set(NODE, "struct node", "label", mem:string(nil, "a label"))
	mem:set(NODE, "struct node", "link.next", second)
	mem:set(NODE, "struct node", "link.prev", HEAD)
	mem:set(HEAD, "struct list", "first", NODE)
	mem:set(second, "struct node", "link.prev", NODE)
	for i = 0, 5 do
		mem:u32(NODE + types:offsetof("struct node", "matrix") + 4 * i,
		    10 * (i // 3) + i % 3)
	end
	mem:set(NODE, "struct node", "kids.1", second)
	mem:write(NODE + types:sizeof "struct node", "flexible\0")
	local page = mem:alloc(4096, { pages = true, align = 4096 })
	EDGE = page + 4096 - 32
	mem:u64(EDGE, EDGE + 4096)
	forge.kernel{ types = types, symbols = {
		{ name = "head", addr = HEAD, size = 8,
			ctype = "struct list" },
		{ name = "fn", addr = FN, size = 16, type = "func" },
	} }:write(DIR .. "/kernel")
	forge.minidump{ memory = mem }:write(DIR .. "/core")
	return second
end

local SECOND = build()

local function opened()
	return assert(kvm.openx{ kernel = DIR .. "/kernel",
		core = DIR .. "/core" })
end

local function raised(fn, ...)
	local ok, err = pcall(fn, ...)
	assert.is_false(ok)
	return err
end

-- What reading o[key] raises.
local function missing(o, key)
	return raised(function()
		return o[key]
	end)
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

describe("an object", function()
	local kd, node_t, place, node, second

	setup(function()
		kd = opened()
		node_t = assert(kd:type("struct", "node"))
		place = kvm.object(node_t, NODE)
		node = kvm.pointer(node_t:pointer(), NODE)
		second = node.link.next
	end)

	teardown(function()
		kd:close()
	end)

	local function each(fn)
		fn(place)
		fn(node)
	end

	it("is a pointer or a place", function()
		assert.equal("object", kvm.type_of(place))
		assert.equal(node_t, kvm.typeof(place))
		assert.equal(node_t:pointer(), kvm.typeof(node))
		assert.equal(("(struct node)0x%x"):format(NODE),
		    tostring(place))
		assert.equal(("(struct node *)0x%x"):format(NODE),
		    tostring(node))
		assert.equal(NODE, kvm.toaddress(place))
		assert.equal(NODE, kvm.toaddress(node))
		assert.equal("kvm.object", getmetatable(node))
	end)

	it("has integers of every size", function()
		each(function(o)
			assert.equal(-1, o.i8)
			assert.equal(255, o.u8)
			assert.equal(-2, o.i16)
			assert.equal(65534, o.u16)
			assert.equal(-3, o.i32)
			assert.equal(0xfffffffd, o.u32)
			assert.equal(-4, o.i64)
			assert.equal(-5, o.u64)
			assert.equal("integer", math.type(o.u64))
		end)
	end)

	it("has booleans, floats and enums", function()
		each(function(o)
			assert.is_true(o.yes)
			assert.is_false(o.no)
			assert.equal(1.5, o.single)
			assert.equal(-0.1, o.ratio)
			assert.equal(-1, o.color)
		end)
	end)

	it("has bit-fields", function()
		each(function(o)
			assert.equal(1, o.up)
			assert.equal(5, o.kind)
			assert.equal(-3, o.level)
			assert.equal(0xabcdef, o.far)
			assert.equal(0x7edcba9876543210, o.most)
			assert.is_true(o.flag)
		end)
	end)

	it("has bit-fields of enums, signed when a value is", function()
		local t = kd:define("struct", "enums", 8, {
			{ name = "plain", type = kd:type("enum", "tiny"),
				bitoff = 0, bits = 2 },
			{ name = "signed", type = kd:type("enum", "color"),
				bitoff = 0, bits = 2 },
			{ name = "whole", type = kd:type("enum", "tiny") } })
		local o = kvm.object(t, NODE + kvm.offsetof(node_t, "color"))
		assert.equal(3, o.plain)
		assert.equal(-1, o.signed)
		assert.equal(-1, o.whole)
	end)

	it("sees through anonymous members", function()
		each(function(o)
			assert.equal(7, o.x)
			assert.equal(0x10008, o.y)
			assert.equal(8, o.z)
		end)
	end)

	it("has text in arrays of char and of nothing else", function()
		each(function(o)
			assert.equal("eightbyt", o.comm)
			assert.equal("node", o.name)
			assert.equal("object", kvm.type_of(o.mac))
			assert.equal("object", kvm.type_of(o.sc))
			assert.equal(6, #o.mac)
			assert.equal(3, o.mac[2])
			assert.equal("ab", o.lines[0])
			assert.equal("defg", o.lines[1]:sub(-4))
		end)
	end)

	it("has pointers; null ones are nil", function()
		each(function(o)
			assert.is_nil(o.links[0].next)
			assert.is_nil(o.kids[0])
			assert.equal(SECOND, kvm.toaddress(o.kids[1]))
			assert.equal(0x1234, kvm.toaddress(o.any))
			assert.equal("second", o.link.next.comm)
			assert.equal("second", o.peer.comm)
			assert.equal("(const struct node *)",
			    tostring(o.peer):match "^%b()")
		end)
	end)

	it("that is a pointer is indexed as in C", function()
		assert.equal("eightbyt", node[0].comm)
		assert.equal(place, node[0])
		local ints = kvm.pointer(kd:type("integer", "int"):pointer(),
		    kvm.toaddress(place.matrix))
		assert.equal(0, ints[0])
		assert.equal(12, ints[5])
		assert.equal(12, (ints + 6)[-1])
		assert.equal(SECOND, kvm.toaddress(node.kids[1]))
		assert.equal(node.link.prev[0], node)
	end)

	it("that is an array has bounds", function()
		local matrix = place.matrix
		assert.equal(2, #matrix)
		assert.equal(3, #matrix[1])
		assert.equal(12, matrix[1][2])
		assert.equal(12, matrix[1][2.0])
		for _, i in ipairs{ 2, -1, math.maxinteger,
			math.mininteger } do
			assert.matches("outside of int %[2%]%[3%]",
			    missing(matrix, i))
		end
		assert.matches("not by a number", missing(matrix, 1.5))
		assert.matches("not by a boolean", missing(matrix, true))
		assert.matches("not by a nil", missing(matrix, nil))
	end)

	it("that is a flexible array has none", function()
		local tail = place.tail
		assert.equal(0, #tail)
		assert.equal(("e"):byte(), tail[2])
		assert.equal("flexible", kvm.string(tail))
		assert.matches("outside", missing(tail, -1))
	end)

	it("that is a union has all its members", function()
		assert.equal(0.5, place.value.f)
		assert.equal(0x3f000000, place.value.u)
	end)

	it("that is a function is a place", function()
		local fn = node.call
		assert.equal(FN, kvm.toaddress(fn))
		assert.equal("pointer", kvm.typeof(fn).kind)
		assert.equal("function", kvm.typeof(fn[0]).kind)
	end)

	it("has no member that C has not", function()
		assert.matches("struct node has no member 'none'",
		    missing(place, "none"))
		assert.matches("struct node has no member 'close'",
		    missing(node, "close"))
		assert.matches("no member 'x'", missing(place.matrix, "x"))
		assert.matches("no member 'x'", missing(node.kids[1].peer
		    or node.any, "x"))
		assert.matches("declared but not defined",
		    missing(node.hidden, "x"))
		assert.matches("can't be indexed", missing(place, 0))
		assert.matches("not known", missing(node.any, 0))
		assert.matches("not known", missing(node.hidden, 0))
		assert.is_true(kvm.has_member(node, "link.next"))
		assert.is_false(kvm.has_member(node, "none"))
	end)

	it("has no value for a long double", function()
		local fault = missing(node, "wide")
		assert.equal("fault", kvm.type_of(fault))
		assert.equal("notsup", fault.code)
	end)

	it("is never written", function()
		each(function(o)
			assert.matches("read%-only", raised(function()
				o.i32 = 1
			end))
		end)
	end)

	it("is equal when it is the same", function()
		assert.equal(node, kvm.pointer(node_t:pointer(), NODE))
		assert.equal(node, kvm.pointer(node_t:const():pointer(), NODE))
		assert.equal(place, kvm.object(node_t, NODE))
		assert.is_false(node == place)
		assert.is_false(node == second)
		assert.is_false(node == node_t)
		assert.is_false(node == kd)
		assert.is_false(node == kvm.cast(kd:type("void"):pointer(),
		    node))
		local other <close> = opened()
		assert.is_false(node == kvm.pointer(other:type("struct",
		    "node"):pointer(), NODE))
	end)

	it("has pointer arithmetic", function()
		local size = node_t.size
		assert.equal(NODE + size, kvm.toaddress(node + 1))
		assert.equal(NODE + size, kvm.toaddress(1 + node))
		assert.equal(NODE - 2 * size, kvm.toaddress(node - 2))
		assert.equal(3, (node + 3) - node)
		assert.equal(-3, node - (node + 3))
		assert.equal(2, (place.matrix + 2) - place.matrix)
		assert.equal(12, (place.matrix + 1)[0][2])
		assert.equal(0x1235, kvm.toaddress(node.any + 1))
		assert.matches("no pointer arithmetic",
		    raised(function() return place + 1 end))
		assert.matches("size of an element",
		    raised(function() return node.hidden + 1 end))
		assert.matches("one type",
		    raised(function() return node - node.any end))
		assert.is_false(pcall(function() return node + "x" end))
		assert.is_false(pcall(function() return node + node end))
		assert.is_false(pcall(function() return 1 - node end))
	end)

	it("has pairs", function()
		local names, last = {}, nil
		local link = {}
		for name, value in pairs(place.link) do
			link[name] = value
			names[#names + 1] = name
		end
		assert.same({ "next", "prev" }, names)
		assert.equal(second, link.next)
		names = {}
		local two = kd:define("struct", "two", 8, {
			{ name = "a", type = kd:type("integer", "int") },
			{ type = kd:type("union", "both"), offset = 4 } })
		for name, value in pairs(kvm.object(two, HEAD)) do
			names[#names + 1], last = name, value
		end
		assert.same({ "a", "u", "f" }, names)
		assert.equal("float", math.type(last))
		local sum = 0
		for i, value in pairs(place.matrix[1]) do
			assert.equal(10 + i, value)
			sum = sum + value
		end
		assert.equal(33, sum)
		assert.same({}, (function()
			local t = {}
			for i in pairs(place.tail) do
				t[i] = true
			end
			return t
		end)())
		assert.matches("no members", raised(pairs, node.any))
	end)

	it("reaches members by getters", function()
		local get = kvm.getter(node_t, "i32")
		assert.equal(-3, get(node))
		assert.equal(-3, get(place))
		assert.equal(-3, get(NODE))
		assert.equal(5, kvm.getter(node_t, "kind")(node))
		assert.equal("eightbyt", kvm.getter(node_t, "comm")(node))
		assert.equal(second, kvm.getter(node_t:pointer(),
		    "link.next")(node))
		assert.is_nil(kvm.getter(node_t, "link.next")(second))
		assert.equal("second",
		    kvm.getter(node_t, "link.next.comm")(node))
		assert.equal(-3,
		    kvm.getter(node_t, "link.next.link.prev")(node)[0] and
		    kvm.cast(node_t:pointer(), kvm.getter(node_t,
		    "link.next.link.prev")(node)).i32)
		local deep = kvm.getter(node_t, "link.next.link.next.i32")
		local fault = raised(deep, node)
		assert.equal("fault-unmapped", fault.code)
		assert.matches("null", fault.message)
		assert.matches("link%.next%.link%.next%.i32$", fault.path)
		assert.matches("not a struct node", raised(get, place.link))
		assert.matches("kvm.object expected", raised(get, "x"))
		assert.matches("no member 'none'",
		    raised(kvm.getter, node_t, "none"))
		assert.matches("no member 'none'",
		    raised(kvm.getter, node_t, "link.next.none"))
		assert.is_false(pcall(kvm.getter, node_t, ""))
		assert.is_false(pcall(kvm.getter, node_t, "i32.x"))
	end)

	it("reaches many members by readers", function()
		local read = kvm.reader(node_t, {
			i32 = "i32", kind = "kind", comm = "comm", next = "link.next",
			theirs = "link.next.comm", mine = "link.next.link.prev",
			beyond = "link.next.link.next.i32",
			further = "link.next.link.next.link.next.comm",
		})
		local want = {
			i32 = -3, kind = 5, comm = "eightbyt", next = kvm.toaddress(second),
			theirs = "second", mine = kvm.toaddress(
			    kvm.getter(node_t, "link.next.link.prev")(node)),
		}
		assert.same(want, read(node))
		assert.same(want, read(place))
		assert.same(want, read(NODE))
		assert.is_nil(read(second).next)
		assert.same({}, kvm.reader(node_t, {})(node))
		local fault = raised(read, EDGE)
		assert.equal("fault", kvm.type_of(fault))
		assert.matches("^%(struct node %*%)0x%x+%->", fault.path)
		assert.matches("not a struct node", raised(read, place.link))
		assert.matches("no member 'none'",
		    raised(kvm.reader, node_t, { x = "i32", y = "none" }))
		assert.matches("is no scalar",
		    raised(kvm.reader, node_t, { x = "link" }))
		assert.matches("paths by name",
		    raised(kvm.reader, node_t, { "i32" }))
		assert.is_false(pcall(kvm.reader, node_t, { x = "" }))
	end)

	describe("at unreadable memory", function()
		it("raises a fault", function()
			local bad = kvm.pointer(node_t:pointer(), EDGE)
			local fault = missing(bad, "comm")
			assert.equal("fault", kvm.type_of(fault))
			assert.equal("fault-unmapped", fault.code)
			assert.equal(("(struct node *)0x%x->comm"):format(EDGE),
			    fault.path)
			assert.is_true(fault.address >= EDGE + 32)
			assert.equal(fault.path .. ": " .. fault.message,
			    tostring(fault))
			assert.equal("comm", missing(kvm.object(node_t, EDGE),
			    "comm").path:match "[%w_]+$")
		end)

		it("raises in getters, strings and bytes", function()
			local bad = kvm.pointer(node_t:pointer(), EDGE)
			for _, fn in ipairs{ kvm.getter(node_t, "i64"),
				kvm.bytes } do
				local fault = raised(fn, bad)
				assert.equal("fault", kvm.type_of(fault))
				assert.matches("struct node %*", fault.path)
			end
			local char = kd:type("integer", "char"):pointer()
			assert.equal("fault", kvm.type_of(raised(kvm.string,
			    kvm.pointer(char, 16))))
			assert.equal("fault", kvm.type_of(raised(kvm.object,
			    kd:type("integer", "int"), 16)))
		end)

		it("names the element", function()
			local ints = kvm.pointer(kd:type("integer", "int"):
			    pointer(), EDGE)
			assert.equal(("(int *)0x%x[9]"):format(EDGE),
			    missing(ints, 9).path)
		end)

		it("still has what comes before", function()
			local bad = kvm.pointer(node_t:pointer(), EDGE)
			assert.equal(EDGE + 4096,
			    kvm.toaddress(bad.link.next))
			local t = kd:type("integer", "char"):array(64)
			mem:get(EDGE, 1)
			assert.matches("^%S*", kvm.object(t, EDGE + 16))
		end)
	end)

	describe("and C's operators:", function()
		it("addressof", function()
			assert.equal(node, kvm.addressof(place))
			assert.equal(node, kvm.addressof(node))
			local p = kvm.addressof(node, "link.prev")
			assert.equal("struct node ***", tostring(kvm.typeof(p)))
			assert.equal(NODE + 8, kvm.toaddress(p))
			assert.equal(node.link.prev, p[0])
			assert.equal(-3, kvm.addressof(node, "i32")[0])
			assert.matches("bit%-field",
			    raised(kvm.addressof, node, "kind"))
			assert.equal("int (*)[2][3]",
			    tostring(kvm.typeof(kvm.addressof(place.matrix))))
		end)

		it("sizeof", function()
			assert.equal(node_t.size, kvm.sizeof(place))
			assert.equal(8, kvm.sizeof(node))
			assert.equal(24, kvm.sizeof(place.matrix))
		end)

		it("container_of", function()
			local p = kvm.addressof(node, "i32")
			assert.equal(node, kvm.container_of(p, node_t, "i32"))
			assert.equal(node, kvm.container_of(place.value, node_t,
			    "value"))
			assert.equal(node, kvm.container_of(NODE + 8, node_t,
			    "link.prev"))
			assert.equal(node, kvm.container_of(p,
			    node_t:pointer(), "i32"))
			assert.matches("bit%-field", raised(kvm.container_of, p,
			    node_t, "kind"))
		end)

		it("istype", function()
			assert.is_true(kvm.istype(node_t, place))
			assert.is_true(kvm.istype(node_t, node))
			assert.is_true(kvm.istype(node_t:const(), node))
			assert.is_true(kvm.istype(node_t, node.peer))
			assert.is_true(kvm.istype(node_t:pointer(), node))
			assert.is_true(kvm.istype(node_t:const():pointer(),
			    node))
			assert.is_false(kvm.istype(node_t:pointer(), place))
			assert.is_false(kvm.istype(node_t, node.link))
			assert.is_false(kvm.istype(kd:type("void"), node.any))
			assert.is_false(kvm.istype(node_t, 1))
			assert.is_false(kvm.istype(node_t, nil))
		end)

		it("isnull", function()
			assert.is_true(kvm.isnull(node.kids[0]))
			assert.is_true(kvm.isnull(0))
			assert.is_false(kvm.isnull(node))
			assert.is_false(kvm.isnull(1))
		end)

		it("string and bytes", function()
			assert.equal("a label", kvm.string(node.label))
			assert.equal("a la", kvm.string(node.label, 4))
			assert.equal("", kvm.string(node.label, 0))
			assert.equal("eightbyt", kvm.string(node.comm))
			assert.equal("ab", kvm.string(node.sc))
			assert.equal("\1\2\3\4\5\6", kvm.string(node.mac))
			assert.equal("\1\2", kvm.string(node.mac, 2))
			assert.equal("a label", kvm.string(kvm.cast(
			    kd:type("void"):pointer(), node.label)))
			assert.matches("does not lead to text",
			    raised(kvm.string, node))
			assert.equal("\1\2\3\4\5\6", kvm.bytes(node.mac))
			assert.equal(node_t.size, #kvm.bytes(node))
			assert.equal(mem:read(NODE, node_t.size),
			    kvm.bytes(place))
			assert.equal("a la", kvm.bytes(node.label, 4))
			assert.matches("not known", raised(kvm.bytes, node.any))
			assert.is_false(pcall(kvm.bytes, node, -1))
			assert.is_false(pcall(kvm.bytes, node, 1 << 62))
		end)
	end)

	describe("and casts:", function()
		local function int(name)
			return kd:type("integer", name)
		end

		it("integers are cut and extended", function()
			assert.equal(-1, kvm.cast(int "char", 255))
			assert.equal(255, kvm.cast(int "unsigned char", -1))
			assert.equal(-128, kvm.cast(int "signed char", 128))
			assert.equal(0, kvm.cast(int "short", 65536))
			assert.equal(-1, kvm.cast(int "int", 0xffffffff))
			assert.equal(0xffffffff,
			    kvm.cast(int "unsigned int", -1))
			assert.equal(-1, kvm.cast(int "unsigned long", -1))
			assert.equal(-3, kvm.cast(int "int", -3.9))
			assert.equal(math.mininteger,
			    kvm.cast(int "unsigned long", 2.0 ^ 63))
			assert.is_false(pcall(kvm.cast, int "int", 0 / 0))
			assert.is_false(pcall(kvm.cast, int "int", 1e300))
			assert.equal(1, kvm.cast(int "int", true))
			assert.equal(-1, kvm.cast(kd:type("enum", "color"),
			    0xffffffff))
		end)

		it("to bool", function()
			assert.is_true(kvm.cast(int "_Bool", 256))
			assert.is_true(kvm.cast(int "_Bool", 0.5))
			assert.is_false(kvm.cast(int "_Bool", 0))
			assert.is_false(kvm.cast(int "_Bool", nil))
			assert.is_true(kvm.cast(int "_Bool", node))
		end)

		it("to floats", function()
			local x = kvm.cast(kd:type("float", "double"), 1)
			assert.equal("float", math.type(x))
			assert.equal(1.0, x)
			assert.equal(string.unpack("f", string.pack("f", 0.1)),
			    kvm.cast(kd:type("float", "float"), 0.1))
			assert.is_false(pcall(kvm.cast,
			    kd:type("float", "double"), node))
		end)

		it("to pointers", function()
			local p = node_t:pointer()
			assert.equal(node, kvm.cast(p, NODE))
			assert.is_nil(kvm.cast(p, 0))
			assert.is_nil(kvm.cast(p, nil))
			assert.equal(node, kvm.cast(p, kvm.cast(
			    kd:type("void"):pointer(), node)))
			assert.equal(node, kvm.cast(p, place))
			assert.equal(node, kvm.cast(p, place.link))
			local ints = kvm.cast(int "int":pointer(), place.matrix)
			assert.equal(12, ints[5])
		end)

		it("of pointers", function()
			assert.equal(NODE, kvm.cast(int "unsigned long", node))
			assert.equal(NODE & 0xff,
			    kvm.cast(int "unsigned char", node))
			assert.is_false(pcall(kvm.cast, int "int", place))
			assert.is_false(pcall(kvm.cast, int "int", "1x"))
		end)

		it("of places", function()
			local link = kvm.cast(kd:type("struct", "link"), place)
			assert.equal(second, link.next)
			assert.equal("struct link", tostring(kvm.typeof(link)))
			assert.is_false(pcall(kvm.cast, node_t, node))
			assert.is_false(pcall(kvm.cast, node_t, NODE))
			assert.is_false(pcall(kvm.cast, kd:type("void"), 1))
			assert.equal("eightbyt", kvm.cast(kd:type("integer",
			    "char"):array(8), kvm.cast(kd:type("integer",
			    "unsigned char"):array(8), kvm.addressof(node,
			    "comm")[0] and place.mac)) and node.comm)
		end)

		it("stay with one descriptor", function()
			local other <close> = opened()
			local t = other:type("struct", "node")
			for _, to in ipairs{ t, t:pointer(),
				other:type("integer", "int") } do
				assert.is_false(pcall(kvm.cast, to, place))
			end
		end)
	end)

	it("keeps its descriptor open", function()
		local o = kvm.pointer(opened():type("struct",
		    "node"):pointer(), NODE)
		collectgarbage()
		collectgarbage()
		assert.equal("second", o.link.next.comm)
	end)

	it("raises once its descriptor is closed", function()
		local fresh = opened()
		local t = fresh:type("struct", "node")
		local o, q = kvm.object(t, NODE), kvm.object(t, SECOND)
		local get, each_member = kvm.getter(t, "i32"), pairs(o)
		assert.equal(-3, get(o))
		fresh:close()
		assert.matches("descriptor is closed", missing(o, "i32"))
		assert.matches("descriptor is closed", missing(o, 0))
		assert.matches("descriptor is closed", raised(get, o))
		assert.matches("descriptor is closed", raised(each_member))
		for _, name in ipairs{ "typeof", "sizeof", "addressof",
			"toaddress", "bytes", "string", "isnull" } do
			assert.matches("descriptor is closed",
			    raised(kvm[name], o))
		end
		for _, fn in ipairs{ function() return #o end,
			function() return o + 1 end,
			function() return o - q end,
			function() return o == q end,
			function() o.x = 1 end,
			function() return pairs(o) end } do
			assert.matches("descriptor is closed", raised(fn))
		end
		assert.equal("kvm.object (closed)", tostring(o))
	end)

	it("is asked for, not guessed", function()
		for _, value in ipairs{ kd, io.stdout, 1, {} } do
			for _, name in ipairs{ "typeof", "addressof",
				"toaddress", "bytes", "string" } do
				assert.matches("expected",
				    raised(kvm[name], value))
			end
		end
		assert.matches("pointer type", raised(kvm.pointer, node_t, 1))
	end)

	it("survives the collector", function()
		for _ = 1, 20 do
			local o = kvm.pointer(kd:type("struct",
			    "node"):pointer(), NODE)
			collectgarbage()
			assert.equal("second", o.link.next.comm)
			collectgarbage "step"
			assert.equal(12, o.matrix[1][2])
		end
	end)

	it("reads through a resolver-backed descriptor", function()
		local k <close> = assert(kvm.openx{ kernel = DIR .. "/kernel",
			core = DIR .. "/core", resolver = function()
			return HEAD
		end })
		local t = k:type("struct", "list")
		assert.equal(-3, kvm.object(t, k:lookup "head").first.i32)
	end)
end)
