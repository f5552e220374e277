--- Locks and sleep queues of freebsd13-amd64. The kernel paniced by sysctl, no
-- thread was blocked on a lock; every sleeper of the truth is in a queue.
local real = require "spec.support.real"

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
end)
