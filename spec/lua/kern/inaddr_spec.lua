--- Addresses of sockets as text.
local inaddr = require "vmcore.kern.inaddr"

local function six(...)
	return (">I2I2I2I2I2I2I2I2"):pack(...)
end

describe("addresses", function()
	it("are written as RFC 5952 has it", function()
		assert.equal("192.0.2.10", inaddr.text "\xc0\0\2\10")
		assert.equal("::", inaddr.text(six(0, 0, 0, 0, 0, 0, 0, 0)))
		assert.equal("::1", inaddr.text(six(0, 0, 0, 0, 0, 0, 0, 1)))
		assert.equal("2001:db8::1", inaddr.text(six(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)))
		assert.equal("2001:db8::", inaddr.text(six(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)))
		-- A single zero stays, and the first of two runs goes.
		assert.equal("2001:db8:0:1:1:1:1:1", inaddr.text(six(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1)))
		assert.equal("2001::1:0:0:1:1", inaddr.text(six(0x2001, 0, 0, 1, 0, 0, 1, 1)))
		assert.equal("::ffff:192.0.2.1", inaddr.text(six(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201)))
	end)

	it("have the zone that the kernel put into them, or beside", function()
		assert.equal("fe80::1%3", inaddr.text(six(0xfe80, 3, 0, 0, 0, 0, 0, 1)))
		assert.equal("ff02::1%2", inaddr.text(six(0xff02, 2, 0, 0, 0, 0, 0, 1)))
		assert.equal("fe80::1%4", inaddr.text(six(0xfe80, 0, 0, 0, 0, 0, 0, 1), 4))
	end)

	it("may be wildcards", function()
		assert.is_true(inaddr.any "\0\0\0\0")
		assert.is_true(inaddr.any(("\0"):rep(16)))
		assert.is_false(inaddr.any "\0\0\0\1")
	end)
end)

describe("socket addresses", function()
	it("hold an address, a path, or a link's", function()
		assert.equal("\1\2\3\4", inaddr.of_sockaddr "\16\2\0\0\1\2\3\4\0\0\0\0\0\0\0\0")
		assert.equal(six(1, 2, 3, 4, 5, 6, 7, 8), (inaddr.of_sockaddr("\28\28\0\0\0\0\0\0"
		    .. six(1, 2, 3, 4, 5, 6, 7, 8) .. "\0\0\0\0")))
		assert.is_nil(inaddr.of_sockaddr "\2\1")
		assert.equal("/tmp/x", inaddr.path "\9\1/tmp/x\0")
		local name, bytes, index = inaddr.link "\54\18\3\0\6\3\6\0em0\2\0\x5e\16\0\1\0"
		assert.same({ "em0", "02:00:5e:10:00:01", 3 }, { name, inaddr.hardware(bytes), index })
	end)
end)

describe("netmasks", function()
	it("have a length when their ones come first", function()
		assert.equal(24, inaddr.prefix "\255\255\255\0")
		assert.equal(0, inaddr.prefix "\0\0\0\0")
		assert.equal(32, inaddr.prefix "\255\255\255\255")
		assert.equal(20, inaddr.prefix "\255\255\240\0")
		assert.is_nil(inaddr.prefix "\255\0\255\0")
		assert.is_nil(inaddr.prefix "\255\245\0\0")
	end)
end)
