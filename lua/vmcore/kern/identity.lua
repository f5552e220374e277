--- Do a kernel file and a dump belong together, and is the dump whole?
-- @module vmcore.kern.identity

local identity = {}

-- A version string is one or more lines; savecore(8) and the kernel may
-- differ in what follows the first one.
local function first_line(text)
	return text and text:match "^[^\n%z]*"
end

-- What `version` (conf/newvers.sh) holds in the dump's memory, at the address
-- that the kernel file gives; nil when that page was not dumped (powerpc64's
-- kernel may leave its own image out) or is lost with the end of the dump.
local function in_memory(kd)
	local address = kd:lookup "version"
	local page = kd:translate(address)
	if page and not page.offset then
		return nil
	end
	local text, _, code = kd:read_string(address, 1024)
	if code == "fault-truncated" or code == "fault-not-dumped" then
		return nil
	end
	return first_line(text) or ""
end

-- What it holds in the kernel file, if that has contents.
local function in_file(kd)
	local symbol = kd:symbol "version"
	local data = symbol and kd:section ".data"
	if data == nil or data.data == nil then
		return nil
	end
	local offset = symbol.value - kd:kerndisp() - data.addr
	if offset < 0 or offset >= #data.data then
		return nil
	end
	return first_line(data.data:sub(offset + 1, offset + 1024))
end

local UNTOLD = "whether the kernel file is the dump's can't be told: the page where this"
    .. " kernel has its version was not dumped"

--- Compare the kernel's version with the dump's.
-- @tparam kvm.descriptor kd
-- @treturn ?boolean nil when the kernel can't be compared
-- @treturn ?string when they differ: how; when they ought to be comparable, and
--   are not: why
function identity.kernel(kd)
	if kd:lookup "version" == nil then
		return nil
	end
	local dump, file = kd:dump(), in_file(kd)
	local note = first_line(dump.note.version)
	-- Memory may lie far into a stream: what is known at once will do.
	local known = not dump.complete and note ~= "" and file and file ~= ""
	local memory = not known and in_memory(kd) or nil
	if not memory then
		if not file or note == "" then
			return nil, not dump.truncated and UNTOLD or nil
		end
		memory = file
	end
	if note ~= "" and memory ~= note then
		return false, ("the kernel file does not match the dump: the dump is of '%s',"
		    .. " but '%s' stands where this kernel has its version"):format(note, memory)
	elseif file and file ~= "" and memory ~= file then
		return false, ("the kernel file does not match the dump: it is '%s',"
		    .. " but '%s' stands there in the dump"):format(file, memory)
	elseif not memory:find "^%a[%w_.+-]* %S" then
		return false, "the kernel file does not match the dump:"
		    .. " there is no version where this kernel has it"
	end
	return true
end

--- What is missing from the dump, as far as it was read.
-- @tparam kvm.descriptor kd
-- @treturn {string...} sentences
function identity.damage(kd)
	local dump, debug = kd:dump(), kd:debug_warning()
	local why = dump.damage ~= "" and (": the %s stream is damaged: %s"):format(dump.compression,
	    dump.damage) or ""
	if dump.truncated then
		return { ("the dump is truncated: %d of %d bytes, %d of %d pages lost")
		    :format(dump.size, dump.size_expected, dump.pages_lost, dump.pages) .. why, debug }
	elseif why ~= "" then
		return { "the dump may not be whole" .. why, debug }
	end
	return { debug }
end

-- The header's length counts the pages that were written, the page index those
-- that are marked. A live dump's may be marked while it is written
-- (minidump_machdep.c of i386, riscv, powerpc): pages are not where the index
-- has them then.
local function miscount(dump)
	local length = dump.note.length
	-- What was compressed has the length of its compressed form.
	local compressed = dump.compression ~= "none"
	    or dump.note.compression ~= "none" and dump.note.compression ~= ""
	if dump.kind == "mini" and not compressed and length > 0
	    and length ~= dump.size_expected then
		return ("the dump's page index is of %d bytes, but the dump was written with %d:"
		    .. " pages may be taken for others"):format(dump.size_expected, length)
	end
end

--- What makes answers from this dump doubtful.
-- @tparam kvm.descriptor kd
-- @treturn {string...} sentences
function identity.doubts(kd)
	local doubts = {}
	local matches, how = identity.kernel(kd)
	if not matches then
		doubts[#doubts + 1] = how
	end
	for _, damage in ipairs(identity.damage(kd)) do
		doubts[#doubts + 1] = damage
	end
	local dump = kd:dump()
	if dump.note.status == "bad" then
		doubts[#doubts + 1] = dump.container == "file" and "savecore(8) found the dump bad"
		    or "the dump's headers are damaged, or differ"
	end
	doubts[#doubts + 1] = miscount(dump)
	return doubts
end

return identity
