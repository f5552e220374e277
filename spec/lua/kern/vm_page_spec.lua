--- Physical pages: of one array, and of segments.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local vm_page = require "vmcore.kern.vm_page"
local vmcore = require "vmcore"

local PAGE <const> = 4096
local types = forge.types [[
struct vm_page { void *object; unsigned long pindex; unsigned long phys_addr; };
struct vm_phys_seg { unsigned long start; unsigned long end; struct vm_page *first_page; };
]]
local SIZE = types:sizeof "struct vm_page"

-- Pages of the ranges { first page, count }, an array each; and the variables
-- that lead to them.
local function build(ranges, dense)
	local memory = forge.memory { types = types }
	local symbols = {}
	local function variable(name, size)
		local at = memory:alloc(size)
		symbols[#symbols + 1] = { name = name, addr = at, size = size, type = "object" }
		return at
	end
	local segs, made = variable("vm_phys_segs", 64 * types:sizeof "struct vm_phys_seg"), { memory = memory }
	for i, range in ipairs(ranges) do
		made[i] = memory:alloc(range[2] * SIZE)
		for n = 0, range[2] - 1 do
			memory:u64(made[i] + n * SIZE + types:offsetof("struct vm_page", "phys_addr"), (range[1] + n) * PAGE)
		end
		local seg = segs + (i - 1) * types:sizeof "struct vm_phys_seg"
		memory:u64(seg, range[1] * PAGE)
		memory:u64(seg + 8, (range[1] + range[2]) * PAGE)
		memory:ptr(seg + 16, dense and 0 or made[i])
	end
	memory:u32(variable("vm_phys_nsegs", 4), #ranges)
	memory:ptr(variable("vm_page_array", 8), dense and made[1] or 0)
	memory:u64(variable("first_page", 8), ranges[1][1])
	memory:u64(variable("vm_page_array_size", 8), dense and ranges[1][2] or 0)
	local dir = lab.folder()
	forge.kernel { types = types, symbols = symbols }:write(dir .. "/kernel")
	forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
	return assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" }), made
end

describe("pages", function()
	it("of segments are found by physical address, and by their own", function()
		local k, made = build { { 16, 4 }, { 1000, 8 } }
		local pages <const> = vm_page.new(k)
		assert.equal(made[1], vmcore.toaddress(pages:of(16 * PAGE)))
		assert.equal(made[2] + 7 * SIZE, vmcore.toaddress(pages:of(1008 * PAGE - 1)))
		assert.is_nil(pages:of(20 * PAGE))
		local page, offset = pages:at(made[2] + SIZE + 8)
		assert.equal(made[2] + SIZE, vmcore.toaddress(page))
		assert.equal(8, offset)
		assert.is_nil(pages:at(made[2] + 8 * SIZE))
		k:close()
	end)

	it("of one array are found the same way", function()
		local k, made = build({ { 16, 4 } }, true)
		assert.equal(made[1] + SIZE, vmcore.toaddress(vm_page.new(k):of(17 * PAGE)))
		k:close()
	end)

	it("that say something else of themselves are not believed", function()
		local k, made = build { { 16, 4 } }
		assert.is_not_nil(made[1])
		assert.is_nil(vm_page.new(k):of(15 * PAGE))
		k:close()
	end)
end)
