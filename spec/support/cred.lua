--- Credentials, jails, process groups, sessions and terminals.
--
--	local c = cred.new(sys)
--	c:get(description).at		the struct ucred
--	c:group(description, parent).at	the struct pgrp
local cred = {}
local builder = {}
builder.__index = builder

local HASH = 16			-- buckets of the group hash

-- Types the layouts do not have a name for.
local TYPES = [[
struct ttylist { struct tty *tqh_first; struct tty **tqh_last; };
struct pgrphashhead { struct pgrp *lh_first; };
]]

--- A builder.
function cred.new(sys)
	local self = setmetatable({ sys = sys, creds = {}, sessions = {},
		groups = {}, uids = {}, jails = {}, ttys = {} }, builder)
	require "spec.support.types".parse(TYPES, nil, sys.types)
	self.allprison = sys:var("allprison", "struct prisonlist", {})
	self:jail(0, sys:var("prison0", "struct prison"), {
		pr_name = "0", pr_path = "/", pr_hostname = "demo.example.org",
		pr_childmax = 999999, pr_osrelease = sys.release })
	self.tty_list = sys:var("tty_list", "struct ttylist", {},
	    { bind = "local" })
	sys.mem:u64(self.tty_list + 8, self.tty_list)
	self.table = sys.mem:alloc(HASH * 8)
	sys:var("pgrphashtbl", "struct pgrphashhead *", self.table)
	sys:var("pgrphash", "unsigned long", HASH - 1)
	return self
end

--- A prison on the list; at nil: a new one.
function builder:jail(id, at, fields)
	local sys = self.sys
	at = at or sys.mem:alloc(sys.types:sizeof "struct prison")
	sys:fill(at, "struct prison", { pr_id = id, pr_ref = 2, pr_uref = 2,
		pr_parent = self.jails[0] or 0, pr_securelevel = -1,
		pr_state = 1, pr_osreldate = sys.osreldate })
	sys:fill(at, "struct prison", fields)
	sys:tailq_insert(self.allprison, at, "struct prison", "pr_list")
	if id ~= 0 then
		sys:list_insert(self.jails[0] + sys.types:offsetof(
		    "struct prison", "pr_children"), at, "struct prison",
		    "pr_sibling")
		sys.mem:set(self.jails[0], "struct prison", "pr_childcount", id)
	end
	self.jails[id] = at
	return at
end

function builder:prison(id)
	return self.jails[id] or self:jail(id, nil, { pr_name = "www",
		pr_path = "/jails/www", pr_hostname = "www.example.org",
		pr_osrelease = self.sys.release })
end

function builder:uidinfo(uid)
	self.uids[uid] = self.uids[uid] or self.sys:make("struct uidinfo",
	    { ui_uid = uid, ui_ref = 1, ui_proccnt = 1 })
	return self.uids[uid]
end

--- The credentials of a description, shared by those that are equal.
function builder:get(d)
	local uid, gid, groups = d.uid or 0, d.gid or 0, d.groups or {}
	local key = table.concat({ uid, gid, d.jail or 0,
		table.unpack(groups) }, ",")
	local c = self.creds[key]
	if c then
		return c
	end
	local sys = self.sys
	local at = sys.mem:alloc(sys.types:sizeof "struct ucred")
	-- From 15 on the effective group has its own member; before, it is
	-- the first of cr_groups.
	local own = sys.types:has("struct ucred", "cr_gid")
	local list = own and {} or { gid }
	for _, g in ipairs(groups) do
		list[#list + 1] = g
	end
	sys:fill(at, "struct ucred", { cr_ref = 1, cr_users = 1, cr_uid = uid,
		cr_ruid = uid, cr_svuid = uid, cr_gid = gid, cr_rgid = gid,
		cr_svgid = gid, cr_ngroups = #list, cr_smallgroups = list,
		cr_groups = at + sys.types:offsetof("struct ucred",
		    "cr_smallgroups"), cr_prison = self:prison(d.jail or 0),
		cr_uidinfo = self:uidinfo(uid), cr_ruidinfo =
		    self:uidinfo(uid) })
	c = { at = at }
	self.creds[key] = c
	return c
end

--- A terminal by name.
function builder:tty(name)
	if not name or self.ttys[name] then
		return self.ttys[name]
	end
	local sys = self.sys
	local dev = sys:make("struct cdev", { si_name = name, si_refcount = 2 })
	local at = sys:make("struct tty", { t_dev = dev, t_sessioncnt = 1 })
	sys:tailq_insert(self.tty_list, at, "struct tty", "t_list")
	self.ttys[name] = at
	return at
end

function builder:session(id, d)
	local s = self.sessions[id]
	if not s then
		local tty = self:tty(d.tty)
		s = { id = id, login = d.login or "", tty = d.tty, tty_at = tty }
		s.at = self.sys:make("struct session", { s_sid = id, s_count = 1,
			s_login = s.login, s_ttyp = tty or 0,
			s_ttyvp = tty and tty + 0x1000 or 0 })
		if tty then
			self.sys.mem:set(tty, "struct tty", "t_session", s.at)
		end
		self.sessions[id] = s
	end
	return s
end

--- The process group of a description, made with its session when new.
function builder:group(d, parent)
	local id = d.pgid or parent and parent.pgrp.id or 0
	local g = self.groups[id]
	if not g then
		local sys = self.sys
		local sid = d.sid or parent and parent.pgrp.session.id or 0
		g = { id = id, session = self:session(sid, d) }
		g.at = sys:make("struct pgrp", { pg_id = id,
			pg_session = g.session.at })
		sys:list_insert(self.table + id % HASH * 8, g.at, "struct pgrp",
		    "pg_hash")
		self.groups[id] = g
	end
	local tty = g.session.tty_at
	if d.foreground and tty then
		self.sys.mem:set(tty, "struct tty", "t_pgrp", g.at)
		g.foreground = true
	end
	return g
end

--- Point sessions at their leaders.
function builder:finish(by_pid)
	for id, s in pairs(self.sessions) do
		local leader = by_pid[id]
		if leader and id ~= 0 then
			self.sys.mem:set(s.at, "struct session", "s_leader",
			    leader.at)
		end
	end
end

return cred
