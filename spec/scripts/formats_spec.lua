--- `vmcore info` and `dmesg` of dumps as they are found on disk, without a
-- kernel; the options for encrypted and compressed dumps.
local cc = require "spec.support.cc"
local encrypted = require "spec.support.encrypted"
local json = require "dkjson"
local kdh = require "spec.support.kdh"
local lab = require "spec.support.lab"
local packed = require "spec.support.packed"

local m = packed.machine(100)
local last = 0

-- A folder with the dump as vmcore.0, and what goes with it.
local function place(bytes, beside)
	last = last + 1
	local dir = lab.folder()
	beside = beside or {}
	beside["vmcore.0"] = bytes
	for name, text in pairs(beside) do
		local f = assert(io.open(dir .. "/" .. name, "wb"))
		f:write(text)
		f:close()
	end
	return dir .. "/vmcore.0", dir
end

local function info(core, ...)
	local out, err, status = lab.vmcore("info", core, "--json", ...)
	return json.decode(out, 1, nil) or {}, err, status
end

describe("info", function()
	it("describes a compressed dump, whole and damaged", function()
		for form, pack in pairs{ gzip = packed.gzip, zstd = packed.zstd } do
			local bytes = pack(m.bytes)
			local row, err, status = info((place(bytes)))
			assert.equal("", err)
			assert.equal(0, status)
			assert.equal(form, row.compression)
			assert.equal("mini", row.kind)
			assert.equal("amd64", row.arch)
			assert.equal(#m.bytes, row.size)
			assert.is_false(row.truncated)
			row, err = info((place(bytes:sub(1, #bytes // 2))))
			assert.is_true(row.truncated)
			assert.is_true(row.pages_lost > 0)
			assert.matches("ends early", row.damage)
			assert.matches("WARNING: the dump is truncated.*" .. form ..
			    " stream is damaged: it ends early", err)
		end
	end)

	it("describes a dump device and a header in front", function()
		local fields = packed.fields{ length = #m.bytes }
		local row, err = info((place(kdh.device(m.bytes, fields))))
		assert.equal("", err)
		assert.equal("device", row.container)
		assert.equal("forged.example", row.hostname)
		assert.equal("page fault", row.panic)
		assert.equal("good", row.status)
		local head = kdh.encode(fields):gsub("forged", "Forged")
		row, err = info((place(head .. m.bytes)))
		assert.equal("header", row.container)
		assert.equal("bad", row.status)
		assert.matches("WARNING: the dump's headers are damaged", err)
	end)

	it("describes an encrypted dump, and takes its key", function()
		if not encrypted.able() then
			return pending "no openssl here"
		end
		local dir = lab.folder()
		cc.run(("openssl genrsa -out %s/k 2048; openssl rsa -in %s/k -pubout -out %s/p")
		    :format(dir, dir, dir))
		local wrapped = packed.pipe("openssl pkeyutl -encrypt -pubin -inkey " .. dir ..
		    "/p -pkeyopt rsa_padding_mode:oaep", ("k"):rep(64))
		local core = place(packed.pipe(("openssl enc -aes-256-cbc -nopad -K %s -iv %s")
		    :format(("6b"):rep(32), ("69"):rep(16)), m.bytes), {
			["key.0"] = string.pack(">Bc32I4", 1, ("i"):rep(32), #wrapped) .. wrapped,
			["info.0"] = kdh.info(packed.fields{ length = #m.bytes }) })
		local row, err, status = info(core)
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal("encrypted", row.kind)
		assert.equal("page fault", row.panic)
		row, err, status = info(core, "--key", dir .. "/k")
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal("mini", row.kind)
		assert.equal("aes-256-cbc", row.encryption)
		local out = lab.vmcore("--key", dir .. "/k", "-M", core, "dmesg")
		assert.equal(packed.message, out)
		out, err, status = lab.vmcore("-M", core, "ps")
		assert.equal("", out)
		assert.matches("can't be read", err)
		assert.equal(3, status)
	end)

	it("tells of zeros that savecore left out", function()
		local big = packed.machine(400)
		local row = info((place(big.bytes:sub(1, -8193),
		    { ["info.0"] = kdh.info(packed.fields{ length = #big.bytes }) })))
		assert.equal(8192, row.zero_tail)
		assert.is_false(row.truncated)
	end)
end)

describe("--cache", function()
	it("keeps the inflated dump for the next time", function()
		local core, dir = place(packed.zstd(m.bytes))
		local out, err, status = cc.run(("XDG_CACHE_HOME=%s/c %s scripts/vmcore --cache -M %s dmesg")
		    :format(dir, os.getenv "LUA" or "lua5.4", core))
		assert.equal("", err)
		assert.equal(packed.message, out)
		assert.equal(0, status)
		assert.matches("^vmcore%-[%x.-]+%.zstd\n$", (cc.run("ls " .. dir .. "/c/vmcore")))
	end)
end)

describe("a compressed dump of 4 GiB", function()
	it("prints its message buffer in under a second", function()
		local system = require "spec.support.system"
		local s = system.new{ layout = 13, memory = { ram = { { 0x1000, 0x9f000 },
			{ 0x100000, 0x20000000 }, { 0x100000000, 0x240000000 } } } }
		s.memory:keep(0x110000000, 4 << 30)
		local dir = lab.folder()
		s:files(13)
		s:write(dir)
		local _, err, failed = cc.run(("zstd -q1 --rm %s/vmcore.0"):format(dir))
		assert.equal(0, failed, err)
		local function now()
			return tonumber((cc.run "date +%s%N")) / 1e9
		end
		local from = now()
		local out, errors, status = lab.vmcore("-M", dir .. "/vmcore.0.zst", "dmesg")
		local seconds = now() - from
		assert.equal("", errors)
		assert.equal(0, status)
		assert.matches("panic: page fault", out)
		-- Sanitizers and a busy machine have their price.
		assert.is_true(seconds < 1 or os.getenv "B" == "build/san" and seconds < 10)
		out, errors, status = lab.vmcore("-M", dir .. "/vmcore.0.zst", "ps", "--csv")
		assert.equal("", errors)
		assert.equal(0, status)
		assert.matches("crasher", out)
	end)
end)

describe("a dump from a pipe", function()
	it("is read by commands that need no kernel", function()
		local core = place(packed.zstd(m.bytes))
		local out, err, status = cc.run(("cat %s | %s scripts/vmcore -M /dev/stdin dmesg")
		    :format(core, os.getenv "LUA" or "lua5.4"))
		assert.equal("", err)
		assert.equal(packed.message, out)
		assert.equal(0, status)
		out, err, status = cc.run(("cat %s | %s scripts/vmcore -M /dev/stdin ps")
		    :format(core, os.getenv "LUA" or "lua5.4"))
		assert.equal("", out)
		assert.matches("name its kernel with %-N", err)
		assert.equal(3, status)
	end)
end)
