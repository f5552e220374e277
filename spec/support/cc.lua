--- Compiles and runs the C programs of spec/core/c against the library.
--
-- Compiler, flags and build directory are those of the build under test; the
-- Makefile passes them on in the environment.
local cc = {}

local BUILD = os.getenv "B" or "build"
local DIR = BUILD .. "/spec-c"

local function env(name, default)
	local value = os.getenv(name)
	return value and value ~= "" and value or default
end

--- A word of a shell command.
function cc.quote(s)
	return "'" .. s:gsub("'", "'\\''") .. "'"
end

local function slurp(path)
	local f = assert(io.open(path, "rb"))
	local text = f:read "a"
	f:close()
	return text
end

--- Run a shell command.
-- @treturn string stdout
-- @treturn string stderr
-- @treturn integer exit status; 128 + n when signal n ended it
function cc.run(command)
	local out, err = os.tmpname(), os.tmpname()
	local _, how, status = os.execute(("{ %s\n} >%s 2>%s"):format(command,
	    out, err))
	local stdout, stderr = slurp(out), slurp(err)
	os.remove(out)
	os.remove(err)
	return stdout, stderr, how == "signal" and 128 + status or status
end

--- Compile spec/core/c/NAME.c, or another source; linked with the archive, or
-- shared.
-- @treturn string path of the program
function cc.build(name, shared, source)
	local program = ("%s/%s%s"):format(DIR, name, shared and "-shared" or "")
	local library = shared and ("-L%s -Wl,-rpath,\"$PWD\"/%s -lvmcore"):format(
	    BUILD, BUILD) or BUILD .. "/libvmcore.a"
	local command = table.concat({ "mkdir -p", DIR, "&& LD_PRELOAD=",
		env("CC", "cc"), "-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror",
		env("CFLAGS", "-O1 -g"), "-Icore -o", program .. ".$$",
		source or ("spec/core/c/%s.c"):format(name), library,
		env("LDFLAGS", ""), env("LIBS", "-lelf -lz -lzstd"), "-lpthread &&",
		"mv", program .. ".$$", program }, " ")		-- another process may run it
	local _, err, status = cc.run(command)
	assert(status == 0, err)
	return program
end

--- Run a program with arguments: as cc.run. Sanitized ones look for leaks.
function cc.exec(program, ...)
	local words = { "LD_PRELOAD= ASAN_OPTIONS=detect_leaks=1", program }
	for i = 1, select("#", ...) do
		words[i + 2] = cc.quote(tostring((select(i, ...))))
	end
	return cc.run(table.concat(words, " "))
end

return cc
