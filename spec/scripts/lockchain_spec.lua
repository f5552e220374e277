--- `vmcore lockchain`: chains, deadlocks, the graph.
local lab = require "spec.support.lab"
local locks = require "spec.support.locks"
local rangelocks = require "spec.support.rangelocks"

local function healthy(layout)
	return lab.system("locks " .. layout, { layout = layout, prepare = locks.prepare,
		change = locks.place })
end

local function break_it(s)
	locks.place(s)
	s.memory:u64(s.sys.by_name.alpha_sx.addr + 24, 0xfffffe0000123000)	-- no thread
	s.memory:struct(s.truth.processes[740].threads[4].addr, "struct thread",
	    { td_blocked = 0xfffffe0000123000 })
end

describe("lockchain", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("follows who waits for whom, of " .. layout, function()
			local sys = healthy(layout)
			local rows, err, status = lab.rows(sys, "lockchain")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = ("%d %s %s %s"):format(row.chain, row.comm,
				    row.name == lab.null and "-" or row.name, row.deadlock)
			end
			local expected = { "1 dd ufs false", "2 threaded demo lock false",
				"2 crasher - false", "3 syslogd beta false", "3 cron alpha true",
				"3 ntpd beta true", "3 cron alpha true" }
			if layout == 15 then
				table.move(expected, 4, #expected, 6)
				expected[4], expected[5] = "3 yes Giant false", "3 crasher - false"
				for i = 6, #expected do
					expected[i] = expected[i]:gsub("^%d", function(n) return n + 1 end)
				end
			end
			assert.same(expected, found)
		end)
	end

	it("prints a healthy system, with the stacks of a deadlock", function()
		local sys = healthy(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "lockchain")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("lockchain", out)
	end)

	it("draws a graph, the deadlock in red", function()
		local sys = healthy(13)
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "lockchain", "--dot")
		assert.matches("^digraph lockchain {\n", out)
		assert.matches("\n}\n$", out)
		local _, edges = out:gsub(" %-> ", "")
		local _, red = out:gsub('color="red"', "")
		-- One leads to a lock that does not tell who holds it.
		assert.same({ 5, 2 }, { edges, red })
	end)

	it("draws a graph that is one, whatever threads are called", function()
		local sys = lab.system("lockchain named", { layout = 13, prepare = locks.prepare, change = function(s)
			locks.place(s)
			for pid, name in pairs { [612] = 'a"];}\n', [655] = "\\", [480] = "\\\"", [750] = "<b>\27[2J" } do
				s.memory:struct(s.truth.processes[pid].threads[1].addr, "struct thread", { td_name = name })
			end
		end })
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "lockchain", "--dot")
		local n = 0
		for line in out:gmatch "\t([^\n]*)\n" do
			local rest = line:gsub('"[^"\\%c]*"', "s")
			assert.is_true(rest == "s -> s [label=s];" or rest == "s -> s [color=s, label=s];", line)
			n = n + 1
		end
		assert.equal(5, n)
	end)

	it("goes through range locks, as far as they tell who holds them", function()
		local sys = lab.system("ranges owned", { layout = 15, prepare = rangelocks.prepare_owned,
			change = rangelocks.place })
		local rows, err, status = lab.rows(sys, "lockchain")
		assert.equal("", err)
		assert.equal(0, status)
		local found = {}
		for _, row in ipairs(rows) do
			if row.class == "rangelock" then
				found[#found + 1] = ("%s %s %s"):format(row.comm, row.name:gsub("0x%x+", "AT"),
				    row.owner == lab.null and "-" or row.owner)
			end
		end
		assert.same({ ("vi vnode AT %d"):format(sys.truth.processes[612].threads[1].tid),
			"sh /shared -" }, found)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("lockchain damaged", { layout = 13, prepare = locks.prepare,
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "lockchain")
		assert.equal(1, status)
		lab.golden("lockchain-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says that a thread waits for what is no lock", function()
		local sys = lab.system("locks, none there", { layout = 13, prepare = locks.prepare,
			change = function(s)
				locks.place(s)
				local td = s.truth.processes[740].threads[4].addr
				local ts = s.memory:get(td + s.types:offsetof("struct thread", "td_blocked"), 8)
				s.memory:struct(ts, "struct turnstile", { ts_lockobj = 0xdeadc0dedeadc0de })
			end })
		local _, err, status = lab.rows(sys, "lockchain")
		assert.equal(1, status)
		assert.matches("thread at 0x%x+: it is blocked, and at 0xdeadc0dedeadc0de is no lock", err)
	end)
end)
