--- struct proc and struct thread made of the kernel's offset constants.
local lab = require "spec.support.lab"
local offsets = require "vmcore.kern.offsets"
local vmcore = require "vmcore"

describe("offset constants", function()
	it("make the structs", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_false(k:has_type "struct proc")
		local proc, thread = offsets.define(k)
		local types = sys.system.types
		for _, name in ipairs { "p_pid", "p_comm", "p_list", "p_hash", "p_threads" } do
			assert.equal(types:offsetof("struct proc", name), vmcore.offsetof(proc, name))
		end
		for _, name in ipairs { "td_tid", "td_name", "td_oncpu", "td_pcb", "td_plist" } do
			assert.equal(types:offsetof("struct thread", name), vmcore.offsetof(thread, name))
		end
		assert.equal(proc, k:type "struct proc")
		assert.equal("defined", k:type_source())
		assert.equal(720, k:object("struct proc", sys.truth.processes[720].addr).p_pid)
	end)

	it("make nothing where there are none", function()
		local sys = lab.system("13", { layout = 13 })
		local k <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		assert.is_nil(offsets.define(k))
	end)
end)
