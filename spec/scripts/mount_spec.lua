--- `vmcore mount`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"

describe("mount", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every file system, of " .. layout, function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local rows, err, status = lab.rows(sys, "mount")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = { row.device, row.directory, row.fstype, row.options, row.size, row.free }
			end
			assert.same({ { "/dev/ada0p2", "/", "ufs", "local,soft-updates", 4096000, 409600 },
				{ "devfs", "/dev", "devfs", "local", 8192000, 409600 },
				{ "tmp\27fs", "/tmp", "tmpfs", "read-only,nosuid,nfsv4acls", 12288000, 409600 } }, found)
			assert.equal(1, #lab.rows(sys, "mount", "-t", "ufs"))
		end)
	end

	it("prints a healthy system", function()
		local sys = lab.system("memory 13", { layout = 13, prepare = memstats.prepare(13) })
		lab.golden("mount", (lab.vmcore("-M", sys.core, "-N", sys.kernel, "mount")))
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("mount damaged", { layout = 13, prepare = memstats.prepare(13),
			change = function(s)
				s.memory:ptr(s.sys.stats.mounts[2] + s.types:offsetof("struct mount", "mnt_list"),
				    0xfffffe0000123000)
			end })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "mount")
		assert.equal(1, status)
		lab.golden("mount-damaged", out .. "--- standard error\n" .. err)
	end)
end)
