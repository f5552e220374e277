--- Free memory: segments, what of them the allocator was given, reservations.
local lab = require "spec.support.lab"
local vm_phys = require "vmcore.kern.vm_phys"
local vmaps = require "spec.support.vmaps"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("free memory of " .. layout, function()
		it("is in segments, buddy queues and reservations", function()
			local sys = lab.system("maps " .. layout, { layout = layout, prepare = vmaps.prepare(layout),
				change = vmaps.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local phys = assert(vm_phys.new(k))
			local segs = phys:segments(error)
			assert.equal(1, #segs)
			assert.same({ 0x100000, 0x140000, 0, sys.truth.vm.array },
			    { segs[1].first, segs[1].last, segs[1].domain, segs[1].pages })
			local parts = phys:parts(error)
			assert.same({ { 0x100000, 0x104000, false }, { 0x104000, 0x140000, true } },
			    { { parts[1].first, parts[1].last, parts[1].given }, { parts[2].first, parts[2].last,
			    parts[2].given } })
			local runs, lists = 0, 0
			for list in phys:free_lists(error) do
				lists, runs = lists + 1, runs + list.count
				assert.equal(list.count == 1, list.order == 3 and list.pool == 0)
			end
			assert.equal(26, lists)
			assert.equal(1, runs)
			local found = {}
			for rv in phys:reservations(error) do
				found[#found + 1] = { rv.domain, rv.object, rv.used, rv.free }
			end
			assert.same({ { 0, sys.truth.vm.file, 508, 4 } }, found)
		end)
	end)
end

describe("free memory with damage", function()
	-- What is reported, and how many queues there are.
	local function lists(name, change)
		local sys = lab.system("free memory, " .. name, { layout = 13, prepare = vmaps.prepare(13),
			change = function(s)
				vmaps.place(s)
				change(s.sys, s.memory)
			end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local said, n = {}, 0
		for _ in vm_phys.new(k):free_lists(function(message) said[#said + 1] = message end) do
			n = n + 1
		end
		return { table.concat(said, "; "), n }
	end

	it("has no more segments than there can be", function()
		for _, count in ipairs { 0xdeadc0de, 0x7fffffff } do
			local found = lists(count, function(sys, memory)
				memory:u32(sys.by_name.vm_phys_nsegs.addr, count)
			end)
			assert.matches("vm_phys_nsegs: there can't be %-?%d+ segments", found[1])
			assert.equal(0, found[2])
		end
	end)

	it("may have a segment without queues", function()
		assert.same({ "", 0 }, lists("no queues", function(sys, memory)
			memory:struct(sys.by_name.vm_phys_segs.addr, "struct vm_phys_seg", { free_queues = 0 })
		end))
	end)
end)

it("a kernel that does not tell of segments has none", function()
	local sys = lab.system("13", { layout = 13 })
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	assert.is_nil(vm_phys.new(k))
end)
