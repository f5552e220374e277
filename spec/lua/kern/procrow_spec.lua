--- Rows of processes: read at once, and where that fails, column by column.
local kvm = require "kvm"
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"

describe("a row of a process", function()
	local sys, k, procs

	setup(function()
		sys = lab.system("rows", { layout = 13, change = function(s)
			local of = s.truth.processes
			s.memory:struct(of[710].addr, "struct proc", { p_pgrp = 0, p_ucred = 0, p_pptr = 0 })
			s.memory:struct(of[640].addr, "struct proc", { p_ucred = 0x10 })
		end })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		procs = assert(proc.new(k))
	end)

	teardown(function()
		k:close()
	end)

	local function row(pid)
		return procs:row(sys.truth.processes[pid].addr)
	end

	it("has the members at once", function()
		local r = row(1)
		for _, key in ipairs { "pid", "pgid", "sid", "uid", "comm", "td_state", "addr" } do
			assert.is_not_nil(rawget(r, key), key)
		end
		assert.is_nil(rawget(r, "state"))
		assert.equal(1, r.pid)
		assert.is_nil(r.nonsense)
	end)

	it("has what a process without group, credentials, parent has", function()
		local r = row(710)
		for key, value in pairs { pid = 710, ppid = 0, pgid = 0, sid = 0, uid = 0, jid = 0 } do
			assert.equal(value, r[key], key)
		end
		assert.equal(procs.fields.state(r.addr), r.state)
	end)

	it("faults in the columns that can't be read, and only there", function()
		local r = row(640)
		assert.equal(640, r.pid)
		assert.equal(sys.truth.processes[640].comm, r.comm)
		for _, key in ipairs { "uid", "jid", "state" } do
			local ok, fault = pcall(function() return r[key] end)
			assert.is_false(ok, key)
			assert.equal("fault", kvm.type_of(fault))
		end
	end)
end)
