--- The bridge: the core asks a Lua function for the addresses of symbols.
local forge = require "spec.support.forge"
local kvm = require "kvm"

local DIR = os.tmpname()
os.remove(DIR)

-- A dump with one word of memory, and a kernel with no symbols.
local function build()
	os.execute("mkdir -p " .. DIR)
	local types = forge.types "struct word { unsigned long value; };"
	local mem = forge.memory{ types = types }
	local va = mem:make("struct word", { value = 0x1122334455667788 })
	forge.kernel{ types = types }:write(DIR .. "/kernel")
	forge.minidump{ memory = mem }:write(DIR .. "/core")
	return va
end

local WORD = build()

local function open(resolver)
	return kvm.openx{ kernel = DIR .. "/kernel", core = DIR .. "/core",
		resolver = resolver }
end

local function opened(resolver)
	return assert(open(resolver))
end

-- Run fn, and fail unless it raises; return what it raised.
local function raised(fn, ...)
	local ok, err = pcall(fn, ...)
	assert.is_false(ok)
	return err
end

teardown(function()
	os.execute("rm -rf " .. DIR)
end)

describe("the resolver", function()
	it("is given the name and the descriptor", function()
		local names, seen = {}, nil
		local kd <close> = opened(function(name, k)
			collectgarbage "step"
			names[#names + 1], seen = name, k
			return 0x1000
		end)
		assert.equal(0x1000, kd:lookup "allproc")
		assert.same({ "allproc" }, names)
		assert.equal(kd, seen)
	end)

	it("answers with an integer: the address, whatever its sign", function()
		local answer
		local kd <close> = opened(function()
			collectgarbage "step"
			return answer
		end)
		for _, value in ipairs{ 0, 1, -1, math.mininteger, math.maxinteger } do
			answer = value
			assert.equal(value, kd:lookup "x")
		end
	end)

	it("answers with nil: not found", function()
		local kd <close> = opened(function()
			collectgarbage "step"
			return nil
		end)
		local value, message, code = kd:lookup "absent"
		assert.is_nil(value)
		assert.matches("absent", message)
		assert.equal("nosym", code)
	end)

	it("answers with nothing at all: not found", function()
		local kd <close> = opened(function() end)
		assert.equal("nosym", select(3, kd:lookup "absent"))
	end)

	it("serves whole lists", function()
		local kd <close> = opened(function(name)
			collectgarbage "step"
			return ({ a = 16, c = 48 })[name]
		end)
		local found, missing = kd:nlist2{ "a", "b", "c" }
		assert.equal(1, missing)
		assert.equal(16, found.a.value)
		assert.is_nil(found.b)
		assert.equal(48, found.c.value)
	end)

	it("may change the list it is asked for", function()
		local list = {}
		for i = 1, 20 do
			list[i] = "symbol-" .. i .. ("x"):rep(50)
		end
		local names = {}
		local kd <close> = opened(function(name)
			for i = 1, 20 do
				list[i] = nil
			end
			collectgarbage()
			names[#names + 1] = name
			return 1
		end)
		assert.equal(0, select(2, kd:nlist2(list)))
		assert.equal(20, #names)
		assert.equal("symbol-20" .. ("x"):rep(50), names[20])
	end)

	describe("that answers with something else", function()
		for _, value in ipairs{ 1.5, 2.0, "0x1000", true, false, {},
			print } do
			local what = math.type(value) == "float" and "float" or
			    type(value)
			it("(" .. what .. ") raises and is named", function()
				local kd <close> = opened(function()
					collectgarbage "step"
					return value
				end)
				local err = raised(kd.lookup, kd, "allproc")
				assert.matches("resolver_spec%.lua:%d+", err)
				assert.matches("returned a " .. what, err)
				assert.matches("'allproc'", err)
			end)
		end
	end)

	describe("that raises", function()
		local objects = { "text", 42, 1.5, true, {}, print,
			coroutine.create(print), io.stdout,
			setmetatable({}, { __tostring = error, __index = error }) }
		for _, object in ipairs(objects) do
			it("a " .. type(object) .. " has that object come out",
			    function()
				local kd <close> = opened(function()
					collectgarbage "step"
					error(object, 0)
				end)
				assert.is_true(rawequal(object,
				    raised(kd.lookup, kd, "x")))
				assert.is_true(rawequal(object,
				    raised(kd.nlist2, kd, { "x", "y" })))
			end)
		end

		it("nil has nil come out", function()
			local kd <close> = opened(function()
				error(nil)
			end)
			assert.is_nil(raised(kd.lookup, kd, "x"))
		end)

		it("ends the call: it is not asked again", function()
			local asked = 0
			local kd <close> = opened(function()
				asked = asked + 1
				error "no"
			end)
			raised(kd.nlist2, kd, { "a", "b", "c" })
			assert.equal(1, asked)
		end)

		it("leaves the descriptor in order", function()
			local fail = true
			local kd <close> = opened(function()
				collectgarbage "step"
				return fail and error(kvm) or 7
			end)
			raised(kd.lookup, kd, "x")
			fail = false
			assert.equal(7, kd:lookup "x")
			assert.equal(0x1122334455667788, kd:read_uint(WORD, 8))
		end)

		it("does not keep the error object alive", function()
			local weak = setmetatable({}, { __mode = "v" })
			local kd <close> = opened(function()
				weak[1] = {}
				error(weak[1])
			end)
			raised(kd.lookup, kd, "x")
			collectgarbage()
			assert.is_nil(weak[1])
		end)
	end)

	it("may call back until Lua's own limit", function()
		local kd <close> = opened(function(name, k)
			return k:lookup(name)
		end)
		local err = raised(kd.lookup, kd, "x")
		assert.matches("overflow", err)
		assert.equal("string", type(err))
	end)

	it("may raise out of a nested call", function()
		local token = {}
		local kd <close> = opened(function(name, k)
			collectgarbage "step"
			if name == "inner" then
				error(token)
			end
			return k:lookup "inner"
		end)
		assert.equal(token, raised(kd.lookup, kd, "outer"))
	end)

	it("may catch the error of a nested call", function()
		local kd <close> = opened(function(name, k)
			if name == "inner" then
				error "inner"
			end
			collectgarbage "step"
			return pcall(k.lookup, k, "inner") and 1 or 2
		end)
		assert.equal(2, kd:lookup "outer")
	end)

	it("may read from the descriptor it serves", function()
		local kd <close> = opened(function(_, k)
			collectgarbage "step"
			return k:read_uint(WORD, 8)
		end)
		assert.equal(0x1122334455667788, kd:lookup "x")
	end)

	it("may open and close other descriptors", function()
		local kd <close> = opened(function(name)
			local other <close> = opened(function(inner)
				collectgarbage "step"
				return #inner
			end)
			return other:lookup(name .. name)
		end)
		assert.equal(8, kd:lookup "name")
	end)

	it("may not close the descriptor it serves", function()
		local kd <close> = opened(function(_, k)
			k:close()
		end)
		local err = raised(kd.lookup, kd, "x")
		assert.matches("cannot close: its resolver is running", err)
		assert.is_false(kd:closed())
		assert.equal(0x1122334455667788, kd:read_uint(WORD, 8))
	end)

	it("may not close it by scope either", function()
		local kd <close> = opened(function(_, k)
			local _ <close> = k
			return 1
		end)
		assert.matches("its resolver is running",
		    raised(kd.lookup, kd, "x"))
		assert.is_false(kd:closed())
	end)

	it("may not close it from a coroutine of its own", function()
		local kd <close> = opened(function(_, k)
			local ok, err = coroutine.resume(coroutine.create(
			    k.close), k)
			assert.is_false(ok)
			return #err
		end)
		assert.is_true(kd:lookup "x" > 0)
		assert.is_false(kd:closed())
	end)

	describe("that yields", function()
		it("is told so in a coroutine", function()
			local kd <close> = opened(function()
				collectgarbage "step"
				return coroutine.yield(1)
			end)
			local co = coroutine.create(function()
				return kd:lookup "x"
			end)
			local ok, err = coroutine.resume(co)
			assert.is_false(ok)
			assert.matches("resolver may not yield", err)
			assert.equal("dead", coroutine.status(co))
		end)

		it("is told so on the main thread", function()
			local kd <close> = opened(function()
				return coroutine.yield(1)
			end)
			local err = raised(kd.lookup, kd, "x")
			assert.matches("resolver may not yield", err)
		end)

		it("may use coroutines of its own", function()
			local kd <close> = opened(function(name)
				local co = coroutine.wrap(function(n)
					coroutine.yield(#n)
				end)
				collectgarbage "step"
				return co(name)
			end)
			assert.equal(4, kd:lookup "four")
		end)
	end)

	describe("and coroutines:", function()
		it("runs on the thread of the call", function()
			local thread
			local kd <close> = opened(function()
				collectgarbage "step"
				thread = coroutine.running()
				return 1
			end)
			local co = coroutine.create(function()
				return kd:lookup "x"
			end)
			assert.same({ true, 1 }, { coroutine.resume(co) })
			assert.equal(co, thread)
		end)

		it("works when the coroutine that opened is dead", function()
			local kd = coroutine.wrap(function()
				return opened(function(name)
					collectgarbage "step"
					return #name
				end)
			end)()
			collectgarbage()
			collectgarbage()
			assert.equal(3, kd:lookup "abc")
			kd:close()
		end)

		it("works between yields of the caller", function()
			local kd <close> = opened(function(name)
				return #name
			end)
			local co = coroutine.wrap(function()
				for _, n in ipairs{ "a", "bb", "ccc" } do
					coroutine.yield(kd:lookup(n))
				end
			end)
			assert.same({ 1, 2, 3 }, { co(), co(), co() })
		end)

		it("serves two callers that alternate", function()
			local kd <close>, other = opened(function(name, k)
				if name == "switch" then
					return coroutine.wrap(function()
						return k:lookup "deep"
					end)()
				end
				collectgarbage "step"
				return #name
			end)
			assert.is_nil(other)
			assert.equal(4, kd:lookup "switch")
		end)

		it("raises the object in the coroutine that called", function()
			local token = {}
			local kd <close> = opened(function()
				error(token)
			end)
			local co = coroutine.create(function()
				return select(2, pcall(kd.lookup, kd, "x"))
			end)
			assert.equal(token, select(2, coroutine.resume(co)))
		end)
	end)

	describe("during open", function()
		local full, root = DIR .. "/full", 0xffffffff80300000

		setup(function()
			local mem = forge.memory{ free = 0x400000,
				ram = { { 0x200000, 0x800000 } } }
			mem:map(root, 0x300000)
			mem:u64(root, mem.root)
			local va = mem:alloc(8)
			mem:write(va, "full\0")
			forge.elfdump{ memory = mem }:write(full)
			full = { file = full, va = va }
		end)

		-- Open the full dump; answer for the root of its page tables.
		local function open_full(hook)
			return kvm.openx{ kernel = DIR .. "/kernel",
				core = full.file,
				resolver = function(name, kd)
					collectgarbage "step"
					hook(name, kd)
					return name == "KPML4phys" and root or nil
				end }
		end

		it("is not asked for a minidump", function()
			local asked = 0
			opened(function()
				asked = asked + 1
			end):close()
			assert.equal(0, asked)
		end)

		it("is asked where a full dump's page tables are", function()
			local names = {}
			local kd <close> = assert(open_full(function(name)
				names[name] = true
			end))
			assert.is_true(names.KPML4phys)
			assert.equal("full", kd:read_string(full.va))
		end)

		it("may raise any object", function()
			local token = {}
			assert.equal(token, raised(open_full, function()
				error(token)
			end))
		end)

		it("may not yield", function()
			assert.matches("may not yield", raised(open_full,
			    coroutine.yield))
		end)

		it("finds the descriptor not open yet", function()
			assert.matches("not open yet", raised(open_full,
			    function(_, kd)
				kd:read(0, 1)
			end))
			assert.matches("cannot close", raised(open_full,
			    function(_, kd)
				kd:close()
			end))
			local kept
			local kd <close> = assert(open_full(function(_, k)
				kept = k
			end))
			assert.equal(kd, kept)
		end)

		it("may open others", function()
			local kd <close> = assert(open_full(function()
				local other <close> = opened(nil)
				assert.equal(0x88, other:read_uint(WORD, 1))
			end))
			assert.is_false(kd:closed())
		end)
	end)

	describe("is kept", function()
		local function with_weak()
			local weak = setmetatable({}, { __mode = "v" })
			local tracer = {}
			weak.resolver = function()
				return #tracer
			end
			weak.kd = opened(weak.resolver)
			return weak, weak.kd
		end

		it("as long as its descriptor", function()
			local weak, kd = with_weak()
			collectgarbage()
			collectgarbage()
			assert.equal(kd, weak.kd)
			assert.is_function(weak.resolver)
			assert.equal(0, kd:lookup "x")
			kd:close()
		end)

		it("no longer than it is open", function()
			local weak, kd = with_weak()
			kd:close()
			collectgarbage()
			collectgarbage()
			assert.is_nil(weak.resolver)
			assert.is_true(kd:closed())
		end)

		it("no longer than it is reachable", function()
			local weak = (with_weak())
			collectgarbage()
			collectgarbage()
			assert.is_nil(weak.kd)
			assert.is_nil(weak.resolver)
		end)

		it("not for ever when it refers to its descriptor", function()
			local weak = setmetatable({}, { __mode = "v" })
			do
				local kd
				kd = opened(function()
					return kd:closed() and 1 or 2
				end)
				weak.kd = kd
				assert.equal(2, kd:lookup "x")
			end
			collectgarbage()
			collectgarbage()
			assert.is_nil(weak.kd)
		end)

		it("by the descriptor alone while that is being used", function()
			local weak = setmetatable({}, { __mode = "v" })
			local value = (function()
				local kd = opened(function(name)
					collectgarbage()
					collectgarbage()
					return #name
				end)
				weak.kd = kd
				return kd
			end)():lookup "temporary"
			assert.equal(9, value)
		end)
	end)

	it("runs with the collector at work all the time", function()
		local mode = collectgarbage "generational"
		local kd <close> = opened(function(name, k)
			collectgarbage()
			local junk = {}
			for i = 1, 50 do
				junk[i] = name .. i
			end
			return k:read_uint(WORD, 1) + #junk
		end)
		for _ = 1, 100 do
			assert.equal(0x88 + 50, kd:lookup "x")
		end
		collectgarbage(mode)
	end)

	it("may be a C function", function()
		local kd <close> = opened(rawlen)
		assert.equal(5, select(2, pcall(kd.lookup, kd, "three")))
	end)

	it("must be a function", function()
		for _, value in ipairs{ 1, "name", {}, true } do
			assert.matches("function expected",
			    raised(open, value))
			assert.matches("function expected", raised(kvm.open2,
			    DIR .. "/kernel", DIR .. "/core", nil, value))
		end
	end)

	it("serves open2 too", function()
		local kd <close> = assert(kvm.open2(DIR .. "/kernel",
		    DIR .. "/core", kvm.O_RDONLY, function() return 5 end))
		assert.equal(5, kd:lookup "x")
	end)
end)

describe("a page function", function()
	local function walk(fn)
		local kd <close> = opened(nil)
		return kd:walk_pages(fn)
	end

	it("is called until it returns false", function()
		local count = 0
		assert.is_true(walk(function(page)
			collectgarbage "step"
			assert.is_true(page.len > 0)
			count = count + 1
		end))
		assert.is_true(count > 1)
		local seen = 0
		assert.is_false(walk(function()
			seen = seen + 1
			return seen < count
		end))
		assert.equal(count, seen)
	end)

	it("goes on for any other value", function()
		assert.is_true(walk(function() return 0 end))
		assert.is_true(walk(function() return nil end))
	end)

	it("may raise anything", function()
		local token = {}
		assert.equal(token, raised(walk, function()
			error(token)
		end))
	end)

	it("may read, and walk again", function()
		local kd <close> = opened(nil)
		local inner = 0
		assert.is_false(kd:walk_pages(function()
			assert.equal(0x88, kd:read_uint(WORD, 1))
			assert.is_true(kd:walk_pages(function()
				inner = inner + 1
			end))
			return false
		end))
		assert.is_true(inner > 1)
	end)

	it("may not close or yield", function()
		local kd <close> = opened(nil)
		assert.matches("cannot close: its page function is running",
		    raised(kd.walk_pages, kd, function()
			kd:close()
		end))
		local co = coroutine.create(kd.walk_pages)
		assert.matches("page function may not yield",
		    select(2, coroutine.resume(co, kd, coroutine.yield)))
	end)
end)
