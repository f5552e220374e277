--- The running kernel can only be read on FreeBSD: elsewhere its file is
-- checked against declarations of our own, and says that there is none.
local kvm = require "kvm"

describe("the running kernel", function()
	it("has code that compiles against FreeBSD's declarations", function()
		local cc = os.getenv "CC" or "cc"
		local pipe = assert(io.popen(cc .. " -std=c11 -D_GNU_SOURCE " ..
		    "-DKVMI_CHECK_LIVE -Wall -Wextra -Werror -fsyntax-only " ..
		    "-Ispec/core/freebsd -Icore core/live.c 2>&1"))
		local output = pipe:read "a"
		assert.is_true(pipe:close(), output)
	end)

	local uname = assert(io.popen "uname"):read "l"
	if uname ~= "FreeBSD" then
		it("is not there on other hosts, and that is said", function()
			local kd, message, code = kvm.open2(nil, nil)
			assert.is_nil(kd)
			assert.matches("does not run FreeBSD", message)
			assert.equal("notsup", code)
		end)
	end
end)
