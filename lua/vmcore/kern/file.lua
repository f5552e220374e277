--- Open files and the descriptors of processes: sys/file.h, sys/filedesc.h.
-- @module vmcore.kern.file

local kvm = require "kvm"
local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"

local file = {}

-- f_type, sys/file.h: DTYPE_*
local TYPES = { [0] = "none", "vnode", "socket", "pipe", "fifo", "kqueue", "crypto", "mqueue",
	"shm", "sem", "pts", "dev", "procdesc", "eventfd", "timerfd", "inotify", "jaildesc" }
file.DTYPE_SOCKET = 2

-- A table of descriptors that claims more is damaged (kern.maxfiles is less).
local FILES_MAX = 1 << 22
local CHUNK = 1024		-- descriptors read at once

-- Where the table of a process is: { entries, address of the first }.
local function table_reader(k, T)
	local fd, F = member.pointer(T, "p_fd"), k:type "struct filedesc"
	local files, D = member.pointer(F, "fd_files"), k:type "struct fdescenttbl"
	local n = member.getter(D, "fdt_nfiles")
	if not (fd and files and n) then
		return nil
	end
	local first = kvm.offsetof(D, "fdt_ofiles")
	return function(p)
		local desc = fd(p)
		local list = desc and files(desc)
		if list == nil then
			return 0
		end
		local entries = n(list)
		if entries < 0 or entries > FILES_MAX then
			error(("the process at %#x: a table of %d descriptors"):format(p, entries), 0)
		end
		return entries, list + first
	end
end

local methods = {}
local view_meta = { __index = methods }

--- The open descriptors of a process.
-- @tparam integer p address of a struct proc
-- @treturn function iterator of number and address of the struct file
-- @raise a fault, when the table can't be read
function methods:each(p)
	local n, first = self.table_of(p)
	local size, at, unpack = self.entry_size, self.file_offset, self.pointer_format
	local bytes, from, i = "", 0, -1
	return function()
		while i + 1 < n do
			i = i + 1
			if (i - from) * size >= #bytes then
				from = i
				bytes = inaddr.read(self.k, first + i * size, math.min(CHUNK, n - i) * size)
			end
			local fp = unpack:unpack(bytes, (i - from) * size + at + 1)
			if fp ~= 0 then
				return i, fp
			end
		end
		return nil
	end
end

--- What can be known of open files.
-- @tparam table k
-- @tparam kvm.type T struct proc
-- @treturn ?table each(); `fields`: functions of the address of a struct file:
--   type (its name) number (DTYPE_*) flags count data offset vnode; nil when
--   the kernel file has no types
function file.new(k, T)
	local table_of = table_reader(k, T)
	local E, F = k:type "struct filedescent", k:type "struct file"
	local number = member.getter(F, "f_type")
	if not (table_of and E and number) then
		return nil
	end
	local order = k.kd:byteorder() == "big" and ">" or "<"
	return setmetatable({
		k = k, table_of = table_of, type = F, entry_size = E.size,
		file_offset = kvm.offsetof(E, "fde_file"),
		pointer_format = order .. (k.kd:ptrsize() == 8 and "i8" or "I4"),
		fields = {
			number = number,
			type = function(fp) return TYPES[number(fp)] or tostring(number(fp)) end,
			flags = member.getter(F, "f_flag"),
			count = member.getter(F, "f_count"),
			data = member.pointer(F, "f_data"),
			offset = member.getter(F, "f_offset"),
			vnode = member.pointer(F, "f_vnode"),
			addr = function(fp) return fp end,
		},
	}, view_meta)
end

return file
