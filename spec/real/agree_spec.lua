--- Commands that show the same thing say the same of a real kernel.
local agree = require "spec.support.agree"
local real = require "spec.support.real"

describe("commands on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local answers = {}

	local function ask(command)
		if answers[command] == nil then
			answers[command] = agree.rows(real, dump, command)
		end
		return answers[command]
	end

	for _, list in ipairs { agree.any, agree.kernels } do
		for name, of in pairs(list) do
			it("say the same about " .. name, function()
				local first, others = agree.of(of, ask)
				for _, other in ipairs(others) do
					assert.same(first, other)
				end
			end)
		end
	end
end)
