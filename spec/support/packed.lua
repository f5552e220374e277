--- A small dump and what it may be packed into: for specs of formats.
--
--	local m = packed.machine()
--	packed.gzip(m.bytes); packed.zstd(m.bytes, "--no-check")
--	packed.check(kd, m)		-- it is that dump, all of it
local assert = require "luassert"
local cc = require "spec.support.cc"
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"

local packed = {}

packed.version = "FreeBSD 13.2-RELEASE FORGED\n    builder@example:/usr/obj\n"
packed.message = "Copyright (c) the forge\npanic: page fault\n"

-- Bytes that no codec makes much smaller, the same each time.
local function noise(n, seed)
	local out, x = {}, seed
	for i = 1, n // 8 do
		x = x * 6364136223846793005 + 1442695040888963407
		out[i] = string.pack("<i8", x ~ x >> 29)
	end
	return table.concat(out)
end

--- A minidump of amd64 with n pages of noise in the kernel map.
-- @treturn table bytes, dump, memory, va (of the pages), pages, last (their
-- contents by number)
function packed.machine(n)
	local m = { pages = n or 600 }
	m.memory = forge.memory{ ram = { { 0x100000, 0x8000000 } } }
	m.va = m.memory:alloc(m.pages * 4096, { pages = true })
	m.contents = {}
	for i = 0, m.pages - 1 do
		m.contents[i] = noise(4096, i)
		m.memory:write(m.va + i * 4096, m.contents[i])
	end
	m.dump = forge.minidump{ memory = m.memory, msgbuf = packed.message }
	m.bytes = m.dump:tostring()
	return m
end

--- The fields of a kerneldumpheader.
function packed.fields(more)
	local f = { arch = "amd64", hostname = "forged.example",
		versionstring = packed.version, panicstring = "page fault" }
	for k, v in pairs(more or {}) do
		f[k] = v
	end
	return f
end

--- What a shell command makes of bytes.
function packed.pipe(command, bytes)
	local from, to = reader.file(bytes), reader.path()
	local _, err, status = cc.run(("%s <%s >%s"):format(command, from, to))
	assert(status == 0, err)
	local f = assert(io.open(to, "rb"))
	local out = f:read "a"
	f:close()
	os.remove(from)
	os.remove(to)
	return out
end

--- As gzip(1) does; options as for it.
function packed.gzip(bytes, options)
	return packed.pipe("gzip -c " .. (options or "-1"), bytes)
end

--- As zstd(1) does.
function packed.zstd(bytes, options)
	return packed.pipe("zstd -qc " .. (options or "-1"), bytes)
end

--- Open bytes under a name in a folder of their own, without a kernel.
-- @tparam string bytes
-- @tparam[opt] string name "vmcore.0"
-- @tparam[opt] table beside files by name: info.0, key.0
-- @tparam[opt] table options more of kvm.openx
-- @treturn ?userdata descriptor; or nil, message, code
function packed.open(bytes, name, beside, options)
	local folder = reader.path()
	assert(os.execute("mkdir " .. folder))
	local function put(file, text)
		local f = assert(io.open(folder .. "/" .. file, "wb"))
		f:write(text)
		f:close()
	end
	name = name or "vmcore.0"
	put(name, bytes)
	for file, text in pairs(beside or {}) do
		put(file, text)
	end
	local o = { core = folder .. "/" .. name, no_kernel = true }
	for k, v in pairs(options or {}) do
		o[k] = v
	end
	local kd, message, code = require "kvm".openx(o)
	return kd, message, code, folder
end

--- Check a page of the machine.
function packed.page(kd, m, i)
	local got, message = kd:read(m.va + i * 4096, 4096)
	assert.is_truthy(got, message)
	assert.is_true(got == m.contents[i], "page " .. i .. " differs")
end

--- Check that the descriptor is of that dump, to its last byte.
function packed.check(kd, m)
	packed.page(kd, m, m.pages - 1)
	packed.page(kd, m, 0)
	packed.page(kd, m, m.pages // 2)
	assert.equal(packed.message, kd:read_dump(4096, #packed.message))
	assert.equal("", kd:read_dump(math.maxinteger, 1))
	local d = kd:dump()
	assert.equal("mini", d.kind)
	assert.is_true(d.complete)
	assert.is_false(d.truncated)
	assert.equal("", d.damage)
	assert.equal(m.dump.length, d.size_expected)
	return d
end

return packed
