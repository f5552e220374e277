--- `vmcore dmesg` on real dumps, with and without their kernel.
local lab = require "spec.support.lab"
local real = require "spec.support.real"

-- Lines without the priorities in front.
local function lines_of(text)
	local lines = {}
	for line in text:gsub("%z", ""):gmatch "([^\n]*)\n" do
		lines[#lines + 1] = (line:gsub("^<%d+>", ""))
	end
	return lines
end

describe("dmesg on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	local function answer(...)
		local out, err, status = lab.vmcore("-M", dump.core, ...)
		assert.equal("", err)
		assert.equal(0, status)
		return out
	end

	it("begins with what kern.msgbuf had and ends with the panic", function()
		local out = lines_of(answer("-N", dump.kernel, "dmesg", "-a"))
		for i, line in ipairs(lines_of(real.truth(dump, "truth/kern.msgbuf"))) do
			assert.equal(line, out[i])
		end
		local tail = table.concat(out, "\n")
		local panic = real.truth(dump, "truth.txt"):match "\n(panic: kdb_sysctl_panic\n.-\nUptime: %d+s)"
		assert.truthy(tail:find(panic, 1, true))
	end)

	it("without -a leaves out what came over the console", function()
		local expected = {}
		for line in real.truth(dump, "truth/kern.msgbuf"):gsub("%z", ""):gmatch "([^\n]*)\n" do
			if not line:find "^<%d%d" then	-- kern is facility 0
				expected[#expected + 1] = (line:gsub("^<%d+>", ""))
			end
		end
		local out = lines_of(answer("-N", dump.kernel, "dmesg"))
		assert.is_true(#expected > 60)
		assert.same(expected, table.move(out, 1, #expected, 1, {}))
	end)

	it("needs no kernel", function()
		local bare = lab.folder() .. "/vmcore.0"
		os.execute(("ln -s $PWD/%s %s"):format(dump.core, bare))
		local out, err, status = lab.vmcore("-M", bare, "dmesg", "-a")
		assert.equal("", err)
		assert.equal(0, status)
		-- The copy was made before the dump's progress was printed.
		local whole = answer("-N", dump.kernel, "dmesg", "-a")
		assert.is_true(#out > 10000)
		assert.is_true(whole:sub(1, #out - 1) == out:sub(1, -2))
	end)
end)
