--- `vmcore kenv` and what it reads: kern/kenv.lua.
local kenvimage = require "spec.support.kenvimage"
local lab = require "spec.support.lab"

local EXPECTED = { { name = "boot_multicons", value = "YES" },
	{ name = "hint.atkbd.0.at", value = "atkbdc" }, { name = "bad", value = '\27[2J"x"' },
	{ name = "empty", value = "" } }

describe("kenv", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every variable, of " .. layout, function()
			local sys = lab.system("kenv " .. layout, { layout = layout, prepare = kenvimage.prepare() })
			assert.same(EXPECTED, (lab.rows(sys, "kenv")))
			assert.same({ EXPECTED[2] }, (lab.rows(sys, "kenv", "hint.atkbd.0.at")))
		end)
	end

	it("has the loader's before the kernel made its own", function()
		local sys = lab.system("kenv early", { layout = 13, prepare = kenvimage.prepare { early = true } })
		local rows = lab.rows(sys, "kenv")
		assert.same(EXPECTED, rows)
	end)

	it("prints the value of one variable, and says which is not there", function()
		local sys = lab.system("kenv 13", { layout = 13, prepare = kenvimage.prepare() })
		local function answer(...)
			return { lab.vmcore("-M", sys.core, "-N", sys.kernel, "kenv", ...) }
		end
		assert.same({ "atkbdc\n", "", 0 }, answer("hint.atkbd.0.at"))
		assert.same({ 'hint.atkbd.0.at="atkbdc"\nempty=""\n', "", 0 }, answer("empty", "hint.atkbd.0.at"))
		assert.same({ "", "vmcore: there is no variable 'no\\x1b'\n", 1 }, answer("no\27"))
	end)

	it("prints a healthy system", function()
		local sys = lab.system("kenv 13", { layout = 13, prepare = kenvimage.prepare() })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kenv")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("kenv", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("kenv damaged", { layout = 13, prepare = kenvimage.prepare(),
			change = function(s) s.memory:ptr(s.sys.kenv + 8, 0xfffffe0000123000) end })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kenv")
		assert.equal(1, status)
		lab.golden("kenv-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says so when the kernel does not tell", function()
		local sys = lab.system("13", { layout = 13 })
		local _, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "kenv")
		assert.matches("where the environment is", err)
	end)
end)
