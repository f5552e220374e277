--- What WITNESS keeps, whole and damaged.
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local witness = require "vmcore.kern.witness"
local witnesses = require "spec.support.witnesses"

local function opened(sys)
	return assert(vmcore.open { core = sys.core, kernel = sys.kernel })
end

local function damaged(name, change)
	return lab.system("witness " .. name, { layout = 13, prepare = witnesses.prepare, change = function(s)
		witnesses.place(s)
		change(s)
	end })
end

-- "file:line flags" of a list's locks, and what was reported.
local function held(k, view, list)
	local out, messages = {}, {}
	for i, one in ipairs(view:held(list, function(text) messages[#messages + 1] = text end)) do
		out[i] = ("%s:%d %s %d"):format(one.file, one.line, one.exclusive and "x" or "s", one.recursed)
		assert.is_true(k:symbol_at(one.lock) ~= nil or one.lock ~= nil)
	end
	return out, table.concat(messages, "\n")
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("WITNESS of " .. layout, function()
		local sys = lab.system("witness " .. layout, { layout = layout, prepare = witnesses.prepare,
			change = witnesses.place })
		local k, view

		setup(function()
			k = opened(sys)
			view = assert(witness.new(k))
		end)

		teardown(function() k:close() end)

		it("knows what a thread holds, the newest first", function()
			local out, messages = held(k, view, view.sleeplocks(sys.truth.processes[720].threads[1].addr))
			assert.equal("", messages)
			assert.same({ "kern/kern_demo.c:120 x 0", "kern/kern_demo.c:110 x 0",
				"kern/kern_demo.c:100 x 2" }, out)
			assert.same({}, view:held(nil))
		end)

		it("knows kinds of locks and their order", function()
			local nodes, last = view:nodes(error)
			assert.equal(6, last)
			assert.same({ "beta", "rw", "kern/kern_b.c", 20, 3, false }, { nodes[3].name, nodes[3].class,
				nodes[3].file, nodes[3].line, nodes[3].locks, nodes[3].reversed })
			local edges = {}
			for i, edge in ipairs(view:order(nodes, last, error)) do
				edges[i] = ("%s %s %s"):format(edge.from.name, edge.to.name, edge.reversed)
			end
			assert.same({ "Giant alpha false", "Giant noted false", "alpha beta true",
				"beta noted false" }, edges)
		end)

		it("knows who broke the order, and where", function()
			local nodes, last = view:nodes(error)
			local list = view:reversals(nodes, last, error)
			assert.equal(1, #list)
			assert.same({ "alpha", "beta" }, { list[1].first.name, list[1].second.name })
			local function functions(pcs)
				local names = {}
				for i, pc in ipairs(pcs) do
					names[i] = k:symbol_at(pc).name
				end
				return names
			end
			assert.same({ "_sx_xlock_hard", "demo_ioctl", "devfs_ioctl" }, functions(list[1].forth))
			assert.same({ "__rw_wlock_hard", "demo_ioctl" }, functions(list[1].back))
		end)

		it("watched", function()
			assert.is_nil(view:trouble())
		end)
	end)
end

describe("WITNESS", function()
	it("survives lists that run in a circle, claim too much, or are not there", function()
		local sys = damaged("lists", function(s)
			s.memory:ptr(s.truth.noted + s.types:offsetof("struct lock_list_entry", "ll_next"),
			    s.truth.noted)
			s.truth.much = witnesses.list(s, {})
			s.memory:struct(s.truth.much, "struct lock_list_entry", { ll_count = 6 })
		end)
		local k <close> = opened(sys)
		local view = assert(witness.new(k))
		local out, messages = held(k, view, sys.truth.noted)
		assert.same({ "kern/kern_demo.c:120 x 0" }, out)
		assert.matches("runs in a circle", messages)
		out, messages = held(k, view, sys.truth.much)
		assert.same({}, out)
		assert.matches(": 6 locks in one", messages)
		out, messages = held(k, view, 0xfffffe0000123000)
		assert.same({}, out)
		assert.matches("0xfffffe0000123", messages)
	end)

	it("survives a matrix with a row that is not there, and a damaged count", function()
		local sys = damaged("matrix", function(s)
			local at = s.memory:get(s.sys.by_name.w_rmatrix.addr, 8)
			s.memory:ptr(at + 2 * 8, 0xfffffe0000123000)
			s.memory:write(s.sys.by_name.w_max_used_index.addr, ("<i4"):pack(0x7fffffff))
		end)
		local k <close> = opened(sys)
		local view, messages = assert(witness.new(k)), {}
		local function report(text) messages[#messages + 1] = text end
		local nodes, last = view:nodes(report)
		assert.equal(15, last)		-- witness_count bounds it
		local edges = view:order(nodes, last, report)
		assert.equal(3, #edges)
		assert.matches("relations of lock 2", table.concat(messages, "\n"))
	end)

	it("says when it had stopped", function()
		local sys = damaged("stopped", function(s)
			s.memory:write(s.sys.by_name.witness_watch.addr, ("<i4"):pack(-1))
		end)
		local k <close> = opened(sys)
		assert.equal("WITNESS had given up", assert(witness.new(k)):trouble())
	end)

	it("may have been there when the kernel file has no types", function()
		local k <close> = opened(lab.system("no types", { layout = 13, no_ctf = true }))
		assert.equal("the kernel file does not tell what WITNESS keeps", select(2, witness.new(k)))
	end)

	it("is missed by name", function()
		local k <close> = opened(lab.system("13", { layout = 13 }))
		local view, message = witness.new(k)
		assert.is_nil(view)
		assert.equal("the kernel was built without WITNESS", message)
	end)
end)
