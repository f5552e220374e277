--- What every CPU has of its own: struct pcpu and DPCPU variables
-- (sys/pcpu.h, kern/subr_pcpu.c).
--
--	for cpu, pc in pcpu.each(k) do print(cpu, pc.pc_curthread) end
--	pcpu.variable(k, "nws", 1)	-- DPCPU_ID_GET(1, nws)
--
-- Variables of modules are there, too. Where no CPU is given, it is the one
-- that the thread that crashed was on.
-- @module vmcore.kern.pcpu

local kvm = require "kvm"
local kld = require "vmcore.kern.kld"
local linkerset = require "vmcore.kern.linkerset"
local member = require "vmcore.kern.member"

local pcpu = {}

-- More CPUs no kernel has: an mp_maxid that says so was damaged.
local CPUS_MAX <const> = 4096

-- The pointers or offsets in an array that has one for each CPU.
local function entries(k, name)
	local at, size = k.kd:lookup(name), k.kd:ptrsize()
	local last = math.min(member.integer(k, "mp_maxid") or 0, CPUS_MAX - 1)
	local cpu = -1
	return function()
		while at and cpu < last do
			cpu = cpu + 1
			local value = k.kd:read_ptr(at + cpu * size)
			if value and value ~= 0 then
				return cpu, value
			end
		end
	end
end

--- The CPUs there are, whose ids may be sparse.
-- @tparam table k
-- @treturn function iterator of id and struct pcpu's pointer
function pcpu.each(k)
	local each = entries(k, "cpuid_to_pcpu")
	local t = k:type "struct pcpu *"
	return function()
		local cpu, address = each()
		if cpu then
			return cpu, t and kvm.pointer(t, address) or address
		end
	end
end

--- The CPU whose thread crashed.
-- @tparam table k
-- @treturn ?integer its id; where that can't be told, that of the first one
function pcpu.crashed(k)
	local tid, first = member.integer(k, "dumptid"), nil
	local current = member.getter(k:type "struct pcpu", "pc_curthread.td_tid")
	for cpu, address in entries(k, "cpuid_to_pcpu") do
		first = first or cpu
		local ok, found = pcall(current or error, address)
		if ok and found == tid then
			return cpu
		end
	end
	return first
end

local function absent(cpu)
	error(("there is no CPU %s"):format(tostring(cpu)), 0)
end

-- What an array has for a CPU, and for which one.
local function entry(k, name, cpu)
	cpu = cpu or pcpu.crashed(k)
	for id, value in entries(k, name) do
		if id == cpu then
			return value
		end
	end
	return absent(cpu)
end

--- The struct pcpu of a CPU.
-- @tparam table k
-- @tparam ?integer cpu
-- @treturn object pointer to struct pcpu
-- @raise when there is no such CPU, or no such type
function pcpu.of(k, cpu)
	return k:pointer("struct pcpu *", entry(k, "cpuid_to_pcpu", cpu))
end

--- The address of a DPCPU variable.
-- @tparam table k
-- @tparam string name without "pcpu_entry_"
-- @tparam ?integer cpu
-- @treturn integer
-- @treturn ?kvm.type of it, when it is known
-- @raise when there is no such variable or CPU
function pcpu.address(k, name, cpu)
	local klds = kld.new(k)
	local symbol, file = klds:find(name, nil, "pcpu_entry_")
	if symbol == nil then
		local _, message = k.kd:symbol("pcpu_entry_" .. name)
		error(message, 0)
	end
	return symbol.value + entry(k, "dpcpu_off", cpu), klds:type_of(symbol, file)
end

--- A DPCPU variable of one CPU.
-- @tparam table k
-- @tparam string name without "pcpu_entry_"
-- @tparam ?integer cpu
-- @return as reading a member gives it
-- @raise when there is no such variable or CPU, or its type is not known; a
--   fault
function pcpu.variable(k, name, cpu)
	local address, t, message = pcpu.address(k, name, cpu)
	if t == nil then
		error(message, 0)
	end
	return kvm.object(t, address)
end

--- Whose per-CPU data an address is in.
-- @tparam table k
-- @tparam integer address
-- @treturn ?table cpu; name, offset and module of the DPCPU variable, or `pcpu`
--   (of struct pcpu) and offset; nil when it is in none
function pcpu.owner(k, address)
	local t = k:type "struct pcpu"
	for cpu, at in entries(k, "cpuid_to_pcpu") do
		if t and math.ult(address - at, t.size) then
			return { cpu = cpu, pcpu = at, offset = address - at }
		end
	end
	local start, stop = linkerset.bounds(k, "pcpu")
	for cpu, offset in entries(k, "dpcpu_off") do
		if start and math.ult(address - offset - start, stop - start) then
			local found = linkerset.member_at(k, "pcpu", address - offset)
			found.cpu = cpu
			return found
		end
	end
	return nil
end

return pcpu
