--- Encrypts dumps by openssl(1) as the kernel and dumpon(8) would:
-- sys/kern/kern_shutdown.c, FORMATS of struct kerneldumpkey.
--
--	local keys = encrypted.keys()
--	encrypted.bytes(encrypted.AES, dump)	goes with
--	encrypted.blob(keys, encrypted.AES)	and --key keys.private
local cc = require "spec.support.cc"
local packed = require "spec.support.packed"
local part = require "spec.support.part"
local reader = require "spec.support.reader"

local encrypted = { AES = 1, CHACHA = 2 }

local KEY = "0123456789abcdef0123456789ABCDEF"
local IV = "an initialisation vector of 32 b"

local function hex(s)
	return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

--- Is there openssl, and what vmcore needs of it?
function encrypted.able()
	local _, _, status = cc.run "command -v openssl >/dev/null"
	return status == 0 and part.has "libcrypto"
end

--- A pair of keys.
-- @treturn table private, public: paths
function encrypted.keys()
	local keys = { private = reader.path(), public = reader.path() }
	cc.run(("openssl genrsa -out %s 2048; openssl rsa -in %s -pubout -out %s"):format(
	    keys.private, keys.private, keys.public))
	return keys
end

--- struct kerneldumpkey.
-- @tparam table keys
-- @tparam integer encryption
-- @tparam[opt="oaep"] string padding
-- @tparam[opt] string key of 32 bytes
function encrypted.blob(keys, encryption, padding, key)
	local wrapped = packed.pipe(("openssl pkeyutl -encrypt -pubin -inkey %s " ..
	    "-pkeyopt rsa_padding_mode:%s"):format(keys.public, padding or "oaep"),
	    (key or KEY) .. ("\0"):rep(32))
	return string.pack(">Bc32I4", encryption, IV, #wrapped) .. wrapped
end

--- The bytes of a dump, encrypted.
function encrypted.bytes(encryption, bytes)
	if encryption == encrypted.AES then
		return packed.pipe(("openssl enc -aes-256-cbc -nopad -K %s -iv %s"):format(
		    hex(KEY), hex(IV:sub(1, 16))), bytes)
	end
	return packed.pipe(("openssl enc -chacha20 -K %s -iv %s%s"):format(hex(KEY),
	    ("00"):rep(8), hex(IV:sub(1, 8))), bytes)
end

return encrypted
