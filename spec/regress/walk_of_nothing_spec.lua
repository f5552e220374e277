--- A walk over a page of 512 GiB of which nothing was dumped took a minute: it
-- asked the page index for each 4 KiB. Found by spec/fuzz/core.c.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local function machine()
	local mem = forge.memory{ arch = "powerpc64radix",
		ram = { { 0, 0x100000 }, { 0x200000, 0x10000000 } },
		free = 0x1000000, top = 0x10000000 }
	mem:map((mem.heap + (1 << 40)) & -(1 << 39), 1 << 39, { size = 1 << 39 })
	return mem
end

describe("a large page of which nothing was dumped", function()
	it("is walked at once", function()
		local kd = assert(reader.open(forge.minidump{ memory = machine() }))
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

	it("is walked at once where the dump has no memory at all", function()
		local dump = forge.minidump{ memory = machine() }
		local text = dump:tostring()
		local at = dump.at.avail
		text = text:sub(1, at) .. ("\0"):rep(4096) .. text:sub(at + 4097)
		local kd = assert(reader.open(text))
		local from = os.clock()
		assert.is_true(kd:walk_pages(function() end))
		assert.is_true(os.clock() - from < 2)
	end)
end)
