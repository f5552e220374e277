--- Turnstiles and sleep queues, and waits without their tables.
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local proc = require "vmcore.kern.proc"
local sleepq = require "vmcore.kern.sleepq"
local turnstile = require "vmcore.kern.turnstile"
local vmcore = require "vmcore"
local waits = require "vmcore.kern.waits"

local function opened(sys)
	return assert(vmcore.open { core = sys.core, kernel = sys.kernel })
end

local function never(message)
	error(message)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("queues of those who wait, of " .. layout, function()
		local sys = lab.system("locks " .. layout, { layout = layout, prepare = locks.prepare,
			change = locks.place })

		it("tell lock, owner and waiters of a turnstile", function()
			local k <close> = opened(sys)
			local view, n = turnstile.new(k), 0
			for ts in view:each(never) do
				n = n + 1
				assert.equal(sys.truth.turnstile, ts)
				assert.equal(k:symbol "beta_rw".value, view.lock(ts))
				assert.equal(sys.truth.processes[612].threads[1].addr, view.owner(ts))
				assert.same({ { td = sys.truth.processes[655].threads[1].addr, queue = 0 },
					{ td = sys.truth.processes[480].threads[1].addr, queue = 0 } },
				    view.waiters(ts))
				assert.same({}, view.pending(ts))
			end
			assert.equal(1, n)
		end)

		it("tell channel and kind of a sleep queue", function()
			local k <close> = opened(sys)
			local view = sleepq.new(k)
			local sq = view:by_channel(never)[k:symbol "alpha_sx".value]
			assert.equal(sys.truth.sleepqueue, sq)
			assert.equal("sx", view.kind(sq))
		end)
	end)
end

describe("waits", function()
	-- A thread that no process's list has any more.
	local function lose(s)
		locks.place(s)
		s.memory:ptr(s.truth.processes[480].addr + s.types:offsetof("struct proc", "p_threads"), 0)
	end

	it("are found in turnstiles when their threads are on no list", function()
		local sys = lab.system("lost waiter", { layout = 13, prepare = locks.prepare,
			change = lose })
		local k <close> = opened(sys)
		local view = assert(waits.new(k, never))
		local list, by_td = view:all(assert(proc.new(k)), never)
		local lost = by_td[sys.truth.processes[480].threads[1].addr]
		assert.equal("beta", lost.lock.name)
		assert.equal(lost, list[#list])
		assert.equal(1, #waits.cycles(list, by_td))
	end)
end)
