--- What was installed, tried as somebody does who has nothing else: in an empty
-- folder, with an empty environment, on the dump of `make demo`.
local cc = require "spec.support.cc"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local installed = {}

local quote = cc.quote

local COMMANDS = { "ps", "mbuf", "netstat -an" }

--- Run `make`, of the kind that runs the specs, in another build folder if one
-- is given. Raises when it fails.
function installed.make(...)
	local words = { "MAKEFLAGS= make -s" }
	for _, word in ipairs { ... } do
		words[#words + 1] = quote(word)
	end
	local out, err, status = cc.run(table.concat(words, " "))
	assert(status == 0, out .. err)
	return out
end

local dump

--- The dump of `make demo`.
-- @treturn table kernel, core: absolute paths
function installed.demo()
	if dump == nil then
		local folder = lab.folder()
		local _, err, status = cc.run(("%s spec/support/demo.lua %s"):format(os.getenv "LUA", folder))
		assert(status == 0, err)
		dump = { kernel = folder .. "/kernel", core = folder .. "/vmcore.0" }
	end
	return dump
end

--- Run a shell command as a stranger would.
function installed.run(command)
	return cc.run(("cd %s && env -i PATH=/usr/bin:/bin %s"):format(lab.folder(), command))
end

--- The commands print what those of the tree print.
-- @tparam string vmcore the first words of the shell command
function installed.check(vmcore)
	local demo = installed.demo()
	for _, command in ipairs(COMMANDS) do
		local words = {}
		for word in command:gmatch "%S+" do
			words[#words + 1] = word
		end
		local expected, err, status = lab.vmcore("-N", demo.kernel, "-M", demo.core, table.unpack(words))
		assert(status == 0 and err == "" and select(2, expected:gsub("\n", "\n")) > 2, expected .. err)
		local out, why, code = installed.run(("%s -N %s -M %s %s"):format(vmcore, demo.kernel,
		    demo.core, command))
		assert(code == 0 and why == "", vmcore .. " " .. command .. ": " .. why)
		assert(out == expected, vmcore .. " " .. command .. " prints:\n" .. out)
	end
end

--- Files below a folder.
function installed.files(folder)
	return source.lines_of(("cd %s && find . ! -type d | sort"):format(quote(folder)))
end

return installed
