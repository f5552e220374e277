--- The descriptor: opening, closing, what it says and reads.
local forge = require "spec.support.forge"
local kvm = require "kvm"

local DIR = os.tmpname()
os.remove(DIR)
os.execute("mkdir -p " .. DIR)
local KERNEL, CORE = DIR .. "/kernel", DIR .. "/core"

local PAGE = ("0123456789abcdef"):rep(256)

-- One page of text with nothing mapped behind it, and some symbols.
local function build()
	local types = forge.types "struct word { unsigned long value; };"
	local mem = forge.memory{ types = types }
	local va = mem:alloc(4096, { pages = true, align = 4096 })
	mem:write(va, PAGE)
	forge.kernel{ types = types, symbols = {
		{ name = "hz", addr = 0xffffffff81000000, size = 8,
			ctype = "struct word" },
		{ name = "panic", addr = 0xffffffff80300000, size = 64,
			type = "func" },
		{ name = "twice", addr = 0xffffffff81000010, size = 4,
			bind = "local" },
		{ name = "twice", addr = 0xffffffff81000020, size = 4,
			bind = "local" },
	} }:write(KERNEL)
	forge.minidump{ memory = mem }:write(CORE)
	return va
end

local TEXT = build()

local function opened()
	return assert(kvm.openx{ kernel = KERNEL, core = CORE })
end

local function raised(fn, ...)
	local ok, err = pcall(fn, ...)
	assert.is_false(ok)
	return err
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

describe("the open family", function()
	it("opens the same dump four ways", function()
		local ways = {
			kvm.open(KERNEL, CORE, nil, kvm.O_RDONLY, nil),
			kvm.openfiles(KERNEL, CORE, nil, kvm.O_RDONLY),
			kvm.open2(KERNEL, CORE, kvm.O_RDONLY,
			    kvm.elf_resolver),
			kvm.openx{ kernel = KERNEL, core = CORE },
		}
		assert.equal(4, #ways)
		for _, kd in ipairs(ways) do
			assert.equal(0xffffffff81000000, kd:lookup "hz")
			assert.equal("descriptor", kvm.type_of(kd))
			kd:close()
		end
	end)

	it("has flags O_RDONLY, O_WRONLY, O_RDWR and no others", function()
		for _, flags in ipairs{ kvm.O_RDONLY, kvm.O_WRONLY,
			kvm.O_RDWR } do
			assert(kvm.openfiles(KERNEL, CORE, nil, flags)):close()
		end
		local kd, message, code = kvm.openfiles(KERNEL, CORE, nil, 64)
		assert.is_nil(kd)
		assert.matches("flags", message)
		assert.equal("inval", code)
	end)

	it("gives nil, message, code for files that are not there", function()
		local kd, message, code = kvm.openfiles(DIR .. "/none", CORE)
		assert.is_nil(kd)
		assert.matches("none", message)
		assert.equal("sys", code)
		code = select(3, kvm.openfiles(KERNEL, DIR .. "/none"))
		assert.equal("sys", code)
	end)

	it("gives nil, message, code for a file that is no dump", function()
		local kd, message, code = kvm.openfiles(KERNEL, KERNEL)
		assert.is_nil(kd)
		assert.is_string(message)
		assert.is_string(code)
	end)

	it("opens /dev/null: symbols, no memory", function()
		local kd <close> = assert(kvm.openfiles(KERNEL, "/dev/null"))
		assert.equal("none", kd:dump().kind)
		assert.equal(0xffffffff81000000, kd:lookup "hz")
		assert.is_nil((kd:read(TEXT, 8)))
	end)

	it("opens a dump without a kernel when asked to", function()
		local kd <close> = assert(kvm.openx{ core = CORE,
			no_kernel = true })
		assert.equal("mini", kd:dump().kind)
		assert.is_nil((kd:symbol "hz"))
	end)

	it("raises for arguments of the wrong type", function()
		assert.matches("string expected", raised(kvm.open, {}))
		assert.matches("number expected",
		    raised(kvm.open, KERNEL, CORE, nil, "r"))
		assert.matches("contains zeros",
		    raised(kvm.open, KERNEL .. "\0x", CORE))
		assert.matches("table expected", raised(kvm.openx, KERNEL))
		assert.matches("unknown option 'kernal'",
		    raised(kvm.openx, { kernal = KERNEL }))
		assert.matches("unknown option '1'",
		    raised(kvm.openx, { KERNEL }))
	end)

	it("prints errors behind errstr, and nothing without one", function()
		local script = DIR .. "/errstr.lua"
		local f = assert(io.open(script, "w"))
		f:write([[local kvm = require "kvm"
			assert(not kvm.open("]], DIR, [[/none", nil, nil, nil,
			    "prog" .. "name"))
			assert(not kvm.open("]], DIR, [[/none"))
			local kd = kvm.open("]], KERNEL, '", "', CORE, [[", nil,
			    nil, "errors" .. "here")
			collectgarbage()
			assert(not kd:read(0, 8))
		]])
		f:close()
		local lua = arg and arg[-1] or "lua5.4"
		lua = os.getenv "LUA" or lua:find "lua" and lua or "lua5.4"
		local pipe = assert(io.popen(("%s %s 2>&1"):format(lua,
		    script)))
		local out = pipe:read "a"
		assert(pipe:close(), out)
		local first, second, rest = out:match "^([^\n]*)\n([^\n]*)\n(.*)$"
		assert.matches("^progname: .*none", first)
		assert.matches("^errorshere: ", second)
		assert.equal("", rest)
	end)
end)

describe("closing a descriptor", function()
	it("may be done again and again", function()
		local kd = opened()
		assert.is_false(kd:closed())
		assert.is_true(kd:close())
		assert.is_true(kd:closed())
		assert.is_true(kd:close())
		assert.is_true(kvm.close(kd))
	end)

	it("happens at the end of a scope", function()
		local kept
		do
			local kd <close> = opened()
			kept = kd
		end
		assert.is_true(kept:closed())
	end)

	it("happens when an error leaves the scope", function()
		local kept
		raised(function()
			local kd <close> = opened()
			kept = kd
			error "out"
		end)
		assert.is_true(kept:closed())
	end)

	it("may come before the scope ends", function()
		local kd <close> = opened()
		kd:close()
	end)

	it("is done by the collector", function()
		local weak = setmetatable({ opened() }, { __mode = "v" })
		collectgarbage()
		collectgarbage()
		assert.is_nil(weak[1])
	end)

	it("may meet the collector", function()
		for _ = 1, 20 do
			local kd = opened()
			kd:close()
			kd = nil
			collectgarbage(kd)
		end
	end)

	it("makes every method raise", function()
		local kd = opened()
		local methods = {}
		local t = kd:type("struct", "word")
		for _, name in ipairs{ "geterr", "errclass", "erraddr", "read",
			"read2", "read_string", "read_uint", "read_ptr",
			"read_phys", "read_dump", "write", "nlist", "nlist2",
			"native", "kerndisp", "byteorder", "ptrsize",
			"walk_pages", "translate", "dump", "symbol",
			"symbol_at", "symbols", "section", "lookup", "type",
			"type_of_symbol", "types", "type_source",
			"enumerator", "define" } do
			assert.is_function(kd[name], name)
			assert.equal(kvm[name], kd[name], name)
			methods[name] = kd[name]
		end
		local all, named = kd:symbols(), kd:symbols "twice"
		local each = kd:types()
		kd:close()
		for _, fn in pairs(methods) do
			assert.matches("descriptor is closed", raised(fn, kd))
		end
		for _, fn in ipairs{ all, named, each } do
			assert.matches("descriptor is closed", raised(fn))
		end
		assert.matches("closed", tostring(kd))
		assert.matches("closed", tostring(t))
	end)
end)

describe("a descriptor", function()
	local kd

	setup(function()
		kd = opened()
	end)

	teardown(function()
		kd:close()
	end)

	it("hides its metatable", function()
		assert.equal("kvm.descriptor", getmetatable(kd))
		assert.is_false(pcall(setmetatable, kd, {}))
	end)

	it("is asked for by every method", function()
		for _, value in ipairs{ io.stdout, {}, "x" } do
			assert.matches("kvm.descriptor expected",
			    raised(kvm.read, value, 0, 1))
			assert.matches("kvm.descriptor expected",
			    raised(kvm.close, value))
		end
	end)

	it("has an error once there was one", function()
		local fresh <close> = opened()
		assert.equal("", fresh:geterr())
		assert.equal("none", fresh:errclass())
		local _, message, code = fresh:read(0x1000, 1)
		assert.equal(message, fresh:geterr())
		assert.equal(code, fresh:errclass())
		assert.equal(0x1000, fresh:erraddr())
	end)

	it("knows what kind of dump it is", function()
		local dump = kd:dump()
		assert.equal("mini", dump.kind)
		assert.equal("amd64", dump.arch)
		assert.equal(8, dump.ptrsize)
		assert.equal(4096, dump.page_size)
		assert.is_false(dump.bigendian)
		assert.is_false(dump.truncated)
		assert.is_table(dump.note)
		assert.equal("", dump.note.hostname)
		assert.equal("little", kd:byteorder())
		assert.equal(8, kd:ptrsize())
		assert.equal(0, kd:kerndisp())
		assert.is_boolean(kd:native())
	end)

	it("reads bytes", function()
		assert.equal(PAGE:sub(1, 100), kd:read(TEXT, 100))
		assert.equal("", kd:read(TEXT, 0))
		assert.equal("a", kd:read(TEXT + 10, 1))
		assert.equal(PAGE, kd:read2(TEXT, 4096))
	end)

	it("gives what it read before a fault", function()
		local s, message, code, partial = kd:read(TEXT + 4000, 200)
		assert.is_nil(s)
		assert.is_string(message)
		assert.matches("^fault%-", code)
		assert.equal(PAGE:sub(4001), partial)
	end)

	it("survives absurd counts", function()
		for _, n in ipairs{ 1 << 31, 1 << 40, 1 << 62,
			math.maxinteger } do
			for _, method in ipairs{ "read", "read_phys",
				"read_dump" } do
				local s, message, code = kd[method](kd, TEXT, n)
				assert.is_nil(s)
				assert.is_string(message)
				assert.equal("inval", code)
			end
		end
		local before = collectgarbage "count"
		local s, _, _, partial = kd:read(TEXT, 1 << 30)
		assert.is_nil(s)
		assert.equal(4096, #partial)
		assert.is_true(collectgarbage "count" - before < 4096)
		assert.matches("negative", raised(kd.read, kd, TEXT, -1))
	end)

	it("does not read past the end of the address space", function()
		for _, addr in ipairs{ -1, -16, math.mininteger } do
			for _, n in ipairs{ 32, 65536, 70000, 1 << 20 } do
				assert.is_nil((kd:read(addr, n)))
			end
		end
	end)

	it("reads strings", function()
		assert.equal(PAGE:sub(1, 10), kd:read_string(TEXT, 10))
		local s, _, code, partial = kd:read_string(TEXT + 4090)
		assert.is_nil(s)
		assert.matches("^fault%-", code)
		assert.equal("abcdef", partial)
		assert.equal("abcdef", kd:read_string(TEXT + 4090, 6))
		assert.equal(4096, #kd:read_string(TEXT, 4096))
		assert.equal("", kd:read_string(TEXT, 0))
	end)

	it("reads integers", function()
		assert.equal(0x30, kd:read_uint(TEXT, 1))
		assert.equal(0x3130, kd:read_uint(TEXT, 2))
		assert.equal(0x33323130, kd:read_uint(TEXT, 4))
		assert.equal(0x3736353433323130, kd:read_uint(TEXT, 8))
		assert.equal(0x3736353433323130, kd:read_ptr(TEXT))
		assert.is_nil((kd:read_uint(0, 8)))
		assert.matches("1, 2, 4 or 8",
		    raised(kd.read_uint, kd, TEXT, 3))
	end)

	it("reads physical memory and the dump itself", function()
		local page = assert(kd:translate(TEXT + 16))
		assert.equal(4096 - 16, page.len)
		assert.equal(TEXT + 16, page.kmap_vaddr)
		assert.equal(PAGE:sub(1, 32), kd:read_phys(page.paddr - 16, 32))
		assert.equal(PAGE:sub(17, 48), kd:read_dump(page.offset, 32))
		local size = kd:dump().size
		assert.equal(8, #kd:read_dump(size - 8, 100))
		assert.equal("", kd:read_dump(size, 100))
	end)

	it("translates what is mapped", function()
		local page, message, code = kd:translate(0x1000)
		assert.is_nil(page)
		assert.is_string(message)
		assert.equal("fault-unmapped", code)
		page = kd:translate(TEXT)
		assert.equal(kvm.PROT_READ | kvm.PROT_WRITE, page.prot)
	end)

	it("does not write", function()
		local done, message, code = kd:write(TEXT, "x")
		assert.is_nil(done)
		assert.matches("dead kernel", message)
		assert.equal("notsup", code)
	end)

	it("finds symbols by name", function()
		local s = assert(kd:symbol "panic")
		assert.equal("panic", s.name)
		assert.equal(0xffffffff80300000, s.value)
		assert.equal(64, s.size)
		assert.equal("func", s.type)
		assert.equal("global", s.bind)
		assert.equal("object", kd:symbol "hz".type)
		assert.equal("local", kd:symbol "twice".bind)
		local none, message, code = kd:symbol "none"
		assert.is_nil(none)
		assert.matches("none", message)
		assert.equal("nosym", code)
		assert.matches("contains zeros",
		    raised(kd.symbol, kd, "panic\0"))
	end)

	it("finds symbols by address", function()
		local s, offset = kd:symbol_at(0xffffffff80300010)
		assert.equal("panic", s.name)
		assert.equal(16, offset)
		assert.equal("nosym", select(3, kd:symbol_at(0)))
	end)

	it("lists symbols", function()
		local names = {}
		for s in kd:symbols() do
			names[s.name] = (names[s.name] or 0) + 1
			assert.equal(s.index, s.index // 1)
		end
		assert.equal(1, names.hz)
		assert.equal(2, names.twice)
		assert.is_nil(names[""])
		local values = {}
		for s in kd:symbols "twice" do
			values[#values + 1] = s.value
		end
		assert.same({ 0xffffffff81000010, 0xffffffff81000020 }, values)
		assert.is_nil(kd:symbols "none"())
	end)

	it("resolves lists of names", function()
		local found, missing = kd:nlist2{ "hz", "none", "_panic" }
		assert.equal(1, missing)
		assert.equal(0xffffffff81000000, found.hz.value)
		assert.equal(0xffffffff80300000, found._panic.value)
		assert.is_nil(found.none)
		if kd:native() then
			assert.same({ found, missing },
			    { kd:nlist{ "hz", "none", "_panic" } })
		else
			assert.equal("notsup", select(3, kd:nlist{ "hz" }))
		end
		assert.same({ {}, 0 }, { kd:nlist2{} })
		assert.matches("no string", raised(kd.nlist2, kd, { 1 }))
		assert.matches("empty", raised(kd.nlist2, kd, { "" }))
	end)

	it("has sections", function()
		local s = assert(kd:section ".SUNW_ctf")
		assert.equal(".SUNW_ctf", s.name)
		assert.equal(s.size, #s.data)
		assert.is_nil((kd:section ".none"))
	end)

	it("stays open as long as an iterator needs it", function()
		local each = opened():symbols()
		collectgarbage()
		collectgarbage()
		assert.is_string(each().name)
	end)
end)
