--- Backtraces of every thread of forged systems of three releases.
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local stack = require "vmcore.kern.stack"
local vmcore = require "vmcore"

-- What the forge says of a stack, as what the walk should find of it.
local function expected(truth)
	local list = {}
	for i, frame in ipairs(truth.trace) do
		list[i] = ("%s+%#x"):format(frame.name, frame.offset)
	end
	return list
end

local function found(trace)
	local list = {}
	for i, frame in ipairs(trace.frames) do
		list[i] = frame.fn and ("%s+%#x"):format(frame.fn.name, frame.fn.offset) or "??"
	end
	return list
end

local function with(name, options, fn)
	local sys = lab.system(name, options)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	fn(assert(stack.new(k, assert(proc.new(k)))), sys.truth)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("the stacks of " .. layout, function()
		it("are those of every thread", function()
			with(tostring(layout), { layout = layout }, function(stacks, truth)
				local seen = {}
				for tid, thread in pairs(truth.threads) do
					local trace = stacks:trace(thread.addr)
					assert.is_nil(trace.broken, "tid " .. tid)
					assert.same(expected(thread), found(trace), "tid " .. tid)
					local context = thread.context == "td_pcb" and "pcb" or thread.context
					assert.equal(context, trace.context.source)
					seen[context] = true
				end
				assert.same({ dumppcb = true, stoppcbs = true, pcb = true }, seen)
			end)
		end)

		it("tell what the trap was", function()
			with(tostring(layout), { layout = layout }, function(stacks, truth)
				local trace, traps = stacks:trace(truth.panic_thread.addr), {}
				for _, frame in ipairs(trace.frames) do
					traps[#traps + 1] = frame.regs and frame.kind .. ": "
					    .. stacks:describe(frame, truth.panic_thread.addr)
				end
				assert.equal(2, #traps)
				assert.matches("^trap: trap 12 %(page fault%), error 0 %(supervisor read, page not "
				.. "present%), address 0, rip = ", traps[1])
				assert.matches("^syscall: syscall %(4%), rip = 0x8003a1c2a", traps[2])
			end)
		end)
	end)
end

describe("stacks", function()
	it("are followed by the kernel's offset constants", function()
		with("bare", { no_ctf = true }, function(stacks, truth)
			for _, thread in pairs(truth.threads) do
				local trace = stacks:trace(thread.addr)
				assert.is_nil(trace.broken)
				assert.same(expected(thread), found(trace))
			end
		end)
	end)

	it("of a thread without registers say so", function()
		with("pcbs", { change = function(s)
			s.memory:struct(s.truth.processes[480].threads[1].addr, "struct thread", { td_pcb = 0 })
			s.memory:struct(s.truth.processes[612].threads[1].addr, "struct thread",
			    { td_pcb = 0xfffff7ff00000000 })
		end }, function(stacks, truth)
			local function trace(pid)
				return stacks:trace(truth.processes[pid].threads[1].addr)
			end
			assert.same({ frames = {}, broken = "it has no pcb" }, trace(480))
			assert.same({}, trace(612).frames)
			assert.matches("0xfffff7ff00000000", trace(612).broken)
		end)
	end)

	it("of architectures that nobody taught are refused", function()
		local view, message = stack.new({ dump = function() return { arch = "vax" } end }, {})
		assert.is_nil(view)
		assert.equal("stacks of vax are not known", message)
	end)
end)
