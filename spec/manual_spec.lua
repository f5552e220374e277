--- That manual pages say what is there: nothing is kept by hand that nobody
-- compares.
local header = require "spec.support.header"
local pages = require "spec.support.manpages"
local source = require "spec.support.source"

-- What breaks a rule; there must be nothing.
local function none(list)
	assert.equal("", table.concat(list, "\n"))
end

describe("the manual", function()
	it("documents what kvm.h declares, with the same prototypes", function()
		assert.same(header.prototypes(), pages.prototypes(source.files("core", "*.3")))
	end)

	it("mentions every constant and field of kvm.h", function()
		local text, missing = "", {}
		for _, path in ipairs(source.files("core", "*.3")) do
			text = text .. source.read(path)
		end
		for name in pairs(header.names()) do
			if not text:find("%f[%w_]" .. name .. "%f[^%w_]") then
				missing[#missing + 1] = name
			end
		end
		none(missing)
	end)

	it("documents what the Lua module has", function()
		local documented = pages.lua_names "core/bind/kvm.3lua"
		local missing = {}
		for name in pairs(require "kvm") do
			if not documented[name] then
				missing[#missing + 1] = name
			end
		end
		none(missing)
	end)

	it("documents every command", function()
		local page = source.read "scripts/vmcore.1"
		for _, name in ipairs(pages.commands()) do
			assert.matches("\n%.It %a%a " .. name .. "%f[^%w]", page)
		end
	end)

	it("refers to pages of its own that exist", function()
		none(pages.dangling(source.files("core lua scripts", "*.[1-9]", "*.3lua")))
	end)

	it("is clean to mandoc", function()
		if #source.lines_of "command -v mandoc" == 0 then
			return pending "no mandoc here"
		end
		none(pages.lint(source.files("core lua scripts", "*.[1-9]", "*.3lua")))
	end)
end)
