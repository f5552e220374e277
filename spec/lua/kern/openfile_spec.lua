--- What processes have open: descriptors and what has none.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local openfile = require "vmcore.kern.openfile"
local proc = require "vmcore.kern.proc"
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
