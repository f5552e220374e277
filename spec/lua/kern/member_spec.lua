--- Asking types which layout they have.
local kvm = require "kvm"
local lab = require "spec.support.lab"
local member = require "vmcore.kern.member"
local vmcore = require "vmcore"

describe("a member", function()
	local sys, k, T, crasher, init

	setup(function()
		sys = lab.system("members", { layout = 13, change = function(s)
			s.memory:struct(s.truth.processes[640].addr, "struct proc", { p_ucred = 0,
				p_pgrp = 0xfffffe0000123000 })
		end })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		T = k:type "struct proc"
		crasher, init = sys.truth.processes[720].addr, sys.truth.processes[640].addr
	end)

	teardown(function()
		k:close()
	end)

	it("is read by the first name that exists", function()
		assert.equal(720, member.getter(T, "p_nosuch", "p_pid", "p_flag")(crasher))
		assert.is_nil(member.getter(T, "p_nosuch"))
		assert.is_nil(member.getter(nil, "p_pid"))
		assert.equal(1001, member.getter(T, "p_ucred.cr_uid")(crasher))
	end)

	it("behind a NULL pointer may have a value", function()
		local get = member.getter(T, "p_ucred.cr_uid")
		assert.has_error(function() get(init) end)
		assert.equal(0, member.unless_null(get, 0)(init))
		assert.equal(1001, member.unless_null(get, 0)(crasher))
		assert.is_nil(member.unless_null(nil, 0))
	end)

	it("behind a wild pointer is a fault all the same", function()
		local get = member.unless_null(member.getter(T, "p_pgrp.pg_id"), 0)
		local ok, fault = pcall(get, init)
		assert.is_false(ok)
		assert.equal("fault", kvm.type_of(fault))
	end)

	it("that is a pointer may be read as an integer", function()
		local get = member.pointer(T, "p_pptr")
		assert.equal(sys.truth.processes[712].addr, get(crasher))
		assert.is_nil(member.pointer(T, "p_ucred")(init))
		assert.is_nil(member.pointer(T, "p_nosuch"))
		assert.has_error(function() get(0xfffffe0000123000) end)
	end)

	it("that is a pointer in a struct of its own is damage where it can't be read", function()
		local get = member.pointer(T, "p_list")
		assert.equal("integer", math.type(get(crasher)))
		local ok, damage = pcall(get, 0xfffffe0000123000)
		assert.is_false(ok)
		assert.matches("the pointer at 0xfffffe0000123%x+ can't be read", tostring(damage))
		assert.equal("integer", math.type(damage.address))
	end)

	it("that leads to a string may be read as one", function()
		local file = k:type "struct linker_file"
		local get = member.text(file, "pathname", 64)
		local first = k.kd:read_ptr(k.kd:lookup "linker_files")
		assert.equal("/boot/kernel/kernel", get(first))
		assert.equal("/boot", member.text(file, "pathname", 5)(first))
		-- NULL; and what is no pointer, the file's number.
		assert.is_nil(member.text(file, "deps", 64)(first))
		local ok, damage = pcall(get, first + 8)
		assert.same({ false, 1 }, { ok, damage.address })
		assert.is_nil(member.text(file, "nosuch", 64))
	end)

	it("may be an integer variable or an enumerator", function()
		assert.equal(100, member.integer(k, "hz"))
		assert.is_nil(member.integer(k, "nosuch"))
		assert.equal(4, member.constant(k, "TDS_RUNNING", 9))
		assert.equal(9, member.constant(k, "NO_SUCH_ENUMERATOR", 9))
	end)
end)
