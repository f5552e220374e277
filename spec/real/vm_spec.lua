--- `vmcore vm` on freebsd13-amd64, against kern.proc.vmmap of every process a
-- moment before the panic.
local real = require "spec.support.real"

-- sys/user.h: KVME_TYPE_*, KVME_PROT_*, KVME_FLAG_*, as procstat(1) prints them
local KINDS = { [0] = "--", "df", "vn", "sw", "dv", "ph", "dd", "sg", "md", "gd" }
local PROT = { { 1, "r" }, { 2, "w" }, { 4, "x" } }
local FLAGS = { { 0x1, "C" }, { 0x2, "N" }, { 0x20, "D" }, { 0x40, "W" }, { 0x4, "M" } }

local function letters(value, list)
	local text = ""
	for _, l in ipairs(list) do
		text = text .. (value & l[1] ~= 0 and l[2] or "-")
	end
	return text
end

describe("vm on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local rows, by = nil, {}

	setup(function()
		local err, status
		rows, err, status = real.rows(dump, "vm")
		assert.equal("", err)
		assert.equal(0, status)
		for _, row in ipairs(rows) do
			by[row.pid] = by[row.pid] or {}
			table.insert(by[row.pid], row)
		end
	end)

	-- The process that asked: meanwhile a system call wired pages of its stack,
	-- which was cut in three for it.
	local MOVED = 1

	-- Neighbours of one object, as one.
	local function joined(list)
		local whole = {}
		for _, row in ipairs(list) do
			local last = whole[#whole]
			if last and last["end"] == row.start and last.object == row.object then
				last["end"], last.refs = row["end"], last.refs - 1
				last.resident = last.resident + row.resident
			else
				whole[#whole + 1] = setmetatable({}, { __index = row })
			end
		end
		return whole
	end

	it("has the map of every process", function()
		local pids, entries = 0, 0
		for _, ki in ipairs(real.records(dump.types, "struct kinfo_proc",
		    real.truth(dump, "truth/kern.proc.proc"))) do
			local pid = ki.ki_pid
			local told = {}
			local f = io.open(("%s/truth/kern.proc.vmmap.%d"):format(dump.truth, pid), "rb")
			if f then
				told = real.sized_records(dump.types, "struct kinfo_vmentry", f:read "a")
				f:close()
			end
			local now = pid == MOVED and joined(by[pid]) or by[pid] or {}
			assert.equal(#told, #now, "entries of " .. pid)
			for i, kve in ipairs(told) do
				local row, what = now[i], ("%d %#x"):format(pid, kve.kve_start)
				assert.same({ ("0x%x"):format(kve.kve_start), ("0x%x"):format(kve.kve_end),
					letters(kve.kve_protection, PROT), kve.kve_ref_count, kve.kve_shadow_count,
					letters(kve.kve_flags, FLAGS), KINDS[kve.kve_type],
					("0x%x"):format(kve.kve_offset) },
				    { row.start, row["end"], row.protection, row.refs, row.shadows, row.flags,
					row.type, row.offset }, what)
				assert.equal(kve.kve_path, row.path == real.null and "" or row.path, what)
				assert.equal(kve.kve_resident, row.resident, what)
				assert.equal(kve.kve_private_resident, row.private, what)
				entries = entries + 1
			end
			pids = pids + (#told > 0 and 1 or 0)
		end
		assert.equal(61, pids)
		assert.equal(entries + 2, #rows)
	end)

	it("has the kernel's map, in order, with those inside it", function()
		local kernel, err, status = real.rows(dump, "vm", "-k")
		assert.equal("", err)
		assert.equal(0, status)
		local paths = {}
		for _, row in ipairs(kernel) do
			if row.type == "sm" then
				paths[#paths + 1] = row.path
			end
		end
		assert.same({ "exec_map", "pipe_map" }, paths)
		assert.equal("0xfffffe0000000000", kernel[1].start)
		-- What has no object there is kernel_object's: all its pages are in there.
		local resident = 0
		for _, row in ipairs(kernel) do
			resident = resident + (row.object == real.null and row.resident or 0)
		end
		local value = real.rows(dump, "print", "kernel_object_store.resident_page_count")[1].line
		assert.equal(tonumber(value), resident)
	end)
end)
