--- Writes the layouts that system.lua uses from those of a real kernel.
--
--	lua5.4 spec/support/mklayout.lua types.jsonl.zst > layouts/freebsd13-amd64.h
--	lua5.4 spec/support/mklayout.lua types.jsonl.zst layouts/net.lua > layouts/net13-amd64.h
--
-- The output is C text for types.layout: the structs below with the members that
-- reports look at, each at its real offset.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/../../?.lua;" .. package.path
local types = require "spec.support.types"

-- Structs in order; those without a list are kept whole.
local KEEP = {
	{ "lock_object" }, { "mtx" }, { "timeval" }, { "bintime" },
	{ "_cpuset" }, { "threadqueue" }, { "pmap_statistics" }, { "rusage_ext" },
	{ "loadavg" },
	{ "pmap", "pm_mtx pm_stats" }, { "vm_map", "nentries size pmap" },
	{ "vmspace", "vm_map vm_swrss vm_tsize vm_dsize vm_ssize vm_refcnt " ..
	    "vm_pmap" },
	{ "uidinfo", "ui_proccnt ui_uid ui_ref" },
	{ "loginclass", "lc_name lc_refcount" },
	{ "prison", "pr_list pr_id pr_ref pr_uref pr_flags pr_children " ..
	    "pr_sibling pr_parent pr_vnet pr_root pr_childcount pr_childmax " ..
	    "pr_securelevel pr_state pr_osreldate pr_hostid pr_name pr_path " ..
	    "pr_hostname pr_domainname pr_hostuuid pr_osrelease pr_proclist" },
	{ "prisonlist" },
	{ "ucred", "cr_ref cr_users cr_uid cr_ruid cr_svuid cr_ngroups " ..
	    "cr_gid cr_rgid cr_svgid cr_uidinfo cr_ruidinfo cr_prison " ..
	    "cr_loginclass cr_flags cr_groups cr_smallgroups" },
	{ "pargs" }, { "plimit", "pl_refcnt" },
	{ "pstats", "p_start" }, { "sigacts", "ps_flag ps_refcnt" },
	{ "cdev", "si_flags si_refcount si_name" },
	{ "tty", "t_list t_flags t_pgrp t_session t_sessioncnt t_dev" },
	{ "session" },
	{ "pgrp", "pg_hash pg_members pg_session pg_id pg_jobc pg_flags" },
	{ "region_descriptor" }, { "pcb" }, { "trapframe" },
	{ "mdthread", "md_spinlock_count md_saved_flags md_pcb md_stack_base" },
	{ "turnstile" }, { "sleepqueue" },
	{ "thread", "td_lock td_proc td_plist td_runq td_slpq td_lockq td_hash " ..
	    "td_sleepqueue td_turnstile td_tid td_flags td_ast " ..
	    "td_inhibitors td_pflags td_dupfd td_sqqueue td_wchan td_wmesg " ..
	    "td_tsqueue td_locks td_rw_rlocks td_sx_slocks td_lk_slocks td_blocked " ..
	    "td_lockname td_wantedlock " ..
	    "td_contested td_sleeplocks td_pinned td_realucred td_ucred " ..
	    "td_slptick td_blktick td_swvoltick td_rux td_incruntime " ..
	    "td_runtime td_pticks td_name td_errno td_rqindex td_base_pri " ..
	    "td_priority td_pri_class td_user_pri td_pcb td_state td_frame " ..
	    "td_kstack td_kstack_pages td_critnest td_md td_vnet td_lastcpu " ..
	    "td_oncpu" },
	{ "thread0_storage" },
	{ "proc", "p_list p_threads p_ucred p_fd p_pd p_stats p_limit " ..
	    "p_sigacts p_flag p_flag2 p_state p_pid p_hash p_pglist p_pptr " ..
	    "p_sibling p_children p_reaper p_mtx p_oppid p_vmspace p_swtick " ..
	    "p_rux p_crux p_exitthreads p_traceflag p_tracevp p_ktrioparms " ..
	    "p_textvp p_lock p_singlethread p_suspcount p_treeflag p_magic " ..
	    "p_osrel p_comm p_sysent p_args p_nice p_fibnum p_xexit p_xsig " ..
	    "p_pgrp p_numthreads p_acflag p_peers p_leader p_orphan " ..
	    "p_orphans p_textdvp p_binname p_jaillist" },
	{ "proclist" },
	{ "rm_queue" },
	{ "pcpu", "pc_curthread pc_idlethread pc_fpcurthread pc_deadthread " ..
	    "pc_curpcb pc_spinlocks pc_rm_queue pc_switchtime pc_switchticks pc_cpuid pc_allcpu " ..
	    "pc_cp_time pc_domain pc_dynamic pc_prvspace pc_apic_id" },
	{ "cpuhead" }, { "msgbuf" }, { "linker_file" },
}

local writer = {}
writer.__index = writer

local QUALIFIER = { const = true, volatile = true }

local function labels(t)
	local out = {}
	for i, m in ipairs(t.m) do
		out[i] = ("%s = %d"):format(m[1], m[2])
	end
	return "{ " .. table.concat(out, ", ") .. " }"
end

function writer:declare(id, name, top)
	local set = self.set
	local t = set.list[id]
	if not t or t.k == "?" or t.k == "func" then
		return "void " .. name
	elseif t.k == "ptr" then
		local _, to = set:strip(t.r)
		if to and (to.k == "func" or to.k == "array") then
			return "void *" .. name
		end
		return self:declare(t.r, "*" .. name)
	elseif t.k == "array" then
		return self:declare(t.a[1], ("%s[%d]"):format(name, t.a[3]))
	elseif QUALIFIER[t.k] then
		local to = set.list[t.r]
		if to and to.k == "ptr" then
			return self:declare(t.r, t.k .. " " .. name)
		end
		return t.k .. " " .. self:declare(t.r, name)
	elseif t.k == "typedef" then
		self:typedef(id, t, name:find "^%*" ~= nil)
		return t.n .. " " .. name
	elseif t.k == "fwd" then
		return "struct " .. t.n .. " " .. name
	elseif t.n and t.k ~= "int" and t.k ~= "float" then
		if t.k == "enum" and not self.done[id] then
			self.done[id] = true
			self:out("enum " .. t.n .. " " .. labels(t) .. ";")
		end
		return t.k .. " " .. t.n .. " " .. name
	elseif t.k == "enum" then
		return "enum " .. labels(t) .. " " .. name
	elseif t.k == "struct" or t.k == "union" then
		return t.k .. " " .. self:body(t, nil, top) .. " " .. name
	end
	return t.n .. " " .. name
end

function writer:typedef(id, t, pointed)
	local _, to = self.set:strip(t.r)
	if self.done[id] then
		return
	end
	self.done[id] = true
	if pointed and to and (to.k == "struct" or to.k == "union") then
		self:out(("typedef %s %s %s;"):format(to.k, to.n or t.n, t.n))
	else
		self:out("typedef " .. self:declare(t.r, t.n) .. ";")
	end
end

-- Whether an anonymous struct holds a member that stays.
function writer:holds(id, keep)
	local _, t = self.set:strip(id)
	for _, m in ipairs(t and t.m or {}) do
		if keep[m[1]] or m[1] == "" and self:holds(m[2], keep) then
			return true
		end
	end
end

-- The members of a struct; keep maps the names that stay.
function writer:body(t, keep, top)
	local out = {}
	for _, m in ipairs(t.m) do
		if not keep or keep[m[1]] or m[1] == "" and
		    self:holds(m[2], keep) then
			local _, to = self.set:strip(m[2])
			local text = self:declare(m[2], m[1])
			local narrow = to and to.k == "int" and
			    text:match "^(.*) bitfield "
			if narrow then
				text = ("%s %s:%d"):format(narrow, m[1],
				    to.e & 0xffff)
			elseif top then
				-- After a body, the first @ is its size.
				local size = m[1] == "" and "@ " .. to.s .. " " or ""
				text = ("%s %s@ %d"):format(text, size, m[3] // 8)
			end
			out[#out + 1] = text .. ";"
		end
	end
	return "{" .. (top and "\n\t" or " ") ..
	    table.concat(out, top and "\n\t" or " ") .. (top and "\n" or " ") ..
	    "}"
end

function writer:out(line)
	self.lines[#self.lines + 1] = line
end

-- `list` is a Lua file that returns structs as KEEP has them.
local function main(path, own)
	local w = setmetatable({ set = types.load(path), lines = {}, done = {} },
	    writer)
	for _, entry in ipairs(own and dofile(own) or KEEP) do
		local name, list = entry[1], entry[2]
		local id = w.set.names["struct " .. name]
		local keep = list and {}
		for m in (list or ""):gmatch "%S+" do
			keep[m] = true
		end
		if id then
			local t = w.set.list[id]
			w:out(("struct %s %s @ %d;"):format(name,
			    w:body(t, keep, true), t.s))
		end
	end
	print("/* Structures of a FreeBSD kernel, taken by mklayout.lua. */")
	print(table.concat(w.lines, "\n"))
end

main(arg[1], arg[2])
