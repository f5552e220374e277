--- Threads that are in the same place.
local group = require "vmcore.kern.stack.group"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

describe("groups of stacks", function()
	local sys, k

	setup(function()
		sys = lab.system("13", { layout = 13 })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	end)

	teardown(function()
		k:close()
	end)

	-- A thread's functions as the system was built, without offsets.
	local function place(thread)
		local names = {}
		for i, frame in ipairs(thread.trace) do
			names[i] = ("%s+%d"):format(frame.name, frame.offset or 0)
		end
		return table.concat(names, " ")
	end

	it("have every thread once, those that are in one place together", function()
		local groups, broken = group.gather(k, {}, error)
		assert.equal(0, broken)
		local by_place, seen, before = {}, 0, math.huge
		for _, one in ipairs(groups) do
			assert.is_true(#one.tids <= before)
			before = #one.tids
			local total = 0
			for comm, n in pairs(one.comms) do
				assert.equal("string", type(comm))
				total = total + n
			end
			assert.equal(#one.tids, total)
			for _, tid in ipairs(one.tids) do
				local where = place(sys.truth.threads[tid])
				by_place[where] = by_place[where] or one
				assert.equal(by_place[where], one)
				seen = seen + 1
			end
		end
		local count = 0
		for _ in pairs(sys.truth.threads) do
			count = count + 1
		end
		assert.equal(count, seen)
	end)

	it("are those that the options ask for", function()
		local groups = group.gather(k, { process = "syslogd" }, error)
		assert.equal(1, #groups)
		assert.same({ syslogd = 1 }, groups[1].comms)
		for _, one in ipairs(group.gather(k, { func = "kern_select" }, error)) do
			local found = false
			for _, frame in ipairs(one.trace.frames) do
				found = found or frame.fn.name == "kern_select"
			end
			assert.is_true(found)
		end
		assert.same({}, (group.gather(k, { func = "no_such_function" }, error)))
	end)
end)
