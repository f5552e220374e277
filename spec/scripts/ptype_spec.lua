--- `vmcore ptype`: definitions of types, of layouts of two generations.
local lab = require "spec.support.lab"

describe("ptype", function()
	local sys, old

	setup(function()
		sys = lab.system("plain15", { layout = 15 })
		old = lab.system("plain12", { layout = 12 })
	end)

	local function text(of, ...)
		return lab.vmcore("-M", of.core, "-N", of.kernel, "ptype", ...)
	end

	it("says which tag a name without one may be", function()
		local out, err, status = text(sys, "timeval")
		assert.same({ "", 1 }, { out, status })
		assert.matches("no typedef timeval among the types of [^\n]*; there is struct timeval\n$", err)
		assert.matches("no typedef nosuch among the types of [^;]*$", (select(2, text(sys, "nosuch"))))
	end)

	it("prints members with their offsets", function()
		local out, err, status = text(sys, "struct timeval")
		assert.equal("OFFSET SIZE DECLARATION\n     -   16 struct timeval {\n"
		    .. "     0    8   long tv_sec;\n     8    8   long tv_usec;\n     -    - };\n",
		    (out:gsub("time_t ", "long "):gsub("suseconds_t ", "long ")))
		assert.equal("", err)
		assert.equal(0, status)
	end)

	it("tells the members of this kernel, not of another", function()
		local function has(of, member)
			for _, row in ipairs((lab.rows(of, "ptype", "struct ucred"))) do
				if row.text:find(member, 1, true) then
					return row.offset
				end
			end
		end
		assert.equal(sys.system.types:offsetof("struct ucred", "cr_gid"), has(sys, " cr_gid;"))
		assert.is_nil(has(old, " cr_gid;"))
		for _, of in ipairs { sys, old } do
			assert.equal(of.system.types:offsetof("struct ucred", "cr_uid"), has(of, " cr_uid;"))
		end
	end)

	it("takes typedefs, pointers and expressions", function()
		local of_type = text(sys, "struct proc")
		assert.equal(of_type, (text(sys, "allproc.lh_first")))
		assert.equal(of_type, (text(sys, "struct proc *")))
		assert.truthy(of_type:find(" p_pid;\n", 1, true))
	end)

	it("writes out what has no name, and what it is told to", function()
		local out = text(sys, "struct proc")
		assert.truthy(out:find("struct proc *le_next;\n", 1, true), out)
		assert.truthy(out:find("} p_list;\n", 1, true), out)
		assert.falsy(out:find("struct lock_object lock_object;", 1, true))
		out = text(sys, "-d", "1", "struct mtx")
		assert.truthy(out:find("struct lock_object {\n", 1, true), out)
		assert.truthy(out:find("} lock_object;\n", 1, true), out)
	end)

	it("shows holes", function()
		local rows = lab.rows(sys, "ptype", "struct thread")
		local covered = 0
		for _, row in ipairs(rows) do
			if row.text:find "byte hole" then
				covered = covered + row.size
			end
		end
		assert.is_true(covered > 0)
	end)

	-- What it prints stands in the kernel file: the dump is asked only where an
	-- expression leads, and the type of what cannot be read is known.
	it("prints a healthy system, and what is left of a damaged one", function()
		lab.golden("ptype", (text(sys, "struct ucred")))
		local bad = lab.system("ptype damaged", { layout = 15, prepare = function(s)
			s:var("broken", "struct ucred *", 0xfffffe0000123000)
		end })
		local out, err = text(bad, "broken")
		lab.golden("ptype-damaged", out .. "--- standard error\n" .. err)
	end)

	it("says that there is no such type", function()
		local _, err, status = text(sys, "struct nosuch")
		assert.truthy(err:find("no struct nosuch", 1, true), err)
		assert.equal(1, status)
	end)
end)
