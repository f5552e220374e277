--- What a dump and its kernel say of the system as a whole.
-- @module vmcore.kern.system

local kvm = require "kvm"
local identity = require "vmcore.kern.identity"
local clock = require "vmcore.kern.clock"
local member = require "vmcore.kern.member"
local msgbuf = require "vmcore.kern.msgbuf"
local selection = require "vmcore.kern.selection"
local textdump = require "vmcore.kern.textdump"

local system = {}

local STRING_MAX = 1024

local function some(text)
	return text ~= nil and text ~= "" and text or nil
end

-- A variable that is a char array, and one that points to the text.
local function array(k, name)
	local address = k.kd:lookup(name)
	return address and some((k.kd:read_string(address, STRING_MAX)))
end

local function pointed(k, name)
	local variable = k.kd:lookup(name)
	local address = variable and k.kd:read_ptr(variable)
	return address and address ~= 0 and some((k.kd:read_string(address, STRING_MAX))) or nil
end

local function trimmed(text)
	return text and (text:gsub("%s+$", ""))
end

--- The kernel's version string, all its lines.
-- @tparam table k
-- @treturn ?string
function system.version(k)
	return trimmed(array(k, "version")) or some(k:dump().note.version)
end

--- Why it panicked: as savecore(8) noted it, as the kernel holds it, or as it
-- was printed.
-- @tparam table k
-- @treturn ?string
function system.panic(k)
	local note = some(k:dump().note.panic) or pointed(k, "panicstr")
	if note then
		return note
	end
	local text = msgbuf.text(k)
	return text and msgbuf.panic(text)
end

--- The system's host name, of jail 0.
-- @tparam table k
-- @treturn ?string
function system.hostname(k)
	local get = k:has_symbol "prison0" and member.getter(k:type "struct prison", "pr_hostname")
	local ok, name = pcall(get or error, k.kd:lookup "prison0")
	return ok and some(name) or some(k:dump().note.hostname)
end

--- Bytes of memory that the kernel manages.
-- @tparam table k
-- @treturn ?integer
function system.physmem(k)
	local address = k.kd:lookup "physmem"
	local pages = address and k.kd:read_uint(address, k.kd:ptrsize())
	return pages and pages * k:dump().page_size
end

--- The thread that wrote the dump.
-- @tparam table k
-- @tparam table procs vmcore.kern.proc
-- @treturn ?table tid, td, p; td and p are nil when no such thread is found
function system.crashed(k, procs)
	local tid = member.integer(k, "dumptid")
	if tid == nil or tid <= 0 then
		return nil
	end
	local tid_of = procs.threads.fields.tid
	for td, p in selection.each(procs, nil, function() end) do
		local ok, found = pcall(tid_of, td)
		if ok and found == tid then
			return { tid = tid, td = k:pointer("struct thread *", td), p = k:pointer("struct proc *", p) }
		end
	end
	return { tid = tid }
end

-- What the dump says of itself.
local FROM_DUMP = {
	kind = "kind", compression = "compression",
	size = "size", expected = "size_expected", truncated = "truncated", pages = "pages",
	pages_lost = "pages_lost", page_size = "page_size",
}
-- Addresses and sizes that a kind of dump may not have are 0.
local PRESENT = {
	header = "version", kernbase = "kernbase", dmapbase = "dmapbase",
	dmapend = "dmapend", msgbuf = "msgbuf_size",
}

-- What is only worth a word when it is not so.
local UNUSUAL = { container = "file", encryption = "none", damage = "", zero_tail = 0 }

-- A textdump's files, and what they say.
local function put_files(row, k, report)
	local list, message = textdump.members(k.kd)
	if message then
		report(message)
	end
	local names = {}
	for i, file in ipairs(list) do
		names[i] = file.name
	end
	local note = k:dump().note
	row.files = table.concat(names, " ")
	row.version = trimmed(textdump.read(k.kd, "version.txt")) or some(note.version)
	row.panic = trimmed(textdump.read(k.kd, "panic.txt")) or some(note.panic)
	row.time, row.status, row.hostname = some(note.time), some(note.status), some(note.hostname)
	row.pages, row.pages_lost, row.page_size = nil, nil, nil
	return row
end

local function put_crashed(row, k, report)
	local procs = require "vmcore.kern.proc".new(k)
	local found = procs and system.crashed(k, procs)
	if found == nil then
		return
	end
	row.crash_tid = found.tid
	if found.td then
		row.crash_thread = procs.threads.fields.name(found.td)
		row.crash_pid = procs.fields.pid(found.p)
		row.crash_comm = procs.fields.comm(found.p)
	else
		report(("the crashed thread: %d is in no process's list"):format(found.tid))
	end
end

local function put_kernel(row, k)
	row.matches = identity.kernel(k.kd)
	row.ostype = array(k, "ostype")
	row.osrelease = array(k, "osrelease")
	row.boottime = clock.boottime(k)
	row.uptime = clock.uptime(k)
	row.ncpus = member.integer(k, "mp_ncpus")
	row.physmem = system.physmem(k)
end

--- Everything that is known of the system.
-- @tparam table k
-- @tparam function report called with messages about what can't be read
-- @treturn table see scripts/info for the keys
function system.describe(k, report)
	-- Where a compressed dump ends is known when it was read to its end.
	k.kd:read_dump(math.maxinteger, 1)
	local dump = k:dump()
	local row = { core = k.core, kernel = k.kernel }
	for key, field in pairs(FROM_DUMP) do
		row[key] = dump[field]
	end
	for key, usual in pairs(UNUSUAL) do
		row[key] = dump[key] ~= usual and dump[key] or nil
	end
	row.arch = some(dump.arch) or some(dump.note.arch)
	if dump.kind == "text" then
		return put_files(row, k, report)
	end
	for key, field in pairs(PRESENT) do
		row[key] = dump[field] ~= 0 and dump[field] or nil
	end
	row.memory = dump.pages * dump.page_size
	row.time = some(dump.note.time)
	row.status = some(dump.note.status)
	row.hostname = system.hostname(k)
	row.version = trimmed(system.version(k))
	row.panic = system.panic(k)
	if k.kernel then
		put_kernel(row, k)
		local ok, fault = pcall(put_crashed, row, k, report)
		row.types = k:type_source()	-- looking for it may have defined some
		if not ok and kvm.type_of(fault) == "fault" then
			report("the crashed thread: " .. tostring(fault))
		elseif not ok then
			error(fault, 0)
		end
	end
	return row
end

return system
