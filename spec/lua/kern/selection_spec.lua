--- Choosing threads.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local selection = require "vmcore.kern.selection"
local vmcore = require "vmcore"

local function select(words, options)
	local sys = lab.system(options and "bare" or "13", options or { layout = 13 })
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local procs = assert(proc.new(k))
	local names, complaints = {}, {}
	for td, p in selection.each(procs, words, function(m) complaints[#complaints + 1] = m end) do
		names[#names + 1] = procs.fields.pid(p) .. " " .. procs.threads.fields.name(td)
	end
	return names, complaints, sys
end

describe("threads are chosen", function()
	it("all of them", function()
		local names, complaints, sys = select(nil)
		local n = 0
		for _ in pairs(sys.truth.threads) do
			n = n + 1
		end
		assert.equal(n, #names)
		assert.same({}, complaints)
	end)

	it("all of them, by the kernel's offset constants", function()
		assert.equal(#select(nil), #select(nil, { no_ctf = true }))
	end)

	it("by process id, process name, thread name and thread id", function()
		local threaded = { "740 threaded", "740 worker-1", "740 worker-2", "740 locked" }
		assert.same(threaded, (select { "740" }))
		assert.same(threaded, (select { "threaded" }))
		assert.same({ "740 worker-2" }, (select { "worker-2" }))
		local _, _, sys = select {}
		local worker = sys.truth.processes[740].threads[2]
		assert.same({ "740 worker-1" }, (select { worker.tid }))
		assert.same({ "740 worker-1", "740 locked" }, (select { "locked", tostring(worker.tid) }))
	end)

	it("of the CPUs, where the lists are lost", function()
		local sys = lab.system("no processes", { layout = 13, change = function(s)
			for _, name in ipairs { "allproc", "pidhashtbl" } do
				s.memory:u64(s.truth.symbols[name].addr, 0xdeadc0dedeadc0de)
			end
		end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local procs, found, complaints = assert(proc.new(k)), {}, {}
		for td, p in selection.each(procs, nil, function(m) complaints[#complaints + 1] = m end) do
			found[procs.threads.fields.tid(td)] = procs.fields.pid(p)
		end
		local want, n = {}, 0
		for tid, thread in pairs(sys.truth.threads) do
			if thread.oncpu >= 0 then
				want[tid], n = thread.pid, n + 1
			end
		end
		assert.same(want, found)
		assert.equal(("%d threads that CPUs run are in no process's list"):format(n),
		    complaints[#complaints])
	end)

	it("and what nothing answers to is said", function()
		local names, complaints = select { "cron", "nosuch", "99" }
		assert.same({ "612 cron" }, names)
		assert.same({ "no thread or process 'nosuch'", "no thread or process '99'" }, complaints)
	end)
end)
