--- The command line of vmcore(1).
local invocation = require "vmcore.invocation"

describe("the command line", function()
	it("has the command behind the options that all commands take", function()
		local position = invocation.command_position
		assert.equal(1, position{ "ps", "-p", "1" })
		assert.equal(3, position{ "-M", "core", "ps" })
		assert.equal(5, position{ "--json", "--key", "k.pem", "--cache", "ps", "info" })
		assert.is_nil(position{ "-M", "ps" })
		assert.is_nil(position{})
	end)

	it("may name the dump as an argument", function()
		local function core(options)
			return invocation.open_arguments(options).core, options.member
		end
		assert.same({ "a", nil }, { core{ file = "a" } })
		assert.same({ "m", "a" }, { core{ core = "m", file = "a" } })
		assert.same({ "a", "b" }, { core{ file = "a", member = "b" } })
	end)

	it("keeps inflated dumps where the user's caches are, when asked to", function()
		assert.is_nil(invocation.open_arguments({}).cachedir)
		assert.matches("^/.*/vmcore$", invocation.open_arguments({ cache = true }).cachedir)
		assert.equal("k", invocation.open_arguments({ key = "k" }).keyfile)
	end)

	it("may read headers newer than the known ones", function()
		local options = invocation.parser("vmcore", ""):parse{ "--any-version", "-M", "c" }
		assert.is_true(invocation.open_arguments(options).any_version)
		assert.is_nil(invocation.open_arguments({}).any_version)
	end)
end)
