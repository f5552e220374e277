--- Physical memory and memory objects of freebsd13-amd64, against vm.stats,
-- vm.phys_free and vm.objects a moment before the panic.
local real = require "spec.support.real"
local vm_object = require "vmcore.kern.vm_object"
local vm_pagequeue = require "vmcore.kern.vm_pagequeue"
local vmcore = require "vmcore"

describe("memory of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local k, told = nil, {}

	setup(function()
		k = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		for line in real.truth(dump, "truth/sysctl-all.tsv"):gmatch "[^\n]+" do
			local name, value = line:match "^vm%.stats%.vm%.v_(%S+)\t.-\t.-\t.-\t(.*)"
			if name then
				told[name] = tonumber(value)
			end
		end
	end)

	teardown(function()
		k:close()
	end)

	it("has as many pages of each kind as vm.stats, and as the dump's own counters", function()
		local rows, err, status = real.rows(dump, "pages")
		assert.equal("", err)
		assert.equal(0, status)
		local by = real.by(rows, "kind")
		for kind, name in pairs { active = "active_count", inactive = "inactive_count",
			laundry = "laundry_count", free = "free_count", managed = "page_count" } do
			assert.equal(told[name], by[kind].pages, kind)
			assert.equal(told[name], by[kind].kernel, kind)
		end
		-- The counter begins with the per-CPU counters; 38 pages were wired before.
		assert.equal(7942, told.wire_count + 1)
		assert.equal(7942 + 38, by.wired.pages)
	end)

	it("has the pages of each queue on it", function()
		local queues = assert(vm_pagequeue.new(k))
		for number = 0, 3 do
			local n = 0
			for page in queues:each(0, number, error) do
				assert.equal(number, queues.pages.fields.queue(page))
				n = n + 1
			end
			assert.equal(queues.length(queues:queue_at(0, number)), n)
		end
	end)

	-- Fifteen pages of a run were used.
	local MOVED = { "list 0 pool 0 order 0: 0, now 1", "list 0 pool 0 order 4: 1, now 0" }

	it("has the free lists of vm.phys_free", function()
		local rows, found = real.rows(dump, "pages", "-f"), {}
		-- The kernel prints them in the order of its own array: list 1 is that of
		-- the lowest memory, which the first segment uses.
		for _, row in ipairs(rows) do
			found[("%d %d %d"):format(1 - row.list, row.order, row.pool)] = row.count
		end
		local list, compared, different = nil, 0, {}
		for line in real.truth(dump, "truth/vm.phys_free"):gmatch "[^\n]+" do
			list = line:match "FREE LIST (%d)" or list
			local order, a, b = line:match "^%s+(%d+) %(.-%)%s+|%s+(%d+)%s+|%s+(%d+)"
			for pool, n in pairs(order and { [0] = a, b } or {}) do
				compared = compared + 1
				local now = found[("%s %s %d"):format(list, order, pool)] or 0
				if now ~= tonumber(n) then
					different[#different + 1] = ("list %s pool %d order %s: %s, now %d"):format(list, pool, order,
					    n, now)
				end
			end
		end
		assert.equal(52, compared)
		table.sort(different)
		assert.same(MOVED, different)
	end)

	-- Of the process that asked: where it put the answers, and its stack, which was
	-- cut in three for a system call.
	local ANSWERS = "0xfffff80004187c60: 21 pages 21 active 0 inactive 1 references,"
	    .. " now 32 pages 32 active 0 inactive 1 references"
	local STACK = "0xfffff80004187e70: 2 pages 2 active 0 inactive 1 references,"
	    .. " now 2 pages 2 active 0 inactive 3 references"

	it("has the objects of vm.objects, with their pages", function()
		local objects, queue = assert(vm_object.new(k)), assert(vm_pagequeue.new(k)).pages.fields.queue
		local compared, before, different = 0, nil, {}
		for _, kvo in ipairs(real.sized_records(dump.types, "struct kinfo_vmobject",
		    real.truth(dump, "truth/vm.objects"))) do
			local at = kvo.kvo_me
			-- Only anonymous ones have their address there, others that of the one before.
			if at ~= 0 and at ~= before then
				local n, queues = 0, { [0] = 0, [1] = 0, [2] = 0, [255] = 0 }
				for _, page in objects:pages(at, error) do
					n, queues[queue(page)] = n + 1, queues[queue(page)] + 1
				end
				local of = objects.fields
				assert.equal(n, of.resident(at))
				assert.same({ kvo.kvo_shadow_count, kvo.kvo_size }, { of.shadows(at), of.size(at) * 4096 },
				    ("object %#x"):format(at))
				local was, now = ("%d pages %d active %d inactive %d references"):format(kvo.kvo_resident,
				    kvo.kvo_active, kvo.kvo_inactive, kvo.kvo_ref_count), ("%d pages %d active %d inactive"
				    .. " %d references"):format(n, queues[1], queues[0], of.refs(at))
				different[#different + 1] = was ~= now and ("%#x: %s, now %s"):format(at, was, now) or nil
				compared = compared + 1
			end
			before = at
		end
		assert.same({ ANSWERS, STACK }, different)
		assert.is_true(compared > 100)
	end)
end)
