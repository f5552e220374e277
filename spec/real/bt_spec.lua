--- `vmcore bt` and `vmcore stacks` on real dumps.
local real = require "spec.support.real"

local function frames_of(rows, tid)
	local list = {}
	for _, row in ipairs(rows) do
		if row.tid == tid then
			list[#list + 1] = row
		end
	end
	return list
end

local function addresses(frames)
	local list = {}
	for i, row in ipairs(frames) do
		list[i] = row.pc
	end
	return list
end

local function registers(row)
	local set = {}
	for name, value in row.registers:gmatch "(%w+)=(%S+)" do
		set[name] = value
	end
	return set
end

-- That `row` has the registers of a list "rip 0x... rbp 0x...".
local function has_registers(row, list)
	local set = registers(row)
	for name, value in list:gmatch "(%w+) (%w+)" do
		assert.equal(value == "0" and "0" or value, set[name], name)
	end
end

describe("bt on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local all, err, status

	setup(function()
		all, err, status = real.rows(dump, "bt", "-a")
	end)

	it("follows every stack to its beginning", function()
		assert.equal("", err)
		assert.equal(0, status)
		local tids, n = {}, 0
		for _, row in ipairs(all) do
			n = n + (tids[row.tid] and 0 or 1)
			tids[row.tid] = row
			assert.equal(real.null, row.stop)
		end
		assert.equal(120, n)
		for _, last in pairs(tids) do
			assert.is_true(last["function"] == "fork_trampoline" or last["function"] == "btext" or
			    last.trap ~= real.null, last["function"])
		end
	end)

	-- vpanic() had gone on when the dump's own context was taken, and the
	-- kernel prints itself printing.
	it("prints the panic's backtrace as the kernel did", function()
		local printed, syscall = {}, nil
		local text = real.truth(dump, "truth.txt")
		local from = text:find("KDB: stack backtrace:", 1, true)
		for line in text:sub(from):gmatch "[^\n]+" do
			local name, offset, frame = line:match "at ([%w_]+)%+(0x%x+)/frame (0x%x+)"
			if name then
				printed[#printed + 1] = { name, tonumber(offset), frame }
			elseif line:find "^%-%-%-" then
				syscall = line:match "^%-%-%- (.*) %-%-%-$"
				break
			end
		end
		local rows = real.rows(dump, "bt")
		local panic = {}
		for i, row in ipairs(rows) do
			if row["function"] == "vpanic" then
				panic = table.move(rows, i, #rows, 1, {})
			end
		end
		table.remove(printed, 1)
		assert.equal(9, #printed)
		assert.equal(#printed, #panic)
		for i, row in ipairs(panic) do
			assert.equal(100002, row.tid)
			assert.same({ printed[i][1], i > 1 and printed[i][2] or row.offset, printed[i][3] },
			    { row["function"], row.offset, row.fp })
		end
		assert.equal("syscall", panic[9].kind)
		assert.equal(syscall, panic[9].trap)
	end)

	-- The recorded stacks of a process, as lines by thread id; nil when it has
	-- no record.
	local function recorded(pid)
		local ok, bytes = pcall(real.truth, dump, "truth/kern.proc.kstack." .. pid)
		if not ok then
			return nil
		end
		local stacks = {}
		for _, record in ipairs(real.records(dump.types, "struct kinfo_kstack", bytes)) do
			local lines = {}
			for pc, place in record.kkst_trace:gmatch "#%d+ (0x%x+) at (%S+)" do
				lines[#lines + 1] = pc .. " " .. place
			end
			stacks[record.kkst_tid] = lines
		end
		return stacks
	end

	-- stack(9) begins where it was called, in mi_switch(), and ends at the
	-- first frame that is none.
	local function as_recorded(tid)
		local lines = {}
		for i, row in ipairs(frames_of(all, tid)) do
			lines[i] = ("%s %s+%#x"):format(row.pc, row["function"], row.offset)
		end
		table.remove(lines, 1)	-- sched_switch()
		return lines
	end

	it("has every recorded kernel stack of a thread that slept on", function()
		-- Init asked for the stacks and for the panic; the others did not sleep.
		local moved = { init = true, spinner0 = true, spinner1 = true }
		local none, compared, skipped = {}, 0, 0
		for _, thread in ipairs(real.rows(dump, "threads")) do
			local stacks = recorded(thread.pid)
			if stacks == nil then
				none[#none + 1] = thread.name
			elseif moved[thread.name] then
				skipped = skipped + 1
			else
				assert.same(stacks[thread.tid], as_recorded(thread.tid),
				    "tid " .. thread.tid .. " " .. thread.name)
				compared = compared + 1
			end
		end
		-- A zombie has no record.
		assert.same({ "zombieparent" }, none)
		assert.same({ 116, 3 }, { compared, skipped })
	end)

	it("has the thread on the other CPU from where it was stopped", function()
		local rows = frames_of(all, 100119)
		assert.equal("stoppcbs", rows[1].context)
		assert.same({ "cpustop_handler", "ipi_nmi_handler", "trap", "nmi_calltrap" },
		    { rows[1]["function"], rows[2]["function"], rows[3]["function"], rows[4]["function"] })
		assert.matches("^trap 19 %(non%-maskable interrupt trap%), error 0, rip = 0x216a20,",
		    rows[4].trap)
	end)

	it("groups them", function()
		local groups, n = real.rows(dump, "stacks"), 0
		for _, row in ipairs(groups) do
			n = n + row.count
		end
		assert.equal(120, n)
		assert.equal(47, groups[1].count)
		assert.matches("^sched_switch mi_switch sleepq_catch_signals ", groups[1].stack)
	end)

	it("has the kernel's symbols when its file is lost", function()
		local vmcore = require "vmcore"
		local k <close> = assert(vmcore.open { core = dump.core, no_kernel = true })
		local symbols = require "vmcore.kern.kld.lost".symbols(k.kd)
		assert.equal(34212, #symbols)
		local symbol, offset = require "vmcore.kern.kld".new(k):symbol_at(0xffffffff8050919e)
		assert.same({ "vpanic", 0x1be }, { symbol.name, offset })
	end)

	it("agrees with the dump's own symbol table", function()
		local kld = require "vmcore.kern.kld"
		local symtab = require "vmcore.kern.kld.symtab"
		local k <close> = assert(require "vmcore".open { core = dump.core, kernel = dump.kernel })
		local klds = kld.new(k)
		local files = klds:files()
		assert.same({ "kernel", "/boot/kernel/kernel", 1, 1, 0xffffffff80200000, 0xdaf9a8 },
		    { files[1].name, files[1].path, files[1].id, files[1].refs, files[1].address,
		    files[1].size })
		local symbols = klds:symbols(files[1])
		for _, row in ipairs(all) do
			local call = row.frame > 0 and 1 or 0
			local symbol, offset = symtab.at(symbols, math.tointeger(row.pc) - call)
			assert.equal(row["function"], symbol.name)
			assert.equal(row.offset, offset + call)
		end
	end)
end)

describe("bt on amd64-minidump", function()
	local dump = real.sparse "amd64-minidump"
	if dump == nil then
		return pending "amd64-minidump is not here"
	end

	-- Registers and return addresses of the folder's README; what began a
	-- thread (0xffffffff8106282e is in fork_trampoline()) comes behind.
	local KNOWN = {
		{ 100670, "dumppcb", [[rip 0xffffffff80c09ade rbp 0xfffffe00798c4760 rsp 0xfffffe00798c4748
			rbx 0 r12 0xfffffe0045b11c00 r13 0xfffff800033693a8 r14 0 r15 0xfffff80003369380]],
			[[80c09ade 80c09916 80c09d90 80c09b93 80c57d91 80c19e71 80c192bc 80c19933 80c1977f
			8108ba8c 810620ce]] },
		{ 100210, "stoppcbs", [[rip 0xffffffff81057988 rbp 0xfffffe00008e2e00
			rsp 0xfffffe00008e2de8 rbx 0xfffffe00008e2f30 r12 0xfffff80003845000 r13 0x27be000
			r14 0x4 r15 0xfffffe00458c2700]], [[81057988 81057949 8108a5ff 81062537 8107171e
			81075f9c 80f4359e 80f494b4 80f47430 80f46eee 80bc7c5e 8106282e]] },
		{ 100214, "pcb", [[rip 0xffffffff80c3c8c8 rbp 0xfffffe00527dd890 rsp 0xfffffe00527dd7c8
			rbx 0x7fff25f1 r12 0xfffffe0045b13100 r13 0x104 r14 0xfffffe00008d70c0
			r15 0xfffffe00009f5e00]], "80c3c8c8 80c16521 80c15c3b 80f48dfc 80bc7c5e 8106282e" },
	}

	it("has the known registers and return addresses", function()
		for _, known in ipairs(KNOWN) do
			local rows = real.rows(dump, "bt", "-r", known[1])
			local want = {}
			for pc in known[4]:gmatch "%x+" do
				want[#want + 1] = "0xffffffff" .. pc
			end
			assert.same(want, addresses(rows))
			assert.equal(known[2], rows[1].context)
			has_registers(rows[1], known[3])
		end
	end)

	it("shows the thread that wrote the dump unless told", function()
		assert.equal(100670, real.rows(dump, "bt")[1].tid)
	end)
end)

describe("bt on arm64-minidump", function()
	local dump = real.sparse "arm64-minidump"
	if dump == nil then
		return pending "arm64-minidump is not here"
	end

	local KNOWN = {
		[100137] = [[pc 0xffff0000004b6e78 fp 0xffff0000d58f23b0 sp 0xffff0000d58f23b0
			x18 0xffff000000e6d380 x19 0xffff000000af9000 x20 0xffff000000b82000
			x21 0xffffa00000319da8 x22 0xffff000000b84000 x23 0xffff000000b84000
			x24 0xffff000000b55000 x25 0 x26 0x40800 x27 0 x28 0x2019ca x8 0xffffa00001548700]],
		[100081] = [[pc 0xffff000000811370 fp 0xffff0000853a35c0 sp 0xffff0000853a35c0 x19 0x6
			x20 0xffff0000853a3670 x21 0xffff0000009279c1 x22 0x804 x23 0x4
			x24 0xffff000082a93000 x25 0xffffa0000053f080 x26 0xffff000000e6391c]],
		[100005] = "pc 0xffff0000004ee99c fp 0xffff0000827835f0 sp 0xffff000082783570",
	}

	it("has the known registers, and says why it ends there", function()
		for tid, known in pairs(KNOWN) do
			local rows, err, status = real.rows(dump, "bt", "-r", tid)
			assert.equal(1, #rows)
			has_registers(rows[1], known)
			assert.equal(1, status)
			assert.matches("1 stack could not be followed to the end", err)
			assert.matches(registers(rows[1]).fp, rows[1].stop, 1, true)
		end
	end)
end)
