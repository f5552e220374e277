--- Searching memory from Lua.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

local types = forge.types "struct item { struct item *next; char name[16]; };"
local memory = forge.memory { types = types }
local a = memory:make("struct item", { name = "first item" })
local b = memory:make("struct item", { name = "second item", next = a })
local c = memory:make("struct item", { name = "third item", next = a + 8 })

describe("searching", function()
	local k

	setup(function()
		local dir = lab.folder()
		forge.kernel { types = types }:write(dir .. "/kernel")
		forge.minidump { memory = memory, version = 3 }:write(dir .. "/core")
		k = assert(vmcore.open { core = dir .. "/core", kernel = dir .. "/kernel" })
	end)

	teardown(function()
		k:close()
	end)

	local function addresses(each)
		local found = {}
		for hit in each do
			found[#found + 1] = hit.address
		end
		return found
	end

	it("finds words, bytes and strings", function()
		assert.same({ b, c }, addresses(k:search { word = a, span = 8 }))
		assert.same({ b }, addresses(k:search { word = a }))
		assert.same({ a + 8 }, addresses(k:search { bytes = "first" }))
		assert.same({ a + 8, b + 8, c + 8 }, addresses((k:strings { min = 10 })))
		assert.same({ a + 14, b + 15, c + 14 }, addresses(k:search { string = "item", whole = true }))
	end)

	it("tells who points to an object", function()
		local seen = {}
		for hit in k:refs(k:pointer("struct item *", a)) do
			seen[hit.address] = hit.value
		end
		assert.same({ [b] = a, [c] = a + 8 }, seen)
		assert.same({ b }, addresses((k:refs(a))))
		assert.same({ b, c }, addresses((k:refs(k:object("struct item", a)))))
		assert.same({}, addresses((k:refs(b))))
	end)

	it("reads strings", function()
		assert.equal("first item", k:strings { min = 8 }().text)
	end)

	it("keeps to ranges and limits", function()
		local function items(options)
			options.string = "item"
			return k:search(options)
		end
		assert.same({ a + 14, c + 14 }, addresses((items { ranges = { { a, b - 1 }, { c, c + 100 } } })))
		local each, walk = items { limit = 2 }
		assert.equal(2, #addresses(each))
		assert.equal("limit", walk:status().reason)
		each, walk = items { limit = 3 }
		assert.equal(3, #addresses(each))
		assert.is_nil(walk:status())
	end)

	it("says what is wrong with the question", function()
		assert.error_matches(function() k:search { word = 1, align = 3 } end, "an alignment of 3")
		assert.error_matches(function() k:search {} end, "needs one of")
	end)
end)
