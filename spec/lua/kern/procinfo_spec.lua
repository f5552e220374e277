--- What ps(1) tells: with struct kinfo_proc and without.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local proc = require "vmcore.kern.proc"
local procinfo = require "vmcore.kern.procinfo"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("columns of ps, of " .. layout, function()
		it("are those of processes and of threads", function()
			local sys = lab.system("files " .. layout, { layout = layout,
				prepare = files.prepare(layout), change = files.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local procs = assert(proc.new(k))
			local truth = sys.truth.processes[712]
			local s = { p = truth.addr, td = truth.threads[1].addr }
			local of, each = procinfo.new(k, procs, error), procinfo.new(k, procs, error, true)
			assert.equal(truth.vsize, of.vsize(s))
			assert.equal((truth.rss + 4) * 4096, of.rss(s))
			assert.equal(truth.threads[1].tid, each.tid(s))
			assert.equal(of.state(s), procs.fields.state(truth.addr))
			assert.is_true(of.runtime(s) >= each.runtime(s))
			assert.equal(truth.login, of.login(s))
			assert.equal("", of.lockname({ p = truth.addr }))
			assert.is_nil(of.wchan({ p = truth.addr }))
		end)
	end)
end

describe("columns of ps without struct kinfo_proc", function()
	it("that need it have no value, and it is said why", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local messages, truth = {}, sys.truth.processes[712]
		local of = procinfo.new(k, assert(proc.new(k)), function(m) messages[#messages + 1] = m end)
		local s = { p = truth.addr, td = truth.threads[1].addr }
		assert.equal(truth.vsize, of.vsize(s))
		assert.is_nil(of.runtime(s))
		assert.is_nil(of.cpu(s))
		assert.equal(1, #messages)
		assert.matches("kinfo_proc", messages[1])
	end)
end)
