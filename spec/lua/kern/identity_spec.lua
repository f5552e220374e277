--- Kernel files that are not the dump's, dumps that are not whole.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

describe("doubts", function()
	local ours, other

	setup(function()
		ours = lab.system("13", { layout = 13 })
		other = lab.system("other", { layout = 13, version = "FreeBSD 13.2-RELEASE OTHER\n" })
	end)

	local function doubts(core, kernel)
		local k <close> = assert(vmcore.open { core = core, kernel = kernel })
		return table.concat(k:warnings(), "\n")
	end

	it("are none about a whole dump with its kernel", function()
		assert.equal("", doubts(ours.core, ours.kernel))
	end)

	it("are there when info.N names another version than memory has", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(ours.core, dir))
		os.execute(("ln -s %s/info.0 %s/info.0"):format(other.dir, dir))
		local text = doubts(dir .. "/vmcore.0", ours.kernel)
		assert.matches("does not match", text)
		assert.matches("OTHER", text)
		assert.matches("DEMO", text)
	end)

	it("are there when the kernel file holds another version", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(ours.core, dir))
		local text = doubts(dir .. "/vmcore.0", other.kernel)
		assert.matches("does not match", text)
	end)

	it("are there when the version of a kernel without contents was not dumped", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(ours.core, dir))
		forge.kernel { symbols = { { name = "version", addr = 0xffffffff80ae5a00, size = 256 } } }
		    :write(dir .. "/kernel")
		assert.equal("whether the kernel file is the dump's can't be told: the page where this kernel"
		    .. " has its version was not dumped", doubts(dir .. "/vmcore.0", dir .. "/kernel"))
	end)

	it("are there when the dump is cut off", function()
		local dir = lab.folder()
		local f = assert(io.open(ours.core, "rb"))
		local bytes = f:read(f:seek "end" - 8192 + f:seek("set", 0))
		f:close()
		f = assert(io.open(dir .. "/vmcore.0", "wb"))
		f:write(bytes)
		f:close()
		assert.matches("truncated: %d+ of %d+ bytes, 2 of %d+ pages lost",
		    doubts(dir .. "/vmcore.0", ours.kernel))
	end)

	it("are there when more or fewer pages were written than are marked", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(ours.core, dir))
		local f = assert(io.open(ours.dir .. "/info.0"))
		local text, n = f:read "a":gsub("Dump Length: (%d+)", function(length)
			return "Dump Length: " .. math.tointeger(length) - 4096
		end)
		f:close()
		assert.equal(1, n)
		local function written(note)
			local out = assert(io.open(dir .. "/info.0", "w"))
			out:write(note)
			out:close()
			return doubts(dir .. "/vmcore.0", ours.kernel)
		end
		assert.matches("page index", written(text))
		-- Inflated since: the length is that of the compressed form.
		assert.equal("", written((text:gsub("Compression: none", "Compression: zstd"))))
	end)
end)
