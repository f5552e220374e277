--- Who has the other end of a pipe or a socket.
local lab = require "spec.support.lab"
local files = require "spec.support.files"
local openfile = require "vmcore.kern.openfile"
local openpeer = require "vmcore.kern.openpeer"
local proc = require "vmcore.kern.proc"
local vmcore = require "vmcore"

describe("the other end", function()
	local function of(sys, pid, fd)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local procs = assert(proc.new(k))
		local view = assert(openfile.new(k, procs.type))
		local peer_of = openpeer.new(view, procs)
		for open in view:each(procs, function(p) return procs.fields.pid(p) == pid end, error) do
			if open.fd == fd then
				return peer_of(open)
			end
		end
	end

	local sys

	setup(function()
		sys = lab.system("files 13", { layout = 13, prepare = files.prepare(13), change = files.place })
	end)

	it("of a pipe is with who has it open", function()
		assert.same({ { pid = 701, fd = 0 } }, of(sys, 712, 1))
		assert.same({ { pid = 712, fd = 1 } }, of(sys, 701, 0))
	end)

	it("is nobody's of a file, or of a pipe that was closed", function()
		assert.is_nil(of(sys, 712, 3))
		local closed = lab.system("closed pipe", { layout = 13, prepare = files.prepare(13),
			change = function(s)
				files.place(s)
				s.sys:fill(s.truth.files.a, "struct pipe", { pipe_peer = 0 })
			end })
		assert.is_nil(of(closed, 712, 1))
	end)
end)
