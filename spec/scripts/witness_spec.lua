--- `vmcore witness`: the order of locks, and who broke it.
local lab = require "spec.support.lab"
local witnesses = require "spec.support.witnesses"

local function break_it(s)
	witnesses.place(s)
	local table_at = s.memory:get(s.sys.by_name.w_rmatrix.addr, 8)
	s.memory:ptr(table_at + 3 * 8, 0xfffffe0000123000)	-- no relations of beta
	-- Giant below alpha: a circle. The list of one bucket leads nowhere.
	local row = witnesses.row(s, 2) + 1
	s.memory:write(row, string.char(s.memory:get(row, 1) | 1))
	for i = 0, 6 do
		local head = s.sys.by_name.w_lohash.addr + i * 8
		if s.memory:get(head, 8) ~= 0 then
			s.memory:ptr(head, 0xfffffe0000123000)
			break
		end
	end
	s.memory:struct(s.memory:get(s.sys.by_name.w_data.addr, 8) + 6 * s.types:sizeof "struct witness",
	    "struct witness", { w_name = "a\27[2J\nb", w_file = 0xfffffe0000123000 })
end

local function golden(sys, name, ...)
	local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "witness", ...)
	lab.golden(name, out .. (err ~= "" and "--- standard error\n" .. err or ""))
	return status
end

describe("witness", function()
	local sys = lab.system("witness 13", { layout = 13, prepare = witnesses.prepare,
		change = witnesses.place })

	it("has the order of locks", function()
		local rows, err, status = lab.rows(sys, "witness")
		assert.equal("", err)
		assert.equal(0, status)
		local found = {}
		for i, row in ipairs(rows) do
			found[i] = ("%s %s %s"):format(row.from == lab.null and "-" or row.from, row.to, row.class)
		end
		assert.same({ "- Giant sleep mutex", "Giant alpha sx", "alpha beta rw", "beta noted rw",
			"Giant noted rw", "- config rw", "- spun spin mutex" }, found)
	end)

	it("has reversals", function()
		local rows = lab.rows(sys, "witness", "-b")
		assert.equal(3, #rows)
		assert.equal("_sx_xlock_hard+0x10 demo_ioctl+0x10 devfs_ioctl+0x10", rows[2].stack)
	end)

	it("prints a healthy system", function()
		assert.equal(0, golden(sys, "witness"))
		assert.equal(0, golden(sys, "witness-badstacks", "-b"))
	end)

	it("draws a graph", function()
		local out = lab.vmcore("-M", sys.core, "-N", sys.kernel, "witness", "-d")
		assert.equal('digraph witness {\n\t"Giant" -> "alpha";\n\t"Giant" -> "noted";\n' ..
		    '\t"alpha" -> "beta" [color="red"];\n\t"beta" -> "noted";\n}\n', out)
	end)

	it("prints what is left of a damaged one", function()
		local broken = lab.system("witness damaged", { layout = 13, prepare = witnesses.prepare,
			change = break_it })
		assert.equal(1, golden(broken, "witness-damaged"))
		assert.equal(1, golden(broken, "witness-badstacks-damaged", "-b"))
	end)

	it("says that a kernel has no WITNESS", function()
		local plain = lab.system("13", { layout = 13 })
		local _, err, status = lab.vmcore("-M", plain.core, "-N", plain.kernel, "witness")
		assert.matches("built without WITNESS", err)
		assert.not_equal(0, status)
	end)
end)
