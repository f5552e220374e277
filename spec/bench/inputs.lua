--- The forged inputs of the benchmarks, made anew below a folder.
local forge = require "spec.support.forge"
local net = require "spec.support.net"
local system = require "spec.support.system"

local inputs = {}

local GIB = 1 << 30
local DATA = 0xffffffff81000000

local function exists(path)
	local f = io.open(path, "rb")
	return f and f:close()
end

local function folder(dir, name)
	local path = dir .. "/" .. name
	assert(os.execute(("mkdir -p '%s'"):format(path)))
	return path
end

local function many_symbols(kernel, n)
	for i = 1, n do
		local func = i % 3 ~= 0
		kernel:symbol{ name = ("bench_symbol_%d"):format(i), size = 64,
			addr = (func and DATA or DATA + 0x800000) + i * 64,
			type = func and "func" or "object", section = func and ".bench_text" or ".bench_data",
			bind = i % 2 == 0 and "local" or "global" }
	end
end

--- 2 GiB of RAM, 1 GiB of it dumped behind the direct map, and 64 MiB mapped
-- page by page, the pages scattered.
-- @treturn table kernel, core, dmap and kmap ({ address, length })
function inputs.memory(dir)
	local path = folder(dir, "memory")
	local mem = forge.memory{ ram = { { 0x1000, 0x9f000 }, { 0x100000, 2 * GIB } } }
	local out = { kernel = path .. "/kernel", core = path .. "/vmcore",
		dmap = { mem:dmap(GIB - (64 << 20)), GIB }, kmap = { DATA, 64 << 20 } }
	mem:keep(GIB - (64 << 20), GIB)
	mem:map_fresh(DATA, 64 << 20)
	forge.kernel{ symbols = { { name = "hz", addr = DATA, size = 4 } } }:write(out.kernel)
	forge.minidump{ memory = mem }:write(out.core)
	return out
end

--- A minidump that describes 1 TiB of RAM: a sparse file.
-- @treturn table kernel, core, bitmap (bytes)
function inputs.terabyte(dir)
	local path = folder(dir, "terabyte")
	local out = { kernel = path .. "/kernel", core = path .. "/vmcore",
		bitmap = 1024 * GIB // 4096 // 8 }
	forge.kernel{ symbols = { { name = "hz", addr = DATA, size = 4 } } }:write(out.kernel)
	forge.bench.huge():write(out.core)
	return out
end

--- A system of n processes and 1 GiB of memory, whose kernel has 20,000 types
-- and 34,000 symbols.
-- @treturn table kernel, core
function inputs.system(dir, n)
	local path = folder(dir, "system-" .. n)
	local s = forge.bench.new{ processes = n }
	many_symbols(s.kernel, 34000)
	s:write(path)
	return { kernel = path .. "/kernel", core = path .. "/vmcore.0" }
end

-- Connections with five mbufs each, spread over processes.
local function connections(n, count)
	local pids = {}
	for pid in pairs(n.procs) do
		pids[#pids + 1] = pid > 1000 and pid or nil
	end
	table.sort(pids)
	for i = 1, count do
		net.inet(n, { "bench" .. i, "tcp4", 1, pids[i % #pids + 1], i // #pids % 16,
			{ "\192\0\2\10", 80 }, { (">I4"):pack(0x0a000000 + i), 1024 + i % 60000 }, 4,
			rcv = { 100, 20, 30 }, snd = { 40, 50 } })
	end
end

--- A system of 1,000 processes, 10,000 sockets and 50,000 mbufs.
-- @treturn table kernel, core
function inputs.network(dir)
	local path = folder(dir, "network")
	local s = system.new { layout = 13, processes = 1000, prepare = net.prepare(13, function(n)
		connections(n, 10000)
	end) }
	s:write(path)
	return { kernel = path .. "/kernel", core = path .. "/vmcore.0" }
end

--- The real dump, where its folder and the tool that makes its kernel are.
-- @treturn table|nil kernel, core
function inputs.real(dir, real)
	local facts, tool = real .. "/freebsd13-amd64", real .. "/../tools/mkkernel"
	if not exists(facts .. "/vmcore.zst") or not exists(tool) then
		return nil
	end
	local path = folder(dir, "freebsd13-amd64")
	local out = { kernel = path .. "/kernel", core = path .. "/vmcore" }
	if not exists(out.core) then
		assert(os.execute(("'%s' '%s' '%s' && zstd -dqo '%s' '%s/vmcore.zst'"):format(
		    tool, facts, out.kernel, out.core, facts)))
	end
	return out
end

return inputs
