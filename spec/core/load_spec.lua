--- Load averages, processor time, swap devices.
local kvm = require "kvm"
local tiny = require "spec.support.tiny"

for _, target in ipairs(tiny.TARGETS) do
	local name, options = table.unpack(target)

	describe("the system of " .. name, function()
		local kd

		setup(function()
			kd = tiny.open(options)
		end)

		it("has load averages", function()
			assert.same({ 1, 0.5, 0.25 }, { kd:getloadavg() })
		end)

		it("has processor times, all processors together", function()
			assert.same({ user = 22, nice = 40, sys = 60, intr = 80, idle = 102 },
			    kd:getcptime())
		end)

		it("has swap devices, and their total", function()
			local devices, total = kd:getswapinfo()
			assert.same({
				{ devname = "ada0p2", used = 70, total = 1000, flags = 1 },
				{ devname = "[NFS swap]", used = 5, total = 100, flags = 2 },
			}, devices)
			assert.same({ devname = "", used = 75, total = 1100, flags = 0 }, total)
			devices = kd:getswapinfo(kvm.SWIF_DEV_PREFIX)
			assert.equal("/dev/ada0p2", devices[1].devname)
			assert.equal("[NFS swap]", devices[2].devname)
		end)
	end)
end

local function changed(change, method, ...)
	local kd = tiny.open{ change = change }
	local result = table.pack(kd[method](kd, ...))
	kd:close()
	return table.unpack(result, 1, result.n)
end

describe("swap devices", function()
	it("are called by their numbers when nothing else is known", function()
		local devices = changed(function(k)
			k:set(k.swap[1], "swdevt", "sw_id", 0x10)
		end, "getswapinfo")
		assert.equal("#C:0x5a", devices[1].devname)
		devices = changed(function(k)
			k:set(k.swap[1], "swdevt", "sw_id", 0)
		end, "getswapinfo")
		assert.equal("#C:0x5a", devices[1].devname)
	end)

	it("with long names are cut off", function()
		local devices = changed(function(k)
			k:set(k.swap[1], "swdevt", "sw_id", k:make("g_consumer", {
				provider = k:make("g_provider", { name = k:string(("x"):rep(99)) }) }))
		end, "getswapinfo", kvm.SWIF_DEV_PREFIX)
		assert.equal("/dev/" .. ("x"):rep(26), devices[1].devname)
	end)

	it("may be none", function()
		local devices, total = changed(function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == "swtailq" then
					k.mem:u64(s.addr, 0)
				end
			end
		end, "getswapinfo")
		assert.same({}, devices)
		assert.equal(0, total.total)
	end)

	it("that form a circle end", function()
		local answer, _, code = changed(function(k)
			k:set(k.swap[2], "swdevt", "sw_list.tqe_next", k.swap[1])
		end, "getswapinfo")
		assert.is_nil(answer)
		assert.equal("format", code)
	end)

	it("add up without overflow", function()
		local _, total = changed(function(k)
			k:set(k.swap[1], "swdevt", "sw_nblks", 0x7fffffff)
		end, "getswapinfo")
		assert.equal(0x7fffffff, total.total)
	end)
end)

describe("the load", function()
	it("needs a scale", function()
		local answer, _, code = changed(function(k)
			for _, s in ipairs(k.symbols) do
				if s.name == "averunnable" then
					k:set(s.addr, "loadavg", "fscale", 0)
				end
			end
		end, "getloadavg")
		assert.is_nil(answer)
		assert.equal("format", code)
	end)

	it("is taken from cp_time where the kernel has that", function()
		local times = changed(function(k)
			k:var("cp_time", "long[5]", { 1, 2, 3, 4, 5 })
		end, "getcptime")
		assert.same({ user = 1, nice = 2, sys = 3, intr = 4, idle = 5 }, times)
	end)

	it("needs types", function()
		local kd = tiny.open{ no_ctf = true }
		for _, method in ipairs{ "getloadavg", "getcptime", "getswapinfo" } do
			local answer, _, code = kd[method](kd)
			assert.is_nil(answer)
			assert.equal("notype", code)
		end
		kd:close()
	end)
end)
