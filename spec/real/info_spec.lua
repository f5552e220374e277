--- `vmcore info` on real dumps.
local lab = require "spec.support.lab"
local real = require "spec.support.real"

describe("info on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	it("tells what the dump and the kernel are", function()
		local rows, err, status = real.rows(dump, "info")
		assert.equal("", err)
		assert.equal(0, status)
		local row = rows[1]
		local boottime = string.unpack("<i8", real.truth(dump, "truth/kern.boottime"))
		local want = {
			kind = "mini", arch = "amd64", header = 3, size = 73887744, expected = 73887744,
			truncated = false, pages_lost = 0, page_size = 4096, compression = "none",
			status = "good", time = "2026-11-22 19:24:50 +0000", panic = "kdb_sysctl_panic",
			hostname = real.truth(dump, "truth/kern.hostname"):match "^[^%z\n]*",
			version = "FreeBSD 13.2-RELEASE VMCORE", ostype = "FreeBSD", osrelease = "13.2-RELEASE",
			types = "ctf", matches = true, boottime = boottime, ncpus = 2,
			physmem = 126581 * 4096, crash_tid = 100002, crash_pid = 1, crash_comm = "init",
			uptime = 8,
		}
		for key, value in pairs(want) do
			assert.equal(value, row[key], key)
		end
	end)

	it("finds the kernel beside the dump", function()
		local out, err, status = lab.vmcore("-M", dump.core, "info", "--json")
		assert.equal("", err)
		assert.equal(0, status)
		assert.truthy(out:find('"matches":true', 1, true))
	end)
end)

describe("info on amd64-minidump", function()
	local dump = real.sparse "amd64-minidump"
	if dump == nil then
		return pending "amd64-minidump is not here"
	end

	it("names the crashed thread", function()
		local row = real.rows(dump, "info")[1]
		assert.equal(100670, row.crash_tid)
		assert.equal("sysctl", row.crash_thread)
		assert.equal(800, row.crash_pid)
		assert.equal("amd64", row.arch)
		assert.equal(3, row.header)
	end)
end)
