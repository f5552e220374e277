--- What a list of processes shows, a process at a time: its members are read
-- in one go, and the columns are made of them. Where that can't be, for a
-- fault or for an older kernel's layout, they are those of vmcore.kern.proc.
-- @module vmcore.kern.procrow

local kvm = require "kvm"
local clock = require "vmcore.kern.clock"
local stat = require "vmcore.kern.stat"

local procrow = {}

local MEMBERS = {
	pid = "p_pid", parent = "p_pptr.p_pid", oppid = "p_oppid",
	pgid = "p_pgrp.pg_id", sid = "p_pgrp.pg_session.s_sid",
	uid = "p_ucred.cr_uid", ruid = "p_ucred.cr_ruid", gid = "p_ucred.cr_gid",
	jid = "p_ucred.cr_prison.pr_id", threads = "p_numthreads", comm = "p_comm",
	pargs = "p_args", args_length = "p_args.ar_length",
	sec = "p_stats.p_start.tv_sec", usec = "p_stats.p_start.tv_usec",
	td = stat.FIRST, message = stat.FIRST .. ".td_wmesg",
}

-- Paths that the kernel has, by name; with those that STAT is made of.
local function paths_of(T)
	local paths = {}
	local function add(name, path)
		if pcall(kvm.reader, T, { [name] = path }) then
			paths[name] = path
		end
	end
	for name, path in pairs(MEMBERS) do
		add(name, path)
	end
	for name, path in pairs(stat.MEMBERS) do
		add(name, path)
	end
	for name, path in pairs(stat.THREAD_MEMBERS) do
		add(name, stat.FIRST .. "." .. path)
	end
	return paths
end

-- Columns made of members, where the kernel has all that they need; each
-- gives nil where the column is better asked for.
local function makers(k, paths, columns)
	local boot, micro = clock.boottime(k)
	return {
		flags = paths.p_flag and function(row)
			return row.p_flag & 0xffffffff
		end,
		ppid = paths.p_flag and paths.oppid and function(row)
			return row.p_flag & stat.P_TRACED == 0 and row.parent
		end,
		start = boot and paths.sec and paths.usec and function(row)
			return row.sec and row.sec + boot + (row.usec + micro) // 1000000
		end,
		state = columns.letters and paths.td_state and function(row)
			return row.cr_flags and columns.letters(row)
		end,
		args = columns.args_at and paths.args_length and function(row)
			return row.pargs and columns.args_at(row.pargs, row.args_length)
		end,
		wmesg = columns.wmesgs and paths.message and function(row)
			return row.message and columns.wmesgs[row.message]
		end,
	}
end

--- A maker of rows.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @tparam table fields functions of a process by column
-- @tparam table columns `letters` of stat.new(), `args_at` (address, length of
--   the arguments), `wmesgs` by address, each optional: what the columns made here need
-- @treturn function of a process's address, to a row: indexed by columns
function procrow.maker(k, T, fields, columns)
	local paths = paths_of(T)
	local read, makes = kvm.reader(T, paths), makers(k, paths, columns)
	local function asked(row, key)
		local field = fields[key]
		return field and field(row.addr)
	end
	local whole = { __index = function(row, key)
		local make = makes[key]
		return make and make(row) or asked(row, key)
	end }
	local torn = { __index = asked }
	return function(address)
		local ok, row = pcall(read, address)
		row = setmetatable(ok and row or {}, ok and whole or torn)
		row.addr = address
		return row
	end
end

return procrow
