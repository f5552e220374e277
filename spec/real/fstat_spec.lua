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

	local function compare(row, kf, what, different)
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

	it("have the same mounts", function()
		local mounts, err, status = real.rows(dump, "mount")
		assert.equal("", err)
		assert.equal(0, status)
		local records = real.records(dump.types, "struct statfs", real.truth(dump, "truth/getfsstat"))
		assert.equal(#records, #mounts)
		for i, st in ipairs(records) do
			local row = mounts[i]
			assert.same({ st.f_mntfromname, st.f_mntonname, st.f_fstypename, st.f_bsize * st.f_blocks,
				st.f_flags }, { row.device, row.directory, row.fstype, row.size,
				row.flags & st.f_flags })
		end
	end)
end)
