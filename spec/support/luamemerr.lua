--- Fails every allocation of Lua, one after another, while a script uses the
-- module: the program behind spec/core/bind/testing_spec.lua, run with the
-- test variant.
--
--	lua luamemerr.lua KERNEL CORE
--
-- The script must run through, or end in Lua's own "not enough memory";
-- and whatever it had opened must be closed with its state.
local testing = require "kvm.testing"

local kernel, core = ...

local SCRIPT = [[
local kernel, core = ...
local kvm = require "kvm"
local asked = 0
local kd <close> = assert(kvm.openx{ kernel = kernel, core = core,
    resolver = function(name, k)
	asked = asked + 1
	local junk = { name .. asked }
	local s = k:symbol(name)
	return s and #junk > 0 and s.value
end })
local out = {}
local function note(...)
	out[#out + 1] = table.concat({ ... }, " ")
end
local found, missing = kd:nlist2{ "allproc", "hz", "none" }
note(found.hz.value, missing)
local t = assert(kd:type_of_symbol "allproc")
local p = kvm.object(t, kd:lookup "allproc")
local pid = kvm.getter(t, "p_pid")
while p do
	note(pid(p), p.p_comm, kvm.string(kvm.addressof(p, "p_comm")[0]))
	for name in pairs(p) do
		note(name)
	end
	note(tostring(p), tostring(kvm.typeof(p)), #kvm.bytes(p))
	p = p.p_next
end
note(#kd:read(found.hz.value, 5000), kd:read_string(found.hz.value))
local pages = 0
note(tostring(kd:walk_pages(function(page)
	pages = pages + (page.offset and 1 or 0)
	return pages < 3
end)))
local fault = select(2, pcall(pid, 16))
note(type(fault) == "table" and fault.code or fault)
for m in pairs(kd:dump()) do
	pages = pages + #m
end
note(#kd:type("enum", "colour"):enumerators(), pages)
return table.concat(out, "\n")
]]

-- Whatever pcall caught inside may have been the shortage itself.
local function shortage(text)
	return text:find "not enough memory" ~= nil
end

local function listed()
	local n = 0
	local pipe = io.popen "ls /proc/$PPID/fd /dev/null 2>/dev/null"
	for _ in pipe:lines() do
		n = n + 1
	end
	pipe:close()
	return n
end

-- The least of several: ls may be there before popen(3) has closed its end of
-- the pipe.
local function descriptors()
	local least = listed()
	for _ = 1, 9 do
		least = math.min(least, listed())
	end
	return least
end

local ok, expected, count = testing.run_limited(SCRIPT, 0, kernel, core)
assert(ok, expected)
local before, ran, failed = descriptors(), 0, 0
for n = 1, count do
	local fine, result = testing.run_limited(SCRIPT, n, kernel, core)
	if fine then
		ran = ran + 1
		assert(result == expected or shortage(result), result)
	else
		failed = failed + 1
		assert(shortage(result), ("allocation %d: %s"):format(n, result))
	end
end
assert(descriptors() == before, "files stayed open")
print(("%d allocations: %d raised, %d made no difference"):format(
    count, failed, ran))
