--- The handle that vmcore.open gives, and the functions beside it.
local lab = require "spec.support.lab"
local queue = require "vmcore.queue"
local vmcore = require "vmcore"

describe("vmcore", function()
	local sys, k

	setup(function()
		sys = lab.system("13", { layout = 13 })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	end)

	teardown(function()
		k:close()
	end)

	it("runs the script of the manual", function()
		local found = {}
		for p in queue.list_foreach(k.var.allproc, "p_list") do
			found[#found + 1] = p.p_pid
			local truth = sys.truth.processes[p.p_pid]
			assert.equal(truth.comm, p.p_comm)
			assert.equal(truth.uid, p.p_ucred.cr_uid)
			assert.equal(p.p_pid ~= 0 and truth.ppid or nil, p.p_pptr and p.p_pptr.p_pid)
		end
		assert.same(sys.truth.order, found)
		local last = sys.truth.processes[sys.truth.order[1]]
		assert.equal(last.threads[1].name,
		    (k:eval "allproc.lh_first->p_threads.tqh_first->td_name"))
	end)

	it("has the kernel's variables", function()
		assert.equal(100, k.var.hz)
		assert.equal("FreeBSD", k.var.ostype)
		assert.error_matches(function() return k.var.nosuch end, "nosuch")
		assert.error_matches(function() k.var.hz = 1 end, "can't be set")
	end)

	it("reads memory and symbols", function()
		local symbol = k:symbol "hz"
		assert.equal(("<i4"):pack(100), (k:read(symbol.value, 4)))
		assert.equal("FreeBSD", (k:read_string(k:symbol "ostype".value)))
		local at, offset = k:symbol_at(symbol.value + 1)
		assert.equal("hz", at.name)
		assert.equal(1, offset)
		assert.is_true(k:has_symbol "hz")
		assert.is_false(k:has_symbol "nosuch")
		assert.is_nil((k:symbol "nosuch"))
		local bytes, message, code = k:read(0x10, 4)
		assert.is_nil(bytes)
		assert.equal("string", type(message))
		assert.equal("fault-unmapped", code)
	end)

	it("knows types by their C names", function()
		assert.equal("struct proc *", tostring(k:type "struct proc *"))
		assert.equal(k:type "struct proc", k:type "struct  proc ")
		assert.equal(k:type "unsigned long", k:type "long unsigned int")
		assert.equal(k:type "struct proc *[4]", k:type "struct proc *[ 4 ]")
		assert.equal(32, k:type "struct proc *[4]".size)
		assert.equal("char *(*)(int)", tostring(k:type "char *(*)(int)"))
		assert.is_true(k:has_type "struct proc")
		assert.is_false(k:has_type "struct nosuch")
		assert.is_false(k:has_type "]")
		local t, message, code = k:type "struct proc * x"
		assert.is_nil(t)
		assert.equal("syntax", code)
		assert.matches("%^$", message)
		t, message, code = k:type "struct nosuch *"
		assert.is_nil(t)
		assert.equal("notype", code)
		assert.matches("nosuch", message)
		assert.is_nil((k:type "int[nosuch]"))
		assert.is_nil((k:type "void[3]"))
		assert.equal("ctf", k:type_source())
	end)

	it("makes objects", function()
		local addr = sys.truth.processes[720].addr
		local p = k:pointer("struct proc *", addr)
		assert.equal(720, p.p_pid)
		assert.is_nil(k:pointer("struct proc *", 0))
		assert.equal(720, k:object("struct proc", addr).p_pid)
		assert.equal(720, k:cast("struct proc *", addr).p_pid)
		assert.error_matches(function() k:object("struct nosuch", addr) end, "nosuch")
	end)

	it("does to objects what C does", function()
		local addr = sys.truth.processes[720].addr
		local p = k:pointer("struct proc *", addr)
		assert.equal("struct proc *", tostring(vmcore.typeof(p)))
		assert.equal(8, vmcore.sizeof(p))
		assert.equal(k:type "struct proc".size, vmcore.sizeof(p[0]))
		local offset = vmcore.offsetof(k:type "struct proc", "p_pid")
		assert.equal(addr + offset, vmcore.toaddress(vmcore.addressof(p, "p_pid")))
		assert.equal(p, vmcore.container_of(vmcore.addressof(p, "p_pid"), "struct proc", "p_pid"))
		assert.equal(720, vmcore.cast("struct proc *", vmcore.cast("void *", p)).p_pid)
		assert.is_true(vmcore.istype("struct proc *", p))
		assert.is_false(vmcore.istype("struct thread *", p))
		assert.is_true(vmcore.has_member(p, "p_pid"))
		assert.is_false(vmcore.has_member(p, "p_nosuch"))
		assert.equal("crasher", vmcore.string(p.p_comm))
		assert.error_matches(function() vmcore.cast("struct nosuch *", p) end, "nosuch")
	end)

	it("is content with a dump and its kernel", function()
		assert.same({}, k:warnings())
		assert.equal("mini", k:dump().kind)
	end)

	it("closes, by name and by scope", function()
		local outside
		do
			local h <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			outside = h
			assert.equal(100, h.var.hz)
		end
		assert.is_true(outside.kd:closed())
		assert.is_true(outside:close())
		assert.has_error(function() return outside.var.hz end)
	end)

	it("keeps the dump open for what was read from it", function()
		local function first()
			return vmcore.open { core = sys.core, kernel = sys.kernel }.var.allproc.lh_first
		end
		local p = first()
		collectgarbage()
		collectgarbage()
		assert.equal(sys.truth.order[1], p.p_pid)
	end)

	it("says what can't be opened", function()
		local h, message, code = vmcore.open { core = sys.dir .. "/nosuch", kernel = sys.kernel }
		assert.is_nil(h)
		assert.matches("nosuch", message)
		assert.equal("sys", code)
		assert.has_error(function() vmcore.open "core" end)
	end)

	it("does without a kernel, or with a resolver", function()
		local bare <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		assert.equal("mini", bare:dump().kind)
		assert.is_false(bare:has_symbol "hz")
		local symbol = k:symbol "hz"
		local h <close> = assert(vmcore.open { core = sys.core, resolver = function(name)
			return name == "hz" and symbol.value or nil
		end })
		assert.is_true(h:has_symbol "hz")
		assert.equal(100, (h:eval "*(int *)&hz"))
	end)
end)
