--- Lists of sys/queue.h in a dump: whole, broken, circular.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local queue = require "vmcore.queue"

local TYPES = [[
struct item {
	int n;
	struct { struct item *le_next; struct item **le_prev; } list;
	struct { struct item *sle_next; } slist;
	struct { struct item *tqe_next; struct item **tqe_prev; } tailq;
	struct { struct item *stqe_next; } stailq;
	struct { struct item *cle_next; struct item **cle_prev; } ck_list;
	struct { struct item *csle_next; } ck_slist;
	struct { struct item *cstqe_next; } ck_stailq;
	struct { int pad; struct { struct item *le_next; struct item **le_prev; } link; } deep;
};
struct list_head { struct item *lh_first; };
struct slist_head { struct item *slh_first; };
struct tailq_head { struct item *tqh_first; struct item **tqh_last; };
struct stailq_head { struct item *stqh_first; struct item **stqh_last; };
struct ck_list_head { struct item *clh_first; };
struct ck_slist_head { struct item *cslh_first; };
struct ck_stailq_head { struct item *cstqh_first; struct item **cstqh_last; };
struct deep_head { struct item *lh_first; };
struct holder { int x; struct tailq_head items; };
]]
-- Head type, link, function.
local KINDS = {
	{ "list", "list.le_next", "list_foreach" }, { "slist", "slist.sle_next", "slist_foreach" },
	{ "tailq", "tailq.tqe_next", "tailq_foreach" }, { "stailq", "stailq.stqe_next", "stailq_foreach" },
	{ "ck_list", "ck_list.cle_next", "list_foreach" },
	{ "ck_slist", "ck_slist.csle_next", "slist_foreach" },
	{ "ck_stailq", "ck_stailq.cstqe_next", "stailq_foreach" },
	{ "deep", "deep.link.le_next", "list_foreach" },
}

local types = forge.types(TYPES)
local memory = forge.memory { types = types }
local heads = {}

-- A list of `count` items by a link; `last` is where the last one leads to.
local function chain(path, count, last)
	local items = {}
	for i = 1, count do
		items[i] = memory:make("struct item", { n = i })
	end
	for i = 1, count do
		local to = items[i + 1] or last and (items[last] or last) or 0
		memory:ptr(items[i] + types:offsetof("struct item", path), to)
	end
	return items
end

local function head_of(name, first)
	local at = memory:alloc(16)
	memory:ptr(at, first)
	heads[#heads + 1] = { at = at, name = name }
	return at
end

local whole, circles = {}, {}
for _, kind in ipairs(KINDS) do
	whole[kind[1]] = head_of(kind[1], chain(kind[2], 5)[1])
	circles[kind[1]] = {}
	for length = 1, 12 do
		for back = 1, length do
			local items = chain(kind[2], length, back)
			table.insert(circles[kind[1]], { head = head_of(kind[1], items[1]), length = length,
				entry = items[back] })
		end
	end
end
local empty = head_of("list", 0)
local UNMAPPED <const> = 0xfffffe0000123000
local bad = {}
for _, last in ipairs { UNMAPPED, -1, 0xdeadc0dedeadc0de, 8 } do
	bad[last] = head_of("list", chain("list.le_next", 3, last)[1])
end
local bad_at_once = head_of("list", UNMAPPED)
local holder = memory:make("struct holder", { x = 1 })
memory:ptr(holder + 8, chain("tailq.tqe_next", 3)[1])

describe("a list", function()
	local kd

	setup(function()
		local dir = lab.folder()
		forge.kernel { types = types, symbols = { { name = "holder", addr = holder, size = 24,
			ctype = "struct holder" } } }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		kd = assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		kd:close()
	end)

	local function object(name, at)
		return kvm.object(assert(kd:type("struct", name .. "_head")), at)
	end

	local function numbers(iterator)
		local found = {}
		for item in iterator do
			found[#found + 1] = item.n
		end
		return found
	end

	for _, kind in ipairs(KINDS) do
		local name, link = kind[1], kind[2]:match "^(.*)%.[%w_]+$"

		it(name .. " is walked by its own function and by foreach", function()
			local head = object(name, whole[name])
			for _, fn in ipairs { queue[kind[3]], queue.foreach } do
				local each, walk = fn(head, link)
				assert.same({ 1, 2, 3, 4, 5 }, numbers(each))
				assert.is_nil(walk:status())
			end
		end)

		it(name .. " in a circle of any shape hands out each element once", function()
			for _, circle in ipairs(circles[name]) do
				local each, walk = queue.foreach(object(name, circle.head), link)
				local found = numbers(each)
				assert.equal(circle.length, #found)
				assert.equal(circle.length, found[#found])
				local status = walk:status()
				assert.equal("cycle", status.reason)
				assert.equal(circle.length, status.count)
				assert.equal(circle.entry, status.address)
				assert.is_nil(each())
			end
		end)
	end

	it("may be empty", function()
		local each, walk = queue.foreach(object("list", empty), "list")
		assert.is_nil(each())
		assert.is_nil(walk:status())
	end)

	it("gives pointers of the element's type", function()
		local item = queue.foreach(object("list", whole.list), "list")()
		assert.equal("struct item *", tostring(kvm.typeof(item)))
	end)

	it("may be walked from a pointer to its head, and inside a struct", function()
		local t = kd:type("struct", "list_head"):pointer()
		assert.same({ 1, 2, 3, 4, 5 },
		    numbers((queue.list_foreach(kvm.pointer(t, whole.list), "list"))))
		local h = kvm.object(kd:type("struct", "holder"), holder)
		assert.same({ 1, 2, 3 }, numbers((queue.foreach(h.items, "tailq"))))
	end)

	it("stops where it can't be read, and says so", function()
		for last, reason in pairs { [UNMAPPED] = "unreadable", [8] = "unreadable",
		    [-1] = "poisoned", [0xdeadc0dedeadc0de] = "poisoned" } do
			local told
			local each, walk = queue.list_foreach(object("list", bad[last]), "list",
			    function(status) told = status end)
			assert.same({ 1, 2, 3 }, numbers(each))
			local status = walk:status()
			assert.equal(reason, status.reason)
			assert.equal(last, status.address)
			assert.equal(3, status.count)
			assert.equal(status, told)
			assert.truthy(status.message:find(("%#x"):format(last), 1, true))
		end
	end)

	it("stops at once when nothing of it can be read", function()
		local each, walk = queue.list_foreach(object("list", bad_at_once), "list")
		assert.is_nil(each())
		assert.equal(0, walk:status().count)
		each, walk = queue.list_foreach(object("list", UNMAPPED), "list")
		assert.is_nil(each())
		assert.equal("unreadable", walk:status().reason)
	end)

	it("is prepared once for many heads", function()
		local walk = queue.prepare(kd:type("struct", "list_head"), "list")
		assert.same({ 1, 2, 3, 4, 5 }, numbers((walk(whole.list))))
		assert.same({ 1, 2, 3, 4, 5 }, numbers((walk(object("list", whole.list)))))
	end)

	it("has to be one", function()
		local head = object("list", whole.list)
		assert.error_matches(function() queue.tailq_foreach(head, "tailq") end, "is no head of a tailq")
		local item = queue.foreach(head, "list")()
		assert.error_matches(function() queue.foreach(item, "list") end, "is no head of a list")
		assert.has_error(function() queue.list_foreach(head, "slist") end)
		assert.has_error(function() queue.list_foreach(head, "nosuch") end)
	end)
end)
