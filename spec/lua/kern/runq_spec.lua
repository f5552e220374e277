--- Run queues: of SCHED_ULE on three releases, of SCHED_4BSD, and damaged.
local lab = require "spec.support.lab"
local runq = require "vmcore.kern.runq"
local runqs = require "spec.support.runqs"
local vmcore = require "vmcore"

local function opened(sys)
	return assert(vmcore.open { core = sys.core, kernel = sys.kernel })
end

-- "cpu queue list name" of every thread that waits.
local function found(k, view, report)
	local list = {}
	for _, cpu in ipairs(view:cpus(report)) do
		for _, queue in ipairs(cpu.queues) do
			for _, item in ipairs(view:threads(queue, report)) do
				local td = vmcore.cast(k:type "struct thread *", item.td)
				list[#list + 1] = ("%s %s %d %s"):format(queue.cpu or "-", queue.name, item.queue,
				    td.td_name)
			end
		end
	end
	return list
end

local function sorted(list)
	local copy = table.move(list, 1, #list, 1, {})
	table.sort(copy)
	return copy
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("run queues of " .. layout, function()
		local sys = lab.system("runq " .. layout, { layout = layout, prepare = runqs.prepare,
			change = runqs.place })

		it("have every thread that waits, and who runs", function()
			local k <close> = opened(sys)
			local view = assert(runq.new(k))
			assert.equal("ULE", view.scheduler)
			assert.same(sorted(sys.truth.runq), sorted(found(k, view, error)))
			local cpus = view:cpus(error)
			assert.same({ 5, 3 }, { cpus[1].load, cpus[2].load })
			assert.equal(sys.truth.processes[720].threads[1].addr, cpus[1].thread)
			assert.is_false(cpus[1].idle)
		end)
	end)
end

describe("run queues", function()
	it("of timesharing threads are a wheel until 14", function()
		local sys = lab.system("runq 13", { layout = 13, prepare = runqs.prepare,
			change = runqs.place })
		local k <close> = opened(sys)
		local view = assert(runq.new(k))
		local order = {}
		for _, item in ipairs(view:threads(view:cpus()[1].queues[2])) do
			order[#order + 1] = item.queue
		end
		assert.same({ 47, 35 }, order)
	end)

	it("of SCHED_4BSD are one for all, and one for each CPU", function()
		local sys = lab.system("runq 4BSD", { layout = 13, prepare = runqs.prepare_4bsd,
			change = runqs.place_4bsd })
		local k <close> = opened(sys)
		local view = assert(runq.new(k))
		assert.equal("4BSD", view.scheduler)
		assert.same({ "- common 21 bufdaemon", "- common 35 ntpd", "1 bound 20 vnlru" },
		    found(k, view, error))
	end)

	it("say which bits and lists don't agree, and end at what can't be read", function()
		local sys = lab.system("runq damaged", { layout = 13, prepare = runqs.prepare, change = function(s)
			runqs.place(s)
			local rq = runqs.tdq(s, 1) + s.types:offsetof("struct tdq", "tdq_realtime")
			s.memory:u64(rq, 1 << 3)
			local td = s.truth.processes[8].threads[1].addr
			s.memory:ptr(td + s.types:offsetof("struct thread", "td_runq"), td)
		end })
		local k <close> = opened(sys)
		local view, messages = assert(runq.new(k)), {}
		local rq = view:cpus()[2].queues[1]
		assert.equal(1, #view:threads(rq, function(message)
			messages[#messages + 1] = message:gsub("0x%x+", "AT")
		end))
		assert.same({ "run queue at AT: td_runq: stopped after 1 elements: the list runs in a circle, back to AT",
			"rq_status of the queue at AT says that list 3 is in use, but nothing was found there",
			"rq_status of the queue at AT says that list 21 is empty, but it has threads" }, messages)
	end)

	it("need the kernel's types", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = opened(sys)
		local view, message = runq.new(k)
		assert.is_nil(view)
		assert.matches("where run queues are", message)
	end)
end)
