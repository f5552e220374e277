--- Where packets are handed on to protocols: net/netisr.h, net/netisr.c,
-- net/netisr_internal.h.
-- @module vmcore.kern.netisr

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local netisr = {}

local PROTOCOLS_MAX = 64	-- NETISR_MAXPROT is 16
local CPUS_MAX = 4096		-- MAXCPU
local NAME_MAX = 32		-- NETISR_NAMEMAXLEN

-- NETISR_POLICY_*, NETISR_DISPATCH_*, net/netisr.h
local POLICIES = { "source", "flow", "cpu" }
local DISPATCHES = { [0] = "default", "deferred", "hybrid", "direct" }

local function work_type(k)
	local W, P = k:type "struct netisr_workstream", k:type "struct netisr_work"
	local m = W and W:member "nws_work"
	local t = m and m.type:strip()
	return P, m, t and t.kind == "array" and math.min(t.nelems, PROTOCOLS_MAX) or 0
end

--- What was set.
-- @tparam table k
-- @treturn {table...} of `setting`, `current` and `limit` (nil: it has none)
function netisr.settings(k)
	local function number(name)
		return member.integer(k, name)
	end
	local policy = number "netisr_dispatch_policy"
	local bound = number "netisr_bindthreads"
	return {
		{ setting = "Thread count", current = number "nws_count", limit = number "netisr_maxthreads" },
		{ setting = "Default queue limit", current = number "netisr_defaultqlimit",
			limit = number "netisr_maxqlimit" },
		{ setting = "Dispatch policy", current = policy and (DISPATCHES[policy] or policy) },
		{ setting = "Threads bound to CPUs",
			current = bound and (bound ~= 0 and "enabled" or "disabled") },
	}
end

--- The protocols that are registered.
-- @tparam table k
-- @tparam function report
-- @treturn {table...} of `proto` (a number), `name`, `qlimit`, `policy`,
--   `dispatch`, `flags` ("CDF": it maps packets to CPUs, wants to know of
--   CPUs that were drained, maps packets to flows)
function netisr.protocols(k, report)
	local T, first, list = k:type "struct netisr_proto", k.kd:lookup "netisr_proto", {}
	local name = member.getter(T, "np_name")
	local qlimit, policy = member.getter(T, "np_qlimit"), member.getter(T, "np_policy")
	local dispatch, flags = member.getter(T, "np_dispatch"), {}
	for i, path in ipairs { "np_m2cpuid", "np_drainedcpu", "np_m2flow" } do
		flags[i] = member.pointer(T, path)
	end
	local function read(at, i)
		local text = name(at)
		list[#list + 1] = text and { proto = i, name = kvm.string(text, NAME_MAX), qlimit = qlimit(at),
			policy = POLICIES[policy(at)] or tostring(policy(at)),
			dispatch = DISPATCHES[dispatch(at)] or tostring(dispatch(at)),
			flags = (flags[1](at) and "C" or "-") .. (flags[2](at) and "D" or "-")
			    .. (flags[3](at) and "F" or "-") }
	end
	local _, _, n = work_type(k)
	for i = 0, name and first and #flags == 3 and n - 1 or -1 do
		local ok, fault = pcall(read, first + i * T.size, i)
		if not ok then
			report(("netisr_proto[%d]: %s"):format(i, tostring(fault)))
		end
	end
	return list
end

-- The workstreams that threads serve: their numbers by CPU.
local function served(k)
	local first, list = k.kd:lookup "nws_array", {}
	for i = 0, first and math.min(member.integer(k, "nws_count") or 0, CPUS_MAX) - 1 or -1 do
		local cpu = k.kd:read_uint(first + i * 4, 4)
		if cpu then
			list[cpu] = i
		end
	end
	return list
end

--- What each CPU did for each protocol.
-- @tparam table k
-- @tparam function report
-- @treturn function iterator of tables: `wsid` (nil: no thread serves the CPU),
--   `cpu`, `proto` (a number), `len`, `watermark`, `dispatched`,
--   `hybrid_dispatched`, `qdrops`, `queued`, `handled`, `addr` (of the struct
--   netisr_work), `head` (the first packet's mbuf; nil: none waits)
function netisr.work(k, report)
	local P, work, n = work_type(k)
	local fields, names = {}, { "len", "watermark", "dispatched", "hybrid_dispatched", "qdrops", "queued",
		"handled" }
	for _, key in ipairs(names) do
		fields[key] = member.getter(P, "nw_" .. key)
	end
	local ids, head = served(k), member.pointer(P, "nw_head")
	return coroutine.wrap(function()
		for cpu in fields.handled and k.kd:symbol "pcpu_entry_nws" and pcpu.each(k)
		    or function() return nil end do
			local ok, at = pcall(pcpu.address, k, "nws", cpu)
			for i = 0, ok and n - 1 or -1 do
				local row = { wsid = ids[cpu], cpu = cpu, proto = i, addr = at + work.offset + i * P.size }
				local fine, fault = pcall(function()
					for _, key in ipairs(names) do
						row[key] = fields[key](row.addr)
					end
					row.head = head and head(row.addr)
				end)
				if fine then
					coroutine.yield(row)
				else
					report(("netisr on CPU %d, protocol %d: %s"):format(cpu, i, tostring(fault)))
				end
			end
		end
	end)
end

return netisr
