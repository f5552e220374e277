--- Items of UMA's slabs and their pages, in layouts of two generations.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local net = require "spec.support.net"
local slab = require "vmcore.kern.uma.slab"
local made_of = require "spec.support.uma"
local uma = require "vmcore.kern.uma"
local vm_page = require "vmcore.kern.vm_page"
local vmcore = require "vmcore"
local whatis = require "vmcore.kern.whatis"

local function open(made)
	local dir = lab.folder()
	forge.kernel { types = made.types, symbols = made.symbols }:write(dir .. "/kernel")
	forge.minidump { memory = made.memory, version = 3 }:write(dir .. "/core")
	return assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
end

for _, release in ipairs { 12, 13 } do
	describe("slabs as in " .. release, function()
		local k, made, slabs

		setup(function()
			made = made_of.build(release)
			k = open(made)
			slabs = assert(slab.new(uma.new(k, error)))
		end)

		teardown(function()
			k:close()
		end)

		local function of(address)
			local found = slabs:of(address)
			return found and { found.name, found.item, found.offset, found.state, found.where }
		end

		it("whose pages lead to them have items", function()
			assert.same({ "PROC", made.small, 0, "allocated" }, of(made.small))
			assert.same({ "PROC", made.small + 32, 31, "allocated" }, of(made.small + 63))
			assert.same({ "PROC", made.small + 64, 1, "free" }, of(made.small + 65))
			assert.same({ "PROC", made.small + 96, 0, "cached", "CPU 1" }, of(made.small + 96))
			assert.same({ "PROC", made.small + 160, 8, "cached", "domain 0" }, of(made.small + 168))
			assert.same({ "PROC", nil, nil, "unused" }, of(made.small + 100 * 32))
		end)

		it("that pages don't lead to are found too", function()
			assert.same({ "malloc-1024", made.large, 5, "allocated" }, of(made.large + 5))
			assert.same({ "malloc-1024", made.large + 4096, 0, "allocated" }, of(made.large + 4096))
			assert.same({ "malloc-1024", made.large + 1024, 1, "cached", "domain 0" }, of(made.large + 1025))
			assert.same({ "malloc-1024", made.large + 7168, 0, "free" }, of(made.large + 7168))
		end)

		it("are not everywhere", function()
			assert.is_nil(of(made.kegs[1]))
			assert.is_nil(of(0xfffffe0000123000))
		end)

		it("lie in pages", function()
			local pages = vm_page.new(k)
			local pa = k.kd:translate(made.small).paddr
			assert.equal(made.page, vmcore.toaddress(pages:of(pa + 100)))
			local page, offset = pages:at(made.page + 8)
			assert.equal(made.page, vmcore.toaddress(page))
			assert.equal(8, offset)
			assert.is_nil(pages:of(1 << 40))
			assert.is_nil(pages:at(made.small))
		end)

		it("tell whatis", function()
			local answers = whatis.new(k):ask(made.small + 4)
			assert.equal("item", answers[1].kind)
			assert.equal(("zone PROC: allocated, 32 bytes at 0x%x: struct proc 0x%x, p_comm")
			    :format(made.small, made.small), answers[1].text)
			answers = whatis.new(k):ask(made.small + 96)
			assert.equal(("zone PROC: cached (CPU 1, alloc bucket), 32 bytes at 0x%x"):format(made.small + 96),
			    answers[1].text:match "^[^:]*: [^:]*")
			assert.equal("page", answers[2].kind)
			assert.equal("direct map", answers[3].kind)
		end)
	end)

	describe("damaged slabs as in " .. release, function()
		it("cost what they lead to", function()
			local made = made_of.build(release)
			-- The second keg's list of slabs is poisoned, the zones' run in a circle.
			local domain = made.types:offsetof("struct uma_keg", "uk_domain") +
			    made.types:offsetof("struct uma_domain", "ud_part_slab")
			made.memory:ptr(made.kegs[2] + domain, 0xdeadc0dedeadc0de)
			made.memory:ptr(made.zone + made.types:offsetof("struct uma_zone", "uz_link"), made.zone)
			local k <close> = open(made)
			local told = {}
			local slabs = slab.new(uma.new(k, function(message) told[#told + 1] = message end))
			assert.equal(1, #told)
			assert.matches("runs in a circle", told[1])
			assert.equal("allocated", slabs:of(made.small).state)
			assert.is_nil(slabs:of(made.large))
		end)

		it("hold no more than their pages have room for", function()
			local made = made_of.build(release)
			made.memory:u16(made.kegs[1] + made.types:offsetof("struct uma_keg", "uk_ipers"), 0xffff)
			local k <close> = open(made)
			local told, n = {}, 0
			local slabs = slab.new(uma.new(k, function(message) told[#told + 1] = message end))
			for _ in slabs:given(made.kegs[1]) do
				n = n + 1
			end
			assert.is_true(n < 4096)
			assert.matches("65535 items of %d+ bytes are too many for a slab", table.concat(told, "\n"))
		end)

		it("are looked at in finite time, whatever the kernel says there is of them", function()
			local made = made_of.build(release)
			for _, symbol in ipairs(made.symbols) do
				if symbol.name == "mp_maxid" or symbol.name == "vm_ndomains" then
					made.memory:u32(symbol.addr, 0x7fffffff)
				end
			end
			made.memory:u16(made.kegs[2] + made.types:offsetof("struct uma_keg", "uk_ppera"), 0xffff)
			made.memory:u32(made.kegs[1] + made.types:offsetof("struct uma_keg", "uk_rsize"), 0)
			local k <close> = open(made)
			local slabs = slab.new(uma.new(k))
			assert.equal("unused", slabs:of(made.small).state)
			assert.equal(made.large, slabs:of(made.large).item)
		end)
	end)
end

describe("a keg whose slabs are said to be elsewhere", function()
	it("has items that nothing tells the place of", function()
		local sys = net.system(13, "net slabs elsewhere", function(s)
			local set, n = s.sys.types, s.sys.net
			local keg = s.memory:get(s.sys.by_name.uma_kegs.addr, 8)
			while s.memory:get(keg + set:offsetof("struct uma_keg", "uk_zones"), 8) ~= n.zones.mbuf do
				keg = s.memory:get(keg + set:offsetof("struct uma_keg", "uk_link"), 8)
			end
			s.memory:struct(keg, "struct uma_keg", { uk_pgoff = 0 })
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local told = {}
		local view = uma.new(k, function(message) told[#told + 1] = message end)
		for _ in slab.new(view):items(view:find "mbuf"[1].keg) do
			error "there is none"
		end
		assert.matches("does not tell where$", told[1])
	end)
end)

describe("a slab that says that it has no items", function()
	it("costs those", function()
		local sys = net.system(12, "net slab without items", function(s)
			s.memory:struct(s.sys.net.slabs[1].page + 4096 - 96, "struct uma_slab", { us_data = 0 })
		end)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local told, n = {}, 0
		local view = uma.new(k, function(message) told[#told + 1] = message end)
		for _ in slab.new(view):items(view:find "mbuf"[1].keg) do
			n = n + 1
		end
		assert.equal((#sys.net.slabs - 1) * sys.net.per_slab, n)
		assert.same({ 1, true }, { #told, told[1]:find "that it has no items$" ~= nil })
	end)
end)

describe("a kernel without types of UMA", function()
	it("has no slabs to ask", function()
		local types = forge.types "struct item { int n; };"
		local memory = forge.memory { types = types }
		memory:make("struct item", { n = 1 })
		local k <close> = open { types = types, memory = memory }
		assert.is_nil(uma.new(k))
		assert.is_nil(vm_page.new(k))
	end)
end)
