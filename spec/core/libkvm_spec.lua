--- FreeBSD's libkvm in one process with kvm.so: functions of the same names.
local cc = require "spec.support.cc"
local lab = require "spec.support.lab"

local INCLUDES = "-I/usr/include/lua5.4 -I/usr/local/include/lua54 -I/usr/local/include"

local TEST = [[
	local folder, kernel, core = ...
	local function libkvm()
		assert(package.loadlib(folder .. "/libkvm.so", "*"))
		assert(assert(package.loadlib(folder .. "/other.so", "luaopen_other"))() == "libkvm's")
	end
	if arg.first then
		libkvm()
	end
	local kd = assert(require "kvm".openx { kernel = kernel, core = core })
	assert(kd:read_uint(kd:symbol "allproc".value, 8) ~= 0)
	libkvm()
	local value, message = kd:read(1, 8)
	assert(not value and not message:find "libkvm")
	assert(kd:getmaxcpu() > 0)
	kd:close()
	io.write "both"
]]

describe("libkvm in the same process", function()
	local folder = lab.folder()

	setup(function()
		local _, err, status = cc.run(([[
			LD_PRELOAD=; export LD_PRELOAD
			cc -shared -fPIC -Wall -Werror -o %s/libkvm.so spec/core/c/libkvm.c &&
			cc -shared -fPIC -Wall -Werror -DOTHER %s -o %s/other.so spec/core/c/libkvm.c \
			    -L%s -lkvm -Wl,-rpath,%s]]):format(folder, INCLUDES, folder, folder, folder))
		assert(status == 0, err)
	end)

	local function run(environment, first)
		local sys = lab.system("13", { layout = 13 })
		local path = folder .. "/test.lua"
		local f = assert(io.open(path, "w"))
		f:write(("arg.first = %s\n"):format(first), TEST)
		f:close()
		local out, err, status = cc.run(("%s %s %s %s %s %s"):format(environment, os.getenv "LUA" or "lua5.4",
		    path, folder, sys.kernel, sys.core))
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal("both", out)
	end

	it("does not matter, whoever comes first", function()
		run("", false)
		run("", true)
	end)

	it("does not matter when the interpreter is linked with it", function()
		run(("LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}%s/libkvm.so"):format(folder), true)
	end)

	it("is seen by others only", function()
		local B = os.getenv "B" or "build"
		local out = cc.run(("nm -D --defined-only %s/kvm.so | sed 's/.* //'"):format(B))
		assert.is_nil(out:match "kvm_%w+")
		assert.matches("luaopen_kvm", out)
	end)

	it("is kept apart on macOS by the words of its linker", function()
		local path = folder .. "/uname"
		local f = assert(io.open(path, "w"))
		f:write("#!/bin/sh\necho Darwin\n")
		f:close()
		local out = cc.run(("chmod +x %s; MAKEFLAGS= PATH=\"%s:$PATH\" make -n B=%s/none all"):format(path, folder, folder))
		assert.is_nil(out:find("version-script", 1, true) or out:find("exclude-libs", 1, true)
		    or out:find("soname", 1, true))
		assert.matches("%-exported_symbol,_luaopen_kvm ", out)
		assert.matches("%-exported_symbol,_kvm_%* ", out)
	end)
end)
