--- The tree of processes, whole, and with parents that lead nowhere or in circles.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local proctree = require "vmcore.kern.proctree"
local vmcore = require "vmcore"

describe("the tree of processes", function()
	local function walk(sys, pid)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local found, messages = {}, {}
		for node in proctree.each(assert(proc.new(k)), pid, function(m) messages[#messages + 1] = m end) do
			found[#found + 1] = node
		end
		return found, messages
	end

	it("has children by number behind their parents", function()
		local sys = lab.system("13", { layout = 13 })
		local nodes, messages = walk(sys)
		assert.same({}, messages)
		assert.same({ 0, 0 }, { nodes[1].pid, nodes[1].depth })
		local last = {}
		for i = 2, #nodes do
			local node = nodes[i]
			assert.equal(sys.truth.processes[node.pid].ppid, node.parent.pid)
			assert.is_true((last[node.parent] or -1) < node.pid)
			last[node.parent] = node.pid
		end
	end)

	it("breaks circles, and says so", function()
		local sys = lab.system("circle of parents", { layout = 13, change = function(s)
			local of = s.truth.processes
			s.memory:struct(of[480].addr, "struct proc", { p_pptr = of[640].addr })
			s.memory:struct(of[640].addr, "struct proc", { p_pptr = of[480].addr })
			s.memory:struct(of[655].addr, "struct proc", { p_pptr = of[655].addr })
		end })
		local nodes, messages = walk(sys)
		local seen = {}
		for _, node in ipairs(nodes) do
			assert.is_nil(seen[node.pid])
			seen[node.pid] = true
		end
		for pid in pairs(sys.truth.processes) do
			assert.is_true(seen[pid], pid)
		end
		assert.same({ "process 480: its parents lead in a circle" }, messages)
	end)
end)
