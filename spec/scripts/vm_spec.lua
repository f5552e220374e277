--- `vmcore vm`: what it prints of whole and damaged systems.
local lab = require "spec.support.lab"
local vmaps = require "spec.support.vmaps"

local function made(layout)
	return lab.system("maps " .. layout, { layout = layout, prepare = vmaps.prepare(layout),
		change = vmaps.place })
end

-- A map whose tree leads back, an object that shadows itself, a map out of reach.
local function break_it(s)
	vmaps.place(s)
	local vm = s.truth.vm
	s.memory:struct(vm.entries[4], "struct vm_map_entry", { right = vm.entries[3] })
	s.memory:struct(vm.own, "struct vm_object", { backing_object = vm.own })
	s.memory:struct(s.truth.processes[701].addr, "struct proc", { p_vmspace = 0xfffffe0000123000 })
end

describe("vm", function()
	for _, layout in ipairs { 12, 13, 15 } do
		it("has the map of a process, of " .. layout, function()
			local rows, err, status = lab.rows(made(layout), "vm", "712")
			assert.equal("", err)
			assert.equal(0, status)
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = ("%s %s %d %d %d %d %s %s %s"):format(row.start, row.protection, row.resident,
				    row.private, row.refs, row.shadows, row.flags, row.type,
				    row.path == lab.null and "-" or row.path)
			end
			assert.same({ "0x200000 r-x 3 3 2 1 CN--- vn /etc/motd", "0x204000 rw- 2 0 2 1 C---- vn /etc/motd",
				"0x300000 rw- 0 0 0 0 ----- -- -", "0x7fff0000 --- 0 0 0 0 ----- gd -",
				"0x7fff8000 rw- 2 2 2 1 --D-- sw -", "0x80000000 r-x 1 1 2 1 ----- ph -" }, found)
		end)

		it("has the kernel's map and the one inside it, of " .. layout, function()
			local rows = lab.rows(made(layout), "vm", "-k")
			local found = {}
			for i, row in ipairs(rows) do
				found[i] = { row.start, row.type, row.path == lab.null and "-" or row.path }
			end
			assert.same({ { "0xffffe00000000000", "--", "-" }, { "0xffffe10000000000", "sm", "exec_map" },
				{ "0xffffe10000000000", "sw", "-" } }, found)
		end)
	end

	it("says which processes are not there", function()
		local _, err, status = lab.rows(made(13), "vm", "712", "99")
		assert.equal(1, status)
		assert.matches("no process 99", err)
	end)

	it("prints a healthy system", function()
		local sys = made(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vm", "712")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("vm", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = lab.system("maps damaged", { layout = 13, prepare = vmaps.prepare(13),
			change = break_it })
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "vm", "712", "701")
		assert.equal(1, status)
		lab.golden("vm-damaged", out .. "--- standard error\n" .. err)
	end)
end)
