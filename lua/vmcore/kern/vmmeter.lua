--- What the kernel counts of itself: sys/vmmeter.h, vm/vm_pagequeue.h, and
-- the lines in which vmstat(8) -s says it.
-- @module vmcore.kern.vmmeter

local counter = require "vmcore.kern.counter"
local member = require "vmcore.kern.member"

local vmmeter = {}

local DOMAINS_MAX = 8		-- MAXMEMDOM

-- Key and text of each line, in vmstat's order.
local LINES = {
	{ "v_swtch", "cpu context switches" }, { "v_intr", "device interrupts" },
	{ "v_soft", "software interrupts" }, { "v_trap", "traps" },
	{ "v_syscall", "system calls" }, { "v_kthreads", "kernel threads created" },
	{ "v_forks", " fork() calls" }, { "v_vforks", "vfork() calls" },
	{ "v_rforks", "rfork() calls" }, { "v_swapin", "swap pager pageins" },
	{ "v_swappgsin", "swap pager pages paged in" }, { "v_swapout", "swap pager pageouts" },
	{ "v_swappgsout", "swap pager pages paged out" }, { "v_vnodein", "vnode pager pageins" },
	{ "v_vnodepgsin", "vnode pager pages paged in" }, { "v_vnodeout", "vnode pager pageouts" },
	{ "v_vnodepgsout", "vnode pager pages paged out" },
	{ "v_pdwakeups", "page daemon wakeups" },
	{ "v_pdpages", "pages examined by the page daemon" },
	{ "v_pdshortfalls", "clean page reclamation shortfalls" },
	{ "v_reactivated", "pages reactivated by the page daemon" },
	{ "v_cow_faults", "copy-on-write faults" },
	{ "v_cow_optim", "copy-on-write optimized faults" },
	{ "v_zfod", "zero fill pages zeroed" }, { "v_ozfod", "zero fill pages prezeroed" },
	{ "v_intrans", "intransit blocking page faults" },
	{ "v_vm_faults", "total VM faults taken" }, { "v_io_faults", "page faults requiring I/O" },
	{ "v_kthreadpages", "pages affected by kernel thread creation" },
	{ "v_forkpages", "pages affected by  fork()" },
	{ "v_vforkpages", "pages affected by vfork()" },
	{ "v_rforkpages", "pages affected by rfork()" },
	{ "v_tfree", "pages freed" }, { "v_dfree", "pages freed by daemon" },
	{ "v_pfree", "pages freed by exiting processes" },
	{ "v_active_count", "pages active" }, { "v_inactive_count", "pages inactive" },
	{ "v_laundry_count", "pages in the laundry queue" },
	{ "v_wire_count", "pages wired down" },
	{ "v_user_wire_count", "virtual user pages wired down" },
	{ "v_nofree_count", "permanently allocated pages" },
	{ "v_free_count", "pages free" }, { "v_page_size", "bytes per page" },
	{ "ncs_goodhits", "name lookups found" }, { "ncs_neghits", "name lookups found to be nothing" },
	{ "ncs_badhits", "name lookups of names to be removed" },
	{ "ncs_falsehits", "name lookups of stale names" }, { "ncs_miss", "name lookups missed" },
	{ "ncs_long", "name lookups of names too long" },
}

-- Paging queues of a memory domain, vm/vm_page.h: PQ_*
local QUEUES = { v_inactive_count = 0, v_active_count = 1, v_laundry_count = 2 }

-- Sums over memory domains: of struct vm_domain's members.
local function of_domains(k)
	local D, Q = k:type "struct vm_domain", k:type "struct vm_pagequeue"
	local base = k.kd:lookup "vm_dom"
	local n = math.min(member.integer(k, "vm_ndomains") or 1, DOMAINS_MAX)
	local function sum(get, offset)
		local total = 0
		for i = 0, n - 1 do
			total = total + get(base + i * D.size + offset)
		end
		return total
	end
	local queues = D and D:member "vmd_pagequeues"
	local count, pages = member.getter(Q, "pq_cnt"), member.getter(Q, "pq_pdpages")
	local free = member.getter(D, "vmd_free_count")
	local found = {}
	if base and queues and count then
		for key, queue in pairs(QUEUES) do
			found[key] = function() return sum(count, queues.offset + queue * Q.size) end
		end
		-- 12 and later count what the page daemon looked at by queue.
		found.v_pdpages = pages and function(own)
			local total = own or 0
			for queue = 0, queues.type:strip().nelems - 1 do
				total = total + sum(pages, queues.offset + queue * Q.size)
			end
			return total
		end
	end
	found.v_free_count = base and free and function() return sum(free, 0) end
	return found
end

-- What the members of the variable vm_cnt say.
local function of_vm_cnt(k)
	local T, base = k:type "struct vmmeter", k.kd:lookup "vm_cnt"
	local read = counter.reader(k)
	return function(name)
		local m = T and base and T:member(name)
		if m == nil then
			return nil
		elseif m.type:strip().kind == "pointer" then
			return read(member.pointer(T, name)(base))
		end
		return member.getter(T, name)(base)
	end
end

-- What the name cache counts, kern/vfs_cache.c: from 12 on in counters, which
-- the sysctl adds up so; before in nchstats, sys/namei.h.
local NAMES = {
	ncs_goodhits = { "numposhits" }, ncs_neghits = { "numneghits" },
	ncs_badhits = { "numposzaps", "numnegzaps" }, ncs_miss = { "nummiss", "nummisszap" },
}

local function of_names(k)
	local T, at = k:type "struct nchstats", k.kd:lookup "nchstats"
	local read = counter.reader(k)
	local counted = k:has_symbol "numposhits"
	return function(name)
		local sum = counted and NAMES[name] and 0
		for _, variable in ipairs(sum and NAMES[name] or {}) do
			local where = k.kd:lookup(variable)
			sum = sum + (where and read(k.kd:read_ptr(where)) or 0)
		end
		local get = not counted and at and member.getter(T, name)
		return sum or get and get(at) or nil
	end
end

--- The lines of vmstat -s.
-- @tparam table k
-- @treturn {table...} key (the name in sysctl(8)'s vm.stats, or of struct
--   nchstats), text; value, a function that may raise a fault, and gives nil
--   when this kernel does not count that
function vmmeter.lines(k)
	local counted, domains, names = of_vm_cnt(k), of_domains(k), of_names(k)
	local list = {}
	for i, line in ipairs(LINES) do
		local key = line[1]
		list[i] = { key = key, text = line[2], value = function()
			local own = counted(key)
			if domains[key] then
				return domains[key](own)
			elseif key == "v_user_wire_count" then
				return member.integer(k, "vm_user_wire_count", k.kd:ptrsize())
			end
			return own or names(key)
		end }
	end
	return list
end

return vmmeter
