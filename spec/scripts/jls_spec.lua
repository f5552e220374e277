--- `vmcore jls`: the jails.
local lab = require "spec.support.lab"
local net = require "spec.support.net"

describe("jls", function()
	it("prints a whole system", function()
		local sys = net.system(13)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "jls", "-a")
		assert.equal("", err)
		assert.equal(0, status)
		lab.golden("jls", out)
	end)

	it("prints what is left of a damaged one", function()
		local sys = net.system(13, "jls damaged", function(s)
			local n, BAD = s.sys.net, 0xfffffe0000123000
			local jail = s.memory:get(s.sys.by_name.allprison.addr, 8)
			s.memory:struct(jail, "struct prison", { pr_hostname = "\27]0;x\7", ["pr_list.tqe_next"] = BAD,
				pr_parent = n and BAD })
		end)
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "jls", "-a")
		assert.equal(1, status)
		lab.golden("jls-damaged", out .. "--- standard error\n" .. err)
	end)

	for _, layout in ipairs { 12, 15 } do
		it("has the same rows on " .. layout, function()
			net.same_rows(layout, "jls", "-a")
		end)
	end

	it("shows what is asked for", function()
		local rows = lab.rows(net.system(13), "jls")
		assert.equal(1, #rows)
		assert.same({ 1, "www", "/jails/www", true, "alive", 0 }, { rows[1].jid, rows[1].name, rows[1].path,
			rows[1].owns_vnet, rows[1].state, rows[1].parent })
		assert.equal(0, lab.rows(net.system(13), "jls", "-j", "0")[1].jid)
	end)
end)
