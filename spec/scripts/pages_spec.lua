--- `vmcore pages`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local vmaps = require "spec.support.vmaps"

local function made(layout)
	return lab.system("maps " .. layout, { layout = layout, prepare = vmaps.prepare(layout),
		change = vmaps.place })
end

-- A queue that leads nowhere, pages that are not in the dump.
local function break_it(s)
	vmaps.place(s)
	local set, vm = s.types, s.truth.vm
	local size = set:sizeof "struct vm_page"
	s.memory:ptr(vm.array + 12 * size, 0xdeadc0dedeadc0de)
	s.memory:ptr(s.sys.by_name.vm_phys_segs.addr + set:offsetof("struct vm_phys_seg", "free_queues"),
	    0xfffffe0000123000)
end

describe("pages", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("counts by what they are used for, of " .. layout, function()
			local rows, err, status = lab.rows(made(layout), "pages")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = ("%s %d %s %s"):format(row.kind, row.pages, row.kernel == lab.null and "-" or row.kernel,
				    row.pending == lab.null and "-" or row.pending)
			end
			assert.same({ "inactive 1 1 0", "active 7 7 0", "laundry 0 0 1", "unswappable 0 0 0", "wired 4 - -",
				"free 12 12 -", "  in buddy queues 8 - -", "  in reservations 4 - -",
				"cached by CPUs 0 - -", "unclaimed 35 - -", "managed 60 60 -", "not managed 4 - -" }, found)
		end)

		it("lists those of a queue, of an object, of an address, of " .. layout, function()
			local sys = made(layout)
			local vm, size = sys.truth.vm, sys.system.types:sizeof "struct vm_page"
			local function numbers(...)
				local found = {}
				for i, row in ipairs((lab.rows(sys, "pages", ...))) do
					found[i] = (tonumber(row.addr) - vm.array) // size
					assert.equal(("0x%x"):format((0x100 + found[i]) * 4096), row.pa)
				end
				return found
			end
			assert.same({ 20 }, numbers("-q", "inactive"))
			assert.same({ 10, 11, 12, 13, 14, 15, 16 }, numbers("-q", "active"))
			assert.same({ 10, 11, 12 }, numbers("-o", ("%#x"):format(vm.file)))
			assert.same({ 60, 5 }, numbers("0x13c123", ("%#x"):format(vm.array + 5 * size + 8)))
			local row = lab.rows(sys, "pages", "0x10b000")[1]
			assert.same({ "active", 0, "0x1", "ENQUEUED" }, { row.queue, row.wired, row.pindex, row.flags })
		end)

		it("has the buddy queues, of " .. layout, function()
			local rows = lab.rows(made(layout), "pages", "-f")
			assert.equal(1, #rows)
			assert.same({ 0, 0, 3, 32768, 1, 8 }, { rows[1].domain, rows[1].pool, rows[1].order, rows[1].run,
				rows[1].count, rows[1].pages })
		end)
	end

	it("says what has no page, and takes no other queue", function()
		local sys = made(13)
		local rows, err, status = lab.rows(sys, "pages", "0x10")
		assert.same({}, rows)
		assert.equal(1, status)
		assert.matches("0x10: no page", err)
		assert.equal(2, (select(3, lab.rows(sys, "pages", "-q", "lost"))))
	end)

	it("prints a healthy system", function()
		local sys = made(13)
		local text = ""
		for _, words in ipairs { {}, { "-f" }, { "-q", "active" } } do
			local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "pages", table.unpack(words))
			assert.equal("", err)
			assert.equal(0, status)
			text = text .. out
		end
		lab.golden("pages", text)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("pages damaged", { layout = 13, prepare = vmaps.prepare(13), change = break_it })
		local text = ""
		for _, words in ipairs { {}, { "-f" }, { "-q", "active" } } do
			local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "pages", table.unpack(words))
			assert.equal(1, status)
			text = text .. out .. "--- standard error\n" .. err
		end
		lab.golden("pages-damaged", text)
	end)
end)
