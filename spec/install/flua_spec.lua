--- FreeBSD's flua(1): an interpreter that has libraries of its own and looks
-- in folders of its own; spec/install/flua.c is built as it is.
local cc = require "spec.support.cc"
local installed = require "spec.support.installed"
local lab = require "spec.support.lab"

local function archive(name)
	local path = cc.run("cc -print-file-name=" .. name):gsub("\n", "")
	return path:find "/" and path
end

local LUA = archive "liblua5.4.a" or archive "liblua-5.4.a"
local LPEG = archive "liblua5.4-lpeg.a"
local INCLUDES = "-I/usr/include/lua5.4 -I/usr/local/include/lua54 -Icore"
local LIBRARIES = "-lelf -lz -lzstd -lm"

local function build(program, flags)
	local _, err, status = cc.run(("cc -Wall -Wextra -Werror -O1 %s -o %s spec/install/flua.c %s"):format(
	    INCLUDES, program, flags))
	assert(status == 0, err)
	return program
end

describe("flua", function()
	local base, flua

	local function install(...)
		installed.make("install-flua", "FLUA=" .. flua, "FLUADIR=" .. base .. "/share",
		    "FLUALIBDIR=" .. base .. "/lib", "FLUABINDIR=" .. base .. "/bin",
		    "FLUAMANDIR=" .. base .. "/man", ...)
	end

	local function uninstall(...)
		installed.make("uninstall-flua", "FLUADIR=" .. base .. "/share",
		    "FLUALIBDIR=" .. base .. "/lib", "FLUABINDIR=" .. base .. "/bin",
		    "FLUAMANDIR=" .. base .. "/man", ...)
	end

	setup(function()
		if not LUA then
			return
		end
		base = lab.folder()
		flua = build(base .. "/flua", ("-rdynamic -DSHARE='\"%s/share\"' -DLIB='\"%s/lib\"' %s -lm -ldl"):format(
		    base, base, LUA))
	end)

	it("runs the commands once they are installed for it", function()
		if not LUA then
			return pending "no archive of Lua here"
		end
		install()
		installed.check(base .. "/bin/vmcore")
		assert.matches("/man1/vmcore%.1", table.concat(installed.files(base .. "/man"), " "))
		assert.matches("/man3lua/kvm%.3lua", table.concat(installed.files(base .. "/man"), " "))
		uninstall()
		assert.same({ "./flua" }, installed.files(base))
	end)

	it("has kvm without LPeg, and is told what vmcore lacks", function()
		if not LUA then
			return pending "no archive of Lua here"
		end
		install "FLUA_WITH="
		local demo = installed.demo()
		local function run(text)
			return installed.run(("%s %s"):format(flua, cc.quote(text)))
		end
		local out, err = run(([[print(require "kvm".openx { kernel = "%s", core = "%s" }:symbol "allproc".name)]])
		    :format(demo.kernel, demo.core))
		assert.equal("", err)
		assert.equal("allproc\n", out)
		local open = ([[local k = require "vmcore".open { kernel = "%s", core = "%s" } ]]):format(
		    demo.kernel, demo.core)
		out, err = run(open .. "print(k.var.allproc.lh_first.p_comm)")
		assert.equal("", err)
		assert.equal("zombieparent\n", out)
		out, err = run(open .. "k:eval '1'")
		assert.equal("", out)
		assert.matches("module 'lpeg' not found", err)
		local _, why, status = installed.run(base .. "/bin/vmcore ps")
		assert.matches("module 'argparse' not found", why)
		assert.not_equal(0, status)
		uninstall "FLUA_WITH="
	end)

	it("has all of it linked in, without dlopen, by one entry of its list", function()
		if not (LUA and LPEG) then
			return pending "no archives of Lua and LPeg here"
		end
		local folder = lab.folder()
		local B = os.getenv "B" or "build"
		installed.make("embed", "B=" .. B .. "/flua", "EMBED_ALSO=" ..
		    ("argparse=%s dkjson=%s"):format(assert(package.searchpath("argparse", package.path)),
		    assert(package.searchpath("dkjson", package.path))))
		local program = build(folder .. "/flua", ("-static -DSTATIC %s/flua/libvmcore-lua.a %s %s %s"):format(
		    B, LUA, LPEG, LIBRARIES))
		installed.check(program)
		local out = installed.run(program .. [[ 'print(package.path == "", package.cpath == "")']])
		assert.equal("true\ttrue\n", out)
		out = installed.run(program .. [[ 'print(require "kvm".built_with())']])
		assert.matches("no libcrypto, no libdw\n", out)
	end)
end)
