--- Paging queues, and the count of every page, also of pages that are not dumped.
local lab = require "spec.support.lab"
local vm_pagequeue = require "vmcore.kern.vm_pagequeue"
local vmaps = require "spec.support.vmaps"
local vmcore = require "vmcore"

local function opened(name, layout, change)
	local sys = lab.system(name, { layout = layout, prepare = vmaps.prepare(layout), change = change })
	local k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	return k, assert(vm_pagequeue.new(k)), sys
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("page queues of " .. layout, function()
		it("have their pages in order, as many as they say", function()
			local k <close>, queues, sys = opened("maps " .. layout, layout, vmaps.place)
			local size, found = k:type("struct vm_page").size, {}
			for page in queues:each(0, 1, error) do
				found[#found + 1] = (page - sys.truth.vm.array) // size
			end
			assert.same({ 10, 11, 12, 13, 14, 15, 16 }, found)
			assert.equal(7, queues.length(queues:queue_at(0, 1)))
			local counts = queues:count(error)
			assert.same({ 1, 7, 0, 1, 4, 60, 4 }, { counts[0][0], counts[0][1], counts[0][2], counts[0][6],
				counts[0].wired, counts[0].total, counts[0].outside })
		end)
	end)
end

describe("pages that can't be read", function()
	it("are said to be missing", function()
		local k <close>, queues = opened("no page array", 13, function(s)
			vmaps.place(s)
			s.memory:ptr(s.sys.by_name.vm_phys_segs.addr +
			    s.types:offsetof("struct vm_phys_seg", "first_page"), 0xfffffe0000123000)
			s.memory:ptr(s.sys.by_name.vm_page_array.addr, 0xfffffe0000123000)
		end)
		assert.is_true(k:has_type "struct vm_page")
		local messages = {}
		local counts = queues:count(function(message) messages[#messages + 1] = message end)
		assert.equal(0, counts[0].total)
		assert.equal(1, #messages)
		assert.matches("0x104000", messages[1])
	end)

	it("are not looked for forever, when a segment claims all of memory", function()
		local k <close>, queues = opened("endless segment", 13, function(s)
			vmaps.place(s)
			local segs = s.sys.by_name.vm_phys_segs.addr
			s.memory:u64(segs + s.types:offsetof("struct vm_phys_seg", "end"), 1 << 62)
			s.memory:u64(s.sys.by_name.phys_avail.addr + 8, 1 << 62)
		end)
		assert.is_true(k:has_type "struct vm_page")
		local messages = {}
		local counts = queues:count(function(message) messages[#messages + 1] = message end)
		assert.is_true(counts[0].total < 100000)
		assert.equal(9, #messages)
		assert.matches("were not looked at", messages[9])
	end)
end)
