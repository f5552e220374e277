--- malloc(9) types of three releases, and what is larger than zones' items.
local forge = require "spec.support.forge"
local kvm = require "kvm"
local lab = require "spec.support.lab"
local malloc = require "vmcore.kern.malloc"
local memstats = require "spec.support.memstats"
local uma = require "spec.support.uma"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("malloc types of " .. layout, function()
		it("count what every CPU took and gave back", function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, i = assert(malloc.new(k)), 0
			for ks in view:each(error) do
				i = i + 1
				local truth, f = sys.system.sys.stats.types[i], view.fields
				assert.equal(truth.at, ks)
				assert.same({ truth.name, truth.used, truth.memory, truth.used + 5, 5 },
				    { f.name(ks), f.used(ks), f.memory(ks), f.allocs(ks), f.frees(ks) })
			end
			assert.equal(2, i)
		end)
	end)
end

describe("malloc types by size", function()
	it("are those that have something of it", function()
		local sys = lab.system("memory 13", { layout = 13, prepare = memstats.prepare(13) })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local view = malloc.new(k)
		assert.same({ { "kqueue" }, { "temp" }, {} }, { view:of_size(32, error), view:of_size(64, error),
			view:of_size(128, error) })
	end)
end)

-- Pages whose structures say what begins there: `fill` is called with a
-- function (number, plinks) and the memory.
local PAGES, PAGE = 12, 4096
local function pages_of(release, fill)
	local types = forge.types(uma.TYPES[release])
	local mem, dir = forge.memory { types = types }, lab.folder()
	local array = mem:alloc(PAGES * types:sizeof "struct vm_page")
	local data = mem:alloc_dmap(PAGES * PAGE, PAGE)
	mem:write(data, ("x"):rep(PAGES * PAGE))
	mem:write(array, ("\0"):rep(PAGES * types:sizeof "struct vm_page"))
	fill(function(i, value)
		mem:ptr(array + i * types:sizeof "struct vm_page" + (release == 12 and 8 or 0), value)
	end, mem)
	forge.kernel { types = types, symbols = {} }:write(dir .. "/kernel")
	forge.minidump { memory = mem, version = 3 }:write(dir .. "/core")
	local k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
	local T, first = k:type "struct vm_page", mem:translate(data)
	return k, data, { type = T, ranges = { { 0, PAGES - 1, array } }, of = function(_, pa)
		local i = (pa - first) // PAGE
		return i >= 0 and i < PAGES and kvm.pointer(T:pointer(), array + i * T.size) or nil
	end }
end

describe("what malloc(9) has of the VM system", function()
	local function ask(k, pages, address)
		local found = malloc.large(k, pages)(address)
		return found and { found.address, found.size, found.unsure or false }
	end

	it("is known to its first page, as its slab says until 12", function()
		local k <close>, data, pages = pages_of(12, function(put, mem)
			local slab = mem:make("struct uma_slab", {})
			mem:u64(slab + 8, 3 * PAGE)
			mem:write(slab + mem.types:offsetof("struct uma_slab", "us_flags"), "\x24")
			put(2, slab)
		end)
		assert.same({ data + 2 * PAGE, 3 * PAGE, false }, ask(k, pages, data + 4 * PAGE + 7))
		assert.is_nil(ask(k, pages, data + 5 * PAGE))
		assert.is_nil(ask(k, pages, data))
	end)

	it("is a number there since 13", function()
		local k <close>, data, pages = pages_of(13, function(put)
			put(2, 3 * PAGE << 1 | 1)
		end)
		assert.same({ data + 2 * PAGE, 3 * PAGE, false }, ask(k, pages, data + 2 * PAGE))
		assert.same({ data + 2 * PAGE, 3 * PAGE, false }, ask(k, pages, data + 5 * PAGE - 1))
		assert.is_nil(ask(k, pages, data + 5 * PAGE))
	end)

	it("has numbers with two bits less, where all say so", function()
		local k <close>, data, pages = pages_of(13, function(put)
			for i = 0, 8 do
				put(i, PAGE << 2 | 1)
			end
			put(9, 2 * PAGE << 2 | 1)
		end)
		assert.same({ data + 9 * PAGE, 2 * PAGE, false }, ask(k, pages, data + 10 * PAGE))
	end)

	it("is what its arena says is taken", function()
		local k <close>, data, pages = pages_of(13, function(put)
			put(2, 3 * PAGE << 1 | 1)
			put(6, PAGE << 1 | 1)
		end)
		-- The second was given back, and its addresses taken by another.
		local find = malloc.large(k, pages, { of = function(_, address)
			local n = (address - data) // PAGE
			return n >= 2 and n < 5 and { address = data + 2 * PAGE, size = 3 * PAGE }
			    or n >= 5 and n < 8 and { address = data + 5 * PAGE, size = 3 * PAGE } or nil
		end })
		assert.same({ address = data + 2 * PAGE, size = 3 * PAGE }, find(data + 4 * PAGE))
		assert.is_nil(find(data + 6 * PAGE))
		assert.is_nil(find(data))
	end)

	it("is at least so large, where that is not clear", function()
		local k <close>, data, pages = pages_of(13, function(put)
			put(0, 2 * PAGE << 1 | 1)
		end)
		assert.same({ data, PAGE, true }, ask(k, pages, data + 9))
	end)
end)
