--- A walk over a page of 512 GiB of which nothing was dumped took a minute: it
-- asked the page index for each 4 KiB. Found by spec/fuzz/core.c.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

describe("a large page of which nothing was dumped", function()
	it("is walked at once", function()
		local mem = forge.memory{ arch = "powerpc64radix",
			ram = { { 0, 0x100000 }, { 0x200000, 0x10000000 } },
			free = 0x1000000, top = 0x10000000 }
		local va = (mem.heap + (1 << 40)) & -(1 << 39)
		mem:map(va, 1 << 39, { size = 1 << 39 })
		local kd = assert(reader.open(forge.minidump{ memory = mem }))
		local from, runs, bytes = os.clock(), 0, 0
		assert.is_true(kd:walk_pages(function(page)
			if page.kmap_vaddr and not page.offset then
				runs, bytes = runs + 1, bytes + page.len
			end
		end))
		assert.equal(1 << 39, bytes)
		assert.equal(1, runs)
		assert.is_true(os.clock() - from < 2)
	end)
end)
