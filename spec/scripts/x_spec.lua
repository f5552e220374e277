--- `vmcore x`: memory in every format.
local lab = require "spec.support.lab"

describe("x", function()
	local sys, at

	setup(function()
		sys = lab.system("x", { layout = 13, prepare = function(s)
			at = s:var("words", "unsigned long[4]")
			s.mem:write(at, ("<I8I8i4I4I2c2I4"):pack(0x0123456789abcdef, s:fn("panic").addr + 2,
			    -5, 8, 0x1ff, "A\n", 0))
			s:var("texts", "char[16]", "one\0two \27")
			local edge = 0xfffffe00f0000000
			s.mem:map(edge, s.mem:alloc_page())
			s.mem:write(edge + 4096 - 8, "endofmem")
			s:symbol { name = "edge", addr = edge + 4096 - 8, size = 8, type = "object" }
		end })
	end)

	local function texts(...)
		local rows, err, status = lab.rows(sys, "x", ...)
		local found = {}
		for i, row in ipairs(rows) do
			found[i] = row.text
		end
		return found, err, status, rows
	end

	it("prints words of every size", function()
		local found, err, status, rows = texts("/4gx", "words")
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(2, #found)
		assert.equal("0x0123456789abcdef", found[1]:match "^%S+")
		assert.same({ ("0x%x"):format(at), "words", "words+0x10" },
		    { rows[1].address, rows[1].symbol, rows[2].symbol })
		assert.same({ "0x89abcdef 0x01234567" }, (texts("/2x", "words")))
		assert.same({ "0xcdef 0x89ab" }, (texts("-f", "hx", "-n", "2", "words")))
		assert.same({ "0xef 0xcd" }, (texts("/2bx", ("0x%x"):format(at))))
	end)

	it("prints numbers and characters", function()
		assert.same({ "-5 8" }, (texts("/2wd", "&words[2]")))
		assert.same({ "4294967291 8" }, (texts("/2wu", "&words[2]")))
		assert.same({ "0777" }, (texts("/ho", "&words[3]")))
		assert.same({ "11111111" }, (texts("/t", "&words[3]")))
		assert.same({ "'A' '\\x0a'" }, (texts("/2c", ("0x%x"):format(at + 26))))
	end)

	it("prints pointers with symbols, and strings", function()
		assert.equal("panic+0x2", texts("/2a", "words")[2]:match "%S+$")
		assert.same({ '"one"', '"two \\x1b"' }, (texts("/2s", "texts")))
	end)

	it("stops where memory ends", function()
		local found, err, status = texts("/4gx", "edge")
		assert.equal(1, #found)
		assert.truthy(found[1]:find "^0x6d656d666f646e65 <fault 0x%x+>$", found[1])
		assert.truthy(err:find "kvm_read", err)
		assert.equal(1, status)
		found, err, status = texts("/s", "edge")
		assert.truthy(found[1]:find '^"endofmem<fault 0x%x+>$', found[1])
		assert.truthy(err:find "kvm_read", err)
		assert.equal(1, status)
	end)

	it("prints a healthy system, and what is left of a damaged one", function()
		local function text(...)
			return lab.vmcore("-M", sys.core, "-N", sys.kernel, "x", ...)
		end
		lab.golden("x", text("/4gx", "words") .. text("/4a", "words") .. text("/4wd", "words")
		    .. text("/2s", "texts"))
		local out, err, status = text("/4gx", "edge")
		lab.golden("x-damaged", out .. "--- standard error\n" .. err)
		assert.equal(1, status)
	end)

	it("says what is wrong", function()
		for _, arguments in ipairs { { "/9zq", "words" }, { "8gx", "words" }, { "-f", "2x", "words" },
		    { "nosuch" } } do
			local _, err, status = texts(table.unpack(arguments))
			assert.not_equal("", err)
			assert.equal(1, status)
		end
	end)
end)
