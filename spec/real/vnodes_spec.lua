--- `vmcore vnodes` on freebsd13-amd64: against the kernel's own counts, and the
-- open files.
local real = require "spec.support.real"
local vmcore = require "vmcore"

describe("vnodes of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local k, rows

	setup(function()
		local err, status
		rows, err, status = real.rows(dump, "vnodes")
		assert.equal("", err)
		assert.equal(0, status)
		k = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
	end)

	teardown(function()
		k:close()
	end)

	it("are as many as the kernel counts, in all and free", function()
		-- One belongs to no mount: that which stands for a lock between two
		-- (vp_crossmp, kern/vfs_lookup.c).
		assert.equal(tonumber(k.var.numvnodes), #rows + 1)
		local free = 0
		for _, row in ipairs(rows) do
			free = free + (row.held == 0 and 1 or 0)
		end
		assert.equal(tonumber(k.var.freevnodes), free)
	end)

	it("are those of each mount's list", function()
		local count = {}
		for _, row in ipairs(rows) do
			count[row.mount] = (count[row.mount] or 0) + 1
		end
		for _, mp in ipairs((real.rows(dump, "mount"))) do
			local size = k:pointer("struct mount *", tonumber(mp.addr)).mnt_nvnodelistsize
			assert.equal(size, count[mp.directory] or 0, mp.directory)
		end
	end)

	it("have every file that is open, used, with the same path", function()
		local by_path, compared = {}, 0
		for _, row in ipairs(rows) do
			if row.path ~= real.null then
				by_path[row.path] = by_path[row.path] or {}
				by_path[row.path][row.number] = row
			end
		end
		for _, row in ipairs((real.rows(dump, "fstat"))) do
			if row.type == "vnode" then
				local vp = by_path[row.name][row.inum]
				assert.is_true(vp.used > 0, row.name)
				assert.same({ row.mount, row.mode, row.size }, { vp.mount, vp.mode, vp.size })
				compared = compared + 1
			end
		end
		assert.is_true(compared > 300)
	end)
end)
