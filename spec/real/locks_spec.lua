--- Locks, sleep queues and run queues of freebsd13-amd64. The kernel paniced by sysctl, no
-- thread was blocked on a lock; every sleeper of the truth is in a queue.
local holders = require "vmcore.kern.holders"
local proc = require "vmcore.kern.proc"
local real = require "spec.support.real"
local vmcore = require "vmcore"

describe("locks of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	it("are awaited by nobody", function()
		for _, command in ipairs { "lockchain", "locks -w" } do
			local rows, err, status = real.rows(dump, table.unpack(
			    { command:match "^(%S+) ?(.*)$" }, 1, command:find " " and 2 or 1))
			assert.same({ {}, "", 0 }, { rows, err, status })
		end
	end)

	it("are held by nobody: no thread counts one that it shares", function()
		assert.same({ {}, "", 0 }, { real.rows(dump, "locks") })
		local k <close> = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		local sharers = holders.sharers(k, assert(proc.new(k)))
		assert.same({ rw = {}, sx = {}, lockmgr = {} }, sharers)
	end)

	it("have every sleeping thread in the queue of its wait message", function()
		local queued = {}
		local rows, err, status = real.rows(dump, "sleepq")
		assert.equal("", err)
		assert.equal(0, status)
		for _, row in ipairs(rows) do
			for tid in row.tids:gmatch "%d+" do
				assert.is_nil(queued[tid])
				queued[tid] = row.wmesg
			end
		end
		for line in real.truth(dump, "truth.txt"):gmatch "[^\n]+" do
			local tid, inhibitors, wmesg =
			    line:match "^T %d+ (%d+) '.-' state=1 inh=(0x%x+) wmesg='(.-)'"
			if tid and tonumber(inhibitors) & 2 ~= 0 then
				assert.equal(wmesg, queued[tid], "thread " .. tid)
				queued[tid] = nil
			end
		end
		assert.is_nil(next(queued))
	end)

	it("have every thread that was to run in a run queue, and count them", function()
		local rows, err, status = real.rows(dump, "runq")
		assert.equal("", err)		-- nor does tdq_load disagree
		assert.equal(0, status)
		local where = {}
		for _, row in ipairs(rows) do
			-- Where one waits need not be where it ran last.
			where[row.tid] = row.queue == "running" and tostring(row.cpu) or "queued"
		end
		for line in real.truth(dump, "truth.txt"):gmatch "[^\n]+" do
			local tid, state, oncpu = line:match "^T %d+ (%d+) '.-' state=([34]) .- oncpu=(-?%d+)"
			if tid then
				assert.equal(state == "4" and oncpu or "queued", where[tonumber(tid)], "thread " .. tid)
				where[tonumber(tid)] = nil
			end
		end
		assert.is_nil(next(where))
	end)
end)
