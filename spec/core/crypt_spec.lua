--- Dumps that the kernel encrypted.
local cc = require "spec.support.cc"
local encrypted = require "spec.support.encrypted"
local kdh = require "spec.support.kdh"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"

local m = packed.machine(100)
local AES, CHACHA = encrypted.AES, encrypted.CHACHA
local encrypt = encrypted.bytes

describe("an encrypted dump", function()
	if not encrypted.able() then
		return it("needs openssl", function() pending "no openssl here" end)
	end

	local keys = encrypted.keys()
	local private, public = keys.private, keys.public

	local function blob(...)
		return encrypted.blob(keys, ...)
	end

	local function open(bytes, key, o)
		o = o or { keyfile = private }
		return packed.open(bytes, "vmcore_encrypted.0", { ["key.0"] = key,
			["info.0"] = kdh.info(packed.fields{ length = #bytes }) }, o)
	end

	local NAMES = { "aes-256-cbc", "chacha20" }

	for encryption, name in ipairs(NAMES) do
		local bytes = encrypt(encryption, m.bytes)

		it("opens with the private key: " .. name, function()
			for _, padding in ipairs{ "oaep", "pkcs1" } do
				local d = packed.check(assert(open(bytes,
				    blob(encryption, padding))), m)
				assert.equal(name, d.encryption)
				assert.equal("page fault", d.note.panic)
			end
		end)

		it("has a key that is padded to blocks: " .. name, function()
			local key = blob(encryption)
			packed.check(assert(open(bytes, key .. ("\0"):rep(-#key % 4096))), m)
		end)

		it("lies on a device with its key: " .. name, function()
			for _, sector in ipairs{ 512, 4096 } do
				local key = blob(encryption)
				key = key .. ("\0"):rep(-#key % sector)
				local kd = assert(packed.open(kdh.device(bytes, packed.fields{
					blocksize = sector, key = key }), "disk", nil,
				    { keyfile = private }))
				local d = packed.check(kd, m)
				assert.equal(name, d.encryption)
				assert.equal("device", d.container)
			end
		end)

		it("opens as far as it goes: " .. name, function()
			local kd = assert(open(bytes:sub(1, 100007), blob(encryption)))
			assert.equal(packed.message, kd:read_dump(4096, #packed.message))
			kd:read_dump(math.maxinteger, 1)
			assert.is_true(kd:dump().truncated)
		end)

		it("needs the right key: " .. name, function()
			local key = blob(encryption, "oaep", ("x"):rep(32))
			local value, message, code = open(bytes, key)
			reader.fails("format", "wrong key", value, message, code)
		end)
	end

	it("may be compressed inside", function()
		for _, pack in ipairs{ packed.gzip, packed.zstd } do
			local small = pack(m.bytes)
			local kd = assert(open(encrypt(CHACHA, small), blob(CHACHA)))
			local d = packed.check(kd, m)
			assert.equal("chacha20", d.encryption)
			assert.is_true(d.compression == "gzip" or d.compression == "zstd")
		end
	end)

	it("may be compressed by savecore", function()
		local d = packed.check(assert(open(packed.gzip(encrypt(AES, m.bytes)),
		    blob(AES))), m)
		assert.equal("gzip", d.compression)
	end)

	it("asks for a key, and describes itself without one", function()
		local bytes, key = encrypt(AES, m.bytes), blob(AES)
		local d = assert(open(bytes, key, {})):dump()
		assert.equal("encrypted", d.kind)
		assert.equal("unknown", d.encryption)
		assert.equal("page fault", d.note.panic)
		local value, message, code = open(bytes, key,
		    { no_kernel = false, kernel = "/bin/sh" })
		reader.fails("inval", "encrypted: give the private key", value, message, code)
	end)

	it("says what is wrong with a key", function()
		local bytes = encrypt(AES, m.bytes)
		local other = reader.path()
		cc.run("openssl genrsa -out " .. other .. " 2048")
		local value, message, code = open(bytes, blob(AES), { keyfile = other })
		reader.fails("format", "private key does not open", value, message, code)
		value, message, code = open(bytes, blob(AES), { keyfile = "/nowhere/key" })
		reader.fails("sys", "/nowhere/key", value, message, code)
		value, message, code = open(bytes, blob(AES), { keyfile = public })
		reader.fails("format", "no private key in PEM", value, message, code)
		value, message, code = open(bytes, blob(9))
		reader.fails("notsup", "unknown encryption 9", value, message, code)
		for _, n in ipairs{ 1, 36, 37, 100 } do
			assert.is_nil((open(bytes, blob(AES):sub(1, n))))
		end
		local closed = reader.path()
		cc.run(("openssl rsa -aes256 -passout pass:secret -in %s -out %s"):format(
		    private, closed))
		value, message, code = open(bytes, blob(AES), { keyfile = closed })
		reader.fails("format", "without a passphrase", value, message, code)
	end)

	it("survives damage of its key", function()
		local bytes, key = encrypt(AES, m.bytes:sub(1, 32768)), blob(AES)
		math.randomseed(3)
		for _ = 1, 40 do
			local at = math.random(#key)
			local kd = open(bytes, key:sub(1, at - 1) ..
			    string.char(math.random(0, 255)) .. key:sub(at + 1))
			if kd then
				kd:close()
			end
		end
	end)
end)

describe("a library built without libcrypto", function()
	it("says so", function()
		local program = reader.path()
		local source = reader.path() .. ".c"
		local f = assert(io.open(source, "w"))
		f:write [[
			#include "private.h"
			#include <stdio.h>
			int kvmi_error(kvm_t *kd, enum kvm_errclass c, kvaddr_t a,
			    const char *fmt, ...)
			{ (void)kd; (void)a; printf("%d %s\n", c, fmt); return (-1); }
			int main(void)
			{ return (kvmi_decrypt(NULL, "key", NULL, 0) != -1); }
		]]
		f:close()
		local out, err, status = cc.run(("LD_PRELOAD= %s -std=c11 -D_GNU_SOURCE -Icore -o %s %s " ..
		    "core/nocrypt.c && LD_PRELOAD= %s"):format(os.getenv "CC" or "cc", program,
		    source, program))
		assert.equal("", err)
		assert.equal(0, status)
		assert.matches("encrypted.*without OpenSSL's libcrypto", out)
	end)
end)
