--- Maps of address spaces, as they were until 12 and as they are since.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local vm_map = require "vmcore.kern.vm_map"

local LAYOUTS = {
	[12] = [[
struct vm_map_entry { struct vm_map_entry *prev, *next, *left, *right; unsigned long start, end; };
struct vm_map { struct vm_map_entry header; int nentries; struct vm_map_entry *root; };]],
	[13] = [[
struct vm_map_entry { struct vm_map_entry *left, *right; unsigned long start, end; };
struct vm_map { struct vm_map_entry header; int nentries; struct vm_map_entry *root; };]],
}

for release, text in pairs(LAYOUTS) do
	describe("a vm_map as in " .. release, function()
		local kd, map, bad

		setup(function()
			local types = forge.types(text)
			local memory = forge.memory { types = types }
			local function build(n)
				local at = memory:make("struct vm_map", { nentries = n })
				local function entry(from, to, low, high)
					if from > to then
						return nil
					end
					local middle = (from + to) // 2
					local e = memory:make("struct vm_map_entry",
					    { start = middle * 4096, ["end"] = middle * 4096 + 4096 })
					local outer = release == 13
					local l = entry(from, middle - 1, low, e) or outer and low or 0
					local r = entry(middle + 1, to, e, high) or outer and high or 0
					memory:ptr(e + types:offsetof("struct vm_map_entry", "left"), l)
					memory:ptr(e + types:offsetof("struct vm_map_entry", "right"), r)
					return e
				end
				local root = entry(1, n, at, at)
				memory:ptr(at + types:offsetof("struct vm_map", "root"), root or 0)
				return at, root
			end
			map = { [0] = build(0), build(1), build(2), [30] = build(30) }
			local root
			bad, root = build(7)
			memory:ptr(root + types:offsetof("struct vm_map_entry", "right"), root)
			local dir = lab.folder()
			forge.kernel { types = types }:write(dir .. "/kernel")
			forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
			kd = assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" })
		end)

		teardown(function()
			kd:close()
		end)

		it("has its entries by address", function()
			for n, at in pairs(map) do
				local each, walk = vm_map.entries(kvm.object(kd:type("struct", "vm_map"), at))
				local count = 0
				for e in each do
					count = count + 1
					assert.equal(count * 4096, e.start)
				end
				assert.equal(n, count)
				assert.is_nil(walk:status())
			end
		end)

		it("that is damaged gives what it has", function()
			local each, walk = vm_map.entries(kvm.object(kd:type("struct", "vm_map"), bad))
			local count = 0
			for _ in each do
				count = count + 1
			end
			assert.equal(4, count)
			assert.equal("cycle", walk:status().reason)
		end)
	end)
end
