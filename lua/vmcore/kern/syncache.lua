--- Connections that were asked for and have no socket yet:
-- netinet/tcp_syncache.h.
-- @module vmcore.kern.syncache

local kvm = require "kvm"
local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local syncache = {}

local INC_ISIPV6 = 0x01		-- inc_flags, netinet/in_pcb.h
local BUCKETS_MAX = 1 << 20	-- TCP_SYNCACHE_HASHSIZE is 512
local DAMAGES_MAX = 32		-- then the size is no size

local function reader(k, T)
	local function at(name)
		return kvm.offsetof(T, "sc_inc." .. name)
	end
	local flags = member.getter(T, "sc_inc.inc_flags")
	local ends = {
		["local"] = { at "inc_ie.ie_dependladdr", at "inc_ie.ie_lport" },
		foreign = { at "inc_ie.ie_dependfaddr", at "inc_ie.ie_fport" },
	}
	return function(entry, stack)
		local s = { entry = entry, list = "tcp", stack = stack }
		s.v6 = flags(entry) & INC_ISIPV6 ~= 0
		for which, place in pairs(ends) do
			local address = inaddr.read(k, entry + place[1], 16)
			s[which .. "_address"] = s.v6 and address or address:sub(13)
			s[which .. "_port"] = (">I2"):unpack(inaddr.read(k, entry + place[2], 2))
		end
		return s
	end
end

--- The entries of a stack's cache.
-- @tparam table k
-- @tparam table stacks vmcore.kern.netstack
-- @tparam table stack
-- @tparam function report
-- @treturn function iterator of { entry, list = "tcp", stack, v6,
--   local_address, local_port, foreign_address, foreign_port }
function syncache.each(k, stacks, stack, report)
	local T, H = k:type "struct syncache", k:type "struct syncache_head"
	local C = k:type "struct tcp_syncache"
	local cache = stacks:address(stack, "tcp_syncache")
	local bucket = H and H:member "sch_bucket"
	local size, base = member.getter(C, "hashsize"), member.pointer(C, "hashbase")
	if not (T and bucket and cache and size and base) then
		return function() return nil end
	end
	local read = reader(k, T)
	local walk = queue.prepare(bucket.type, "sc_hash", { element = T, addresses = true })
	local ok, first, n = pcall(function()
		return base(cache), math.min(size(cache), BUCKETS_MAX)
	end)
	if not ok then
		report("tcp_syncache: " .. tostring(first))
		first = nil
	end
	local i = 0
	local each = function() return nil end
	-- The next entry of the bucket that can be read.
	local function following()
		for entry in each do
			local fine, s = pcall(read, entry, stack)
			if fine then
				return s
			end
			report(("the syncache entry at %#x: %s"):format(entry, tostring(s)))
		end
		return nil
	end
	local damages = 0
	local function on_stop(status)
		report("tcp_syncache: " .. status.message)
		damages = damages + 1
		if damages == DAMAGES_MAX then
			report(("tcp_syncache: %d of %d buckets read, the rest is not believed"):format(i, n))
			n = i
		end
	end
	return function()
		local entry = following()
		while entry == nil and first and i < n do
			each = walk(first + i * H.size + bucket.offset, on_stop)
			entry, i = following(), i + 1
		end
		return entry
	end
end

return syncache
