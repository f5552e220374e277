--- What README and the manual show is done as it stands there, on the dump of
-- `make demo`.
local cc = require "spec.support.cc"
local lab = require "spec.support.lab"
local session = require "spec.support.session"
local source = require "spec.support.source"

local BUILD = os.getenv "B" or "build"
local LUA = os.getenv "LUA" or "lua5.4"
local TREE = source.lines_of "pwd"[1]

-- What is not done here: it would install packages, or test while testing.
local EXCEPTED = { ["make demo"] = true, ["PATH=$PWD/build:$PATH"] = true,
	["cp -r rocks/debian . && dpkg-buildpackage -us -uc -b"] = true,
	["luarocks --lua-version 5.4 make rocks/vmcore-scm-1.rockspec"] = true }

-- What breaks a rule; there must be nothing.
local function none(list)
	assert.equal("", table.concat(list, "\n\n"))
end

local function has(program)
	return #source.lines_of("command -v " .. program) > 0
end

-- A folder like the tree's, with what `make demo` leaves.
local function tree()
	local folder = lab.folder()
	local _, err, status = cc.run(([[cd %s && mkdir build scripts spec spec/scripts &&
		for f in core lua Makefile; do ln -s %s/$f $f || exit; done
		ln -s %s/spec/support spec/support &&
		ln -s %s/scripts/* scripts/ && ln -s %s/%s/* build/ && rm -f build/demo && mkdir build/demo &&
		%s %s/spec/support/demo.lua build/demo && zstd -qk build/demo/vmcore.0]]):format(folder, TREE, TREE,
		TREE, TREE, BUILD, LUA, TREE))
	assert(status == 0, err)
	return folder
end

-- How a step is done here, or nil.
local function adapted(text)
	local specs = text:match "^make test SPECS=(%S+)$"
	if EXCEPTED[text] or text:find "jq " and not has "jq" then
		return nil
	elseif specs then
		return ("%s spec/support/run.lua %s"):format(LUA, specs)
	end
	return (text:gsub("^lua5%.4 ", LUA .. " "))
end

-- Do all that a file shows, from a folder of the tree on.
local function follow(path, blocks, folder, start)
	local wrong, steps, at = {}, session.steps(blocks), start
	local before = ("PATH=%s/build:$PATH; unset TERM; "):format(folder)
	for _, step in ipairs(steps) do
		local to = step.text and step.text:match "^cd (%S+)$"
		local text = not step.file and adapted(step.text)
		if to then
			at = at .. "/" .. to
		elseif step.file or text then
			step.text = text or step.text
			for _, message in ipairs(session.run(at, step, before)) do
				wrong[#wrong + 1] = message
			end
		end
	end
	if os.getenv "GOLDEN" == "write" then
		session.rewrite(path, steps)
	end
	return wrong, steps
end

describe("what is shown is what is printed:", function()
	local folder

	setup(function()
		folder = tree()
		-- What the pages that follow each other leave behind is not in the way.
		assert(os.execute(("mv %s/build/demo/vmcore.0.zst %s"):format(folder, folder)))
	end)

	local function test(path, kind, start)
		it(path, function()
			if (os.getenv "CFLAGS" or ""):find "sanitize" then
				return pending "a program would need the sanitizer, too"
			end
			local wrong, steps = follow(path, session[kind](source.read(path)), folder, folder .. (start or ""))
			assert.is_true(#steps > 0)
			none(wrong)
		end)
	end

	test("README.md", "markdown")
	test("scripts/vmcore_tutorial.7", "mdoc")
	test("core/vmcore_dumps.7", "mdoc", "/build/demo")
end)

-- What the demo's kernel has not, as kernels may.
local LACKS = { ["kldstat -v"] = true, ["netstat -Q"] = true, ["witness"] = true }

describe("coming from another tool,", function()
	local demo = require "spec.support.installed".demo()

	local function words(cell)
		return (cell:gsub('^"(.*)"$', "%1"):gsub("\\%(dq", '"'):gsub("\\e", "\\"))
	end

	for there, here in source.read "scripts/vmcore_coming_from.7":gmatch "\n%.It Li ([^\n]*) Ta Li ([^\n]*)" do
		local command, lua = words(here):match "^vmcore (.*)", words(here)
		it(("%s is %s"):format(words(there), lua), function()
			local out, err, status = cc.run(("%s scripts/vmcore -M %s %s"):format(LUA, demo.core,
			    command or "-e " .. cc.quote(lua)))
			assert.equal(LACKS[command] and 1 or 0, status)
			assert.matches(LACKS[command] and "^vmcore: %S" or "^$", err)
			assert.is_true(#out > 0 or LACKS[command])
		end)
	end
end)
