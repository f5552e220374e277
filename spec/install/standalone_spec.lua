--- `make standalone`: the command as one file.
local cc = require "spec.support.cc"
local installed = require "spec.support.installed"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

describe("make standalone", function()
	local BUILD = os.getenv "B" or "build"
	local folder, command

	setup(function()
		folder = lab.folder()
		installed.make("standalone", "B=" .. BUILD)
		-- It is all that is there.
		assert(os.execute(("cp %s/standalone/vmcore %s/"):format(BUILD, folder)))
		command = folder .. "/vmcore"
	end)

	it("prints what the tree's command prints", function()
		installed.check(command)
	end)

	it("has every command in it, and the prompt", function()
		local expected = lab.vmcore "--help"
		assert.equal(expected, (installed.run(command .. " --help")))
		local demo = installed.demo()
		local out, err, status = installed.run(("sh -c \"echo 6*7 | %s -N %s -M %s\""):format(command,
		    demo.kernel, demo.core))
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal("42\n", out)
	end)

	it("takes no command from the folder it is run in", function()
		local out = cc.run(("cd %s && echo 'error \"taken\"' >ps && ./vmcore ps --help"):format(folder))
		assert.matches("list processes", out)
	end)

	it("needs no library where the system has archives of all", function()
		local out, err = cc.run("LC_ALL=C ldd " .. command)
		if source.read(BUILD .. "/standalone/link.log"):find "cannot find" then
			return pending "no archives here"
		end
		assert.matches("not a dynamic executable", out .. err)
	end)
end)
