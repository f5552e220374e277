--- Inflated dumps that are kept: openx{ cachedir = }.
local cc = require "spec.support.cc"
local kvm = require "kvm"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"

local m = packed.machine(200)

local function names(folder)
	return (cc.run("ls -A " .. folder))
end

describe("a cache of inflated dumps", function()
	local core, folder

	before_each(function()
		core = reader.file(packed.zstd(m.bytes))
		folder = reader.path() .. "/a/b"
	end)

	local function open()
		return assert(kvm.openx{ core = core, no_kernel = true,
			cachedir = folder })
	end

	local function fill()
		local kd = open()
		packed.check(kd, m)
		kd:close()
	end

	it("is made, for its owner only", function()
		fill()
		assert.equal("drwx------", (cc.run("ls -ld " .. folder):sub(1, 10)))
		assert.equal("-rw-------", (cc.run("ls -l " .. folder):match "\n(%S+)"))
	end)

	it("has the whole dump at once the next time", function()
		fill()
		local name = names(folder)
		assert.matches("^vmcore%-[%x.-]+%.zstd\n$", name)
		local kd = open()
		assert.is_true(kd:dump().complete)
		assert.equal("zstd", packed.check(kd, m).compression)
		kd:close()
		assert.equal(name, names(folder))
	end)

	it("keeps nothing that is not complete", function()
		local kd = open()
		packed.page(kd, m, 0)
		kd:close()
		assert.equal("", names(folder))
		local f = assert(io.open(core, "rb"))
		local bytes = f:read "a"
		f:close()
		f = assert(io.open(core, "wb"))
		f:write(bytes:sub(1, -100))
		f:close()
		kd = open()
		kd:read_dump(math.maxinteger, 1)
		assert.is_true(#kd:dump().damage > 0)
		kd:close()
		assert.equal("", names(folder))
	end)

	it("does not believe a file that is not as it was left", function()
		fill()
		local path = folder .. "/" .. names(folder):match "%S+"
		for _, damage in ipairs{ "truncate -s -1 %s", "truncate -s 4096 %s",
			"truncate -s 0 %s", "chmod g+w %s", "rm %s; ln -s /etc/passwd %s",
			"rm %s; mkdir %s" } do
			cc.run((damage:gsub("%%s", path)))
			fill()
			cc.run("rmdir " .. path)
			fill()
		end
	end)

	it("asks for the file as it is now", function()
		fill()
		local other = packed.machine(100)
		local f = assert(io.open(core, "wb"))
		f:write(packed.zstd(other.bytes))
		f:close()
		local kd = open()
		assert.is_false(kd:dump().complete)
		packed.check(kd, other)
	end)

	it("serves several at a time", function()
		local a, b = open(), open()
		packed.check(a, m)
		packed.page(b, m, 0)
		packed.check(open(), m)
		a:close()
		packed.check(b, m)
		b:close()
		assert.matches("^%S+\n$", names(folder))
	end)

	it("removes what others left, not what they are at", function()
		local kd = open()
		local busy = names(folder):match "%S+"
		cc.run(("touch %s/vmcore-1-2-3-4.5.gzip.part.abcdef"):format(folder))
		open():close()
		assert.equal(busy .. "\n", names(folder))
		packed.check(kd, m)
	end)

	it("is for compressed files", function()
		local kd = assert(kvm.openx{ core = reader.file(m.bytes),
			no_kernel = true, cachedir = folder })
		packed.check(kd, m)
		assert.equal("", names(folder))
	end)

	it("is an error when it can't be made", function()
		folder = "/dev/null/x"
		local value, message, code = kvm.openx{ core = core, no_kernel = true,
			cachedir = folder }
		reader.fails("sys", "cannot make the cache /dev/null/x", value, message, code)
	end)
end)

describe("a cache when memory runs short", function()
	it("is an error, or as it should be; nothing incomplete is left", function()
		local folder, core = reader.path(), reader.file(packed.gzip(m.bytes))
		local program = reader.file(([[
			local kvm, testing = require "kvm", require "kvm.testing"
			local n = 0
			repeat
				n = n + 1
				os.execute "rm -rf %s"
				testing.fail_at(n)
				local kd, message, code = kvm.openx{ core = "%s", no_kernel = true,
					cachedir = "%s" }
				if kd then
					kd:read_dump(math.maxinteger, 1)
					kd:close()
				end
				local count = testing.disarm()
				assert(kd or code == "nomem", message)
				local left = io.popen("ls %s 2>/dev/null"):read "a"
				assert(not left:find "part", left)
			until count < n
			assert(n > 5)]]):format(folder, core, folder, folder))
		local out, err = cc.run(("LUA_CPATH=%s/test/?.so %s %s"):format(
		    os.getenv "B" or "build", os.getenv "LUA" or "lua5.4", program))
		assert.equal("", err)
		assert.equal("", out)
	end)
end)
