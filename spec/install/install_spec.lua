--- `make install` and `make uninstall`.
local cc = require "spec.support.cc"
local header = require "spec.support.header"
local installed = require "spec.support.installed"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local LANGUAGES = { bash = "bash-completion/completions/vmcore", zsh = "zsh/site-functions/_vmcore",
	fish = "fish/vendor_completions.d/vmcore.fish" }

describe("make install", function()
	local prefix

	setup(function()
		prefix = lab.folder() .. "/a prefix"
		installed.make("install", "PREFIX=" .. prefix)
	end)

	it("brings a command that needs nothing of the tree", function()
		installed.check(cc.quote(prefix .. "/bin/vmcore"))
		local out, err, status = installed.run(cc.quote(prefix .. "/bin/vmcore") .. " --help")
		assert.equal("", err)
		assert.equal(0, status)
		assert.matches("\n   netstat ", out)
	end)

	it("brings the modules for Lua", function()
		local out, err = installed.run(([[%s -e '
			package.path, package.cpath = "%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;" .. package.path,
			    "%s/lib/lua/5.4/?.so;" .. package.cpath
			local k = assert(require "vmcore".open { kernel = "%s", core = "%s" })
			print(k.var.nprocs)']]):format(os.getenv "LUA", prefix, prefix, prefix,
			installed.demo().kernel, installed.demo().core))
		assert.equal("", err)
		assert.matches("^%d+\n$", out)
	end)

	it("brings the library to programs in C, which pkg-config compiles", function()
		if #source.lines_of "command -v pkg-config" == 0 then
			return pending "no pkg-config here"
		end
		local folder = lab.folder()
		local program = folder .. "/program"
		local flags = "$(PKG_CONFIG_PATH=" .. cc.quote(prefix .. "/lib/pkgconfig")
		    .. " pkg-config --cflags --libs vmcore)"
		local _, err, status = cc.run(("printf '%%s\\n' '#include <kvm.h>' '#include <stdio.h>' "
		    .. "'int main(void) { char b[200]; kvm_built_with(b, 200); return (puts(b) < 0); }' >%s.c && "
		    .. "eval cc -o %s %s.c %s"):format(program, program, program, flags))
		assert.equal("", err)
		assert.equal(0, status)
		local out = installed.run(("LD_LIBRARY_PATH=%s %s"):format(cc.quote(prefix .. "/lib"), program))
		assert.equal(require "kvm".built_with() .. "\n", out)
		local version = cc.run("PKG_CONFIG_PATH=" .. cc.quote(prefix .. "/lib/pkgconfig")
		    .. " pkg-config --modversion vmcore")
		assert.equal(require "kvm".version .. "\n", version)
	end)

	it("exports the names of kvm.h, with a version, and nothing else", function()
		local exported = {}
		for _, line in ipairs(source.lines_of(("nm -D --defined-only %s"):format(
		    cc.quote(prefix .. "/lib/libvmcore.so")))) do
			local kind, name, version = line:match "(%a) ([%w_]+)@*(%S*)$"
			if kind ~= "A" then
				assert.equal("VMCORE_0", version)
				exported[name] = true
			end
		end
		assert.same(header.functions(), exported)
	end)

	it("brings every manual page, and completion for three shells", function()
		local found = {}
		for _, path in ipairs(installed.files(prefix .. "/share/man")) do
			found[path:match "[^/]*$"] = true
		end
		for _, path in ipairs(source.lines_of "find core lua scripts -name '*.[1-9]' -o -name '*.3lua'") do
			assert.is_true(found[path:match "[^/]*$"], path)
		end
		for shell, path in pairs(LANGUAGES) do
			-- argparse keeps no order among the names of an option.
			assert.equal(#(lab.vmcore("--completion", shell)), #source.read(prefix .. "/share/" .. path))
		end
	end)

	it("is taken away by make uninstall, folders of its own too", function()
		installed.make("uninstall", "PREFIX=" .. prefix)
		assert.same({}, installed.files(prefix))
		for _, path in ipairs(source.lines_of(("find %s -name '*vmcore*'"):format(cc.quote(prefix)))) do
			error(path .. " is left")
		end
	end)
end)

describe("make install with DESTDIR", function()
	it("puts below it what will be without it", function()
		local stage = lab.folder() .. "/stage"
		installed.make("install", "DESTDIR=" .. stage, "PREFIX=/opt/vmcore")
		for _, path in ipairs(installed.files(stage)) do
			assert.matches("^%./opt/vmcore/", path)
		end
		local out, _, status = cc.run(("grep -rl %s %s"):format(stage, stage))
		assert.equal("", out)
		assert.equal(1, status)
		installed.make("uninstall", "DESTDIR=" .. stage, "PREFIX=/opt/vmcore")
		assert.same({}, installed.files(stage))
	end)
end)
