--- Searching all memory, against a search by hand of what was forged.
local forge = require "spec.support.forge"
local arches = require "spec.support.arches"
local kvm = require "kvm"
local lab = require "spec.support.lab"

local PAGE <const> = 4096

-- Pages in the kernel map, mapped one by one, then one that was not dumped, one
-- that is mapped twice, and one that only the direct map reaches.
local function build(arch)
	local types = forge.types("struct word { int value; };", arch and { endian = arch.endian,
		ptrsize = arch.class // 8 })
	local memory = forge.memory { types = types, arch = arch }
	local made = { memory = memory }
	made.base = memory:alloc(16 * PAGE, { pages = true, align = PAGE })
	return types, memory, made
end

local function open(types, memory, arch)
	local dir = lab.folder()
	forge.kernel { types = types, class = arch and arch.class, endian = arch and arch.endian,
		machine = arch and arch.machine }:write(dir .. "/kernel")
	forge.minidump { memory = memory, version = not arch and 3 or nil }:write(dir .. "/core")
	return assert(kvm.openx { core = dir .. "/core", kernel = dir .. "/kernel" })
end

local function hits(kd, what)
	local found = {}
	assert.is_true(assert(kd:search(what, function(address)
		found[#found + 1] = address
	end)))
	return found
end

describe("a search", function()
	local kd, made, base, dmap

	setup(function()
		local types, memory
		types, memory, made = build()
		base = made.base
		memory:write(base + 100, "needle")
		memory:write(base + PAGE - 3, "needle")			-- across pages
		memory:write(base + 3 * PAGE - 6, "needle")		-- at a page's end
		memory:write(base + 3 * PAGE, "needle")			-- at its beginning
		memory:u64(base + 5 * PAGE, 0xfffff80012345678)
		memory:u64(base + 5 * PAGE + 24, 0xfffff80012345680)
		memory:write(base + 5 * PAGE + 101, ("<I8"):pack(0xfffff80012345678))
		memory:write(base + 6 * PAGE - 4, ("<I8"):pack(0xfffff80012345678))
		memory:u64(base + 7 * PAGE, 1)
		memory:write(base + 8 * PAGE, "\1a string of some length\0short\0\1cut \200 off here\0")
		memory:write(base + 10 * PAGE - 10, "\1goes over two pages\0")
		dmap = memory:alloc_dmap(PAGE, PAGE)
		memory:write(dmap + 8, "needle")
		local alias = memory:alloc(PAGE, { pages = true, align = PAGE })
		memory:write(alias, "needle twice")
		made.alias = { alias, alias + (1 << 30) }
		memory:map(alias + (1 << 30), memory:translate(alias), { size = PAGE })
		local lost = memory:alloc(PAGE, { pages = true, align = PAGE })
		memory:write(lost, "needle")
		memory:drop(memory:translate(lost), PAGE)
		kd = open(types, memory)
	end)

	teardown(function()
		kd:close()
	end)

	it("finds bytes wherever they are mapped", function()
		local expected = { base + 100, base + PAGE - 3, base + 3 * PAGE - 6, base + 3 * PAGE,
			made.alias[1], made.alias[2], dmap + 8 }
		for threads = 1, 3 do
			assert.same(expected, hits(kd, { bytes = "needle", threads = threads }))
		end
		assert.same(expected, hits(kd, { bytes = "needle" }))
		assert.same({ base + 3 * PAGE, made.alias[1], made.alias[2], dmap + 8 },
		    hits(kd, { bytes = "needle", align = 8 }))
		assert.same({}, hits(kd, { bytes = "no such thing" }))
	end)

	it("tells where a hit is", function()
		local seen = {}
		kd:search({ bytes = "needle" }, function(address, prot, pa, direct)
			seen[address] = { prot = prot, pa = pa, direct = direct }
		end)
		local page = kd:translate(base + 100)
		assert.same({ prot = page.prot, pa = page.paddr, direct = page.dmap_vaddr }, seen[base + 100])
		assert.equal(dmap + 8, seen[dmap + 8].direct)
		assert.equal(seen[made.alias[1]].pa, seen[made.alias[2]].pa)
	end)

	it("finds words in their places", function()
		local word = 0xfffff80012345678
		assert.same({ base + 5 * PAGE }, hits(kd, { word = word }))
		assert.same({ base + 5 * PAGE, base + 5 * PAGE + 24 }, hits(kd, { word = word, span = 8 }))
		assert.same({ base + 5 * PAGE, base + 5 * PAGE + 101, base + 6 * PAGE - 4 },
		    hits(kd, { word = word, align = 1 }))
		assert.same({ base + 5 * PAGE, base + 5 * PAGE + 24, base + 5 * PAGE + 101, base + 6 * PAGE - 4 },
		    hits(kd, { word = word, span = 8, align = 1 }))
		assert.same({ base + 5 * PAGE, base + 6 * PAGE - 4 },
		    hits(kd, { word = 0x12345678, size = 4 }))
		assert.same({ base + 5 * PAGE, base + 5 * PAGE + 24, base + 6 * PAGE - 4 },
		    hits(kd, { word = 0x12345670, size = 4, span = 16 }))
	end)

	it("finds words whose bytes are common", function()
		assert.same({ base + 7 * PAGE }, hits(kd, { word = 1, from = base, to = base + 8 * PAGE }))
	end)

	it("finds strings", function()
		local function strings(least)
			return hits(kd, { strings = least, from = base + 8 * PAGE, to = base + 11 * PAGE })
		end
		assert.same({ base + 8 * PAGE + 1, base + 8 * PAGE + 37, base + 10 * PAGE - 9 }, strings(9))
		assert.equal(4, #strings(5))
		assert.same({ base + 8 * PAGE + 1 }, strings(20))
	end)

	it("looks where it is told", function()
		assert.same({ base + 100 }, hits(kd, { bytes = "needle", from = base, to = base + PAGE - 4 }))
		assert.same({ dmap + 8 }, hits(kd, { bytes = "needle", memory = "direct" }))
		assert.equal(6, #hits(kd, { bytes = "needle", memory = "kernel" }))
		assert.equal(0, #hits(kd, { bytes = "needle", prot = kvm.PROT_EXECUTE, memory = "direct" }))
	end)

	it("ends when it is told", function()
		local n = 0
		assert.is_false(kd:search({ bytes = "needle" }, function()
			n = n + 1
			return n < 2
		end))
		assert.equal(2, n)
		assert.is_false(kd:search({ bytes = "needle", progress = function(done)
			assert.is_true(done > 0)
			return false
		end }, function() end))
	end)

	it("may read from the dump that it searches, and search", function()
		local read, inner = {}, 0
		kd:search({ bytes = "needle", memory = "kernel" }, function(address)
			read[#read + 1] = kd:read(address, 6)
			inner = inner + #hits(kd, { bytes = "needle", memory = "direct" })
		end)
		assert.same({ "needle", "needle", "needle", "needle", "needle", "needle" }, read)
		assert.equal(6, inner)
	end)

	it("raises what its functions raise", function()
		local object = {}
		local ok, err = pcall(kd.search, kd, { bytes = "needle" }, function() error(object) end)
		assert.is_false(ok)
		assert.equal(object, err)
		assert.error_matches(function()
			kd:search({ bytes = "needle" }, function() kd:close() end)
		end, "cannot close: its search function is running")
	end)

	it("says what is wrong with the question", function()
		for message, what in pairs { ["needs one of"] = {}, ["no string"] = { bytes = {} },
		    ["no integer"] = { word = "x" }, ["no kind of memory"] = { word = 1, memory = "x" } } do
			assert.error_matches(function() kd:search(what, print) end, message)
		end
		for message, what in pairs { ["a length of 0"] = { bytes = "" },
		    ["a length of 5000"] = { bytes = ("x"):rep(5000) }, ["an alignment of 3"] = { word = 1, align = 3 },
		    ["words have 4 or 8"] = { word = 1, size = 2 }, ["does not fit"] = { word = -1, size = 4 } } do
			local ok, err, code = kd:search(what, print)
			assert.is_nil(ok)
			assert.equal("inval", code)
			assert.truthy(err:find(message, 1, true), err)
		end
	end)

	it("agrees with a search by hand", function()
		local memory = made.memory:read(base, 16 * PAGE)
		for _, pattern in ipairs { "e", "ee", "\0\0\0\1", "a string", "\0", "le" } do
			local expected, at = {}, 1
			while true do
				at = memory:find(pattern, at, true)
				if at == nil then
					break
				end
				expected[#expected + 1] = base + at - 1
				at = at + 1
			end
			local found = hits(kd, { bytes = pattern, from = base, to = base + 16 * PAGE - #pattern })
			assert.equal(#expected, #found, pattern)
			assert.same(expected, found)
		end
	end)
end)

describe("a search in a dump of the other byte order", function()
	it("finds words", function()
		local arch = arches.powerpc64radix
		local types, memory, made = build(arch)
		memory:u64(made.base + 800, 0xc000000012345678)
		memory:u64(made.base + 808, 0xc000000012345679)
		memory:u64(made.base + 816, 1)
		local kd <close> = open(types, memory, arch)
		assert.same({ made.base + 800 }, hits(kd, { word = 0xc000000012345678 }))
		assert.same({ made.base + 800, made.base + 808 }, hits(kd, { word = 0xc000000012345678, span = 1 }))
		assert.same({ made.base + 816 }, hits(kd, { word = 1, from = made.base, to = made.base + PAGE }))
	end)
end)
