--- `vmcore stacks`: groups of a forged system's stacks.
local lab = require "spec.support.lab"

-- What the groups must be, from what the forge says it made.
local function expected(truth, keep)
	local groups, by_key = {}, {}
	for tid, thread in pairs(truth.threads) do
		local names, pcs = {}, {}
		for i, frame in ipairs(thread.trace) do
			names[i], pcs[i] = frame.name, frame.pc
		end
		if keep == nil or keep(thread, names) then
			local key = table.concat(pcs, " ")
			local group = by_key[key]
			if group == nil then
				group = { stack = table.concat(names, " "), count = 0, tids = {} }
				by_key[key], groups[#groups + 1] = group, group
			end
			group.count = group.count + 1
			group.tids[#group.tids + 1] = tostring(tid)
		end
	end
	return groups
end

local function plain(groups)
	local lines = {}
	for i, g in ipairs(groups) do
		local tids = g.tids
		if type(tids) == "string" then
			tids = {}
			for tid in g.tids:gmatch "%d+" do
				tids[#tids + 1] = tid
			end
		end
		table.sort(tids)
		lines[i] = ("%d %s %s"):format(g.count, g.stack, table.concat(tids, " "))
	end
	table.sort(lines)
	return lines
end

describe("stacks", function()
	it("says when there is none", function()
		local sys = lab.system("13", { layout = 13 })
		assert.same({ "no thread has such a stack\n", "", 0 },
			{ lab.vmcore("-M", sys.core, "-N", sys.kernel, "stacks", "-f", "nosuch") })
	end)

	local sys

	setup(function()
		sys = lab.system("stacks", { layout = 13, processes = 60 })
	end)

	local function check(keep, ...)
		local rows, err, status = lab.rows(sys, "stacks", ...)
		assert.equal("", err)
		assert.equal(0, status)
		local want = plain(expected(sys.truth, keep))
		assert.is_true(#want > 0)
		assert.same(want, plain(rows))
		return rows
	end

	local function goes_through(name)
		return function(_, names)
			return (" " .. table.concat(names, " ") .. " "):find(" " .. name .. " ", 1, true) ~= nil
		end
	end

	it("are grouped, the largest group first", function()
		local rows = check()
		for i = 2, #rows do
			assert.is_true(rows[i - 1].count >= rows[i].count)
		end
		assert.is_true(rows[1].count > 10)
	end)

	it("are chosen by function, wait message, state and process", function()
		check(goes_through "_sleep", "-f", "_sleep")
		check(function(t) return t.wmesg == "select" end, "-w", "select")
		check(function(t) return t.oncpu >= 0 end, "-s", "running")
		local asleep = sys.truth.processes[480].threads[1]
		for _, thread in ipairs((lab.rows(sys, "threads", "-p", "480"))) do
			if thread.tid == asleep.tid then
				check(function(t) return t == asleep end, "-w", thread.wchan)
			end
		end
		check(function(t) return t.pid == 740 end, "-p", "740")
		check(function(t) return t.pid == 740 end, "-p", "threaded")
		check(function(t, names)
			return t.wmesg == "select" and goes_through "kern_poll"(t, names)
		end, "-w", "select", "-f", "kern_poll")
	end)

	it("are chosen by module", function()
		local modules = require "spec.support.modules"
		local with = lab.system("stacks of a module", { layout = 13, prepare = function(s)
			local f = s:fn "demo_ioctl"
			modules.add(s, { name = "if_demo.ko", kind = "elf_obj", address = f.addr & -256,
				size = 256, symbols = { { name = "demo_ioctl", offset = f.addr & 255,
				size = f.size, func = true } } })
			modules.finish(s)
		end })
		for _, name in ipairs { "if_demo.ko", "if_demo" } do
			local rows = lab.rows(with, "stacks", "-m", name)
			assert.equal(1, #rows)
			assert.matches("calltrap if_demo.ko`demo_ioctl devfs_ioctl", rows[1].stack, 1, true)
		end
		assert.same({}, (lab.rows(with, "stacks", "-m", "other")))
	end)

	it("are printed for people", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "stacks", "-f",
		    "kern_select")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("stacks", out)
	end)

	it("that are torn say so", function()
		local torn = lab.system("stacks torn", { layout = 13, change = function(s)
			local regs = s.truth.processes[480].threads[1].regs
			s.memory:u64(regs.rbp, regs.rbp)
		end })
		local out, err, status = lab.vmcore("-M", torn.core, "-N", torn.kernel, "stacks", "-p", "480")
		assert.equal("vmcore: 1 stack could not be followed to the end\n", err)
		assert.equal(1, status)
		lab.golden("stacks-damaged", out)
	end)

	it("can't be chosen by what a kernel without types does not tell", function()
		local bare = lab.system("bare", { no_ctf = true })
		local _, err, status = lab.vmcore("-M", bare.core, "-N", bare.kernel, "stacks", "-w", "select")
		assert.equal("vmcore: stacks: this kernel does not tell a thread's wmesg\n", err)
		assert.equal(1, status)
	end)
end)
