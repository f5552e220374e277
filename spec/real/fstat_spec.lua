--- Open files and mounts of freebsd13-amd64, against kern.proc.filedesc of
-- every process and getfsstat(2), a moment before the panic.
local real = require "spec.support.real"

-- sys/user.h: KF_TYPE_*, KF_FD_TYPE_*
local TYPES = { [0] = "none", "vnode", "socket", "pipe", "fifo", "kqueue", "crypto", "mqueue", "shm",
	"sem", "pts", "procdesc", "dev", "eventfd", [255] = "none" }
local SPECIALS = { [-1] = "wd", [-2] = "root", [-3] = "jail", [-4] = "tr", [-5] = "text",
	[-6] = "ctty" }

describe("open files of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	local function told(pid)
		local f = io.open(("%s/truth/kern.proc.filedesc.%d"):format(dump.truth, pid), "rb")
		if f == nil then
			return {}
		end
		local bytes = f:read "a"
		f:close()
		return real.sized_records(dump.types, "struct kinfo_file", bytes)
	end

	local rows, by = nil, {}

	setup(function()
		local err, status
		rows, err, status = real.rows(dump, "fstat")
		assert.equal("", err)
		assert.equal(0, status)
		for _, row in ipairs(rows) do
			by[row.pid] = by[row.pid] or {}
			by[row.pid][row.fd] = row
		end
	end)

	-- What moved on: the console's offset, which the tests wrote to.
	local function same_offset(row, kf)
		return row.name == "/dev/console" or row.offset == real.null or row.offset == kf.kf_offset
	end

	-- sys/stat.h, S_IFMT: what stands in front of a mode.
	local FORMATS = { [0x4000] = "d", [0x2000] = "c", [0x6000] = "b", [0x8000] = "-", [0xa000] = "l",
		[0xc000] = "s", [0x1000] = "p" }

	-- Permissions as ls(1) prints them; none of these files has another bit set.
	local function mode_text(mode)
		local text = FORMATS[mode & 0xf000]
		for i = 8, 0, -1 do
			text = text .. (mode & 1 << i ~= 0 and ("xwr"):sub(i % 3 + 1, i % 3 + 1) or "-")
		end
		return text
	end

	-- What the kernel says besides, by what kind of file it is.
	local besides = {}

	function besides.vnode(row, kf, what)
		if kf.kf_status & 1 ~= 0 and row.inum ~= real.null then
			assert.equal(kf["kf_un.kf_file.kf_file_fileid"], row.inum, what)
			assert.equal(mode_text(kf["kf_un.kf_file.kf_file_mode"]), row.mode, what)
			if row.size ~= real.null then
				assert.equal(kf["kf_un.kf_file.kf_file_size"], row.size, what)
			end
		end
	end

	function besides.pipe(row, kf, what)
		assert.equal(("%#x -> %#x"):format(kf["kf_un.kf_pipe.kf_pipe_addr"],
		    kf["kf_un.kf_pipe.kf_pipe_peer"]), row.name, what)
		assert.equal(kf["kf_un.kf_pipe.kf_pipe_buffer_cnt"], row.size, what)
	end

	function besides.shm(row, kf, what)
		assert.equal(kf.kf_path, row.name, what)
		assert.equal(kf["kf_un.kf_file.kf_file_size"], row.size, what)
	end

	function besides.sem(row, kf, what)
		local path = kf.kf_path == "" and "" or kf.kf_path .. " "
		assert.equal(("%svalue %d"):format(path, kf["kf_un.kf_sem.kf_sem_value"]),
		    (row.name:gsub(" waiters %d+$", "")), what)
	end

	function besides.procdesc(row, kf, what)
		assert.equal("process " .. kf["kf_un.kf_proc.kf_pid"], row.name, what)
	end

	function besides.eventfd(row, kf, what)
		assert.equal(("count %d flags %#x"):format(kf["kf_un.kf_eventfd.kf_eventfd_value"],
		    kf["kf_un.kf_eventfd.kf_eventfd_flags"]), row.name, what)
	end

	function besides.kqueue(row, kf, what)
		assert.equal("pending " .. kf["kf_un.kf_kqueue.kf_kqueue_count"], row.name, what)
	end

	local function compare(row, kf, what, different)
		(besides[row.type] or function() end)(row, kf, what)
		assert.equal(TYPES[kf.kf_type], row.type, what)
		assert.is_true(same_offset(row, kf), what)
		if row.rw ~= real.null then
			assert.equal((kf.kf_flags & 1 ~= 0 and "r" or "") .. (kf.kf_flags & 2 ~= 0 and "w" or ""),
			    row.rw, what)
		end
		local name = row.name == real.null and "" or row.name
		if row.type == "vnode" and kf.kf_path ~= name then
			different[#different + 1] = ("%s: %s, now %s"):format(what, kf.kf_path, name)
		end
	end

	-- The disk that the truth went to was closed then.
	local MOVED = { "1 5: vnode /dev/vtbd2, closed" }

	it("are those of every process, with the same paths", function()
		local compared, different = 0, {}
		for pid, files in pairs(by) do
			local records = told(pid)
			for _, kf in ipairs(records) do
				local fd = SPECIALS[kf.kf_fd] or kf.kf_fd
				local row, what = files[fd], ("%d %s"):format(pid, fd)
				if row == nil then
					different[#different + 1] = ("%s: %s %s, closed"):format(what, TYPES[kf.kf_type], kf.kf_path)
				else
					compare(row, kf, what, different)
				end
				compared = compared + 1
				files[fd] = nil
			end
			if #records > 0 then
				assert.is_nil(next(files), "more files of " .. pid)
			end
		end
		table.sort(different)
		assert.same(MOVED, different)
		assert.is_true(compared > 500)
	end)

	it("tell who has the other end, of unix sockets, of TCP, of pipes", function()
		local peers, pairs_seen = {}, 0
		for _, row in ipairs(rows) do
			peers[row.pid .. ":" .. row.fd] = row.peer ~= real.null and row.peer or nil
		end
		for one, other in pairs(peers) do
			if peers[other] then
				-- A pipe that was inherited has more than one at an end.
				assert.is_true(peers[other] == one or peers[other]:find(",", 1, true) ~= nil, one)
				pairs_seen = pairs_seen + 1
			end
		end
		assert.is_true(pairs_seen > 20)
		assert.equal("60:6", peers["60:5"])
		assert.equal("55:6", peers["56:5"])
		assert.equal("56:5", peers["55:6"])
		assert.is_nil(peers["55:5"])
		assert.equal("1:3", peers["30:4"])
	end)

	it("are those that are mapped, too, with -m", function()
		local mapped, n = real.rows(dump, "fstat", "-m"), 0
		for _, row in ipairs(mapped) do
			if row.fd == "mmap" then
				n = n + 1
				local f = assert(io.open(("%s/truth/kern.proc.vmmap.%d"):format(dump.truth, row.pid), "rb"))
				local paths = {}
				for _, kve in ipairs(real.sized_records(dump.types, "struct kinfo_vmentry", f:read "a")) do
					paths[kve.kve_path] = true
				end
				f:close()
				assert.is_true(paths[row.name], row.pid .. " " .. row.name)
			end
		end
		assert.equal(61, n)
	end)

	it("have the same mounts", function()
		local mounts, err, status = real.rows(dump, "mount")
		assert.equal("", err)
		assert.equal(0, status)
		local records = real.records(dump.types, "struct statfs", real.truth(dump, "truth/getfsstat"))
		assert.equal(#records, #mounts)
		for i, st in ipairs(records) do
			local row = mounts[i]
			assert.same({ st.f_mntfromname, st.f_mntonname, st.f_fstypename, st.f_bsize * st.f_blocks,
				st.f_bsize * st.f_bfree, st.f_flags }, { row.device, row.directory, row.fstype,
				row.size, row.free, row.flags & st.f_flags })
		end
	end)
end)
