--- Variables of network stacks, in layouts of two generations, and without any.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local netstack = require "vmcore.kern.netstack"
local vmcore = require "vmcore"
local vnet = require "vmcore.kern.vnet"

local COMMON = [[
struct ifnet { int if_index; };
struct prison { struct { struct prison *tqe_next; struct prison **tqe_prev; } pr_list; int pr_id;
	struct vnet *pr_vnet; };
struct prisonlist { struct prison *tqh_first; struct prison **tqh_last; };
]]
local LAYOUTS = {
	[12] = [[struct vnet { struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le;
		unsigned int vnet_magic_n; void *vnet_data_mem; unsigned long vnet_data_base; };]],
	[15] = [[struct vnet { struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le;
		unsigned int vnet_magic_n; unsigned int vnet_ifcnt; unsigned int vnet_sockcnt;
		unsigned int vnet_state; void *vnet_data_mem; unsigned long vnet_data_base; _Bool vnet_shutdown; };]],
}

local function symbol(name, addr, size, ctype)
	return { name = name, addr = addr, size = size or 8, ctype = ctype, type = "object" }
end

local function open(types, memory, symbols)
	local dir = lab.folder()
	forge.kernel { types = types, symbols = symbols }:write(dir .. "/kernel")
	forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
	return assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
end

for release, text in pairs(LAYOUTS) do
	describe("network stacks as in " .. release, function()
		local k, stacks, data

		setup(function()
			local types = forge.types(COMMON .. text)
			local memory = forge.memory { types = types }
			local SET <const> = memory:alloc(4096)
			stacks, data = {}, {}
			for i = 1, 2 do
				data[i] = memory:alloc(4096)
				memory:u32(data[i] + 128, 40 + i)
				stacks[i] = memory:make("struct vnet", { vnet_magic_n = 0x5e4a6f28,
					vnet_data_mem = data[i], vnet_data_base = data[i] - SET })
			end
			memory:ptr(stacks[1], stacks[2])
			local head, vnet0, prisons = memory:alloc(8), memory:alloc(8), memory:alloc(16)
			memory:ptr(head, stacks[1])
			memory:ptr(vnet0, stacks[2])
			local prison0 = memory:make("struct prison", { pr_id = 0, pr_vnet = stacks[2] })
			memory:ptr(prisons, memory:make("struct prison", { pr_id = 3, pr_vnet = stacks[1] }))
			k = open(types, memory, {
				symbol("vnet_head", head), symbol("vnet0", vnet0, 8, "struct vnet *"),
				symbol("prison0", prison0, types:sizeof "struct prison", "struct prison"),
				symbol("allprison", prisons, 16, "struct prisonlist"),
				symbol("__start_set_vnet", SET, 0), symbol("__stop_set_vnet", SET + 4096, 0),
				symbol("vnet_entry_first", SET + 128, 4, "struct ifnet"),
			})
		end)

		teardown(function()
			k:close()
		end)

		it("are listed", function()
			local found = {}
			for stack in vnet.each(k) do
				found[#found + 1] = vmcore.toaddress(stack)
			end
			assert.same(stacks, found)
			assert.is_true(vnet.has(k))
		end)

		it("belong to jails", function()
			assert.equal(stacks[2], vmcore.toaddress(vnet.of_jail(k, 0)))
			assert.equal(stacks[1], vmcore.toaddress(vnet.of_jail(k, 3)))
			assert.is_nil(vnet.of_jail(k, 4))
		end)

		it("have variables of their own", function()
			assert.equal(42, vnet.variable(k, "first").if_index)
			assert.equal(41, vnet.variable(k, "first", stacks[1]).if_index)
			assert.equal(41, vnet.variable(k, "first", vnet.of_jail(k, 3)).if_index)
			assert.error_matches(function() vnet.variable(k, "nosuch") end, "nosuch")
			assert.error_matches(function() vnet.variable(k, "prison0") end, "no variable of a network")
		end)

		it("tell whose an address is", function()
			assert.same({ vnet = stacks[2], name = "first", offset = 2 }, vnet.owner(k, data[2] + 130))
			assert.is_nil(vnet.owner(k, stacks[1]))
		end)

		it("that are damaged fault", function()
			assert.has_error(function() vnet.variable(k, "first", 0xfffffe0000123000) end)
		end)
	end)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("network stacks of a system with modules as in " .. layout, function()
		local w, k = modworld.new { layout = layout }, nil

		setup(function()
			local sys = lab.system("vnet modules " .. layout, w.options)
			w:write(sys.dir)
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		end)

		teardown(function()
			k:close()
		end)

		it("are found by jail, name, pointer and address", function()
			local function found(which)
				return vmcore.toaddress(vnet.find(k, which))
			end
			local host, www = w.stacks[1].vnet, w.stacks[2].vnet
			for _, which in ipairs { 0, "0", host, k.var.vnet0 } do
				assert.equal(host, found(which))
			end
			assert.equal(host, found(nil))
			for _, which in ipairs { 1, "www", www, vnet.of_jail(k, 1) } do
				assert.equal(www, found(which))
			end
			assert.error_matches(function() found "nosuch" end, "there is no jail nosuch")
			assert.error_matches(function() found(99) end, "there is no jail 99 with a network stack, nor")
			assert.has_error(function() found(7) end)
			assert.error_matches(function() found(host + 16) end, "there is no network stack at 0x")
			assert.has_error(function() found(0xdeadc0dedeadc0de) end)
		end)

		it("have them as what commands of the network ask", function()
			local nets = netstack.new(k, error)
			for i, stack in ipairs(nets.list) do
				assert.equal(w.files[2]:address_of "vnet_entry_dyn_hits" + w.stacks[i].base,
					nets:address(stack, "dyn_hits"))
			end
			assert.equal("int", tostring(nets:type "dyn_hits"))
			assert.is_nil(nets:address(nets.list[1], "nosuch"))
		end)

		it("tell their jails", function()
			assert.same({ 0, "0" }, { vnet.jail(k, w.stacks[1].vnet) })
			assert.same({ 1, "www" }, { vnet.jail(k, vnet.find(k, "www")) })
			assert.is_nil(vnet.jail(k, 16))
		end)

		it("have the variables of modules", function()
			assert.equal(2, vnet.variable(k, "own", 1).number)
			for i in ipairs(w.stacks) do
				assert.equal(100 * i + 10, vnet.variable(k, "demo_hits", i - 1))
				assert.equal(100 * i + 20, vnet.variable(k, "dyn_hits", i == 2 and "www" or nil))
			end
			local address, t = vnet.address(k, "demo_hits", "www")
			assert.equal(w.files[1]:address_of "vnet_entry_demo_hits" + w.stacks[2].base, address)
			assert.equal("int", tostring(t))
			-- kvm_nlist(3) has them, as the selected stack does.
			assert.equal(w.files[1]:address_of "vnet_entry_demo_hits" + w.stacks[1].base, k.kd:lookup "demo_hits")
			k.kd:vnet_select(w.stacks[2].vnet)
			assert.equal(address, k.kd:lookup "demo_hits")
			k.kd:vnet_select()
		end)

		it("tell whose an address is, in modules too", function()
			local stack = w.stacks[2]
			assert.same({ vnet = stack.vnet, name = "dyn_hits", offset = 1, module = "dyn.ko" },
				vnet.owner(k, w.files[2]:address_of "vnet_entry_dyn_hits" + stack.base + 1))
			assert.same({ vnet = stack.vnet, name = "own", offset = 0 },
				vnet.owner(k, k:symbol "vnet_entry_own".value + stack.base))
			assert.same({ vnet = stack.vnet, offset = 0 },
				vnet.owner(k, k:symbol "vnet_entry_modspace".value + 0x300 + stack.base))
		end)
	end)
end

describe("a kernel without VIMAGE", function()
	it("has plain variables", function()
		local types = forge.types(COMMON)
		local memory = forge.memory { types = types }
		local at = memory:make("struct ifnet", { if_index = 9 })
		local k <close> = open(types, memory, { symbol("first", at, 4, "struct ifnet") })
		assert.is_false(vnet.has(k))
		assert.is_nil(vnet.each(k)())
		assert.equal(9, vnet.variable(k, "first").if_index)
		assert.is_nil(vnet.owner(k, at))
	end)
end)
