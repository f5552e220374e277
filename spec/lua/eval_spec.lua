--- C expressions over a dump: C's values, types and mistakes.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local evaluator = require "vmcore.eval"
local format = require "vmcore.format"
local vmcore = require "vmcore"

-- The dump of a descriptor, for what takes a handle.
local handles = {}

local function eval(kd, text)
	return evaluator.eval(handles[kd], text)
end

local TYPES = [[
typedef unsigned int u_int;
typedef struct item *item_t;
enum color { RED, GREEN = 5, BLUE };
struct opaque;
struct item {
	int n; unsigned char b; signed char sb; short s; unsigned short us; u_int u; long l;
	unsigned long ul; _Bool flag; double d; enum color c; char name[8]; int a[4];
	struct item *next; unsigned int bits1 : 3; int bits2 : 5; struct opaque *hidden; void *any;
	struct { int x; } in; char *text; int (*fn)(int); int grid[2][3];
};
int function(int);
]]

local types = forge.types(TYPES)
local memory = forge.memory { types = types }
local second = memory:make("struct item", { n = 2, name = "two", a = { 5, 6, 7, 8 } })
local first = memory:make("struct item", { n = -1, b = 200, sb = -100, s = -2, us = 65535,
	u = 0xffffffff, l = -5, ul = -1, flag = true, d = 2.5, c = 5, name = "one",
	a = { 10, 20, 30, 40 }, next = second, any = second, fn = 0xffffffff80300000,
	text = memory:string(nil, "hello"), hidden = 0xfffffe0000123000, bits1 = 5, bits2 = -3 })
memory:struct(first, "struct item", { ["in.x"] = 77 })
local array = memory:alloc(3 * 4)
for i = 0, 2 do
	memory:u32(array + 4 * i, i + 100)
end
local head = memory:alloc(8)
memory:ptr(head, first)
local null = memory:alloc(8)
memory:ptr(null, 0)

describe("an expression", function()
	local kd

	setup(function()
		local dir = lab.folder()
		local function variable(name, addr, ctype)
			return { name = name, addr = addr, size = 8, ctype = ctype }
		end
		forge.kernel { types = types, symbols = {
			variable("first", first, "struct item"), variable("head", head, "struct item *"),
			variable("null", null, "struct item *"), variable("numbers", array, "int[3]"),
			{ name = "untyped", addr = array, size = 4 },
			{ name = "bare", addr = 0xffffffff80300100, size = 16, type = "func" },
			{ name = "function", addr = 0xffffffff80300000, size = 16, type = "func", ctype = types.functions["function"] },
		} }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		local k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
		kd = k.kd
		handles[kd] = k
	end)

	teardown(function()
		kd:close()
	end)

	local function is(cases)
		for text, value in pairs(cases) do
			assert.equal(value, (eval(kd, text)), text)
		end
	end

	it("reads members of every kind", function()
		is {
			["first.n"] = -1, ["head->n"] = -1, ["(*head).n"] = -1, ["head->next->n"] = 2,
			["first.b"] = 200, ["first.sb"] = -100, ["first.us"] = 65535, ["first.u"] = 0xffffffff,
			["first.ul"] = -1, ["first.flag"] = true, ["first.d"] = 2.5, ["first.c"] = 5,
			["first.name"] = "one", ["head->next->name"] = "two", ["first.a[2]"] = 30,
			["2[first.a]"] = 30, ["*first.a"] = 10, ["*(first.a + 3)"] = 40, ["head[0].n"] = -1,
			["first.in.x"] = 77, ["first.bits1"] = 5, ["first.bits2"] = -3, ["numbers[1]"] = 101,
			["first.text[1]"] = 101, ["*first.text"] = 104, ["first.grid[1][2]"] = 0,
		}
	end)

	it("gives objects where a member read would", function()
		local object = eval(kd, "first.next")
		assert.equal("struct item *", tostring(kvm.typeof(object)))
		assert.equal(second, kvm.toaddress(object))
		assert.equal("struct item", tostring(kvm.typeof((eval(kd, "*head")))))
		assert.equal("int [4]", tostring(kvm.typeof((eval(kd, "first.a")))))
		assert.equal("int *", tostring(kvm.typeof((eval(kd, "&first.a[1]")))))
		assert.equal(first, kvm.toaddress((eval(kd, "&first"))))
		assert.equal("int (*)(int)", tostring(kvm.typeof((eval(kd, "first.fn")))))
		assert.is_nil((eval(kd, "null")))
		assert.is_nil((eval(kd, "head->next->next")))
	end)

	it("knows functions, those whose type the kernel does not tell too", function()
		assert.equal("int (int)", tostring(kvm.typeof((eval(kd, "*function")))))
		is { ["(long)function"] = 0xffffffff80300000, ["(long)bare"] = 0xffffffff80300100,
			["bare == &bare"] = 1, ["(long)(bare + 4)"] = 0xffffffff80300104 }
		assert.equal("void (*)()", tostring(kvm.typeof((eval(kd, "bare + 0")))))
		assert.equal("0xffffffff80300100 bare", format.format((eval(kd, "bare"))))
	end)

	it("keeps what enum a number was cast to", function()
		local result = evaluator.typed(handles[kd], "(enum color)1")
		assert.equal(1, result.value)
		assert.equal("enum color", tostring(result.type))
		assert.is_nil(evaluator.typed(handles[kd], "(enum color)1 + 1").type)
	end)

	it("computes as C does", function()
		is {
			["1 + 2 * 3"] = 7, ["7 / -2"] = -3, ["-7 % 3"] = -1, ["1 ? 2 : 3"] = 2, ["1, 2"] = 2,
			["2147483647 + 1"] = -2147483648, ["2147483647u + 1"] = 2147483648,
			["4294967295u + 1"] = 0, ["4294967295u + 1L"] = 4294967296, ["0u - 1"] = 4294967295,
			["0ul - 1"] = -1, ["-1 < 0u"] = 0, ["-1 < 0"] = 1, ["-1L < 0u"] = 1,
			["first.ul > 0"] = 1, ["first.ul / 2"] = math.maxinteger, ["0xffffffff"] = 4294967295,
			["0xffffffff + 1"] = 0, ["4294967295 + 1"] = 4294967296, ["~0"] = -1, ["~0u"] = 4294967295,
			["!5"] = 0, ["!head"] = 0, ["!null"] = 1, ["null || 1"] = 1, ["null && null->n"] = 0,
			["head && head->n == -1"] = 1, ["1 || null->n"] = 1, ["first.b + first.b"] = 400,
			["-first.b"] = -200, ["first.sb >> 1"] = -50, ["1 << 4 | 3"] = 19, ["6 ^ 3 & 2"] = 4,
			["first.d * 2"] = 5.0, ["first.d > 2"] = 1, ["1 / 2."] = 0.5, ["-first.d"] = -2.5,
			["RED"] = 0, ["BLUE + 1"] = 7, ["first.c == GREEN"] = 1, ["'a' + 1"] = 98,
			["first.bits2 + 1"] = -2, ["first.flag + 1"] = 2, ["null ? 1 : 2"] = 2,
		}
	end)

	it("converts what ?: gives to the type of both", function()
		is {
			["(1 ? -1 : 0u) > 0"] = 1, ["sizeof(0 ? 1L : 2)"] = 8, ["1 ? 1 : 0.5"] = 1.0,
			["sizeof(1 ? (char)1 : (char)2)"] = 4, ["(0 ? head : 0) == head"] = 0,
			["sizeof(*(1 ? head : 0))"] = types:sizeof "struct item",
			["null ? 1 / (long)null : 3"] = 3, ["0 ? 1 << 99 : 3"] = 3, ["1 ? 2 : nosuch"] = 2,
		}
	end)

	it("takes a bit-field for an int where that holds it", function()
		is { ["first.bits1 - 6 < 0"] = 1, ["first.bits1 - 6"] = -1, ["-first.bits1"] = -5,
			["~first.bits1"] = -6, ["sizeof(first.bits1 + 0)"] = 4 }
	end)

	it("knows what C's headers define", function()
		is {
			["head != NULL"] = 1, ["null == NULL"] = 1, ["sizeof(NULL)"] = 8, ["true + true"] = 2,
			["first.flag == false"] = 0, ["1 // the rest"] = 1, ["1 + // one\n 2"] = 3,
			["offsetof(struct item, a)"] = types:offsetof("struct item", "a"),
			["__offsetof(struct item, a[2])"] = types:offsetof("struct item", "a") + 8,
			["offsetof(struct item, in.x)"] = types:offsetof("struct item", "in"),
			["sizeof(offsetof(struct item, in.x))"] = 8,
		}
		assert.is_nil((eval(kd, "NULL")))
		assert.matches("a bit%-field has no offset", (select(2, eval(kd, "offsetof(struct item, bits1)"))))
		assert.matches("has no member 'zz'", (select(2, eval(kd, "offsetof(struct item, zz)"))))
	end)

	it("parses a text once", function()
		local expr = require "vmcore.expr"
		local parse, parsed = expr.parse, 0
		expr.parse = function(...)
			parsed = parsed + 1
			return parse(...)
		end
		for i = 1, 100 do
			assert.equal(2, (eval(kd, "head->next->n /* once */")))
			assert.is_nil((eval(kd, "nosuch" .. i % 2)))
		end
		assert.equal(3, parsed)
		-- However many there are, they are not all kept.
		for i = 1, 3000 do
			assert.equal(i, (eval(kd, tostring(i))))
		end
		expr.parse = parse
		assert.equal(2, (eval(kd, "head->next->n /* once */")))
	end)

	it("says what is no type", function()
		assert.matches("'late_t' is no type\n    %(late_t%)1\n     %^$", (select(2, eval(kd, "(late_t)1"))))
		assert.matches("'late_t' is no type\n", (select(2, eval(kd, "(late_t *)1"))))
		assert.matches("unexpected '1'", (select(2, eval(kd, "1 1"))))
		assert.matches("no struct late", (select(2, eval(kd, "sizeof(struct late)"))))
		kd:define("struct", "late", 24, {})
		assert.equal(24, (eval(kd, "sizeof(struct late)")))
	end)

	it("does arithmetic on pointers", function()
		is {
			["&numbers[2] - &numbers[0]"] = 2, ["*(numbers + 1)"] = 101, ["*(1 + numbers)"] = 101,
			["(&numbers[2])[-1]"] = 101, ["numbers == &numbers[0]"] = 1, ["head == &first"] = 1,
			["head < head + 1"] = 1, ["null == 0"] = 1, ["head != 0"] = 1,
			["(unsigned long)(head + 1) - (unsigned long)head"] = types:sizeof "struct item",
			["(char *)(head + 1) - (char *)head"] = types:sizeof "struct item",
			["(long)(first.any + 1) - (long)first.any"] = 1,
		}
	end)

	it("casts", function()
		is {
			["(unsigned char)300"] = 44, ["(signed char)200"] = -56, ["(short)65535"] = -1,
			["(u_int)-1"] = 4294967295, ["(unsigned long)-1"] = -1, ["(_Bool)5"] = true,
			["(bool)0"] = false, ["(bool)0.5"] = true, ["(int)2.9"] = 2, ["(int)-2.9"] = -2,
			["(double)1"] = 1.0, ["(int)first.d"] = 2, ["(enum color)5"] = 5,
			["((struct item *)first.any)->n"] = 2, ["((item_t)first.any)->n"] = 2,
			["*(int *)&untyped"] = 100, ["(char)'a'"] = 97, ["(unsigned long)null"] = 0,
			[("((struct item *)%#x)->n"):format(second)] = 2, ["(first.n)+1"] = 0,
		}
		assert.is_nil((eval(kd, "(struct item *)0")))
	end)

	it("knows sizes without reading", function()
		is {
			["sizeof(int)"] = 4, ["sizeof(struct item)"] = types:sizeof "struct item",
			["sizeof first.a"] = 16, ["sizeof first.a[0]"] = 4, ["sizeof numbers"] = 12,
			["sizeof(first.b + 1)"] = 4, ["sizeof 1L"] = 8, ["sizeof 'a'"] = 4,
			["sizeof null->next->next->name"] = 8, ["sizeof *head"] = types:sizeof "struct item",
			["sizeof(struct item *[3])"] = 24, ["sizeof(char) == 1"] = 1, ["sizeof first.hidden"] = 8,
			["sizeof first.a / sizeof first.a[0]"] = 4, ["sizeof 1.0"] = 8,
		}
	end)

	it("says what is wrong, and where", function()
		local WRONG = {
			["nosuch"] = { 0, "nosym", "no symbol or enumerator 'nosuch'" },
			["first.nosuch"] = { 6, "notype", "struct item has no member 'nosuch'" },
			["1 + head->n->x"] = { 13, "notype", "is no pointer" },
			["first->n"] = { 7, "notype", "is no pointer" },
			["head.n"] = { 5, "notype", "is no struct or union" },
			["numbers.n"] = { 8, "notype", "is no struct or union" },
			["*5"] = { 0, "notype", "is no pointer" }, ["&5"] = { 0, "notype", "no place" },
			["&first.bits1"] = { 0, "notype", "bit%-field" },
			["sizeof first.bits1"] = { 0, "notype", "bit%-field" },
			["sizeof(struct opaque)"] = { 0, "notype", "has no size" },
			["sizeof function"] = { 0, "notype", "has no size" },
			["*first.hidden"] = { 0, "notype", "nothing is known of 'struct opaque'" },
			["first.hidden->x"] = { 14, "notype", "nothing is known" },
			["untyped + 1"] = { 0, "notype", "has no type here" },
			["1 / 0"] = { 2, "inval", "division by zero" }, ["1 % (2 - 2)"] = { 2, "inval", "zero" },
			["1 << 32"] = { 5, "inval", "can't be shifted by 32" },
			["function(1)"] = { 8, "notsup", "can't be called" },
			["VNET(x)"] = { 4, "nosym", "no symbol x in" },
			["VNET()"] = { 4, "syntax", "VNET%(%) takes the name of a variable" },
			["\"text\""] = { 0, "notsup", "no address" },
			["first + 1"] = { 0, "notype", "can't be an operand" },
			["head + head"] = { 5, "notype", "pointers can't be operands" },
			["head * 2"] = { 5, "notype", "pointers can't be operands" },
			["first.d & 1"] = { 8, "notype", "fraction" }, ["~first.d"] = { 7, "notype", "integer" },
			["-head"] = { 1, "notype", "a number is wanted" }, ["!first"] = { 1, "notype", "wanted" },
			["(struct item)1"] = { 0, "notype", "can't be cast" },
			["(struct nosuch *)1"] = { 0, "notype", "nosuch" },
			["(long char)1"] = { 0, "syntax", "no type" }, ["1 +"] = { 3, "syntax", "missing" },
			["first.a[head]"] = { 7, "notype", "%[%]" },
		}
		for text, want in pairs(WRONG) do
			local value, message, code = eval(kd, text)
			assert.is_nil(value, text)
			assert.equal(want[2], code, text)
			assert.matches(want[3], message, 1, false, text)
			assert.equal((" "):rep(want[1] + 4) .. "^", message:match "[^\n]*$", text)
		end
	end)

	it("raises a fault where memory can't be read", function()
		for _, text in ipairs { "null->n", "*(int *)0xfffffe0000123000", "first.hidden == 0 || null->n" } do
			local ok, fault = pcall(eval, kd, text)
			assert.is_false(ok)
			assert.equal("fault", kvm.type_of(fault))
			assert.equal("fault-unmapped", fault.code)
		end
	end)
end)
