--- Real dumps, unpacked for specs: the folder that $REAL names has the layout
-- of ../shared/dumps (see the README there), and what is unpacked goes to
-- build/real once.
local lab = require "spec.support.lab"
local source = require "spec.support.source"
local types = require "spec.support.types"

local real = {}

local REAL = os.getenv "REAL"
local INTO = "build/real"

local function exists(path)
	local f = io.open(path)
	if f then
		f:close()
	end
	return f ~= nil
end

-- Make `path` by a command that writes to $out, unless it is there.
local function make(path, command)
	if exists(path) then
		return path
	end
	local run = ("mkdir -p $(dirname %s) && out=%s.new && (%s) && mv %s.new %s"):format(path, path,
	    command, path, path)
	assert(os.execute(run), run)
	return path
end

--- A file of a dump's folder, or nil: then what needs it is pending.
function real.file(dump, name)
	local path = REAL and ("%s/%s/%s"):format(REAL, dump, name)
	return path and exists(path) and path or nil
end

--- freebsd13-amd64, unpacked, its kernel made by tools/mkkernel.
-- @treturn ?table core, kernel, truth (folder), types
function real.freebsd13()
	local name = "freebsd13-amd64"
	local packed, tool = real.file(name, "vmcore.zst"), real.file("..", "tools/mkkernel")
	if packed == nil or tool == nil then
		return nil
	end
	local folder, into = REAL .. "/" .. name, INTO .. "/" .. name
	make(into .. "/vmcore.0", ("zstd -dcq --sparse %s >$out"):format(packed))
	make(into .. "/info.0", ("cp %s/info.0 $out"):format(folder))
	make(into .. "/unpacked", ("zstd -dcq %s/truth.tar.zst | tar -C %s -xf - && touch $out")
	    :format(folder, into))
	return {
		core = into .. "/vmcore.0", truth = into,
		kernel = make(into .. "/kernel", ("python3 %s %s $out"):format(tool, folder)),
		types = types.load(folder .. "/types.jsonl.zst"),
	}
end

--- A dump of LLDB's test suite: bzip2ed core and kernel.
-- @treturn ?table core, kernel
function real.sparse(name)
	local core, kernel = real.file(name, "vmcore.bz2"), real.file(name, "kernel.bz2")
	if core == nil or kernel == nil then
		return nil
	end
	local into = INTO .. "/" .. name
	return {
		core = make(into .. "/vmcore", ("bzip2 -dc %s >$out"):format(core)),
		kernel = make(into .. "/kernel", ("bzip2 -dc %s >$out"):format(kernel)),
	}
end

--- Rows of a command; see lab.rows.
real.rows, real.by, real.null = lab.rows, lab.by, lab.null

-- A struct's member at an offset in bytes: integers and char arrays.
local function decode(set, bytes, base, member)
	local id = set:strip(member.id)
	local t = set.list[id]
	local at = base + member.bit // 8
	if t.k == "array" then
		local char = set.list[set:strip(t.a[1])]
		if char.k == "int" and char.s == 1 then
			return bytes:sub(at + 1, at + t.a[3]):match "^[^%z]*"
		end
		return decode(set, bytes, base, { id = t.a[1], bit = member.bit })
	elseif t.k == "int" then
		local signed = t.e >> 24 & 1 == 1
		return (string.unpack((signed and "<i" or "<I") .. t.s, bytes, at + 1))
	elseif t.k == "ptr" then
		return (string.unpack("<i8", bytes, at + 1))
	end
	return nil
end

--- Records of a struct in bytes: the sysctl(3) answers of a dump's truth.
-- Members are decoded when asked; a path reaches into structs, an array of
-- numbers gives its first.
function real.records(set, spelling, bytes)
	local size = set:sizeof(spelling)
	local records = {}
	for base = 0, #bytes - size, size do
		records[#records + 1] = setmetatable({}, { __index = function(_, path)
			return decode(set, bytes, base, set:member(set:id(spelling), path))
		end })
	end
	return records
end

--- The same of records that are each as long as their first member says, as
-- those of kern.proc.filedesc and kern.proc.vmmap; what they leave out is 0.
function real.sized_records(set, spelling, bytes)
	local list, at, whole = {}, 1, set:sizeof(spelling)
	while at + 3 <= #bytes do
		local size = ("<i4"):unpack(bytes, at)
		if size <= 0 then
			break
		end
		local record = bytes:sub(at, at + size - 1)
		list[#list + 1] = record .. ("\0"):rep(whole - #record)
		at = at + size
	end
	return real.records(set, spelling, table.concat(list))
end

--- A file of the truth: "truth.txt", "truth/kern.hostname".
function real.truth(dump, name)
	return source.read(dump.truth .. "/" .. name)
end

return real
