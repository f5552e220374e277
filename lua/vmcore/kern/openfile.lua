--- Everything that processes have open, by name: directories, program,
-- terminal, descriptors.
-- @module vmcore.kern.openfile

local file = require "vmcore.kern.file"
local filedata = require "vmcore.kern.filedata"
local kvm = require "kvm"
local member = require "vmcore.kern.member"
local vm_map = require "vmcore.kern.vm_map"
local vnode = require "vmcore.kern.vnode"

local openfile = {}

-- The vnodes that a process has without a descriptor, in fstat(1)'s order:
-- until 12 directories are in struct filedesc, since in what p_pd leads to.
local function specials(k, T)
	local W, F = k:type "struct pwd", k:type "struct filedesc"
	local pd, fd = member.pointer(T, "p_pd"), member.pointer(T, "p_fd")
	local pwd = pd and member.pointer(k:type "struct pwddesc", "pd_pwd")
	local function where(p)
		if pwd then
			local desc = pd(p)
			return desc and pwd(desc)
		end
		return fd and fd(p)
	end
	local function directory(name)
		local get = member.pointer(pwd and W or F, (pwd and "pwd_" or "fd_") .. name)
		return get and function(p)
			local at = where(p)
			return at and get(at)
		end
	end
	local trace = member.getter(T, "p_ktrioparms.vp", "p_tracevp")
	trace = trace and member.unless_null(trace)
	local terminal = member.unless_null(member.getter(T, "p_pgrp.pg_session.s_ttyvp"))
	local function address(get)
		return get and function(p)
			local object = get(p)
			return object and kvm.toaddress(object)
		end
	end
	return {
		{ "root", directory "rdir" }, { "wd", directory "cdir" }, { "jail", directory "jdir" },
		{ "abi", directory "adir" },
		{ "tr", address(trace) }, { "text", member.pointer(T, "p_textvp") },
		{ "ctty", address(terminal) },
	}
end

local methods = {}
local view_meta = { __index = methods }

-- Hand out what a process has mapped, a row for each vnode.
local function mapped(view, p, missed)
	local maps, found, order = view.maps, {}, {}
	local map = maps and maps.of(p)
	for e in map and maps:each(map, missed) or function() return nil end do
		local vp = e.object and maps:describe(e).vnode
		if vp and found[vp] == nil then
			order[#order + 1] = vp
		end
		if vp then
			found[vp] = (found[vp] or 0) | e.protection
		end
	end
	for _, vp in ipairs(order) do
		coroutine.yield { p = p, fd = "mmap", type = "vnode", vp = vp, protection = found[vp] }
	end
end

-- Hand out the files of a process. What is out of reach leaves the rest:
-- `attempt` calls a function and says what went wrong.
local function of_process(view, p, maps, attempt)
	for _, special in ipairs(view.specials) do
		local vp = special[2] and attempt(special[2], p)
		if vp then
			coroutine.yield { p = p, fd = special[1], type = "vnode", vp = vp }
		end
	end
	if maps then
		attempt(mapped, view, p, function(status)
			attempt(error, status.message, 0)
		end)
	end
	attempt(function()
		for fd, fp in view.files:each(p) do
			coroutine.yield { p = p, fd = fd, fp = fp }
		end
	end)
end

--- All that processes have open.
-- @tparam table procs vmcore.kern.proc
-- @tparam ?function wanted of a process's address
-- @tparam function report
-- @tparam ?boolean maps also what is mapped
-- @treturn function iterator of tables: p, fd (a number; "root" "wd" "jail" "abi"
--   "tr" "text" "ctty" "mmap"), fp (address of the struct file, nil without one),
--   vp; protection (VM_PROT_*, of what is mapped)
function methods:each(procs, wanted, report, maps)
	return coroutine.wrap(function()
		for p in procs:addresses(report) do
			local said = {}
			local function attempt(fn, ...)
				local ok, result = pcall(fn, ...)
				local message = not ok and tostring(result)
				if message and not said[message] then
					report(("the files of the process at %#x: %s"):format(p, message))
					said[message] = true
				end
				return ok and result
			end
			if wanted == nil or attempt(wanted, p) then
				of_process(self, p, maps, attempt)
			end
		end
	end)
end

--- What can be known of what is open.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @treturn ?table each(); `files`: vmcore.kern.file; `vnodes`:
--   vmcore.kern.vnode; `data`: vmcore.kern.filedata; `vnode`: function of what
--   each() gives, to the address of its vnode; nil when the kernel file has no types
function openfile.new(k, T)
	local files, vnodes = file.new(k, T), vnode.new(k)
	if files == nil or vnodes == nil then
		return nil
	end
	return setmetatable({
		files = files, vnodes = vnodes, specials = specials(k, T), data = filedata.new(k),
		maps = vm_map.new(k),
		vnode = function(open)
			return open.vp or open.fp and files.fields.vnode(open.fp)
		end,
	}, view_meta)
end

return openfile
