--- Commands that show the same thing say the same, of three generations.
local agree = require "spec.support.agree"
local lab = require "spec.support.lab"

for _, layout in ipairs { 12, 13, 15 } do
	describe("commands, of " .. layout, function()
		local sys, answers = {}, {}

		setup(function()
			local dir = lab.folder()
			assert(os.execute(("%s spec/support/demo.lua %s %d >/dev/null"):format(
			    os.getenv "LUA" or "lua5.4", dir, layout)))
			sys.core, sys.kernel = dir .. "/vmcore.0", dir .. "/kernel"
		end)

		local function ask(command)
			if answers[command] == nil then
				answers[command] = agree.rows(lab, sys, command)
			end
			return answers[command]
		end

		for name, of in pairs(agree.any) do
			it("say the same about " .. name, function()
				local first, others = agree.of(of, ask)
				for _, other in ipairs(others) do
					assert.same(first, other)
				end
			end)
		end
	end)
end
