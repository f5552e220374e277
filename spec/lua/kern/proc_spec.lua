--- Processes of three releases, with types and without, whole and damaged.
local kvm = require "kvm"
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"

local function open(sys)
	local k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	return k, assert(proc.new(k))
end

local function pids(procs, report)
	local found = {}
	for p in procs:each(report) do
		found[#found + 1] = procs.fields.pid(p)
	end
	return found
end

local function with_zombie(order)
	local list = table.move(order, 1, #order, 1, {})
	list[#list + 1] = 771
	return list
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("processes of " .. layout, function()
		local sys, k, procs

		setup(function()
			sys = lab.system(tostring(layout), { layout = layout })
			k, procs = open(sys)
		end)

		teardown(function()
			k:close()
		end)

		it("are all there, the zombie last, and no complaint", function()
			local messages = {}
			assert.same(with_zombie(sys.truth.order), pids(procs, function(message)
				messages[#messages + 1] = message
			end))
			assert.same({}, messages)
		end)

		it("have every field that was made", function()
			for p in procs:each() do
				local fields = {}
				for key, field in pairs(procs.fields) do
					fields[key] = field(p)
				end
				local truth = sys.truth.processes[fields.pid]
				for _, key in ipairs { "ppid", "pgid", "sid", "uid", "ruid", "gid", "jid", "comm",
				    "addr", "tty" } do
					assert.equal(truth[key], fields[key], key .. " of " .. fields.pid)
				end
				assert.equal(truth.started, fields.start)
				assert.equal(truth.flags, fields.flags)
				assert.equal(#truth.threads, fields.threads)
				assert.equal(truth.threads[1].wmesg or "", fields.wmesg)
				assert.equal(table.concat(truth.args or {}, " "), fields.args)
				assert.equal(truth.stat, fields.state:sub(1, 1), "state of " .. fields.pid)
			end
		end)

		it("have the same fields by object, by address, and as a row", function()
			for p in procs:each() do
				local address = kvm.toaddress(p)
				local row = procs:row(address)
				for key, field in pairs(procs.fields) do
					assert.equal(field(p), field(address), key)
					assert.equal(field(p), row[key], key)
				end
			end
		end)

		it("have their threads in order", function()
			for p in procs:each() do
				local truth = sys.truth.processes[procs.fields.pid(p)]
				local tids, addresses = {}, {}
				for td in procs:each_thread(p) do
					tids[#tids + 1] = td.td_tid
				end
				for td in procs:thread_addresses(kvm.toaddress(p)) do
					addresses[#addresses + 1] = procs.threads.fields.tid(td)
				end
				local expected = {}
				for i, td in ipairs(truth.threads) do
					expected[i] = td.tid
				end
				assert.same(expected, tids)
				assert.same(expected, addresses)
			end
		end)
	end)
end

describe("processes without types", function()
	it("are found by the kernel's offset constants, zombies too", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k, procs = open(sys)
		assert.same(with_zombie(sys.truth.order), pids(procs))
		for p in procs:each() do
			local fields = procs.fields
			local truth = sys.truth.processes[fields.pid(p)]
			assert.equal(truth.comm, fields.comm(p))
			assert.equal(#truth.threads, fields.threads(p))
			assert.equal(truth.addr, fields.addr(p))
			for _, key in ipairs { "ppid", "uid", "state", "args", "tty", "start", "wmesg" } do
				assert.is_nil(fields[key], key)
			end
		end
		k:close()
	end)

	it("are unknown when the kernel has no constants either", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		local procs, message = proc.new(k)
		assert.is_nil(procs)
		assert.matches("neither types nor proc_off", message)
	end)
end)

describe("a damaged process list", function()
	-- A system whose list leads from one process to `target`.
	local function damaged(name, from, target)
		return lab.system(name, { layout = 13, change = function(s)
			local p = s.truth.processes[from].addr
			s.memory:ptr(p + s.types:offsetof("struct proc", "p_list.le_next"),
			    target(s.truth))
		end })
	end

	local function check(sys, reason, from)
		local k, procs = open(sys)
		local messages = {}
		local found = pids(procs, function(message)
			messages[#messages + 1] = message
		end)
		k:close()
		-- What the list still leads to keeps its order; the rest follows.
		local i = 1
		repeat
			assert.equal(sys.truth.order[i], found[i])
			i = i + 1
		until found[i - 1] == from
		table.sort(found)
		local all = with_zombie(sys.truth.order)
		table.sort(all)
		assert.same(all, found)
		assert.equal(2, #messages)
		assert.matches("allproc: .*" .. reason, messages[1])
		assert.matches(("%d processes were found by the pid hash only"):format(#all - i + 1),
		    messages[2])
	end

	it("is made up for by the pid hash", function()
		check(damaged("dangling", 612, function() return 0xfffffe0000123000 end), "can't be read", 612)
		check(damaged("poisoned", 612, function() return -1 end), "poisoned", 612)
		check(damaged("circle", 612, function(truth)
			return truth.processes[730].addr
		end), "circle", 612)
	end)
end)
