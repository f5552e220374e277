--- What processes have open: descriptors and what has none.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local openfile = require "vmcore.kern.openfile"
local proc = require "vmcore.kern.proc"
local vmaps = require "spec.support.vmaps"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("open files of " .. layout, function()
		it("are directories, program, terminal, then descriptors", function()
			local sys = lab.system("files " .. layout, { layout = layout,
				prepare = files.prepare(layout), change = files.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local procs = assert(proc.new(k))
			local view, found = assert(openfile.new(k, procs.type)), {}
			for open in view:each(procs, function(p) return procs.fields.pid(p) == 712 end, error) do
				found[#found + 1] = open.fd
				if open.fd == 3 then
					assert.equal(sys.truth.files.motd, view.vnode(open))
				end
			end
			assert.same({ "root", "wd", "text", "ctty", 0, 1, 3, 4, 5, 6, 7, 8, 9 },
			    table.move(found, 1, 13, 1, {}))
			assert.equal(sys.truth.files.b, view.data.peer(sys.truth.files.a))
		end)
	end)
end

describe("open files with damage", function()
	it("are those that can be reached", function()
		local sys = lab.system("files, no directories", { layout = 13, prepare = files.prepare(13),
			change = function(s)
				files.place(s)
				s.memory:struct(s.truth.processes[712].addr, "struct proc", { p_pd = 0xdeadc0dedeadc0de })
			end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local procs = assert(proc.new(k))
		local view, found, said = assert(openfile.new(k, procs.type)), {}, {}
		for open in view:each(procs, function(p) return procs.fields.pid(p) == 712 end, function(message)
			said[#said + 1] = message
		end) do
			found[#found + 1] = open.fd
		end
		assert.equal(1, #said)
		assert.matches("the files of the process at 0x%x+: .*can't be read", said[1])
		assert.same({ "text", "ctty", 0, 1, 3 }, table.move(found, 1, 5, 1, {}))
	end)

	it("of maps that can't be followed is told", function()
		local sys = lab.system("files, a map cut", { layout = 13, prepare = vmaps.prepare(13),
			change = function(s)
				vmaps.place(s)
				local p = s.truth.processes[712].addr
				local map = s.memory:get(p + s.types:offsetof("struct proc", "p_vmspace"), 8)
				s.memory:struct(map, "struct vm_map", { root = 0xdeadc0dedeadc0de,
					["header.right"] = 0xdeadc0dedeadc0de })
			end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local procs, said = assert(proc.new(k)), {}
		for _ in assert(openfile.new(k, procs.type)):each(procs, function(p)
			return procs.fields.pid(p) == 712
		end, function(message) said[#said + 1] = message end, true) do end
		assert.matches("the files of the process at 0x%x+: .*0xdeadc0dedeadc0de", table.concat(said, "; "))
	end)
end)
