--- `make standalone`: the command as one file.
local cc = require "spec.support.cc"
local encrypted = require "spec.support.encrypted"
local installed = require "spec.support.installed"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local function put(path, bytes)
	local f = assert(io.open(path, "wb"))
	f:write(bytes)
	f:close()
end

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

	-- What is optional is in it, or is not there at all.
	local function has(part)
		local out = installed.run(command .. " --version")
		assert.is_nil(out:find("loaded when needed", 1, true))
		return out:find("[ ,]" .. part .. "[,\n]") ~= nil and out:find("no " .. part, 1, true) == nil
	end

	it("tells source lines, from DWARF", function()
		if not has "libdw" then
			return pending "no archive of libdw here"
		end
		local sys = lab.system("lines", { layout = 13, ctf = false, dwarf = { version = 4 } })
		local out, err, status = installed.run(("%s -N %s -M %s bt"):format(command, sys.kernel, sys.core))
		assert.equal("", err)
		assert.equal(0, status)
		assert.matches("%(forge%.c:%d+%)", out)
		assert.equal(lab.vmcore("-N", sys.kernel, "-M", sys.core, "bt"), out)
	end)

	it("opens an encrypted dump", function()
		if not (has "libcrypto" and encrypted.able()) then
			return pending "no archive of libcrypto here"
		end
		local keys, sys = encrypted.keys(), lab.system("13", { layout = 13 })
		local dump = lab.folder()
		put(dump .. "/vmcore_encrypted.0", encrypted.bytes(encrypted.AES, source.read(sys.core)))
		put(dump .. "/key.0", encrypted.blob(keys, encrypted.AES))
		local out, err, status = installed.run(("%s -N %s -M %s/vmcore_encrypted.0 --key %s ps"):format(
		    command, sys.kernel, dump, keys.private))
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal(lab.vmcore("-N", sys.kernel, "-M", sys.core, "ps"), out)
	end)

	it("needs no library where the system has archives of all", function()
		local out, err = cc.run("LC_ALL=C ldd " .. command)
		if source.read(BUILD .. "/standalone/link.log"):find "cannot find" then
			return pending "no archives here"
		end
		assert.matches("not a dynamic executable", out .. err)
	end)
end)
