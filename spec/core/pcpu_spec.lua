--- Processors: struct pcpu, DPCPU, zones with a part for each CPU, counters.
local kvm = require "kvm"
local tiny = require "spec.support.tiny"

for _, target in ipairs(tiny.TARGETS) do
	local name, options = table.unpack(target)

	describe("processors of " .. name, function()
		local kd, k

		setup(function()
			kd, k = tiny.open(options)
		end)

		it("are counted", function()
			assert.equal(8, kd:getmaxcpu())
			assert.equal(2, kd:getncpus())
		end)

		it("have a struct pcpu, unless there is a gap", function()
			assert.equal(k.pcpu[0], kd:pcpu_address(0))
			assert.equal(k.pcpu[2], kd:pcpu_address(2))
			assert.equal(2, kd:getpcpu(2).pc_cpuid)
			for _, cpu in ipairs{ 1, 3, 8, -1, 1 << 31, 1 << 40 } do
				assert.is_false(kd:pcpu_address(cpu))
				assert.is_false(kd:getpcpu(cpu))
			end
		end)

		it("have variables of their own", function()
			assert.equal(k.dpcpu[0], kd:lookup "load")
			assert.equal(k.dpcpu[0], kd:lookup "_load")
			assert.is_true(kd:dpcpu_setcpu(2))
			assert.equal(k.dpcpu[2], kd:lookup "load")
			assert.is_true(kd:dpcpu_setcpu(0))
			assert.equal(k.dpcpu[0], kd:nlist2{ "load" }.load.value)
		end)

		it("that don't exist have none", function()
			for _, cpu in ipairs{ 1, 3, 1000, -1 } do
				local ok, message, code = kd:dpcpu_setcpu(cpu)
				assert.is_nil(ok)
				assert.equal("inval", code)
				assert.matches("there is no processor", message)
			end
			assert.equal(k.dpcpu[0], kd:lookup "load")
		end)

		it("share what lies outside of the set", function()
			local template = kd:symbol "pcpu_entry_plain".value
			assert.equal(template, kd:lookup "plain")
		end)

		it("have parts of a zone", function()
			local e = kd:byteorder() == "little" and "<" or ">"
			assert.equal(string.pack(e .. "I8I8", 1000, 5),
			    kd:read_zpcpu(k.base, 16, 0))
			assert.equal(string.pack(e .. "I8", 1002),
			    kd:read_zpcpu(k.base, 8, 2))
			assert.equal("inval", select(3, kd:read_zpcpu(k.base, 8, 1)))
			assert.equal("fault-unmapped",
			    select(3, kd:read_zpcpu(k.base + (1 << 24), 8, 2)))
		end)

		it("count together", function()
			assert.equal(2002, kd:counter_u64_fetch(k.base))
			assert.equal(10, kd:counter_u64_fetch(k.base + 8))
		end)

		it("tell counters that can't be read from those of 0", function()
			local value, message, code = kd:counter_u64_fetch(k.base + (1 << 24))
			assert.is_nil(value)
			assert.equal("fault-unmapped", code)
			assert.matches("^processor 0's part of 0x", message)
		end)

		it("don't count what was never set up", function()
			local offset = k.types:offsetof("struct pcpu", "pc_early_dummy_counter")
			assert.equal(0, kd:counter_u64_fetch(offset))
			assert.equal(0, kd:counter_u64_fetch(k.pcpu[0] + offset))
		end)
	end)
end

-- How far apart the parts are is seen in struct pcpu.
for _, release in ipairs{ "12", "11" } do
	for _, target in ipairs(tiny.TARGETS) do
		local name, options = table.unpack(target)

		it("zones of FreeBSD " .. release .. ", " .. name, function()
			local kd, k = tiny.open{ arch = options.arch, types = options.types,
				cpus = release }
			assert.equal(2002, kd:counter_u64_fetch(k.base))
			assert.equal(release == "12" and 4096 or
			    k.types:sizeof "struct pcpu", k.step)
			kd:close()
		end)
	end
end

describe("damaged processors", function()
	-- Open with a variable changed, and give how a call fails.
	local function failing(name, value, method, ...)
		local kd = tiny.open{ change = function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == name then
					k.mem:put(s.addr, math.min(s.size, 8), value)
				end
			end
		end }
		local answer, message, code = kd[method](kd, ...)
		kd:close()
		assert.is_nil(answer)
		return code, message
	end

	it("are not believed in when they are too many", function()
		for _, n in ipairs{ 0, 1 << 20, -1 } do
			assert.equal("format", (failing("mp_maxcpus", n, "getmaxcpu")))
			assert.equal("format", (failing("mp_ncpus", n, "getncpus")))
			assert.equal("format", (failing("mp_maxcpus", n, "getpcpu", 0)))
		end
		assert.equal("format", (failing("mp_maxid", 8, "getpcpu", 0)))
		assert.equal("format", (failing("mp_maxid", -1, "counter_u64_fetch", 16)))
	end)

	it("are a fault where their struct lies nowhere", function()
		local kd, k = tiny.open{ change = function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == "cpuid_to_pcpu" then
					k.mem:ptr(s.addr, 0x10)
				end
			end
		end }
		assert.equal(0x10, kd:pcpu_address(0))
		assert.equal("fault-unmapped", select(3, kd:counter_u64_fetch(k.base)))
		kd:close()
	end)
end)

describe("processors of a kernel", function()
	it("without types have addresses and nothing else", function()
		local kd, k = tiny.open{ no_ctf = true }
		assert.equal(k.pcpu[2], kd:pcpu_address(2))
		assert.equal(k.dpcpu[0], kd:lookup "load")
		for _, call in ipairs{ { "getpcpu", 0 }, { "read_zpcpu", k.base, 8, 0 },
		    { "counter_u64_fetch", k.base } } do
			local answer, _, code = kd[call[1]](kd, table.unpack(call, 2))
			assert.is_nil(answer)
			assert.equal("notype", code)
		end
		kd:close()
	end)

	it("without symbols are none that are known", function()
		local kd = tiny.open{ change = function(k) k.symbols = {} end }
		for _, method in ipairs{ "getmaxcpu", "getncpus" } do
			assert.equal("nosym", select(3, kd[method](kd)))
		end
		assert.equal("nosym", select(3, kd:getpcpu(0)))
		assert.equal("nosym", select(3, kd:dpcpu_setcpu(0)))
		kd:close()
	end)

	it("with a resolver are found by it", function()
		local kd, k
		kd, k = tiny.open{ resolver = function(name)
			for _, s in ipairs(k and k.symbols or {}) do
				if s.name == name then
					return s.addr
				end
			end
		end }
		assert.equal(2002, kd:counter_u64_fetch(k.base))
		assert.equal(k.dpcpu[0], kd:lookup "load")
		kd:close()
	end)

	it("are read through any resolver's errors", function()
		local boom = {}
		local kd, k = tiny.open{ resolver = function(name)
			if name == "mp_maxcpus" then
				error(boom)
			end
		end }
		local ok, raised = pcall(kd.counter_u64_fetch, kd, k.base)
		assert.is_false(ok)
		assert.equal(boom, raised)
		assert.is_false(pcall(kvm.getmaxcpu, kd))
		kd:close()
	end)
end)
