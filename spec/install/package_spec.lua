--- The recipes for distributors.
local cc = require "spec.support.cc"
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local VERSION = require "kvm".version

describe("the Debian package", function()
	it("is built by the recipe, and has all of it", function()
		if #source.lines_of "command -v dh; command -v dpkg-buildpackage" < 2 then
			return pending "no debhelper here"
		end
		local folder = lab.folder()
		local out, err, status = cc.run(("mkdir %s/tree && tar -cf - --exclude=./build --exclude=./.git . | "
		    .. "tar -xf - -C %s/tree && cd %s/tree && cp -r rocks/debian . && env -i PATH=\"$PATH\" "
		    .. "dpkg-buildpackage -us -uc -b"):format(folder, folder, folder))
		assert(status == 0, out .. err)
		local list = table.concat(source.lines_of(("dpkg-deb -c %s/vmcore_%s-1_*.deb"):format(folder, VERSION)),
		    "\n")
		for _, path in ipairs { "bin/vmcore", "share/lua/5.4/vmcore/init.lua",
			"share/lua/5.4/vmcore/command/ps.lua", "share/man/man1/vmcore.1.gz",
			"share/bash-completion/completions/vmcore", "include/vmcore/kvm.h" } do
			assert.is_truthy(list:find(" ./usr/" .. path .. "\n", 1, true), path)
		end
		assert.matches("/usr/lib/[%w_-]+/lua/5%.4/kvm%.so\n", list)
		assert.matches("/usr/lib/[%w_-]+/libvmcore%.so%.0\n", list)
	end)
end)

describe("the FreeBSD port", function()
	local port = source.read "rocks/freebsd/Makefile"

	it("has the version of the library", function()
		assert.equal(VERSION, port:match "DISTVERSION=%s*(%S+)")
		assert.matches("^vmcore %(" .. VERSION:gsub("%.", "%%.") .. "%-1%)", source.read "rocks/debian/changelog")
	end)

	it("sets variables that the Makefile has", function()
		local makefile = source.read "Makefile"
		for name in port:match "MAKE_ARGS=(.-)\n\n":gmatch "%f[%w_]([%u_]+)=" do
			if name ~= "DWARF_MAKE_ARGS_OFF" then
				assert.matches("\n" .. name .. "%s*[!?]?=", makefile)
			end
		end
	end)
end)
