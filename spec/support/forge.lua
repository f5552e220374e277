--- The forge: builds kernels and crash dumps for tests, in view of the test.
--
-- It shares no code with the readers it tests. See each module for its part.
--
--	local forge = require "spec.support.forge"
--	local types = forge.types "struct proc { int p_pid; char p_comm[20]; };"
--	local mem = forge.memory{ types = types }
--	local p = mem:make("struct proc", { p_pid = 1, p_comm = "init" })
--	forge.kernel{ types = types, symbols = { { name = "initproc",
--	    addr = p, size = 24, ctype = "struct proc" } } }:write(kernel)
--	forge.minidump{ memory = mem, version = 3 }:write(core)
local kernel = require "spec.support.kernel"
local memory = require "spec.support.memory"
local minidump = require "spec.support.minidump"
local types = require "spec.support.types"

local forge = {}

--- Types from C text or from a layout file (a path to a types.jsonl[.zst]).
-- @tparam string source
-- @tparam[opt] table opts ptrsize, align, endian
function forge.types(source, opts)
	if source:find "[;{]" then
		return types.parse(source, opts)
	end
	return types.load(source, opts)
end

--- The types of FreeBSD 12, 13 or 15 (amd64) that system.lua uses.
function forge.system_types(release)
	return types.layout(("freebsd%d-amd64"):format(release))
end

--- See memory.new.
function forge.memory(opts)
	return memory.new(opts or {})
end

--- See kernel.new.
function forge.kernel(opts)
	return kernel.new(opts)
end

--- See minidump.new; memory is the memory to be dumped.
function forge.minidump(opts)
	return minidump.new(opts.memory, opts)
end

-- What few specs need is loaded when it is asked for.
local PARTS = { elfdump = "elfdump", system = "system",
	sparc64dump = "sparc64dump" }
local WHOLE = { elf = true, ctf = true, kdh = true, msgbuf = true,
	zlib = true, arches = true, bench = true, sparse = true,
	walk = true }

return setmetatable(forge, { __index = function(_, name)
	if WHOLE[name] then
		return require("spec.support." .. name)
	elseif PARTS[name] then
		return require("spec.support." .. PARTS[name]).new
	end
end })
