--- Values as text: whole, cut off, damaged.
local forge = require "spec.support.forge"
local format = require "vmcore.format"
local kvm = require "kvm"
local lab = require "spec.support.lab"

local TYPES = [[
enum colour { RED = 1, GREEN = 2 };
typedef unsigned long vm_offset_t;
struct point { int x; int y; };
struct node {
	int n; unsigned int flags; enum colour colour; char name[8];
	const char *text; struct node *next; void (*fn)(int);
	struct point at; int array[6]; struct point points[2];
	unsigned long big; vm_offset_t where; _Bool on;
	unsigned int low : 4; unsigned int high : 12;
	union { int first; unsigned int second; };
	struct { int inside; };
};
struct wide { int values[100]; };
struct proc { int p_flag; };
void panic(const char *fmt);
]]

local PANIC <const> = 0xffffffff80400000
local UNMAPPED <const> = 0xfffffe0000123000

local types = forge.types(TYPES)
local memory = forge.memory { types = types }
local text = memory:string(nil, 'a "quoted"\27[31m')
local second = memory:make("struct node", { n = 2 })
local node = memory:make("struct node", {
	n = -1, flags = 0x5, colour = 2, name = "abc", text = text, next = second,
	fn = PANIC + 0x43, at = { x = 1, y = 2 }, big = -1, where = 0x1000, on = 1,
})
memory:ptr(second + types:offsetof("struct node", "next"), node)
memory:u32(node + types:offsetof("struct node", "array"), 7)
memory:u32(node + types:offsetof("struct node", "points") + 8, 9)
memory:u16(node + types:offsetof("struct node", "on") + 1, 0x12 << 4 | 3)
memory:u32(node + types:offsetof("struct node", "first"), 0xffffffff)
local broken = memory:make("struct node", { text = UNMAPPED, next = UNMAPPED, colour = 77 })
local p = memory:make("struct proc", { p_flag = 0x30000200 })
local wide = memory:make("struct wide", {})
-- A struct whose second half is on a page that does not exist.
local edge = memory:alloc(4096, { align = 4096 }) + 4096 - 16
memory:u32(edge, 3)

describe("vmcore.format", function()
	local kd

	setup(function()
		local dir = lab.folder()
		forge.kernel { types = types, symbols = { { name = "panic", addr = PANIC, size = 0x100,
			type = "func", section = ".text" } } }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		kd = assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		kd:close()
		format.register("struct point", nil)
		format.register_flags("struct node.flags", nil)
	end)

	local function object(name, at)
		return kvm.pointer(kd:type("struct", name):pointer(), at)
	end

	local function has(wanted, options, at)
		local out = format.format(object("node", at or node), options)
		assert.truthy(out:find(wanted, 1, true), wanted .. " is not in\n" .. out)
	end

	local function has_not(unwanted, options, at)
		local out = format.format(object("node", at or node), options)
		assert.falsy(out:find(unwanted, 1, true), unwanted .. " is in\n" .. out)
	end

	it("begins with what it is", function()
		has(("(struct node *)0x%x {\n  .n = -1,\n"):format(node))
		local place = format.format(object("node", node).at)
		assert.equal(("(struct point)0x%x {\n  .x = 1,\n  .y = 2,\n}")
		    :format(node + types:offsetof("struct node", "at")), place)
	end)

	it("prints every kind of member", function()
		has ".flags = 5,"
		has ".colour = GREEN,"
		has '.name = "abc",'
		has(('.text = 0x%x "a \\"quoted\\"\\x1b[31m",'):format(text))
		has(".fn = 0xffffffff80400043 panic+0x43,")
		has ".at = {.x = 1, .y = 2},"
		has ".array = {7, 0 <repeats 5 times>},"
		has ".points = {{.x = 0, .y = 0}, {.x = 9, .y = 0}},"
		has ".big = 18446744073709551615,"
		has ".where = 0x1000,"
		has ".on = true,"
		has ".low = 3,"
		has ".high = 18,"
		has ".first = -1,\n  .second = 4294967295,\n  .inside = 0,"
	end)

	it("prints enums that have no name for a value", function()
		has(".colour = 77,", nil, broken)
	end)

	it("prints in hexadecimal", function()
		has(".n = 0xffffffff,", { base = 16 })
		has(".big = 0xffffffffffffffff,", { base = 16 })
	end)

	it("leaves zeros out", function()
		has_not(".inside", { hide_zeros = true })
		has_not(".fn", { hide_zeros = true }, second)
		has(".points = {{}, {.x = 9}},", { hide_zeros = true })
	end)

	it("goes as deep as it is told", function()
		has(".at = {...},", { depth = 1 })
		has_not(".at", { depth = 1, hide_zeros = true }, second)
		assert.truthy(format.format(object("node", node), { depth = 0 }):find "{...}$")
	end)

	it("breaks lines that are too long", function()
		has(".at = {\n    .x = 1,\n    .y = 2,\n  },", { width = 12 })
	end)

	it("limits arrays", function()
		local out = format.format(object("wide", wide), { limit = 10 })
		assert.truthy(out:find(".values = {0 <repeats 10 times>, ... 90 more},", 1, true), out)
	end)

	it("shows offsets and sizes", function()
		has("  /*     0     4 */ .n = -1,", { offsets = true })
		has("  /*     4     4 */ .flags = 5,", { offsets = true })
		has((" %5d    :4 */ .low = 3,"):format(types:offsetof("struct node", "on") + 1),
		    { offsets = true })
	end)

	it("follows pointers, once each", function()
		has((".next = 0x%x {\n    .n = 2,"):format(second), { follow = 1 })
		has((".next = 0x%x <printed before>,"):format(node), { follow = 9 })
		has((".next = 0x%x,"):format(second))
	end)

	it("prints what can't be read as faults, and goes on", function()
		has((".text = 0x%x,"):format(UNMAPPED), nil, broken)
		has((".next = 0x%x <fault 0x%x>"):format(UNMAPPED, UNMAPPED), { follow = 1 }, broken)
		local out = format.format(object("node", edge))
		assert.truthy(out:find(".n = 3,", 1, true), out)
		assert.truthy(out:find((".text = <fault 0x%x>,"):format(edge +
		    types:offsetof("struct node", "text")), 1, true), out)
		assert.truthy(out:find(".inside = <fault", 1, true), out)
	end)

	it("asks formatters that were registered", function()
		format.register("struct point", function(at) return ("<%d %d>"):format(at.x, at.y) end)
		has ".at = <1 2>,"
		has(".at = here,", { formatters = { ["struct point"] = function() return "here" end } })
		has(".at = {.x = 1, .y = 2},", { formatters = { ["struct point"] = function()
			format.register("struct point", nil)
		end } })
		format.register("struct point", nil)
		format.register_flags("struct node.flags", { UP = 1, DOWN = 2, LEFT = 4 })
		has ".flags = UP|LEFT,"
		format.register_flags("struct node.flags", { UP = 1 })
		has ".flags = UP|0x4,"
	end)

	it("knows flag words that stayed the same", function()
		local out = format.format(kvm.pointer(kd:type("struct", "proc"):pointer(), p))
		assert.truthy(out:find(".p_flag = P_SYSTEM|P_INMEM|0x20000000,", 1, true), out)
	end)

	it("prints what is no object", function()
		assert.equal("12", format.format(12))
		assert.equal("0xc", format.format(12, { base = 16 }))
		assert.equal('"a\\x1b"', format.format "a\27")
		assert.equal("nil", format.format(nil))
		assert.equal("RED", format.format(1, { type = kd:type("enum", "colour") }))
	end)

	it("asks for symbols where it is told", function()
		has(".fn = 0xffffffff80400043 elsewhere,", { symbol_at = function()
			return { name = "elsewhere" }, 0
		end })
	end)
end)
