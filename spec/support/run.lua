--- Runs the spec files that are its arguments: busted with our own report.
--
-- With SPEC_JOBS in the environment so many processes share them; each one's
-- report is printed when it ends, and the last line sums all of them up.
local jobs = math.tointeger(os.getenv "SPEC_JOBS") or 1

-- Every so manyth file goes to one process: neighbours are alike, and so are
-- the shares then.
local function share(i)
	local files = {}
	for at = i, #arg, jobs do
		files[#files + 1] = "'" .. arg[at]:gsub("'", "'\\''") .. "'"
	end
	local log = os.tmpname()
	local command = ("SPEC_JOBS=1 %s %s %s >%s 2>&1"):format(os.getenv "LUA", arg[0],
	    table.concat(files, " "), log)
	return { pipe = assert(io.popen(command)), log = log }
end

-- Wait for a share, and print its report but for the last line.
local function finish(part)
	part.pipe:close()
	local file <close> = assert(io.open(part.log))
	local text = file:read "a"
	os.remove(part.log)
	local body, passed, failed = text:match "^(.-)(%d+) passed, (%d+) failed\n$"
	io.write(body or text)
	-- One that did not come to its end is a failure.
	return tonumber(passed) or 0, tonumber(failed) or 1
end

local function run_shares()
	local parts, passed, failed = {}, 0, 0
	for i = 1, jobs do
		parts[i] = share(i)
	end
	for _, part in ipairs(parts) do
		local p, f = finish(part)
		passed, failed = passed + p, failed + f
	end
	io.write(("%d passed, %d failed\n"):format(passed, failed))
	os.exit(failed == 0)
end

if jobs > 1 and #arg > jobs then
	run_shares()
end
require "busted.runner" {
	standalone = false,
	output = "spec/support/tally.lua",
}
