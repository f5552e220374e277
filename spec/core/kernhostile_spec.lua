--- What kvm(3) knows of a kernel, asked of dumps and kernel files with bytes that
-- were changed: an answer or an error, never a crash, and soon.
local kvm = require "kvm"
local tiny = require "spec.support.tiny"

local SECONDS = 20		-- for any one of them: a bound on hangs
local ROUNDS = tonumber(os.getenv "ROUNDS") or 30

local function read(path)
	local f = assert(io.open(path, "rb"))
	local text = f:read "a"
	f:close()
	return text
end

local function write(path, text)
	local f = assert(io.open(path, "wb"))
	f:write(text)
	f:close()
end

-- Ask everything; what comes back is of no matter.
local function ask(kernel, core)
	local kd = kvm.openx{ kernel = kernel, core = core }
	if kd == nil then
		return
	end
	local base = kd:pcpu_address(0)
	for _, call in ipairs{ { "getmaxcpu" }, { "getncpus" }, { "getpcpu", 0 }, { "getpcpu", 2 },
	    { "counter_u64_fetch", base or 64 }, { "read_zpcpu", base or 64, 64, 2 },
	    { "dpcpu_setcpu", 2 }, { "lookup", "load" }, { "lookup", "ifnet" }, { "vnet_list" },
	    { "getloadavg" }, { "getcptime" }, { "getswapinfo" }, { "getprocs", 0 },
	    { "getprocs", kvm.KERN_PROC_TTY, 0x74 }, { "getargv", 100 }, { "getargv", 1 } } do
		local from = os.clock()
		kd[call[1]](kd, table.unpack(call, 2))
		assert.is_true(os.clock() - from < SECONDS, call[1])
	end
	kd:close()
end

-- Numbers that are always the same, whatever Lua's are.
local function generator(seed)
	return function(n)
		seed = seed * 6364136223846793005 + 1442695040888963407
		return (seed >> 33) % n + 1
	end
end

-- Bytes that matter more often than others.
local BYTES = { 0, 1, 2, 0x10, 0x7f, 0x80, 0xf0, 0xff }

local function flip(text, random, times)
	for _ = 1, times do
		-- Most of memory is zeros, which mean nothing.
		local at = text:find("[^%z]", random(#text)) or #text
		text = text:sub(1, at - 1) .. string.char(BYTES[random(#BYTES)]) .. text:sub(at + 1)
	end
	return text
end

for _, target in ipairs(tiny.TARGETS) do
	local name, options = table.unpack(target)

	describe("a changed " .. name, function()
		local dir, kernel, core

		setup(function()
			dir = os.tmpname()
			os.remove(dir)
			local k = tiny.new(options):write(dir)
			kernel, core = k.kernel, k.core
		end)

		teardown(function()
			os.execute("rm -rf " .. dir)
		end)

		it("kernel file is survived", function()
			local text, random = read(kernel), generator(1)
			for _ = 1, ROUNDS do
				write(dir .. "/bad", flip(text, random, 4))
				ask(dir .. "/bad", core)
			end
		end)

		it("dump is survived", function()
			local text, random = read(core), generator(2)
			for _ = 1, ROUNDS do
				write(dir .. "/bad", flip(text, random, 20))
				ask(kernel, dir .. "/bad")
			end
		end)

		it("dump that ends early is survived", function()
			local text = read(core)
			for at = #text // 4096 * 4096, #text // 2, -4096 do
				write(dir .. "/bad", text:sub(1, at - 100))
				ask(kernel, dir .. "/bad")
			end
		end)
	end)
end
