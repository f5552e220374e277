--- Types as Lua sees them.
local forge = require "spec.support.forge"
local kvm = require "kvm"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)

local SOURCE = [[
	typedef unsigned int u_int;
	typedef char name_t[12];
	enum color { RED, GREEN = 5, BLUE = -1 };
	struct opaque;
	union both { int i; float f; };
	struct node {
		struct node *next;
		struct { int x; union { int y; short z; }; };
		u_int up : 1;
		u_int kind : 3;
		int level : 4;
		const char *label;
		name_t name;
		enum color color;
		struct opaque *hidden;
		int (*compare)(const struct node *, const struct node *, ...);
		union both value;
		double ratio;
		int matrix[2][3];
		char tail[];
	};
]]

local function build()
	local types = forge.types(SOURCE)
	forge.kernel{ types = types, symbols = {
		{ name = "root", addr = 0xffffffff81000000, size = 8,
			ctype = "struct node *" },
		{ name = "untyped", addr = 0xffffffff81000010, size = 8 },
	} }:write(DIR .. "/kernel")
end

build()

local function opened()
	return assert(kvm.openfiles(DIR .. "/kernel", "/dev/null"))
end

local function raised(fn, ...)
	local ok, err = pcall(fn, ...)
	assert.is_false(ok)
	return err
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

describe("a type", function()
	local kd, node

	setup(function()
		kd = opened()
		node = assert(kd:type("struct", "node"))
	end)

	teardown(function()
		kd:close()
	end)

	it("is found by kind and name", function()
		assert.equal("struct", node.kind)
		assert.equal("node", node.name)
		assert.equal("union", kd:type("union", "both").kind)
		assert.equal("enum", kd:type("enum", "color").kind)
		assert.equal("typedef", kd:type("typedef", "u_int").kind)
		assert.equal("integer", kd:type("integer", "int").kind)
		assert.equal("float", kd:type("float", "double").kind)
		assert.equal("void", kd:type("void").kind)
		local none, message, code = kd:type("struct", "none")
		assert.is_nil(none)
		assert.matches("none", message)
		assert.equal("notype", code)
		assert.matches("invalid option",
		    raised(kd.type, kd, "class", "node"))
	end)

	it("is one userdata as long as anything uses it", function()
		assert.equal(node, kd:type("struct", "node"))
		assert.is_true(rawequal(node, kd:type("struct", "node")))
		assert.is_true(rawequal(node, node:pointer().target))
		assert.is_true(rawequal(node:pointer(), node:pointer()))
		assert.is_false(rawequal(node, node:const()))
		local set = { [node] = true }
		assert.is_true(set[node:strip()])
		assert.equal("type", kvm.type_of(node))
		assert.equal(kd, node.descriptor)
	end)

	it("has fields", function()
		local int = kd:type("integer", "int")
		assert.equal(4, int.size)
		assert.equal(32, int.bits)
		assert.equal(kvm.INT_SIGNED, int.encoding & kvm.INT_SIGNED)
		assert.equal(0, kd:type("integer", "unsigned int").encoding &
		    kvm.INT_SIGNED)
		assert.is_nil(int.target)
		assert.is_nil(int.nelems)
		assert.is_nil(node.bits)
		local a = int:array(7)
		assert.equal("array", a.kind)
		assert.equal(7, a.nelems)
		assert.equal(28, a.size)
		assert.equal(int, a.target)
		local u = kd:type("typedef", "u_int")
		assert.equal("u_int", u.name)
		assert.equal(4, u.size)
		assert.equal("integer", u.target.kind)
		assert.equal(0, kd:type("void").size)
		assert.equal(8, node:pointer().size)
	end)

	it("has no other fields", function()
		assert.matches("no field 'nothing'", raised(function()
			return node.nothing
		end))
		assert.matches("no field '1'", raised(function()
			return node[1]
		end))
		assert.is_false(pcall(function()
			node.size = 1
		end))
		assert.equal("kvm.type", getmetatable(node))
	end)

	it("makes other types", function()
		assert.equal("struct node *", tostring(node:pointer()))
		assert.equal("const", node:const().kind)
		assert.equal(node, node:const():volatile():strip())
		assert.equal("pointer", node:pointer():const():strip().kind)
		local fn = kd:type("integer", "int"):function_type({
			node:pointer(), kd:type("integer", "int") }, true)
		assert.equal("function", fn.kind)
		assert.is_true(fn.variadic)
		local params, variadic = fn:params()
		assert.same({ node:pointer(), kd:type("integer", "int") },
		    params)
		assert.is_true(variadic)
		assert.equal("integer", fn.target.kind)
		assert.same({}, (kd:type("void"):function_type():params()))
		assert.matches("negative", raised(node.array, node, -1))
	end)

	it("lists its members as declared", function()
		local names, members = {}, node:members()
		for i, m in ipairs(members) do
			names[i] = m.name
		end
		assert.same({ "next", "", "up", "kind", "level", "label",
			"name", "color", "hidden", "compare", "value",
			"ratio", "matrix", "tail" }, names)
		assert.equal(node:pointer(), members[1].type)
		assert.equal(0, members[1].offset)
		assert.is_nil(members[1].bits)
		assert.equal("struct", members[2].type.kind)
		assert.equal(8, members[2].offset)
		assert.equal(3, members[4].bits)
		assert.equal(members[3].bitoff + 1, members[4].bitoff)
		assert.equal(0, members[#members].type.nelems)
		assert.matches("no struct", raised(node.members,
		    kd:type("integer", "int")))
	end)

	it("finds a member, inside anonymous ones too", function()
		local m = assert(node:member "y")
		assert.equal("y", m.name)
		assert.equal(12, m.offset)
		assert.equal(96, m.bitoff)
		assert.equal("integer", m.type:strip().kind)
		local none, message, code = node:member "none"
		assert.is_nil(none)
		assert.is_string(message)
		assert.equal("notype", code)
	end)

	it("knows its enumerators", function()
		local color = kd:type("enum", "color")
		assert.same({ { name = "RED", value = 0 },
			{ name = "GREEN", value = 5 },
			{ name = "BLUE", value = -1 } }, color:enumerators())
		assert.equal("GREEN", color:enum_name(5))
		assert.equal("BLUE", color:enum_name(-1))
		assert.is_nil(color:enum_name(77))
		assert.equal(5, kd:enumerator "GREEN")
		assert.equal("notype", select(3, kd:enumerator "none"))
		assert.matches("no enum", raised(node.enumerators, node))
	end)

	it("spells itself", function()
		local int = kd:type("integer", "int")
		assert.equal("struct node", tostring(node))
		assert.equal("struct node *head", node:pointer():spell "head")
		assert.equal("int x[2][3]", node:member "matrix".type:spell "x")
		assert.equal("int (*)[3]", tostring(int:array(3):pointer()))
		local long = ("x"):rep(1000)
		assert.equal("int " .. long, int:spell(long))
	end)

	it("of a symbol", function()
		assert.equal(node:pointer(), kd:type_of_symbol "root")
		assert.equal("notype", select(3, kd:type_of_symbol "untyped"))
		assert.equal("nosym", select(3, kd:type_of_symbol "none"))
	end)

	it("is among all types", function()
		local found = 0
		for t in kd:types() do
			assert.equal("type", kvm.type_of(t))
			if t == node then
				found = found + 1
			end
		end
		assert.equal(1, found)
		assert.equal("ctf", kd:type_source())
	end)

	it("has a size and offsets", function()
		local int = kd:type("integer", "int")
		assert.equal(node.size, kvm.sizeof(node))
		assert.equal(8, kvm.sizeof(node:pointer()))
		assert.is_nil(kvm.sizeof(kd:type("void")))
		assert.is_nil(kvm.sizeof(int:function_type()))
		assert.equal(0, kvm.offsetof(node, "next"))
		assert.equal(12, kvm.offsetof(node, "z"))
		assert.equal(kvm.offsetof(node, "value"),
		    kvm.offsetof(node, "value.f"))
		local byte, bit, bits = kvm.offsetof(node, "kind")
		assert.equal(node:member "kind".bitoff, byte * 8 + bit)
		assert.equal(3, bits)
		assert.equal(1, select("#", kvm.offsetof(node, "next")))
		assert.matches("struct node has no member 'none'",
		    raised(kvm.offsetof, node, "none"))
		assert.matches("no struct or union",
		    raised(kvm.offsetof, node, "next.next"))
		for _, path in ipairs{ "", ".", "next.", ".next", "value..f" } do
			assert.is_false(pcall(kvm.offsetof, node, path), path)
		end
		assert.is_true(kvm.has_member(node, "value.f"))
		assert.is_true(kvm.has_member(node:pointer(), "x"))
		assert.is_false(kvm.has_member(node, "value.g"))
		assert.is_false(kvm.has_member(int, "x"))
		assert.equal(node, kvm.typeof(node))
	end)

	it("has no members where it is only declared", function()
		local t = kd:type("struct", "opaque")
		assert.same({}, t:members())
		assert.matches("declared but not defined", select(2, t:member "x"))
	end)

	it("can be defined where the source lacks it", function()
		local int = kd:type("integer", "int")
		local t = assert(kd:define("struct", "made", 12, {
			{ name = "a", type = int, offset = 0 },
			{ name = "flag", type = int, bitoff = 37, bits = 2 },
			{ name = "b", type = int, offset = 8 } }))
		assert.equal(t, kd:type("struct", "made"))
		assert.equal(12, t.size)
		assert.equal(8, t:member "b".offset)
		assert.equal(2, t:member "flag".bits)
		assert.equal(37, t:member "flag".bitoff)
		assert.equal(node, kd:define("struct", "node", 4, {}))
		assert.matches("no table",
		    raised(kd.define, kd, "struct", "bad", 1, { 1 }))
		assert.matches("kvm.type expected",
		    raised(kd.define, kd, "struct", "bad", 1, { {} }))
		assert.matches("no count", raised(kd.define, kd, "struct",
		    "bad", 1, { { type = int, offset = -1 } }))
	end)

	it("that was only declared may be defined later", function()
		local fresh <close> = opened()
		local pointer = fresh:type("struct", "node"):member
		    "hidden".type
		local object = kvm.pointer(pointer, 0x1000)
		assert.is_false(kvm.has_member(object, "secret"))
		assert.is_false(pcall(function() return object.secret end))
		fresh:define("struct", "opaque", 4, { { name = "secret",
			type = fresh:type("integer", "int") } })
		assert.is_true(kvm.has_member(object, "secret"))
		assert.equal(4, kvm.offsetof(pointer, "secret") + 4)
	end)

	it("does not mix with another descriptor's", function()
		local other <close> = opened()
		assert.not_equal(node, other:type("struct", "node"))
		assert.matches("another descriptor", raised(node.function_type,
		    node, { other:type("integer", "int") }))
		assert.matches("another descriptor", raised(kd.define, kd,
		    "struct", "mixed", 4, {
			{ type = other:type("integer", "int") } }))
	end)

	it("keeps its descriptor open", function()
		local t = opened():type("struct", "node")
		collectgarbage()
		collectgarbage()
		assert.equal("next", t:members()[1].name)
		assert.is_false(t.descriptor:closed())
	end)

	it("raises once its descriptor is closed", function()
		local fresh = opened()
		local t = fresh:type("struct", "node")
		local methods = {}
		for _, name in ipairs{ "strip", "pointer", "array", "const",
			"volatile", "function_type", "members", "member",
			"enumerators", "params", "enum_name", "spell" } do
			methods[name] = t[name]
		end
		fresh:close()
		for _, fn in pairs(methods) do
			assert.matches("descriptor is closed", raised(fn, t))
		end
		assert.matches("descriptor is closed", raised(function()
			return t.size
		end))
		for _, name in ipairs{ "sizeof", "typeof", "offsetof" } do
			assert.matches("descriptor is closed",
			    raised(kvm[name], t, "next"))
		end
		assert.equal("kvm.type (closed)", tostring(t))
	end)

	it("is asked for, not guessed", function()
		for _, value in ipairs{ kd, io.stdout, 1, "struct node" } do
			assert.matches("expected", raised(kvm.sizeof, value))
			assert.matches("expected",
			    raised(kvm.object, value, 0))
			assert.matches("expected", raised(node.strip, value))
		end
	end)
end)
