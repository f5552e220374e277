--- `vmcore search`: what is where in a forged system.
local lab = require "spec.support.lab"

describe("search", function()
	local sys

	setup(function()
		sys = lab.system("search", { layout = 15, prepare = function(s)
			s:var("needles", "char[64]", "a needle in the dump\0and more of them")
			s:var("magic", "unsigned int", 0x7ac3b19d)
		end })
	end)

	local function found(...)
		local rows, err, status = lab.rows(sys, "search", ...)
		local list = {}
		for i, row in ipairs(rows) do
			list[i] = row.symbol ~= lab.null and row.symbol or row.address
		end
		return list, err, status, rows
	end

	it("finds text, bytes, words", function()
		local at = ("0x%x"):format(sys.truth.symbols.needles.addr)
		local list, err, status, rows = found("-s", "a needle in")
		assert.same({ "needles" }, list)
		assert.equal(at, rows[1].address)
		assert.equal("a needle in the dump", rows[1].text)
		assert.equal("", err)
		assert.equal(0, status)
		assert.same({ "needles+0x2" }, (found("-b", "6e65 65646c65 20")))
		assert.same({ "magic" }, (found("-w", "0x7ac3b19d", "-z", "4")))
		assert.same({}, (found("-s", "no such thing in there")))
	end)

	it("finds strings", function()
		local _, _, _, rows = found("-S", "15", "-F", "needles", "-T", "needles+63")
		assert.equal("a needle in the dump", rows[1].text)
		assert.equal("and more of them", rows[2].text)
		assert.equal(2, #rows)
	end)

	it("finds who points to something", function()
		local first = sys.truth.processes[sys.truth.order[1]]
		local list, _, _, rows = found("-r", "allproc.lh_first", "-z", "1")
		local by = lab.by(rows, "symbol")
		assert.equal(("0x%x"):format(first.addr), by.allproc.value)
		assert.is_true(#list > 1)
	end)

	it("prints a healthy system, and what is left of a damaged one", function()
		local function text(of)
			return lab.vmcore("-M", of.core, "-N", of.kernel, "search", "-s", "twice in there")
		end
		local at
		local function prepare(s)
			at = s.mem:alloc(4096, { pages = true })
			s.mem:write(at + 16, "twice in there")
			s:var("second", "char[32]", "twice in there")
		end
		lab.golden("search", (text(lab.system("search twice", { layout = 15, prepare = prepare }))))
		local out, err, status = text(lab.system("search damaged", { layout = 15, prepare = function(s)
			prepare(s)
			s.mem:drop(s.mem:translate(at), 4096)
		end }))
		lab.golden("search-damaged", out .. "--- standard error\n" .. err)
		assert.equal(0, status)
	end)

	it("keeps to its limit, and says so", function()
		local list, err, status = found("-w", "0", "-n", "3")
		assert.equal(3, #list)
		assert.truthy(err:find("stopped after 3 hits", 1, true))
		assert.equal(1, status)
	end)

	it("says what is wrong with the question", function()
		for _, arguments in ipairs { {}, { "-b", "7f4" }, { "-w", "nosuch" }, { "-s", "x", "-a", "3" } } do
			local _, err, status = found(table.unpack(arguments))
			assert.not_equal("", err)
			assert.equal(1, status)
		end
	end)
end)
