--- Trees in a dump: of every kind, whole and damaged.
local forge = require "spec.support.forge"
local hash = require "vmcore.hash"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local pctrie = require "vmcore.pctrie"
local tree = require "vmcore.tree"

-- RB_ENTRY as it was until 12 and as it is since; a pctrie's node as it was
-- until 13 and as it is since.
local TYPES = [[
struct item {
	unsigned long key;
	struct { struct item *rbe_left; struct item *rbe_right; struct item *rbe_parent; int rbe_color; } old;
	struct { struct item *rbe_link[3]; } new;
	struct { struct item *spe_left; struct item *spe_right; } splay;
	struct { struct item *le_next; struct item **le_prev; } list;
	struct item *left; struct item *right;
};
struct rb_head { struct item *rbh_root; };
struct splay_head { struct item *sph_root; };
struct item_list { struct item *lh_first; };
]]
local TRIES = {
	[12] = [[
struct pctrie { unsigned long pt_root; };
struct pctrie_node { unsigned long pn_owner; unsigned short pn_count; unsigned short pn_clev;
	void *pn_child[16]; };
struct vm_radix { unsigned long rt_root; };
struct vm_radix_node { unsigned long rn_owner; unsigned short rn_count; unsigned short rn_clev;
	void *rn_child[16]; };]],
	[15] = [[
struct pctrie_node { unsigned long pn_owner; unsigned short pn_popmap; unsigned char pn_clev;
	struct pctrie_node *pn_parent; struct { struct pctrie_node *__ptr; } pn_child[16]; };
struct pctrie { struct pctrie_node *pt_root; };
struct vm_radix { struct pctrie rt_trie; };]],
}
local UNMAPPED <const> = 0xfffffe0000123000
local POISON <const> = 0xdeadc0dedeadc0de

-- A kernel and a dump of types, filled by build(memory, types).
local function open(text, build)
	local types = forge.types(text)
	local memory = forge.memory { types = types }
	local made = build(memory, types)
	local dir = lab.folder()
	forge.kernel { types = types }:write(dir .. "/kernel")
	forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
	return assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" }), made
end

-- A search tree of the keys from..to, balanced; returns its root. put(node,
-- side, to) sets a link; ancestors are what threads lead to.
local function balanced(memory, put, from, to, low, high)
	if from > to then
		return nil
	end
	local middle = (from + to) // 2
	local node = memory:make("struct item", { key = middle })
	put(node, 1, balanced(memory, put, from, middle - 1, low, low and node) or low or 0)
	put(node, 2, balanced(memory, put, middle + 1, to, high and node, high) or high or 0)
	return node
end

local KINDS = {
	old = { "old.rbe_left", "old.rbe_right", head = "rb_head" },
	new = { 8, 16, head = "rb_head" },
	splay = { "splay.spe_left", "splay.spe_right", head = "splay_head" },
	threaded = { "left", "right" },
}

local function linker(memory, types, kind)
	local base = kind == "new" and types:offsetof("struct item", "new")
	local function offset(side)
		local where = KINDS[kind][side]
		return base and base + where or types:offsetof("struct item", where)
	end
	return function(node, side, to)
		memory:ptr(node + offset(side), to)
	end, offset
end

local function keys(each)
	local found = {}
	for item in each do
		found[#found + 1] = item.key
	end
	return found
end

local function upto(n)
	local list = {}
	for i = 1, n do
		list[i] = i
	end
	return list
end

describe("a tree", function()
	local kd, made

	local function head_of(memory, root)
		local at = memory:alloc(8)
		memory:ptr(at, root)
		return at
	end

	setup(function()
		kd, made = open(TYPES, function(memory, types)
			local out = {}
			for kind in pairs(KINDS) do
				local put = linker(memory, types, kind)
				local edge = kind == "threaded" and memory:make("struct item", {}) or nil
				local root = balanced(memory, put, 1, 100, edge, edge)
				out[kind] = { head = head_of(memory, root), root = root, edge = edge }
				-- Damaged ones: what should be left of the root leads astray.
				for name, link in pairs { unreadable = UNMAPPED, poisoned = POISON } do
					local bad = balanced(memory, put, 1, 7, edge, edge)
					put(bad, 1, link)
					out[kind][name] = { head = head_of(memory, bad), root = bad, link = link }
				end
				local bad = balanced(memory, put, 1, 7, edge, edge)
				put(bad, 1, bad)
				out[kind].cycle = { head = head_of(memory, bad), root = bad, link = bad }
			end
			out.empty = head_of(memory, 0)
			out.nowhere = head_of(memory, UNMAPPED)
			local put = linker(memory, types, "splay")
			local last, root = nil, nil
			for key = 3000, 1, -1 do	-- degenerate, as splay trees may be
				root = memory:make("struct item", { key = key })
				put(root, 2, last or 0)
				last = root
			end
			out.degenerate = head_of(memory, root)
			return out
		end)
	end)

	teardown(function()
		kd:close()
	end)

	local function item(at)
		return kvm.pointer(kd:type("struct", "item"):pointer(), at)
	end

	local function walk(kind, of)
		of = of or made[kind]
		if kind == "threaded" then
			return tree.threaded(item(of.root), item(made.threaded.edge), "left", "right")
		end
		return tree.foreach(kvm.object(kd:type("struct", KINDS[kind].head), of.head), kind)
	end

	for kind in pairs(KINDS) do
		it("(" .. kind .. ") is walked in order", function()
			local each, state = walk(kind)
			assert.same(upto(100), keys(each))
			assert.is_nil(state:status())
			assert.is_nil(each())
		end)

		for _, reason in ipairs { "unreadable", "poisoned", "cycle" } do
			it(("(%s) that is damaged (%s) loses what is below"):format(kind, reason), function()
				local of = made[kind][reason]
				local each, state = walk(kind, of)
				assert.same({ 4, 5, 6, 7 }, keys(each))
				local status = state:status()
				assert.equal(reason, status.reason)
				assert.equal(of.link, status.address)
				assert.truthy(status.message:find(("%#x"):format(of.link), 1, true))
			end)
		end
	end

	it("may be empty, out of reach, or degenerate", function()
		assert.same({}, keys((walk("old", { head = made.empty }))))
		local each, state = walk("old", { head = made.nowhere })
		assert.same({}, keys(each))
		assert.equal("unreadable", state:status().reason)
		each, state = walk("old", { head = UNMAPPED })
		assert.same({}, keys(each))
		assert.equal("unreadable", state:status().reason)
		assert.same(upto(3000), keys((walk("splay", { head = made.degenerate }))))
		assert.is_nil(tree.threaded(nil, nil, "left", "right")())
	end)

	it("tells the caller of each miss", function()
		local told = {}
		local head = kvm.object(kd:type("struct", "rb_head"), made.old.cycle.head)
		keys((tree.foreach(head, "old", function(status) told[#told + 1] = status.reason end)))
		assert.same({ "cycle" }, told)
	end)

	it("has to be one", function()
		assert.error_matches(function() tree.foreach(item(made.old.root), "old") end, "no head of a tree")
		assert.error_matches(function()
			tree.foreach(kvm.object(kd:type("struct", "rb_head"), made.old.head), "list")
		end, "no link of a tree")
	end)
end)

for release, text in pairs(TRIES) do
	describe("a pctrie as in " .. release, function()
		local kd, made

		-- A trie over keys, each leaf made by leaf(key); nodes of 4 bits a level.
		local function build_trie(memory, types, struct, child, keys_of, leaf)
			local function node_of(list, level)
				if #list == 1 then
					return leaf(list[1]) | 1
				end
				local node = memory:make(struct, {})
				for slot = 0, 15 do
					local below = {}
					for _, key in ipairs(list) do
						if key >> level * 4 & 15 == slot then
							below[#below + 1] = key
						end
					end
					local at = node + types:offsetof(struct, child) + slot * 8
					-- An empty child is 0, or since 14 a leaf of nothing.
					memory:ptr(at, #below > 0 and node_of(below, level - 1) or
					    release == 15 and 1 or 0)
				end
				return node
			end
			return node_of(keys_of, 3)
		end

		local KEYS = { 0, 1, 15, 16, 255, 256, 4095, 4096, 40000 }

		setup(function()
			kd, made = open(TYPES .. text, function(memory, types)
				local key = types:offsetof("struct item", "key")
				local function value(n)
					return memory:make("struct item", { key = n })
				end
				local out = { trie = memory:alloc(8), radix = memory:alloc(8), empty = memory:alloc(8),
					circle = memory:alloc(8), bad = memory:alloc(8) }
				memory:ptr(out.trie, build_trie(memory, types, "struct pctrie_node", "pn_child", KEYS,
				    function(n) return value(n) + key end))
				local old = release == 12
				memory:ptr(out.radix, build_trie(memory, types, old and "struct vm_radix_node" or
				    "struct pctrie_node", old and "rn_child" or "pn_child", KEYS, value))
				memory:ptr(out.empty, release == 15 and 1 or 0)
				local circle = memory:make("struct pctrie_node", {})
				memory:ptr(circle + types:offsetof("struct pctrie_node", "pn_child"), value(7) | 1)
				memory:ptr(circle + types:offsetof("struct pctrie_node", "pn_child") + 8, circle)
				memory:ptr(out.circle, circle)
				memory:ptr(out.bad, UNMAPPED)
				return out
			end)
		end)

		teardown(function()
			kd:close()
		end)

		local function walk(name, struct)
			return pctrie.foreach(kvm.object(kd:type("struct", struct or "pctrie"), made[name]),
			    "struct item", "key")
		end

		it("is walked by key", function()
			for name, struct in pairs { trie = "pctrie", radix = "vm_radix" } do
				local each, state = walk(name, struct)
				assert.same(KEYS, keys(each))
				assert.is_nil(state:status())
			end
			assert.same({}, keys((walk "empty")))
		end)

		it("hands out the leaves' addresses without a type", function()
			local each = pctrie.foreach(kvm.object(kd:type("struct", "pctrie"), made.trie))
			assert.equal(0, kd:read_uint(each(), 8))
		end)

		it("that is damaged loses what is below", function()
			local each, state = walk "circle"
			assert.same({ 7 }, keys(each))
			assert.equal("cycle", state:status().reason)
			each, state = walk "bad"
			assert.same({}, keys(each))
			assert.equal("unreadable", state:status().reason)
		end)

		it("has to be one", function()
			assert.error_matches(function()
				pctrie.foreach(kvm.object(kd:type("struct", "rb_head"), made.trie))
			end, "no pctrie")
		end)
	end)
end

describe("a hash table", function()
	local kd, made

	setup(function()
		kd, made = open(TYPES, function(memory, types)
			local out = { heads = memory:alloc(8 * 8) }
			local next_of = types:offsetof("struct item", "list")
			for key = 1, 30 do
				local head = out.heads + key % 8 * 8
				local node = memory:make("struct item", { key = key })
				memory:ptr(node + next_of, memory:get(head, 8))
				memory:ptr(head, node)
			end
			memory:ptr(out.heads + 3 * 8, UNMAPPED)
			return out
		end)
	end)

	teardown(function()
		kd:close()
	end)

	it("has chains, each walked as far as it goes", function()
		local heads = kvm.pointer(kd:type("struct", "item_list"):pointer(), made.heads)
		local count, told = 0, nil
		for node, bucket in hash.foreach(heads, 7, "list", function(status) told = status end) do
			assert.equal(node.key % 8, bucket)
			count = count + 1
		end
		assert.equal(26, count)	-- without 3, 11, 19, 27
		assert.equal("unreadable", told.reason)
	end)

	it("has a mask that can be one", function()
		local heads = kvm.pointer(kd:type("struct", "item_list"):pointer(), made.heads)
		for _, mask in ipairs { 6, -1, (1 << 32) - 1 } do
			assert.error_matches(function() hash.foreach(heads, mask, "list") end, "no mask")
		end
	end)
end)
