--- `vmcore ps`: what it prints of whole and damaged systems.
local files = require "spec.support.files"
local json = require "dkjson"
local lab = require "spec.support.lab"

describe("ps", function()
	local sys

	-- A name that commands the terminal, a broken list, credentials out of
	-- reach, arguments that are no UTF-8.
	local function break_it(s)
		local function set(pid, members)
			s.memory:struct(s.truth.processes[pid].addr, "struct proc", members)
		end
		set(723, { p_comm = "\27[2J\7" })
		set(701, { p_ucred = 0xfffffe0000123000 })
		set(712, { p_args = s.memory:make("struct pargs", { ar_ref = 1, ar_length = 1 << 30 }) })
		local args = s.memory:alloc(16)
		s.memory:struct(args, "struct pargs", { ar_ref = 1, ar_length = 5 })
		s.memory:write(args + 8, "a\xff\0\n\0")
		set(655, { p_args = args })
		set(750, { p_pgrp = 0, p_ucred = 0 })
		local p = s.truth.processes[480].addr
		s.memory:ptr(p + s.types:offsetof("struct proc", "p_list.le_next"), 0xdeadc0dedeadc0de)
	end

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	it("takes options without a dash, and no others", function()
		local function output(...)
			return { lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", ...) }
		end
		assert.same(output("-a", "-u", "-x"), output "aux")
		assert.same(output("-a", "-x", "-l", "-w", "-w", "-p", "1"), output("axlww", "-p", "1"))
		assert.same(output("-p", "720"), output "720")
		local _, err, status = table.unpack(output "init")
		assert.matches("%-c takes names of processes", err)
		assert.equal(2, status)
	end)

	it("says which processes there are not", function()
		local rows, err, status = lab.rows(lab.system("13", { layout = 13 }), "ps", "-p", "999,720,99")
		assert.equal("vmcore: no process 99\nvmcore: no process 999\n", err)
		assert.same({ 720, 1 }, { rows[1].pid, status })
	end)

	it("has no line of titles when there are none", function()
		assert.equal("    1\n", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", "-o", "pid=", "-p", "1")))
	end)

	it("prints a healthy system", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("ps", out)
	end)

	it("prints what is left of a damaged one", function()
		local damaged = lab.system("ps damaged", { layout = 13, change = break_it })
		local out, err, status = lab.vmcore("-M", damaged.core, "-N", damaged.kernel, "ps")
		assert.equal(1, status)
		lab.golden("ps-damaged", out .. "--- standard error\n" .. err)
	end)

	it("prints the same rows as JSON and as CSV", function()
		local rows = lab.rows(sys, "ps")
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "--csv", "ps")
		local lines = {}
		for line in out:gmatch "([^\r]*)\r\n" do
			lines[#lines + 1] = line
		end
		assert.equal("pid,ppid,pgid,sid,uid,ruid,gid,jid,threads,state,flags,wmesg,comm,args,tty,start,addr",
		    lines[1])
		assert.equal(#rows, #lines - 1)
		assert.equal("720,712,720,712,1001,1001,1001,0,1,RL+,268451842,,crasher,./crasher -v now,pts/0,"
		    .. "1699997197," .. rows[9].addr, lines[10])
		assert.same({ pid = 720, ppid = 712, pgid = 720, sid = 712, uid = 1001, ruid = 1001,
			gid = 1001, jid = 0, threads = 1, state = "RL+", flags = 268451842, wmesg = "",
			comm = "crasher", args = "./crasher -v now", tty = "pts/0", start = 1699997197,
			addr = ("0x%x"):format(sys.truth.processes[720].addr) }, rows[9])
	end)

	it("prints valid JSON of a damaged system", function()
		local damaged = lab.system("ps damaged", { layout = 13, change = break_it })
		local rows, err, status = lab.rows(damaged, "ps")
		assert.equal(1, status)
		assert.matches("allproc: ", err)
		local by = lab.by(rows, "pid")
		assert.equal(29, #rows)
		assert.equal(json.null, by[701].uid)
		assert.matches("p_ucred", by[701].fault)
		assert.equal("\27[2J\7", by[723].comm)
		assert.equal("a\\xff \n", by[655].args)
		assert.equal(json.null, by[712].args)
		assert.is_nil(by[720].fault)
		-- No credentials at all: zeros, as kern.proc has them.
		assert.equal(0, by[750].uid)
		assert.equal(0, by[750].sid)
		assert.is_nil(by[750].fault)
	end)

	it("chooses by process id, name and jail", function()
		local function pids(...)
			local found = {}
			for i, row in ipairs((lab.rows(sys, "ps", ...))) do
				found[i] = row.pid
			end
			return found
		end
		assert.same({ 720, 1 }, pids("-p", "1,720,99"))
		assert.same({ 710, 640 }, pids("-c", "sshd"))
		assert.same({ 760 }, pids("-J", "1"))
		assert.same({ 710 }, pids("-c", "sshd,sh", "-p", "710"))
		assert.same({}, pids("-p", "99"))
	end)

	-- Those that struct kinfo_proc is known of.
	local function known(layout)
		return lab.system("files " .. layout, { layout = layout, prepare = files.prepare(layout),
			change = files.place })
	end

	for _, layout in ipairs { 12, 13, 15 } do
		it("has the keywords of ps(1), of " .. layout, function()
			local other = known(layout)
			local rows, err, status = lab.rows(other, "ps", "-p", "720,701,750", "-o",
			    "pid,vsz,rss,nice,pri,mwchan,time,%cpu,etime,login,jail,lwp,tdname,state,caught")
			assert.equal("", err)
			assert.equal(0, status)
			local of = other.truth.processes
			assert.equal(3, #rows)
			for _, row in ipairs(rows) do
				local truth = of[row.pid]
				local td = truth.threads[1]
				assert.same({ truth.vsize, (truth.rss + 4) * 4096, truth.nice, td.pri, td.wmesg or td.lockname and "*"
				    .. td.lockname or "", td.tid, td.name, truth.login, "0" }, { row.vsize, row.rss, row.nice,
				    row.pri, row.mwchan, row.tid, row.tdname, row.login, row.jail }, "pid " .. row.pid)
				assert.equal(truth.stat, row.state:sub(1, 1))
				assert.is_true(row.runtime > 0 and row.cpu >= 0)
				assert.equal(other.truth.time - truth.started, row.etime)
				assert.equal(("0"):rep(32), row.sigcatch)
			end
		end)
	end

	it("has a row for each thread with -H, and a zombie's too", function()
		local other = known(13)
		local rows, err = lab.rows(other, "ps", "-H", "-p", "0,771")
		assert.equal("", err)
		local of = other.truth.processes
		assert.equal(#of[0].threads + 1, #rows)
		for i, td in ipairs(of[0].threads) do
			for _, row in ipairs(rows) do
				if row.tid == td.tid then
					assert.same({ 0, td.name, td.stat }, { row.pid, row.tdname, row.state:sub(1, 1) }, i)
				end
			end
		end
	end)

	it("sorts by memory and by use of the CPU", function()
		local rows = lab.rows(known(13), "ps", "-m", "-o", "pid,vsz")
		for i = 2, #rows do
			assert.is_true(rows[i - 1].vsize >= rows[i].vsize)
		end
		assert.equal(#rows, #lab.rows(known(13), "ps", "-r", "-u"))
	end)

	it("prints the formats", function()
		local text, other = "", known(13)
		for _, format in ipairs { "-axl", "-axu", "-j", "-H" } do
			text = text .. lab.vmcore("-M", other.core, "-N", other.kernel, "ps", format, "-p", "0,1,712,720,771")
		end
		lab.golden("ps-formats", text)
	end)

	it("takes headers, and no keyword that there is not", function()
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", "-p", "1", "-o", "pid=NUMBER,comm")
		assert.equal("NUMBER COMMAND\n     1 init\n", out)
		local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", "-o", "pid,beauty")
		assert.equal(2, status)
		assert.matches("no keyword 'beauty'", err)
	end)

	it("does not take what is no list", function()
		local _, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", "-p", "x")
		assert.equal(2, status)
		assert.matches("'x'", err)
		_, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "ps", "-p", "1,,2")
		assert.equal(2, status)
		assert.matches("ps", err)
	end)

	for _, layout in ipairs { 12, 15 } do
		it("prints the same of release " .. layout, function()
			local other = lab.system(tostring(layout), { layout = layout })
			local expected, found = lab.rows(sys, "ps"), lab.rows(other, "ps")
			assert.equal(#expected, #found)
			for i, row in ipairs(found) do
				row.addr, expected[i].addr = nil, nil
				assert.same(expected[i], row)
			end
		end)
	end
end)
