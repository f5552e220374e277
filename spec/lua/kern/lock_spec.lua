--- What the words of locks say: sys/mutex.h, sys/rwlock.h, sys/sx.h,
-- sys/lockmgr.h.
local lab = require "spec.support.lab"
local lock = require "vmcore.kern.lock"
local locks = require "spec.support.locks"
local vmcore = require "vmcore"

local TD = 0xfffffe0044fd1000

describe("the word of a mutex", function()
	it("has the owner above three flags", function()
		for bits = 0, 3 do
			assert.same({ "exclusive", TD }, { lock.mutex_word(TD | bits) })
		end
		assert.equal("unlocked", (lock.mutex_word(0)))
		assert.equal("unlocked", (lock.mutex_word(2)))
		assert.equal("destroyed", (lock.mutex_word(4)))
		assert.equal("blocked", (lock.mutex_word(0xdeadc0de)))
	end)
end)

describe("the word of a shared lock", function()
	it("has the owner above five flags, or counts readers", function()
		assert.same({ "exclusive", TD }, { lock.shared_word(TD | 0x16) })
		assert.same({ "shared", nil, 3 }, { lock.shared_word(3 << 5 | 7) })
		assert.same({ "shared", nil, 1 }, { lock.shared_word(1 << 4 | 1, 4) })
		assert.equal("unlocked", (lock.shared_word(1)))
		assert.equal("destroyed", (lock.shared_word(6)))
		assert.same({ "exclusive" }, { lock.shared_word(-1 & ~0x1f) })	-- LK_KERNPROC
		assert.same({ "exclusive" }, { lock.shared_word(0xffffffe0) })	-- of 32 bits
	end)
end)

describe("locks", function()
	local sys, k, view

	setup(function()
		sys = lab.system("locks 13", { layout = 13, prepare = locks.prepare,
			change = locks.place })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		view = assert(lock.new(k))
	end)

	teardown(function() k:close() end)

	local function at(name, offset)
		return view:at(k:symbol(name).value + (offset or 0))
	end

	it("are told by their class", function()
		assert.same({ "sx", "ended", "destroyed" },
		    { at "ended_sx".class, at "ended_sx".name, at "ended_sx".state })
		assert.equal("spin mutex", at "blocked_lock".class)
		assert.is_nil(at "version")
		assert.is_nil(view:at(0))
		assert.is_nil(view:at(0xfffffe0000123000))
	end)

	it("inside a rm lock are the rm lock", function()
		local rm = k:type "struct rmlock"
		local inner = at("routes_rm", vmcore.offsetof(rm, "_rm_lock"))
		assert.equal("rm", inner.class)
		assert.equal(k:symbol "routes_rm".value, inner.address)
		assert.same({ sys.truth.processes[721].threads[1].addr }, inner.trackers)
	end)

	it("count their readers where the release does", function()
		local old = lab.system("locks 12", { layout = 12, prepare = locks.prepare,
			change = locks.place })
		local k12 <close> = assert(vmcore.open { core = old.core, kernel = old.kernel })
		assert.same({ 4, 4, 5 }, { lock.readers_shift(k12, "sx"), lock.readers_shift(k12, "lockmgr"),
			lock.readers_shift(k12, "rw") })
		assert.same({ 5, 5 }, { lock.readers_shift(k, "sx"), lock.readers_shift(k, "rw") })
	end)

	it("end the list of rm readers where it is damaged", function()
		for how, message in pairs { circle = "runs in a circle", lost = "can't be read" } do
			local broken = lab.system("rm " .. how, { layout = 13, prepare = locks.prepare, change = function(s)
				locks.place(s)
				local pcpu = s.memory:get(s.sys.by_name.cpuid_to_pcpu.addr + 8, 8)
				local tracker = s.memory:get(pcpu + s.types:offsetof("struct pcpu", "pc_rm_queue"), 8)
				s.memory:ptr(tracker, how == "circle" and tracker or 0xfffffe0000123000)
			end })
			local k13 <close> = assert(vmcore.open { core = broken.core, kernel = broken.kernel })
			local messages = {}
			local found = assert(lock.new(k13, function(text) messages[#messages + 1] = text end)):readers()
			assert.equal(1, #found[k13:symbol "routes_rm".value])
			assert.equal(1, #messages)
			assert.matches("CPU 1: .*" .. message, messages[1])
		end
	end)

	it("that are variables are found by their types", function()
		local found = {}
		for address, name in view:variables() do
			found[name] = address
		end
		for _, name in ipairs { "Giant", "alpha_sx", "beta_rw", "routes_rm", "blocked_lock" } do
			assert.equal(k:symbol(name).value, found[name])
		end
	end)

	it("of a sleeping thread have the wait message as their name", function()
		local name = at "alpha_sx" and k.var.alpha_sx.lock_object.lo_name
		assert.is_true(view:is_named(k:symbol "alpha_sx".value, vmcore.toaddress(name)))
		assert.is_false(view:is_named(k:symbol "alpha_sx".value, 0x1000))
		assert.is_false(view:is_named(k:symbol "Giant".value, vmcore.toaddress(name)))
	end)
end)
