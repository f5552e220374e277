--- The kernel file of a dump, found as crashinfo(8) finds it: by its version,
-- among the places where kernels are.
-- @module vmcore.findkernel

local kvm = require "kvm"
local identity = require "vmcore.kern.identity"

local findkernel = {}

-- Where kernels are, likeliest first: beside the dump, in the tree the dump
-- was taken with, on the host.
local function candidates(core)
	local folder = core:match "^(.*/)" or ""
	local number = core:match "vmcore[%w_]*%.(%d+)[^/]*$" or core:match "livecore%.(%d+)[^/]*$"
	local paths = {}
	if number then
		paths[1] = folder .. "kernel." .. number
	end
	for _, name in ipairs { "kernel", "kernel.debug", "boot/kernel/kernel" } do
		paths[#paths + 1] = folder .. name
	end
	paths[#paths + 1] = "/boot/kernel/kernel"
	return paths
end

-- The other kernels of a FreeBSD host.
local function installed(paths)
	local list = io.popen("ls -d /boot/*/kernel 2>/dev/null")
	if list == nil then
		return
	end
	for path in list:lines() do
		if path ~= "/boot/kernel/kernel" then
			paths[#paths + 1] = path
		end
	end
	list:close()
end

local function is_file(path)
	local f = io.open(path, "rb")
	if f == nil then
		return false
	end
	-- A folder opens, but can't be read.
	local readable = f:read(0) ~= nil or f:seek "end" ~= nil and f:read(1) ~= nil
	f:close()
	return readable
end

local function open_with(how, core, kernel)
	local options = { core = core, kernel = kernel, no_kernel = kernel == nil or nil }
	for key, value in pairs(how or {}) do
		options[key] = value
	end
	return kvm.openx(options)
end

-- Open with a kernel that is the dump's, or can't be told not to be.
local function try(core, path, tried, how)
	if not is_file(path) then
		return nil
	end
	local kd, message = open_with(how, core, path)
	if kd == nil then
		tried[#tried + 1] = path .. ": " .. message
		return nil
	end
	if identity.kernel(kd) == false then
		kd:close()
		tried[#tried + 1] = path .. ": is not the dump's kernel"
		return nil
	end
	return kd
end

local function report(paths, tried)
	if #tried == 0 then
		return "no kernel file was found; looked for " .. table.concat(paths, ", ")
	end
	return "no kernel file of this dump was found:\n    " .. table.concat(tried, "\n    ")
end

-- Dumps for which a kernel file would do no good.
local UNREADABLE = {
	text = "kernel memory can't be read from a textdump, which holds none",
	encrypted = "the dump is encrypted: it can't be read without its private key (--key)",
}

-- Standard input, and what a shell puts in place of <(command).
local function is_pipe(core)
	return core:find "^/dev/[sf]" ~= nil and
	    os.execute(("test -p '%s'"):format(core:gsub("'", [['\'']]))) == true
end

--- Open a dump with the kernel that belongs to it.
-- @tparam string core
-- @tparam[opt] table how more options of kvm.openx
-- @treturn[1] kvm.descriptor
-- @treturn[1] string the kernel file
-- @treturn[2] nil
-- @treturn[2] string message: what was tried
-- @treturn[2] string code: "nokernel", or why the dump itself can't be opened
function findkernel.open(core, how)
	if is_pipe(core) then
		return nil, "a dump from a pipe can be opened once: name its kernel with -N", "nokernel"
	end
	-- A dump that can't be opened at all is to be said, not its kernel.
	local bare, message, code = open_with(how, core)
	if bare == nil then
		return nil, message, code
	end
	local kind = bare:dump().kind
	bare:close()
	if UNREADABLE[kind] then
		return nil, UNREADABLE[kind], "nokernel"
	end
	local paths, tried = candidates(core), {}
	local i, more = 0, true
	while i < #paths or more do
		if i == #paths then
			installed(paths)
			more = false
		else
			i = i + 1
			local kd = try(core, paths[i], tried, how)
			if kd then
				return kd, paths[i]
			end
		end
	end
	return nil, report(paths, tried), "nokernel"
end

return findkernel
