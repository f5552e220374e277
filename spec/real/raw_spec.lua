--- Commands for what lies in memory (sym, walk, ptype, search, x, print), on a
-- real dump: against what the kernel's debugging information and a debugger said.
local real = require "spec.support.real"

describe("memory of freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local truth, processes = nil, {}

	setup(function()
		truth = real.truth(dump, "truth.txt")
		for line in truth:gmatch "[^\n]+" do
			local pid, comm = line:match "^P (%d+) .- NORMAL .-'(.-)'"
			if pid then
				processes[#processes + 1] = { math.tointeger(pid), comm }
			end
		end
		-- From 13 on zombies are found by their ids only.
		assert.equal(74, #processes)
	end)

	it("has symbols where they were, by name and by address", function()
		local n = 0
		for name, address in truth:gmatch "\nsym (%S+) @ (0x%x+)" do
			assert.equal(address, real.rows(dump, "sym", name)[1].address)
			assert.equal(name, real.rows(dump, "sym", address)[1].name)
			assert.equal(address, real.rows(dump, "x", name)[1].address)
			n = n + 1
		end
		assert.is_true(n > 5)
	end)

	it("has every process on its list, and who points to each", function()
		local rows = real.rows(dump, "walk", "allproc", "p_list", "-o", "p_pid,p_comm")
		local found = {}
		for i, row in ipairs(rows) do
			found[i] = { row.p_pid, row.p_comm }
		end
		assert.same(processes, found)
		local first = rows[1].address
		assert.equal(truth:match "\nsym allproc @ 0x%x+ %(first word (0x%x+)%)", first)
		assert.equal(first, real.by(real.rows(dump, "search", "-r", first, "-z", "8"), "symbol").allproc.value)
	end)

	it("has types with the compiler's offsets and sizes", function()
		local checked = 0
		for _, name in ipairs { "struct ucred", "struct proc", "struct thread", "struct socket", "struct vnode" } do
			local rows = real.rows(dump, "ptype", name)
			assert.equal(dump.types:sizeof(name), rows[1].size)
			for _, row in ipairs(rows) do
				local member = row.text:match "([%a_][%w_]*)[%[%d%]]*;$"
				if member and not row.text:find "^}" and dump.types:member(name, member) and not row.bits then
					assert.same({ name, member, dump.types:offsetof(name, member) },
					    { name, member, row.offset })
					checked = checked + 1
				end
			end
		end
		assert.is_true(checked > 200, checked)
	end)

	it("has the host's name in jail 0 and in the header of the dump", function()
		local at = {}
		for _, row in ipairs((real.rows(dump, "search", "-s", "realdump.example.org"))) do
			at[#at + 1] = row.symbol ~= real.null and row.symbol:match "^%w+" or nil
		end
		assert.same({ "prison0", "kdh" }, at)
	end)
end)
