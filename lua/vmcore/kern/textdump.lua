--- The files of a textdump: textdump(4). It is a tar file in ustar form, as
-- kern_dump.c and ddb/db_textdump.c write it.
-- @module vmcore.kern.textdump

local textdump = {}

local BLOCK = 512
local NAME, SIZE, TIME, CHECKSUM, MAGIC = 1, 125, 137, 149, 258
local MEMBER_MAX = 64 << 20	-- bytes; the kernel's are a few hundred KB

local function field(block, at, length)
	return block:sub(at, at + length - 1):match "^[^%z]*"
end

local function octal(block, at, length)
	return tonumber(field(block, at, length):match "^%s*([0-7]+)", 8)
end

-- The sum of a header's bytes, its own field taken as blanks.
local function sum(block)
	local total = 8 * 32
	for i = 1, BLOCK do
		if i < CHECKSUM or i >= CHECKSUM + 8 then
			total = total + block:byte(i)
		end
	end
	return total
end

local function header(block)
	if #block < BLOCK or block:sub(MAGIC, MAGIC + 4) ~= "ustar" then
		return nil
	end
	local size = octal(block, SIZE, 12)
	local checksum = octal(block, CHECKSUM, 8)
	if size == nil or checksum and checksum ~= sum(block) then
		return nil
	end
	return { name = field(block, NAME, 100), size = size, time = octal(block, TIME, 12) }
end

--- The files, in their order: { name, size, time, offset }.
-- @tparam kvm.descriptor kd
-- @treturn {table...}
-- @treturn ?string what is wrong behind the last one
function textdump.members(kd)
	local list, at = {}, 0
	while true do
		local block = kd:read_dump(at, BLOCK) or ""
		if not block:find "[^%z]" then
			return list, #block < BLOCK and "the textdump is cut off" or nil
		end
		local member = header(block)
		if member == nil then
			return list, ("the textdump is damaged at %d"):format(at)
		end
		member.offset = at + BLOCK
		list[#list + 1] = member
		at = member.offset + (member.size + BLOCK - 1) // BLOCK * BLOCK
	end
end

--- The contents of a file.
-- @tparam kvm.descriptor kd
-- @tparam string name
-- @treturn[1] string
-- @treturn[1] ?string what is missing from it
-- @treturn[2] nil
-- @treturn[2] string message
function textdump.read(kd, name)
	for _, member in ipairs((textdump.members(kd))) do
		if member.name == name then
			local text = kd:read_dump(member.offset, math.min(member.size, MEMBER_MAX)) or ""
			return text, #text < member.size and name .. " is cut off" or nil
		end
	end
	return nil, ("the textdump has no file '%s'"):format(name)
end

return textdump
