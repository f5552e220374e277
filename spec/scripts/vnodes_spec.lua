--- `vmcore vnodes`: what it prints of whole and damaged systems.
local files = require "spec.support.files"
local lab = require "spec.support.lab"

local function made(layout)
	return lab.system("files " .. layout, { layout = layout, prepare = files.prepare(layout),
		change = files.place })
end

-- A list that leads nowhere, a lock and a name that can't be read.
local function break_it(s)
	files.place(s)
	local set, made_ones = s.types, s.truth.files
	s.memory:struct(made_ones.etc, "struct vnode", { v_vnlock = 0xfffffe0000123000 })
	s.memory:ptr(made_ones.lost + set:offsetof("struct vnode", "v_cache_dst"), 0xfffffe0000123000)
	s.memory:ptr(made_ones.null + set:offsetof("struct vnode", "v_nmntvnodes"), -1)
end

describe("vnodes", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has those of every mount, without markers, of " .. layout, function()
			local sys = made(layout)
			local rows, err, status = lab.rows(sys, "vnodes")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = ("%s %d %d %s %s %s"):format(row.type, row.used, row.held, row.lock, row.flags,
				    row.path == lab.null and "-" or row.path)
			end
			assert.same({ "VDIR 4 1 unlocked VV_ROOT /", "VDIR 1 1 unlocked  /etc",
				"VREG 2 3 unlocked  /etc/motd", "VREG 1 1 unlocked VV_DELETED -", "VDIR 0 1 unlocked  /bin",
				"VREG 2 1 exclusive  /bin/sh", "VDIR 0 1 unlocked  /dev", "VDIR 0 1 unlocked VV_ROOT /dev",
				"VCHR 0 1 unlocked  /dev/null", "VCHR 0 1 unlocked  /dev/ttyv0",
				"VREG 1 1 unlocked  /tmp/work/notes" }, found)
			assert.equal(sys.truth.processes[720].threads[1].tid, rows[6].owner)
		end)
	end

	it("chooses by mount, type, use and lock", function()
		local function paths(...)
			local found = {}
			for i, row in ipairs((lab.rows(made(13), "vnodes", ...))) do
				found[i] = row.path
			end
			return found
		end
		assert.same({ "/dev", "/dev/null", "/dev/ttyv0" }, paths("-m", "/dev"))
		assert.same({ "/tmp/work/notes" }, paths("-f", "tmpfs"))
		assert.same({ "/dev/null", "/dev/ttyv0" }, paths("-t", "VCHR"))
		assert.same({ "/bin/sh" }, paths("-l"))
		assert.same({ "/etc/motd", lab.null, "/bin/sh", "/tmp/work/notes" }, paths("-u", "-t", "VREG"))
		assert.same({}, paths("-d"))
	end)

	it("prints a healthy system", function()
		local sys = made(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vnodes")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("vnodes", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("vnodes damaged", { layout = 13, prepare = files.prepare(13),
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vnodes")
		assert.equal(1, status)
		lab.golden("vnodes-damaged", out .. "--- standard error\n" .. err)
	end)
end)
