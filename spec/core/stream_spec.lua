--- Compressed dumps, opened in place: inflated as they are read, damaged ones
-- as far as they go; and dumps from pipes.
local cc = require "spec.support.cc"
local kvm = require "kvm"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"

local FORMS = {
	gzip = { pack = packed.gzip, suffix = ".gz" },
	zstd = { pack = packed.zstd, suffix = ".zst" },
}

local m = packed.machine()

for form, f in pairs(FORMS) do
	describe("a dump compressed by " .. form, function()
		local whole = f.pack(m.bytes)

		it("is read in place, whatever its name", function()
			for _, name in ipairs{ "vmcore.0" .. f.suffix, "vmcore.0",
				"vmcore.last", "x" } do
				local kd = assert(packed.open(whole, name))
				assert.equal(form, packed.check(kd, m).compression)
				kd:close()
			end
		end)

		it("is read in any order", function()
			local kd = assert(packed.open(whole))
			for i = 0, m.pages - 1 do
				packed.page(kd, m, i * 331 % m.pages)
			end
			kd:close()
		end)

		it("tells its header, message and index before it is inflated", function()
			local kd = assert(packed.open(whole))
			local d = kd:dump()
			assert.equal("mini", d.kind)
			assert.equal(m.dump.npages, d.pages)
			assert.equal(m.dump.length, d.size_expected)
			assert.is_false(d.complete)
			assert.is_false(d.truncated)
			assert.is_true(d.size < m.dump.length)
			assert.equal(packed.message, kd:read_dump(4096, #packed.message))
			assert.is_false(kd:dump().complete)
			packed.check(kd, m)
		end)

		it("may be of several pieces, with zeros behind", function()
			local cut = #m.bytes // 3
			local pieces = f.pack(m.bytes:sub(1, cut)) ..
			    f.pack(m.bytes:sub(cut + 1, 2 * cut)) .. f.pack "" ..
			    f.pack(m.bytes:sub(2 * cut + 1))
			for _, tail in ipairs{ "", ("\0"):rep(511), ("\0"):rep(300000) } do
				packed.check(assert(packed.open(pieces .. tail)), m)
			end
		end)

		it("opens as far as it goes when it is cut off", function()
			for _, share in ipairs{ 0.5, 0.9, 0.999 } do
				local kd = assert(packed.open(whole:sub(1,
				    math.floor(#whole * share))))
				packed.page(kd, m, 0)
				kd:read_dump(math.maxinteger, 1)
				local d = kd:dump()
				assert.is_true(d.complete)
				assert.matches("ends early", d.damage)
				assert.equal(d.truncated, d.pages_lost > 0)
				local lost = 0
				for i = 0, m.pages - 1 do
					local value, message, code = kd:read(m.va + i * 4096, 4096)
					if not value then
						lost = lost + 1
						reader.fails("fault-truncated", form ..
						    " stream is damaged at 0x%x+: it ends early",
						    value, message, code)
					end
				end
				assert.is_true(lost > 0 or not d.truncated)
				kd:close()
			end
		end)

		it("opens as far as it goes when bytes are wrong", function()
			local wrong = ("\x5a"):rep(64)
			for _, share in ipairs{ 0.3, 0.6, 0.9 } do
				local at = math.floor(#whole * share)
				local kd = assert(packed.open(whole:sub(1, at) .. wrong ..
				    whole:sub(at + #wrong + 1)))
				assert.equal("mini", kd:dump().kind)
				assert.equal(packed.message,
				    kd:read_dump(4096, #packed.message))
				kd:read_dump(math.maxinteger, 1)
				assert.is_true(#kd:dump().damage > 0)
				kd:close()
			end
		end)

		it("says what is behind it that is no piece", function()
			local kd = assert(packed.open(whole .. "garbage"))
			packed.page(kd, m, m.pages - 1)
			kd:read_dump(math.maxinteger, 1)
			assert.is_true(#kd:dump().damage > 0)
			assert.is_false(kd:dump().truncated)
		end)

		it("is an error when nothing can be inflated", function()
			local value, message, code = packed.open(whole:sub(1, 6))
			reader.fails("fault-truncated", "vmcore.0.*ends early", value, message, code)
			value, message, code = packed.open(f.pack "not a dump")
			reader.fails("format", "not a FreeBSD", value, message, code)
			assert.is_nil((packed.open(f.pack "")))
		end)

		it("is taken apart as often as it was packed", function()
			packed.check(assert(packed.open(packed.gzip(whole))), m)
			local bytes = m.bytes
			for _ = 1, 12 do
				bytes = f.pack(bytes)
			end
			assert.is_nil((packed.open(bytes)))
		end)

		it("comes through a pipe, which may be slow", function()
			local fifo, from = reader.path(), reader.file(whole)
			cc.run("mkfifo " .. fifo)
			os.execute(("(head -c 300000 %s; sleep 2; tail -c +300001 %s) >%s 2>/dev/null &")
			    :format(from, from, fifo))
			local start = os.time()
			local kd = assert(kvm.openx{ core = fifo, no_kernel = true })
			assert.equal(packed.message, kd:read_dump(4096, #packed.message))
			assert.equal(m.dump.npages, kd:dump().pages)
			assert.is_true(os.time() - start < 2)
			packed.check(kd, m)
		end)
	end)
end

describe("a dump that is not compressed", function()
	it("comes through a pipe", function()
		local fifo, from = reader.path(), reader.file(m.bytes)
		cc.run("mkfifo " .. fifo)
		os.execute(("cat %s >%s 2>/dev/null &"):format(from, fifo))
		packed.check(assert(kvm.openx{ core = fifo, no_kernel = true }), m)
	end)

	it("is no dump when it is empty, a folder, missing, or a few bytes", function()
		for _, bytes in ipairs{ "m", "minidump", "\x7fELF" } do
			assert.is_nil((packed.open(bytes)))
		end
		local value, message, code = packed.open ""
		reader.fails("format", "empty file", value, message, code)
		value, message, code = kvm.openx{ core = "/", no_kernel = true }
		reader.fails("format", "directory", value, message, code)
		value, message, code = kvm.openx{ core = "/nowhere/x", no_kernel = true }
		reader.fails("sys", "/nowhere/x", value, message, code)
	end)

	it("is none at all for /dev/null", function()
		local kd = assert(kvm.openx{ core = "/dev/null", no_kernel = true })
		assert.equal("none", kd:dump().kind)
		assert.is_nil((kd:read(0, 1)))
	end)
end)

describe("the place for inflated dumps", function()
	local lua = os.getenv "LUA" or "lua5.4"

	it("is asked for as much as is needed when it has no room", function()
		local core = reader.file(packed.gzip(m.bytes))
		local out, err = cc.run(([[trap "" XFSZ; ulimit -f 1000; %s -e '
			local kd = assert(require "kvm".openx{ core = "%s", no_kernel = true })
			print(kd:read(%d, 8))']]):format(lua, core,
		    m.va + (m.pages - 1) * 4096))
		assert.equal("", err)
		assert.matches("^nil\t.*no room for the inflated dump, which needs " ..
		    m.dump.length .. " bytes.*TMPDIR", out)
		out = cc.run(([[trap "" XFSZ; ulimit -f 1000; %s -e '
			local kd = assert(require "kvm".openx{ core = "%s", no_kernel = true,
				cachedir = "%s" })
			print(kd:read(%d, 8))']]):format(lua, core, reader.path(),
		    m.va + (m.pages - 1) * 4096))
		assert.matches("^nil\t.*no room in the cache for the inflated dump, which needs " ..
		    m.dump.length .. " bytes", out)
	end)

	it("is said to be missing", function()
		local core = reader.file(packed.gzip(m.bytes))
		local out = cc.run(([[TMPDIR=/nowhere %s -e '
			print(require "kvm".openx{ core = "%s", no_kernel = true })']])
		    :format(lua, core))
		assert.matches("^nil\t.*temporary file /nowhere/.*No such file.*\tsys", out)
	end)

	it("is left as it was found", function()
		local folder = reader.path()
		cc.run("mkdir " .. folder)
		local core = reader.file(packed.zstd(m.bytes))
		local out, err = cc.run(([[TMPDIR=%s %s -e '
			local kd = assert(require "kvm".openx{ core = "%s", no_kernel = true })
			kd:read_dump(math.maxinteger, 1)
			os.exit(true, false)']]):format(folder, lua, core))
		assert.equal("", out .. err)
		assert.equal("", (cc.run("ls " .. folder)))
	end)
end)

describe("progress", function()
	local lua = os.getenv "LUA" or "lua5.4"

	-- What a program that reads a dump from a slow pipe writes to a terminal,
	-- or elsewhere.
	local function written(terminal)
		local fifo, from = reader.path(), reader.file(m.bytes)
		cc.run("mkfifo " .. fifo)
		os.execute(("(head -c 400000 %s; for i in 1 2 3 4 5; do sleep 0.3; " ..
		    "tail -c +$((i * 400000 + 1)) %s | head -c 400000; done; " ..
		    "tail -c +2400001 %s) >%s 2>/dev/null &"):format(from, from, from, fifo))
		local program = reader.file(([[
			local kd = assert(require "kvm".openx{ core = "%s", no_kernel = true,
			    progress = true })
			kd:read_dump(math.maxinteger, 1)
			assert(kd:dump().complete)
			kd:erase_progress()]]):format(fifo))
		local command = lua .. " " .. program
		return (cc.run(terminal and ("script -qec '%s' /dev/null </dev/null"):format(command)
		    or command .. " 2>&1"))
	end

	it("is shown on a terminal when it takes longer than a second", function()
		local _, _, status = cc.run "script -qec true /dev/null </dev/null"
		if status ~= 0 then
			return pending "no script(1) here that can run a program"
		end
		local bar = written(true)
		assert.matches("inflating %[#+%.+%] %d+%%", bar)
		assert.is_true(select(2, bar:gsub("inflating", "")) <= 20)
		assert.matches("\r\27%[K$", bar)
	end)

	it("is shown nowhere else", function()
		assert.equal("", written(false))
	end)
end)
