--- What README and the manual show is done as it stands there, on the dump of
-- `make demo`. With GOLDEN=write in the environment, what is printed is put into
-- the pages instead, where they show all of it: then read what they say.
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
	local from = cc.quote(TREE)
	local _, err, status = cc.run(([[cd %s && mkdir build scripts spec spec/scripts &&
		for f in core lua Makefile; do ln -s %s/$f $f || exit; done
		ln -s %s/spec/support spec/support &&
		ln -s %s/scripts/* scripts/ && ln -s %s/%s/* build/ && rm -f build/demo && mkdir build/demo &&
		%s %s/spec/support/demo.lua build/demo && cp -R build/demo crash &&
		zstd -qk crash/vmcore.0]]):format(folder, from, from, from, from, BUILD, LUA, from))
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
	for _, path in ipairs(source.files("core lua scripts", "*.[1-9]", "*.3lua")) do
		local shown = session.steps(session.mdoc(source.read(path)))
		if #shown > 0 and not path:find "tutorial" then
			test(path, "mdoc", "/crash")
		end
	end
end)

-- The literal blocks of a page's EXAMPLES.
local function examples(path)
	local section = source.read(path):match "\n%.Sh EXAMPLES\n(.-)\n%.Sh " or ""
	local out = {}
	for _, block in ipairs(session.mdoc(section .. "\n")) do
		out[#out + 1] = (table.concat(block, "\n"):gsub("\\%-", "-")) .. "\n"
	end
	return out
end

-- What surrounds a few statements, or a function.
local FUNCTION <const> = "#include <stdio.h>\n#include <inttypes.h>\n#include <kvm.h>\n"
local STATEMENTS <const> = FUNCTION .. [[
void example(kvm_t *kd, kvaddr_t pc);
void
example(kvm_t *kd, kvaddr_t pc)
{
	struct kvm_symbol sym;
%s}
]]

describe("the example in C", function()
	local demo = require "spec.support.installed".demo()

	local function write(text)
		local path = lab.folder() .. "/example.c"
		local file <close> = assert(io.open(path, "w"))
		file:write(text)
		return path
	end

	for _, path in ipairs(source.files("core", "*.3")) do
		for _, text in ipairs(examples(path)) do
			it("of " .. path .. " is compiled, and prints something if it is a program", function()
				if text:find "main%(" then
					local out, err, status = cc.exec(cc.build("example", false, write(text)), demo.kernel,
					    demo.core)
					assert.equal("", err)
					assert.equal(0, status)
					assert.matches("%S", out)
					return
				end
				local whole = text:find "\n{" and FUNCTION .. text or
				    STATEMENTS:gsub("%%s", function() return text end)
				local _, err = cc.run(("%s -std=c11 -D_GNU_SOURCE -Wall -Wno-unused -Werror -Icore "
				    .. "-fsyntax-only %s"):format(os.getenv "CC" or "cc", write(whole)))
				assert.equal("", err)
			end)
		end
	end

	it("of kvm(3lua), which is in Lua, runs", function()
		for _, text in ipairs(examples "core/bind/kvm.3lua") do
			local printed = 0
			local env = setmetatable({ print = function() printed = printed + 1 end }, { __index = _G })
			assert(load(text:gsub('"kernel", "vmcore.0"', ("%q, %q"):format(demo.kernel, demo.core)),
			    "=example", "t", env))()
			assert.is_true(printed > 0)
		end
	end)
end)

describe("README", function()
	it("names targets and variables that the Makefile has", function()
		local makefile, text, seen = "\n" .. source.read "Makefile", source.read "README.md", 0
		local function check(line)
			for word in line:gsub("#.*", ""):gmatch "%f[^%s]%S+" do
				local variable = word:match "^([%u_]+)="
				local there = variable and makefile:find("\n" .. variable .. "%s*[!?]?=")
				    or makefile:find("\n" .. word .. ":", 1, true)
				assert.is_truthy(there, word)
				seen = seen + 1
			end
		end
		for line in text:gmatch "\n    make ([^\n]*)" do
			check(" " .. line)
		end
		for line in text:gmatch "`make ([^`]*)`" do
			-- That of the port is FreeBSD's.
			if line ~= "package" then
				check(" " .. line)
			end
		end
		assert.is_true(seen > 15)
	end)
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
