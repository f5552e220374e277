--- What every CPU has of its own: struct pcpu and DPCPU variables
-- (sys/pcpu.h, kern/subr_pcpu.c).
--
--	for cpu, pc in pcpu.each(k) do print(cpu, pc.pc_curthread) end
--	pcpu.variable(k, "nws", 1)	-- DPCPU_ID_GET(1, nws)
--
-- @module vmcore.kern.pcpu

local kvm = require "kvm"
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

-- The symbol of a DPCPU variable, when it is one: kernels put them all into
-- set_pcpu.
local function symbol_of(k, name)
	local symbol, message = k.kd:symbol("pcpu_entry_" .. name)
	if symbol == nil then
		error(message, 0)
	end
	return symbol
end

--- The address of a DPCPU variable.
-- @tparam table k
-- @tparam string name without "pcpu_entry_"
-- @tparam integer cpu
-- @treturn integer
-- @raise when there is no such variable or CPU
function pcpu.address(k, name, cpu)
	local symbol = symbol_of(k, name)
	for id, offset in entries(k, "dpcpu_off") do
		if id == cpu then
			return symbol.value + offset
		end
	end
	error(("there is no CPU %s"):format(tostring(cpu)), 0)
end

--- A DPCPU variable of one CPU.
-- @tparam table k
-- @tparam string name without "pcpu_entry_"
-- @tparam integer cpu
-- @return as reading a member gives it
-- @raise when there is no such variable or CPU, or its type is not known; a
--   fault
function pcpu.variable(k, name, cpu)
	local address = pcpu.address(k, name, cpu)
	local t, message = k.kd:type_of_symbol("pcpu_entry_" .. name)
	if t == nil then
		error(message, 0)
	end
	return kvm.object(t, address)
end

--- Whose per-CPU data an address is in.
-- @tparam table k
-- @tparam integer address
-- @treturn ?table cpu; name and offset of the DPCPU variable, or `pcpu` (of
--   struct pcpu) and offset; nil when it is in none
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
			local symbol, inside = k:symbol_at(address - offset)
			local name = symbol and symbol.name:match "^pcpu_entry_(.*)"
			return { cpu = cpu, name = name, offset = name and inside or 0 }
		end
	end
	return nil
end

return pcpu
