--- Open files.
local file = require "vmcore.kern.file"
local net = require "spec.support.net"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("descriptors of " .. layout, function()
		it("are those of the process", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local files = assert(file.new(k, k:type "struct proc"))
			local found = {}
			for fd, fp in files:each(sys.net.procs[655]) do
				found[fd] = { files.fields.type(fp), files.fields.number(fp), files.fields.data(fp),
					files.fields.flags(fp), files.fields.count(fp) }
			end
			local sockets = sys.net.sockets
			assert.same({ [5] = { "socket", 2, sockets.ntp4, 3, 1 }, [6] = { "socket", 2, sockets.ntp6, 3, 1 },
				[7] = { "socket", 2, sockets.ping, 3, 1 } }, found)
			-- A process without a table has none open.
			assert.is_nil(files:each(sys.net.procs[11])())
		end)
	end)
end
