--- The running kernel can only be read on FreeBSD: elsewhere there is none
-- (what reads it is compiled by freebsd_spec.lua).
local kvm = require "kvm"

describe("the running kernel", function()
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
