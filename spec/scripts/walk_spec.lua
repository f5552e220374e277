--- `vmcore walk`: elements of lists, whole and broken, of two generations.
local lab = require "spec.support.lab"

for _, layout in ipairs { 12, 15 } do
	describe("walk in a system of " .. layout, function()
		local sys, bad

		setup(function()
			sys = lab.system("plain" .. layout, { layout = layout })
			bad = lab.system("walk-bad" .. layout, { layout = layout, prepare = function(s)
				local offset = s.types:offsetof("struct proc", "p_list")
				local second = s.mem:get(s.by_name.allproc.addr, 8)
				second = s.mem:get(second + offset, 8)
				s.mem:ptr(second + offset, second)
			end })
		end)

		it("prints members of every element", function()
			local rows, err, status = lab.rows(sys, "walk", "allproc", "p_list", "-o",
			    "p_pid,p_comm,p_ucred.cr_uid")
			assert.equal("", err)
			assert.equal(0, status)
			local pids = {}
			for i, row in ipairs(rows) do
				pids[i] = row.p_pid
				local p = sys.truth.processes[row.p_pid]
				assert.equal(p.comm, row.p_comm)
				assert.equal(p.uid or 0, row["p_ucred.cr_uid"])
				assert.equal(("0x%x"):format(p.addr), row.address)
			end
			assert.is_true(#pids > 10)
		end)

		it("may be told the kind", function()
			local all = lab.rows(sys, "walk", "allproc", "p_list")
			assert.same(all, (lab.rows(sys, "walk", "list", "allproc", "p_list")))
			local threads = lab.rows(sys, "walk", "tailq", "allproc.lh_first->p_threads", "td_plist",
			    "-o", "td_tid")
			assert.is_true(#threads >= 1)
			local _, err, status = lab.rows(sys, "walk", "tailq", "allproc", "p_list")
			assert.truthy(err:find("no head of a tailq", 1, true), err)
			assert.equal(1, status)
			assert.equal("vmcore: walk: struct proc has no member 'nosuch'\n",
			    (select(2, lab.rows(sys, "walk", "allproc", "nosuch"))))
		end)

		it("stops where a list runs in a circle, and says so", function()
			local rows, err, status = lab.rows(bad, "walk", "allproc", "p_list", "-o", "p_pid")
			assert.equal(2, #rows)
			assert.truthy(err:find("circle", 1, true), err)
			assert.equal(1, status)
		end)

		if layout == 15 then
			it("prints a healthy system, and what is left of a damaged one", function()
				local function text(of)
					return lab.vmcore("-M", of.core, "-N", of.kernel, "walk", "allproc", "p_list", "-o",
					    "p_pid,p_comm,p_ucred.cr_uid")
				end
				lab.golden("walk", (text(sys)))
				local out, err = text(bad)
				lab.golden("walk-damaged", out .. "--- standard error\n" .. err)
			end)
		end

		it("says what is wrong", function()
			for _, arguments in ipairs { { "nosuch", "p_list" }, { "hz", "p_list" },
			    { "hash", "allproc", "p_list" }, { "allproc", "nosuch" } } do
				local _, err, status = lab.rows(sys, "walk", table.unpack(arguments))
				assert.not_equal("", err)
				assert.equal(1, status)
			end
		end)
	end)
end

describe("walk", function()
	it("says what it takes", function()
		local out, _, status = lab.vmcore("walk", "--help")
		assert.equal(0, status)
		assert.matches("^Usage: vmcore walk .*%[KIND%] HEAD MEMBER\n", out)
		assert.is_nil(out:find "<what>")
		local _, err = lab.vmcore("walk", "allproc", "-N", "/nonexistent")
		assert.matches("%[KIND%] HEAD MEMBER", err)
	end)
end)
