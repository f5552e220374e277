--- Scenarios for memerr.lua: what kvm(3) knows of the kernel's structs, on the
-- kernel of tiny.lua.
local kvm = require "kvm"

local scenarios = {}

function scenarios.getprocs(kd)
	local rows, message, code = kd:getprocs(kvm.KERN_PROC_ALL)
	if rows and code == "nomem" then
		return nil, message, code
	end
	return rows, message, code
end

function scenarios.getargv(kd)
	return kd:getargv(100)
end

function scenarios.getpcpu(kd)
	local pcpu, message, code = kd:getpcpu(2)
	return pcpu and pcpu.pc_cpuid, message, code
end

function scenarios.counter(kd)
	local pcpu, message, code = kd:pcpu_address(0)
	if not pcpu then
		return nil, message, code
	end
	local t
	t, message, code = kd:type("struct", "pcpu")
	if not t then
		return nil, message, code
	end
	return kd:counter_u64_fetch(pcpu + t:member "pc_early_dummy_counter".offset)
end

function scenarios.vnet(kd)
	local list, message, code = kd:vnet_list()
	if not list then
		return nil, message, code
	end
	return kd:lookup "ifnet"
end

function scenarios.dpcpu(kd)
	return kd:lookup "load"
end

function scenarios.getloadavg(kd)
	return kd:getloadavg()
end

function scenarios.getcptime(kd)
	return kd:getcptime()
end

function scenarios.getswapinfo(kd)
	return kd:getswapinfo()
end

return scenarios
