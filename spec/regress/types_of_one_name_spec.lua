--- Types that all have one name are found by going past none of the others:
-- those that are not visible, and declarations of what is defined nowhere.
local forge = require "spec.support.forge"
local kvm = require "kvm"

describe("a kernel whose types have one name", function()
	local N = 50000

	for what, t in pairs { ["hidden integers"] = { k = "int", n = "x", s = 4, e = 0x01000020, hidden = true },
	    ["declarations"] = { k = "fwd", n = "x", hidden = true } } do
		it("tells them soon: " .. what, function()
			local path = os.tmpname()
			local set = forge.types "struct a { int x; };"
			for _ = 1, N do
				set:add(t)
			end
			forge.kernel{ types = set }:write(path)
			local kd <close> = assert(kvm.openx { kernel = path, core = "/dev/null" })
			os.remove(path)
			local from, n = os.clock(), 0
			for _ in kd:types() do
				n = n + 1
			end
			assert.is_true(n >= N)
			assert.is_true(os.clock() - from < 2)
		end)
	end
end)
