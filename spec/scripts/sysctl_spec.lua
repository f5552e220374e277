--- `sysctl`: the kernel's variables by name.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local oids = require "spec.support.oids"

local function made(layout)
	return lab.system("devices " .. layout, { layout = layout, prepare = devices.prepare(layout) })
end

local function break_it(s)
	local at, T = s.sys.dev.oids, "struct sysctl_oid"
	s.memory:set(at["kern.hz"], T, "oid_arg1", 0xfffffe0000123000)
	s.memory:set(at["kern.negative"], T, "oid_name", 0xfffffe0000123000)
	s.memory:set(at["kern.packets"], T, "oid_fmt", 0xdeadc0dedeadc0de)
	s.memory:set(at["kern.pair"], T, "oid_fmt", 0xfffffe0000123000)
	s.memory:set(at["kern.proc"], T, "oid_fmt", 0)
	s.memory:set(at["kern.long"], T, "oid_fmt", 0)
	s.memory:ptr(at["kern.small"] + s.types:offsetof(T, "oid_children"), at["kern.s64"])
end

local function answer(sys, ...)
	local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "sysctl", ...)
	return out .. (err ~= "" and "--- standard error\n" .. err or "") .. status .. "\n"
end

describe("sysctl", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has the values that lie in memory, of " .. layout, function()
			local rows, err, status = lab.rows(made(layout), "sysctl", "-o")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for _, row in ipairs(rows) do
				found[row.name] = row.value ~= lab.null and row.value or nil
			end
			found["kern.bytes"] = nil
			assert.same(oids.VALUES, found)
			local by = lab.by(rows, "name")
			assert.equal("0x010000", by["kern.bytes"].value)
			assert.same({ lab.null, "sysctl_kern_proc" }, { by["kern.proc"].value, by["kern.proc"].handler })
		end)
	end

	it("takes names, of variables and of nodes", function()
		local sys = made(13)
		assert.equal("kern.hz: 100\n0\n", answer(sys, "kern.hz"))
		assert.equal("100\n0\n", answer(sys, "-n", "kern.hz"))
		assert.equal("kern.hz: Number of clock ticks per second\n0\n", answer(sys, "-d", "kern.hz"))
		assert.equal("kern.hz\n0\n", answer(sys, "-T", "--names"))
		assert.equal(5, #lab.rows(sys, "sysctl", "kern.small"))
		assert.equal("sysctl.debug: 1\n0\n", answer(sys, "sysctl"))
		assert.equal("kern.hz: 100\n--- standard error\nvmcore: unknown oid 'kern.h\\x1b'\n1\n",
		    answer(sys, "kern.h\27", "kern.hz"))
		assert.equal("kern.hostname kern.negative kern.timeout 0 ",
		    (answer(sys, "-W", "--names"):gsub("\n", " ")))
	end)

	it("prints a healthy system", function()
		lab.golden("sysctl", answer(made(13)))
	end)

	it("prints what is left of a damaged one", function()
		lab.golden("sysctl-damaged", answer(lab.system("sysctl broken", { layout = 13,
			prepare = devices.prepare(13), change = break_it })))
	end)

	it("says so when the kernel does not tell", function()
		assert.matches("where the sysctl tree is", answer(lab.system("no types", { layout = 13,
			no_ctf = true })))
	end)
end)
