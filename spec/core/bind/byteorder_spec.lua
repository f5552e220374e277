--- Objects of targets of either byte order and pointer size.
local forge = require "spec.support.forge"
local kvm = require "kvm"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)

local SOURCE = [[
	enum color { RED, GREEN = 5, BLUE = -1 };
	struct bits {
		unsigned int up : 1;
		unsigned int kind : 3;
		int level : 4;
		unsigned int far : 24;
		unsigned long long most : 63;
		_Bool flag : 1;
	};
	struct node {
		struct node *next;
		short i16; unsigned int u32; long word;
		unsigned long long u64;
		_Bool yes;
		float single; double ratio;
		enum color color;
		struct bits bits;
		char comm[8];
		int numbers[3];
	};
]]

-- name, options of the type set
local TARGETS = {
	{ "amd64", { ptrsize = 8 } },
	{ "powerpc64", { ptrsize = 8, endian = ">" } },
	{ "mips", { ptrsize = 4, endian = ">" } },
	{ "i386", { ptrsize = 4, align = 4 } },
}

local function build(arch, opts)
	local types = forge.types(SOURCE, opts)
	local mem = forge.memory{ arch = arch, types = types }
	local second = mem:make("struct node", { comm = "second" })
	local node = mem:make("struct node", {
		next = second, i16 = -2, u32 = 0xfedcba98, word = -3,
		u64 = 0xfedcba9876543210, yes = true, single = 1.5,
		ratio = -0.1, color = -1, comm = "first",
		numbers = { 1, -2, 3 },
		bits = { up = 1, kind = 5, level = -3, far = 0xabcdef,
			most = 0x7edcba9876543210, flag = true },
	})
	forge.kernel{ arch = arch, types = types, symbols = {
		{ name = "node", addr = node, size = 8,
			ctype = "struct node" } } }:write(DIR .. "/kernel")
	forge.minidump{ memory = mem }:write(DIR .. "/core")
	return node, second
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

for _, target in ipairs(TARGETS) do
	local arch, opts = table.unpack(target)

	describe("an object of " .. arch, function()
		local kd, node, at, second

		setup(function()
			at, second = build(arch, opts)
			kd = assert(kvm.openx{ kernel = DIR .. "/kernel",
				core = DIR .. "/core" })
			node = kvm.object(kd:type("struct", "node"), at)
		end)

		teardown(function()
			kd:close()
		end)

		it("has scalars", function()
			assert.equal(opts.ptrsize, kd:ptrsize())
			assert.equal(opts.endian == ">" and "big" or "little",
			    kd:byteorder())
			assert.equal(-2, node.i16)
			assert.equal(0xfedcba98, node.u32)
			assert.equal(-3, node.word)
			assert.equal(0xfedcba9876543210, node.u64)
			assert.is_true(node.yes)
			assert.equal(1.5, node.single)
			assert.equal(-0.1, node.ratio)
			assert.equal(-1, node.color)
			assert.equal("first", node.comm)
			assert.equal(-2, node.numbers[1])
		end)

		it("has bit-fields", function()
			assert.equal(1, node.bits.up)
			assert.equal(5, node.bits.kind)
			assert.equal(-3, node.bits.level)
			assert.equal(0xabcdef, node.bits.far)
			assert.equal(0x7edcba9876543210, node.bits.most)
			assert.is_true(node.bits.flag)
			local t = kd:type("struct", "bits")
			assert.equal(5, kvm.getter(t, "kind")(node.bits))
		end)

		it("has pointers", function()
			assert.equal(second, kvm.toaddress(node.next))
			assert.equal("second", node.next.comm)
			assert.is_nil(node.next.next)
			assert.equal(opts.ptrsize, kvm.sizeof(node.next))
			assert.equal(-3, (kvm.addressof(node, "numbers")[0] +
			    1)[0] - 1)
			assert.equal(node, kvm.getter(kvm.typeof(node),
			    "next")(node) and kvm.container_of(at +
			    opts.ptrsize, kvm.typeof(node), "i16")[0])
		end)

		it("has addresses of the target's width", function()
			local t = kd:type("struct", "node"):pointer()
			local p = kvm.cast(t, -1)
			local all = opts.ptrsize == 8 and -1 or 0xffffffff
			assert.equal(all, kvm.toaddress(p))
			assert.equal(all, kvm.cast(kd:type("integer",
			    "unsigned long"), -1))
			if opts.ptrsize == 4 then
				assert.is_nil(kvm.cast(t, 1 << 32))
			end
		end)
	end)
end
