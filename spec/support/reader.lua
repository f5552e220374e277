--- Forged dumps opened by the library, and what it says compared with what the
-- forge knows.
--
--	local kd = reader.open(forge.minidump{ memory = mem })
--	reader.walk(kd, dump:expected_pages(), mem.page)
--	reader.survives(dump:tostring(), { addresses = { va } })
local assert = require "luassert"
local forge = require "spec.support.forge"
local kvm = require "kvm"

local reader = {}

local folder = os.tmpname()
os.remove(folder)
assert.is_truthy(os.execute("mkdir " .. folder))
reader.janitor = setmetatable({}, { __gc = function()
	os.execute("rm -rf " .. folder)
end })

local count = 0

--- A path for a file that lives as long as the test run.
function reader.path()
	count = count + 1
	return ("%s/%d"):format(folder, count)
end

--- Write bytes; return the path.
function reader.file(bytes)
	local path = reader.path()
	local f = io.open(path, "wb")
	f:write(bytes)
	f:close()
	return path
end

--- Open a dump (something that can be written, or the bytes).
-- @tparam table|string dump
-- @tparam[opt] table kernel to be written beside it (forge.kernel)
-- @tparam[opt] table how further arguments of kvm.openx()
-- @treturn ?userdata descriptor; or nil, message, code
function reader.open(dump, kernel, how)
	local core = type(dump) == "string" and reader.file(dump) or
	    dump:write(reader.path())
	local path = kernel and kernel:write(reader.path())
	local args = { core = core, kernel = path,
		no_kernel = not path or nil }
	for key, value in pairs(how or {}) do
		args[key] = value
	end
	local kd, message, code = kvm.openx(args)
	os.remove(core)
	if path then
		os.remove(path)
	end
	return kd, message, code
end

--- Check that a read fails, how, and that the message matches.
function reader.fails(code, pattern, value, message, got)
	assert.is_nil(value)
	assert.equal(code, got)
	assert.matches(pattern, message)
end

local FIELDS = { "paddr", "kmap_vaddr", "dmap_vaddr", "prot", "offset", "len" }

local function describe_page(p)
	local out = {}
	for i, name in ipairs(FIELDS) do
		out[i] = name .. "=" .. (p and p[name] and
		    ("%#x"):format(p[name]) or "none")
	end
	return table.concat(out, " ")
end

--- Check a walk, its runs cut into pages, against the forge's list.
-- @tparam boolean partial the walk ends with an error
-- @treturn string the error's message
function reader.walk(kd, expected, size, partial)
	local got = {}
	local done, message = kd:walk_pages(function(page)
		got[#got + 1] = page
	end)
	if partial then
		assert.is_nil(done)
	else
		assert.is_true(done, message)
	end
	got = forge.walk.split(got, size)
	for i = 1, math.max(#got, #expected) do
		local want = describe_page(expected[i])
		if describe_page(got[i]) ~= want then
			assert.equal(("page %d: %s"):format(i, want),
			    ("page %d: %s"):format(i, describe_page(got[i])))
		end
	end
	return message
end

-- Ask everything of a dump that may be damaged.
local function exercise(kd, addresses)
	local n = 0
	kd:walk_pages(function()
		n = n + 1
		return n < 5000
	end)
	for _, va in ipairs(addresses) do
		kd:read(va, 64)
		kd:translate(va)
		kd:read_string(va)
	end
	kd:dump()
	kd:close()
end

local function flip(bytes, first, last)
	local at = math.random(first, last)
	local value = bytes:byte(at) ~ 1 << math.random(0, 7)
	return bytes:sub(1, at - 1) .. string.char(value) .. bytes:sub(at + 1)
end

--- Cut the dump off at many places and flip bits of it: errors, no crash.
-- @tparam string bytes the dump
-- @tparam table o kernel (path; nil), addresses (to be read), flips (200),
-- front (64 K: bits are flipped there, mostly)
function reader.survives(bytes, o)
	local front = math.min(o.front or 65536, #bytes)
	local function try(damaged)
		local kd = kvm.openx{ core = reader.file(damaged),
			kernel = o.kernel, no_kernel = not o.kernel or nil }
		os.remove(("%s/%d"):format(folder, count))
		if kd then
			exercise(kd, o.addresses)
		end
	end
	math.randomseed(20)
	for n = 0, 160, 8 do
		try(bytes:sub(1, n))
	end
	for n = 4096, #bytes, math.max(4096, #bytes // 40) do
		try(bytes:sub(1, n))
		try(bytes:sub(1, n + math.random(1, 4095)))
	end
	for i = 1, o.flips or 200 do
		try(flip(bytes, 1, i % 4 == 0 and #bytes or i % 4 == 1 and 160 or
		    front))
	end
end

return reader
