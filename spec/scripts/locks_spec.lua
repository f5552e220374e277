--- `vmcore locks`: what it prints of whole and damaged systems.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local rangelocks = require "spec.support.rangelocks"
local witnesses = require "spec.support.witnesses"

local function break_it(s)
	locks.place(s)
	local at = s.sys.by_name.alpha_sx.addr
	s.memory:u64(at + 24, 0xfffffe0000123000)		-- no thread
	s.memory:u64(s.sys.by_name.beta_rw.addr, 0xfffffe0000123000)	-- no name
	s.memory:ptr(s.truth.turnstile + s.types:offsetof("struct turnstile", "ts_hash"), -1)
	s.memory:struct(s.truth.processes[750].threads[1].addr, "struct thread",
	    { td_blocked = 0xfffffe0000123000 })
end

-- What a row says, without addresses.
local function words(rows)
	local list = {}
	for i, row in ipairs(rows) do
		local out = {}
		for j, key in ipairs { "class", "name", "how", "mode", "readers", "comm", "symbol" } do
			out[j] = row[key] == lab.null and "-" or tostring(row[key])
		end
		list[i] = table.concat(out, " ")
	end
	table.sort(list)
	return list
end

local EVERYWHERE = {
	"lockmgr ufs awaited exclusive 2 dd -", "lockmgr ufs held shared 2 - -",
	"rm routes held shared 1 spinner routes_rm",
	"rw beta awaited exclusive - ntpd beta_rw", "rw beta awaited exclusive - syslogd beta_rw",
	"rw beta held exclusive - cron beta_rw", "rw config held shared 3 - config_rw",
	"sleep mutex Giant held exclusive - crasher Giant",
	"sleep mutex demo lock awaited exclusive - threaded -",
	"sleep mutex demo lock held exclusive - crasher -",
	"sx alpha awaited exclusive - cron alpha_sx", "sx alpha held exclusive - ntpd alpha_sx",
}

describe("locks", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has what is held and awaited, of " .. layout, function()
			local sys = lab.system("locks " .. layout, { layout = layout,
				prepare = locks.prepare, change = locks.place })
			local rows, err, status = lab.rows(sys, "locks")
			assert.equal("", err)
			assert.equal(0, status)
			local expected = table.move(EVERYWHERE, 1, #EVERYWHERE, 1, {})
			if layout == 15 then
				expected[#expected + 1] = "sleep mutex Giant awaited spinning - yes Giant"
			end
			table.sort(expected)
			assert.same(expected, words(rows))
			for _, row in ipairs(rows) do
				if row.symbol ~= lab.null then
					local addr = sys.system.sys.by_name[row.symbol].addr
					assert.equal(("0x%x"):format(addr), row.lock)
				end
			end
		end)
	end

	it("prints a healthy system, and only what is asked for", function()
		local sys = lab.system("locks 13", { layout = 13, prepare = locks.prepare,
			change = locks.place })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "locks")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("locks", out)
		local awaited = words(lab.rows(sys, "locks", "-w"))
		assert.equal(9, #awaited)
		local tid = sys.truth.processes[612].threads[1].tid
		assert.same({ "rw beta held exclusive - cron beta_rw",
			"sx alpha awaited exclusive - cron alpha_sx" },
		    words(lab.rows(sys, "locks", "-t", tid)))
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("locks damaged", { layout = 13, prepare = locks.prepare,
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "locks")
		assert.equal(1, status)
		lab.golden("locks-damaged", out .. "--- standard error\n" .. err)
	end)

	for _, layout in ipairs { 12, 13, 15 } do
		it("knows more of " .. layout .. " when WITNESS watched", function()
			local sys = lab.system("witness " .. layout, { layout = layout,
				prepare = witnesses.prepare, change = witnesses.place })
			local rows, err, status = lab.rows(sys, "locks")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for _, row in ipairs(rows) do
				if row.where ~= lab.null then
					found[#found + 1] = ("%s %s %s %d %s; %s"):format(row.comm, row.name, row.mode,
					    row.recursed, row.where, row.after)
				end
			end
			table.sort(found)
			assert.same({ "crasher Giant exclusive 2 kern/kern_demo.c:100; ",
				"crasher idle exclusive 0 kern/kern_demo.c:110; Giant",
				"crasher noted exclusive 0 kern/kern_demo.c:120; Giant, idle",
				"cron beta exclusive 0 kern/kern_b.c:20; config",
				"cron config shared 0 kern/kern_c.c:30; ", "sh config shared 0 kern/kern_c.c:40; ",
				"spinner spun exclusive 0 x86/x86/demo_machdep.c:7; " }, found)
		end)
	end

	for _, layout in ipairs { 12, 13, 15 } do
		it("has the locks of vnodes, by path, of " .. layout, function()
			local sys = lab.system("locks of files " .. layout, { layout = layout, prepare = function(sys)
				locks.prepare(sys)
				files.prepare(layout)(sys)
			end, change = function(s)
				files.place(s)
				locks.place(s)
				for _, name in ipairs { "sh", "motd" } do
					s.sys:fill(s.truth.files[name], "struct vnode",
					    { ["v_lock.lock_object"] = locks.object(s.sys, "zfs", 6) })
				end
			end })
			local rows, err, status = lab.rows(sys, "locks")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for _, row in ipairs(rows) do
				if row.name == "zfs" then
					found[#found + 1] = ("%s %s %s %s"):format(row.class, row.mode, row.comm, row.symbol)
				end
			end
			assert.same({ "lockmgr exclusive crasher /bin/sh" }, found)
		end)
	end

	it("tells what is asked for, held or not", function()
		local sys = lab.system("locks 13", { layout = 13, prepare = locks.prepare,
			change = locks.place })
		local rows, err, status = lab.rows(sys, "locks", "idle_mtx", "ended_sx", "&beta_rw")
		assert.equal("", err)
		assert.equal(0, status)
		local found = {}
		for i, row in ipairs(rows) do
			found[i] = ("%s %s %s %s"):format(row.name, row.how == lab.null and "-" or row.how, row.mode,
			    row.comm == lab.null and "-" or row.comm)
		end
		assert.same({ "idle - unlocked -", "ended - destroyed -", "beta held exclusive cron",
			"beta awaited exclusive ntpd", "beta awaited exclusive syslogd" }, found)
		rows, err, status = lab.rows(sys, "locks", "version")
		assert.same({ {}, 1 }, { rows, status })
		assert.matches("version: no lock at", err)
	end)

	it("prints what WITNESS knows", function()
		local sys = lab.system("witness 13", { layout = 13, prepare = witnesses.prepare,
			change = witnesses.place })
		local out, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "locks")
		assert.equal("", err)
		lab.golden("locks-witness", out)
	end)

	for _, layout in ipairs { 12, 13, 15 } do
		it("has range locks that are awaited, of " .. layout, function()
			local sys = lab.system("ranges " .. layout, { layout = layout,
				prepare = rangelocks.prepare, change = rangelocks.place })
			local found = {}
			for _, row in ipairs(lab.rows(sys, "locks", "-w")) do
				if row.class == "rangelock" then
					found[#found + 1] = ("%s %s %s %s %s"):format(row.name:gsub("0x%x+", "AT"), row.how,
					    row.mode, row.comm, row.where):gsub(tostring(lab.null), "-")
				end
			end
			table.sort(found)
			assert.same(layout == 15 and {
				"/shared awaited - sh -", "/shared held shared - -", "vnode AT awaited - vi -",
				"vnode AT held exclusive - bytes 0 to 4095", "vnode AT held shared - bytes 8192 to 12287" } or {
				"/shared awaited exclusive sh bytes 0 to end", "/shared held shared - bytes 0 to 99",
				"/shared held shared - bytes 10 to 109", "/shared held shared - bytes 20 to 119",
				"vnode AT awaited exclusive yes bytes 100 to 199",
				"vnode AT awaited shared vi bytes 0 to 8191",
				"vnode AT held exclusive - bytes 0 to 4095" }, found)
		end)
	end

	it("does without the types of vnodes and queues", function()
		local sys = lab.system("13", { layout = 13 })
		for _, command in ipairs { "locks", "lockchain" } do
			local rows, err, status = lab.rows(sys, command)
			assert.equal("", err)
			assert.equal(0, status)
			assert.equal(2, #rows)
			assert.equal("demo lock", rows[1].name)
		end
	end)

	it("needs types", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "locks")
		assert.matches("struct lock_object", err)
		assert.not_equal(0, status)
	end)
end)
