--- Arenas of kernel addresses.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local vmem = require "vmcore.kern.vmem"

-- The same from 12 to 15 (kern/subr_vmem.c).
local TYPES = [[
struct vmem_btag { struct { struct vmem_btag *tqe_next; struct vmem_btag **tqe_prev; } bt_seglist;
	unsigned long bt_start; unsigned long bt_size; int bt_type; };
struct vmem_seglist { struct vmem_btag *tqh_first; struct vmem_btag **tqh_last; };
struct vmem { struct { struct vmem *le_next; struct vmem **le_prev; } vm_alllist; struct vmem_seglist vm_seglist; };
struct vmem_list { struct vmem *lh_first; };
]]
local SPAN, FREE, BUSY = 1, 3, 4

-- An arena of tags { type, start, size }.
local function arena(mem, next_one, tags)
	local first = 0
	for i = #tags, 1, -1 do
		first = mem:make("struct vmem_btag", { bt_type = tags[i][1], bt_start = tags[i][2], bt_size = tags[i][3],
			["bt_seglist.tqe_next"] = first })
	end
	return mem:make("struct vmem", { ["vm_alllist.le_next"] = next_one, ["vm_seglist.tqh_first"] = first }), first
end

local function opened(change, report)
	local types = forge.types(TYPES)
	local mem, dir = forge.memory { types = types }, lab.folder()
	-- One that imports from another what it gives away.
	local outer = arena(mem, 0, { { SPAN, 0x100000, 0x80000 }, { BUSY, 0x140000, 0x10000 }, { BUSY, 0x100000, 0x10000 } })
	local inner, tag = arena(mem, outer, { { SPAN, 0x100000, 0x10000 }, { BUSY, 0x100000, 0x3000 },
		{ FREE, 0x103000, 0xd000 } })
	local list = mem:make("struct vmem_list", { lh_first = inner })
	if change then
		change(mem, tag)
	end
	forge.kernel { types = types, symbols = { { name = "vmem_list", addr = list, size = 8, type = "object",
		ctype = "struct vmem_list" } } }:write(dir .. "/kernel")
	forge.minidump { memory = mem, version = 3 }:write(dir .. "/core")
	local k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
	return k, vmem.new(k, report)
end

describe("an address of the kernel", function()
	it("is of what was taken, the smallest piece", function()
		local _ <close>, view = opened(nil, error)
		assert.same({ address = 0x100000, size = 0x3000 }, view:of(0x102fff))
		assert.same({ address = 0x100000, size = 0x10000 }, view:of(0x103000))
		assert.same({ address = 0x140000, size = 0x10000 }, view:of(0x140000))
		assert.is_nil(view:of(0x150000))
		assert.is_nil(view:of(0xfff))
	end)

	it("is looked for as far as tags can be read", function()
		local told = {}
		local _ <close>, view = opened(function(mem, tag)
			mem:struct(tag, "struct vmem_btag", { ["bt_seglist.tqe_next"] = 0xdeadc0dedeadc0de })
		end, function(message) told[#told + 1] = message end)
		assert.same({ address = 0x100000, size = 0x10000 }, view:of(0x100000))
		assert.equal(1, #told)
		assert.matches("vm_seglist: .*poisoned", told[1])
	end)

	it("is of nothing where the kernel does not tell", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil(vmem.new(k))
	end)
end)
