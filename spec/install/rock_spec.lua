--- The rock: installed, packed, removed.
local cc = require "spec.support.cc"
local installed = require "spec.support.installed"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local ROCKS = #source.lines_of "command -v luarocks" > 0
local SCM = "rocks/vmcore-scm-1.rockspec"

-- What reads the tree itself, or compiles.
local OF_THE_TREE = { ["spec/lua/examples_spec.lua"] = true }

local function luarocks(text)
	local out, err, status = cc.run("MAKEFLAGS= luarocks --lua-version 5.4 " .. text)
	assert(status == 0, out .. err)
	return out
end

-- LUA_PATH and LUA_CPATH of a tree.
local function paths(tree)
	return ("LUA_PATH=%s LUA_CPATH=%s"):format(
	    cc.quote(("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;./?.lua;;"):format(tree, tree)),
	    cc.quote(tree .. "/lib/lua/5.4/?.so;;"))
end

describe("the rock", function()
	local tree

	local function test(name, fn)
		it(name, function()
			if not ROCKS then
				return pending "no luarocks here"
			end
			fn()
		end)
	end

	setup(function()
		if ROCKS then
			tree = lab.folder() .. "/a tree"
			luarocks(("make --deps-mode=none --tree %s %s"):format(cc.quote(tree), SCM))
		end
	end)

	test("has rockspecs without a fault, which differ in version and source only", function()
		local scm = {}
		assert(loadfile(SCM, "t", scm))()
		local count = 0
		for _, path in ipairs(source.lines_of "ls rocks/*.rockspec") do
			luarocks("lint " .. path)
			local spec = {}
			assert(loadfile(path, "t", spec))()
			assert.equal(path, ("rocks/%s-%s.rockspec"):format(spec.package, spec.version))
			spec.version, spec.source = scm.version, scm.source
			assert.same(scm, spec)
			count = count + 1
		end
		assert.equal(2, count)
		assert(io.open(("rocks/vmcore-%s-1.rockspec"):format(require "kvm".version))):close()
	end)

	test("brings every module and command of the tree", function()
		local expected = {}
		for _, path in ipairs(source.lines_of "cd lua && find . -name '*.lua'") do
			expected[#expected + 1] = path
		end
		expected[#expected + 1] = "./vmcore/driver.lua"
		for _, path in ipairs(source.lines_of "cd scripts && find . -type f ! -name '*.*' ! -name vmcore") do
			expected[#expected + 1] = path:gsub("^%./", "./vmcore/command/") .. ".lua"
		end
		table.sort(expected)
		local found = source.lines_of("cd " .. cc.quote(tree .. "/share/lua/5.4") .. " && find . -type f")
		table.sort(found)
		assert.same(expected, found)
	end)

	test("brings a command that needs nothing of the tree", function()
		installed.check(cc.quote(tree .. "/bin/vmcore"))
	end)

	test("passes the specs of Lua and of the commands, elsewhere", function()
		local folder = lab.folder()
		assert(os.execute(("ln -s %s/spec %s/spec && mkdir %s/scripts && ln -s %s/bin/vmcore %s/scripts/"):format(
		    cc.quote(os.getenv "PWD"), folder, folder, cc.quote(tree), folder)))
		local specs = {}
		for _, path in ipairs(source.lines_of "find spec/lua spec/scripts -name '*_spec.lua' | sort") do
			if not OF_THE_TREE[path] then
				specs[#specs + 1] = path
			end
		end
		local out, err = cc.run(("cd %s && unset B && %s $LUA spec/support/run.lua %s"):format(folder,
		    paths(tree), table.concat(specs, " ")))
		local passed, failed = out:match "(%d+) passed, (%d+) failed\n$"
		assert(failed == "0" and tonumber(passed) > #specs, out:sub(-4000) .. err)
	end)

	test("is packed with all of it", function()
		local folder = lab.folder()
		assert(os.execute(("cd %s && luarocks --lua-version 5.4 --tree %s pack vmcore >/dev/null"):format(
		    folder, cc.quote(tree))))
		local listed = table.concat(source.lines_of("unzip -l " .. folder .. "/*.rock"), "\n")
		for _, path in ipairs { "lua/vmcore/init.lua", "lua/vmcore/command/ps.lua", "lib/kvm.so",
			"lib/kvm/terminal.so", "bin/vmcore" } do
			assert.is_truthy(listed:find(" " .. path, 1, true), path)
		end
	end)

	test("leaves nothing when it is removed", function()
		luarocks(("remove --tree %s vmcore"):format(cc.quote(tree)))
		for _, path in ipairs(installed.files(tree)) do
			assert.matches("/manifest[%w.-]*$", path)
		end
	end)
end)
