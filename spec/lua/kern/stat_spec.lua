--- STAT letters, process by process.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"

describe("STAT", function()
	local sys, k, procs

	-- sys/proc.h
	local FLAGS = { P_PPWAIT = 0x10, P_TRACED = 0x800, P_WEXIT = 0x2000, P_INMEM = 0x10000000 }

	-- Processes of the forge with some member changed.
	local CHANGES = {
		[480] = { p_flag = FLAGS.P_TRACED | FLAGS.P_INMEM },
		[612] = { p_flag = FLAGS.P_WEXIT | FLAGS.P_INMEM },
		[640] = { p_flag = FLAGS.P_PPWAIT },
		[730] = { p_state = 0 },
		[710] = { p_pgrp = 0, p_ucred = 0 },
	}

	setup(function()
		sys = lab.system("stat", { layout = 13, change = function(s)
			for pid, members in pairs(CHANGES) do
				s.memory:struct(s.truth.processes[pid].addr, "struct proc", members)
			end
			local cred = s.memory:make("struct ucred", { cr_flags = 1,
				cr_prison = s.sys.by_name.prison0.addr })
			s.memory:struct(s.truth.processes[700].addr, "struct proc", { p_ucred = cred })
		end })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		procs = assert(proc.new(k))
	end)

	teardown(function()
		k:close()
	end)

	local EXPECTED = {
		[0] = "DL",		-- kernel, uninterruptible
		[12] = "WL",		-- waits for interrupts
		[1] = "ILs",		-- P_SYSTEM, asleep for long
		[480] = "SXs",		-- traced
		[612] = "IEs",		-- exiting
		[640] = "IWVs",		-- not in memory, vfork(2)
		[655] = "S<s",		-- nice -20
		[700] = "ICs",		-- capability mode
		[701] = "I+",		-- its group has the terminal
		[712] = "Ss", [710] = "S",	-- without group and credentials
		[720] = "RL+",		-- runs, holds p_lock
		[721] = "RN",		-- nice 10
		[722] = "T", [723] = "R",
		[730] = "Rs",		-- being made
		[750] = "Ds", [760] = "SsJ", [771] = "Z",
	}
	for pid, letters in pairs(EXPECTED) do
		it("is " .. letters .. " of process " .. pid, function()
			local address = sys.truth.processes[pid].addr
			assert.equal(letters, procs.fields.state(address))
			assert.equal(letters, procs:row(address).state)
		end)
	end

	it("has L for a first thread that waits for a lock", function()
		local locked = lab.system("locked", { layout = 15, extra = { { pid = 800, comm = "locked",
			blocked = "some lock", sid = 800, pgid = 800 } } })
		local h <close> = assert(vmcore.open { core = locked.core, kernel = locked.kernel })
		assert.equal("Ls", proc.new(h).fields.state(locked.truth.processes[800].addr))
	end)
end)
