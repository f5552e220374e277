--- Sockets and who has them open.
local net = require "spec.support.net"
local netstack = require "vmcore.kern.netstack"
local sockets = require "vmcore.kern.sockets"
local sockname = require "vmcore.kern.sockname"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("sockets with their owners of " .. layout, function()
		it("come with process and descriptor, then those of nobody", function()
			local sys = net.system(layout)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = assert(sockname.new(k, netstack.new(k)))
			local each, procs = sockets.each(k, view, error)
			local found, nobody = {}, 0
			for s in each do
				if s.p then
					found[s.so] = { procs.fields.pid(s.p), s.fd }
				else
					nobody = nobody + 1
				end
			end
			assert.same({ 710, 4 }, found[sys.net.sockets.login])
			assert.same({ 480, 3 }, found[sys.net.sockets.log])
			assert.same({ 760, 3 }, found[sys.net.sockets.web])
			assert.equal(3, nobody)
		end)
	end)
end
