--- `vmcore fstat`: what it prints of whole and damaged systems.
local files = require "spec.support.files"
local lab = require "spec.support.lab"

-- What later kernels have and older ones have not.
local PTS, EVENTFD = "712 9 pts - rw master of pts/7", "712 10 eventfd - rw count 5 flags 0x1"
local MORE = { [12] = { PTS }, [13] = { PTS, EVENTFD },
	[15] = { PTS, EVENTFD, "712 11 timerfd - rw count 1 clock 4 flags 0",
		"712 12 inotify - rw pending 2 bytes 64", "712 13 jaildesc - rw jail 0" } }

local function made(layout)
	return lab.system("files " .. layout, { layout = layout, prepare = files.prepare(layout),
		change = files.place })
end

local function break_it(s)
	files.place(s)
	local set = s.types
	local nc = set:offsetof("struct vnode", "v_cache_dst")
	-- A directory inside itself, a file's name that can't be read, a table that is none.
	s.memory:ptr(s.memory:get(s.truth.files.etc + nc, 8) + set:offsetof("struct namecache", "nc_dvp"),
	    s.truth.files.etc)
	s.memory:ptr(s.truth.files.lost + nc, 0xfffffe0000123000)
	s.memory:struct(s.truth.processes[701].addr, "struct proc", { p_fd = 0xfffffe0000123000 })
end

describe("fstat", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has every file with its path, of " .. layout, function()
			local sys = made(layout)
			local rows, err, status = lab.rows(sys, "fstat", "-p", "712,701")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				local name = row.name == lab.null and "-" or row.name
				found[i] = ("%d %s %s %s %s %s"):format(row.pid, row.fd, row.type, row.mode ~= lab.null
				    and row.mode or "-", row.rw ~= lab.null and row.rw or "-", name)
			end
			local pipe = sys.truth.files
			local expected = { "712 root vnode drwxr-xr-x - /", "712 wd vnode drwxrwxrwt - /etc",
				"712 text vnode -rwsr-xr-x - /bin/sh", "712 ctty vnode crw------- - /dev/ttyv0",
				"712 0 vnode crw-rw-rw- rw /dev/null",
				("712 1 pipe - rw %#x -> %#x"):format(pipe.a, pipe.b),
				"712 3 vnode -rw-r--r-- r /etc/motd", "712 4 vnode -rw------- w -",
				"712 5 shm -rw------- rw /seg", "712 6 sem -rw-r--r-- rw /sem value 3 waiters 0",
				"712 7 kqueue - rw pending 2", "712 8 procdesc - rw process 720" }
			for _, line in ipairs(MORE[layout]) do
				expected[#expected + 1] = line
			end
			for _, line in ipairs { "712 14 vnode -rw-r--r-- rw /tmp/work/notes",
				"701 root vnode drwxr-xr-x - /", "701 wd vnode dr-xr-xr-x - /dev",
				"701 text vnode -rwsr-xr-x - /bin/sh", "701 ctty vnode crw------- - /dev/ttyv0",
				("701 0 pipe - rw %#x -> %#x"):format(pipe.b, pipe.a),
				"701 5 vnode -rw-r--r-- r /etc/motd" } do
				expected[#expected + 1] = line
			end
			assert.same(expected, found)
			local by = {}
			for _, row in ipairs(rows) do
				by[row.pid .. " " .. row.fd] = row
			end
			assert.equal("701:0", by["712 1"].peer)
			assert.equal("712:1", by["701 0"].peer)
			assert.equal(17, by["712 1"].size)
			assert.equal(8192, by["712 5"].size)
			assert.equal(lab.null, by["712 3"].peer)
			assert.equal(2, #lab.rows(sys, "fstat", "/etc/motd"))
			assert.equal(1, #lab.rows(sys, "fstat", "-f", "/tmp/work"))
			assert.equal("/dev", lab.rows(sys, "fstat", "-f", "/dev")[1].mount)
		end)
	end

	it("says which processes there are not", function()
		local rows, err, status = lab.rows(made(13), "fstat", "-p", "999,720,99")
		assert.equal("vmcore: no process 99\nvmcore: no process 999\n", err)
		assert.same({ 720, 1 }, { rows[1].pid, status })
	end)

	it("prints a healthy system", function()
		local sys = made(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "fstat")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("fstat", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("files damaged", { layout = 13, prepare = files.prepare(13),
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "fstat")
		assert.equal(1, status)
		lab.golden("fstat-damaged", out .. "--- standard error\n" .. err)
	end)
end)
