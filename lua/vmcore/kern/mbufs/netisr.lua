--- Packets that wait for a network thread: net/netisr.c, net/netisr_internal.h.
-- @module vmcore.kern.mbufs.netisr

local kvm = require "kvm"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"

local netisr = {}

local PROTOCOLS_MAX = 64	-- NETISR_MAXPROT is 16
local NAME_MAX = 32

-- The names of protocols, by their numbers.
local function name_reader(k)
	local P, first = k:type "struct netisr_proto", k.kd:lookup "netisr_proto"
	local get = member.getter(P, "np_name")
	return function(i)
		local ok, text = pcall(function()
			local name = get and first and get(first + i * P.size)
			return name and kvm.string(name, NAME_MAX)
		end)
		return ok and text or tostring(i)
	end
end

--- What is queued for each protocol on each CPU.
-- @tparam table k
-- @tparam function report
-- @treturn function iterator of { state = "netisr", owner (address of the struct
--   netisr_work), way ("ip CPU 0"), mbuf, records = true }, as vmcore.kern.mbufs
--   has them; of none when the kernel file does not tell
function netisr.each(k, report)
	local W, P = k:type "struct netisr_workstream", k:type "struct netisr_work"
	local work, first = W and W:member "nws_work", member.pointer(P, "nw_head")
	if not (work and first and k.kd:symbol "pcpu_entry_nws") then
		return function() return nil end
	end
	local name, n = name_reader(k), math.min(work.type:strip().nelems, PROTOCOLS_MAX)
	return coroutine.wrap(function()
		for cpu in pcpu.each(k) do
			local ok, at = pcall(pcpu.address, k, "nws", cpu)
			for i = 0, ok and n - 1 or -1 do
				local owner = at + work.offset + i * P.size
				local fine, m = pcall(first, owner)
				if not fine then
					report(("the netisr queue at %#x: %s"):format(owner, tostring(m)))
				elseif m then
					coroutine.yield { state = "netisr", owner = owner, mbuf = m, records = true,
						way = ("%s CPU %d"):format(name(i), cpu) }
				end
			end
		end
	end)
end

return netisr
