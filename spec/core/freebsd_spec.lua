--- FreeBSD as host: every C file is read by a compiler that takes itself for
-- FreeBSD's, with declarations of our own in spec/core/freebsd.  Those have
-- only what FreeBSD's headers have (of the lowest release that is supported,
-- 13.0), so what is another system's fails.
--
-- What only a machine with FreeBSD can show:
--
-- * that these declarations are all true, and that it links: libelf and zlib
--   of the base system, libzstd of the port or LIBS='... -lprivatezstd';
-- * the running kernel: kvm_open() of /dev/mem, kldsym(2), kmem(4);
-- * disks: DIOCGMEDIASIZE of a dump device, and reading one whose sectors are
--   larger than 512 bytes;
-- * that libkvm, loaded by another module of the same process, is left alone
--   by the run-time linker as it is by this host's (spec/core/c/libkvm.c);
-- * flua: that /usr/libexec/flua takes the installed modules, and that its
--   bootstrap's linker set does;
-- * libedit at the prompt: completion, interrupts, the width of the terminal;
-- * pages of 16 KB and 64 KB of the host (arm64, powerpc64): nothing asks for
--   their size, and files are mapped from their beginning only;
-- * `make deps' with pkg, the port (portlint, poudriere).
local cc = require "spec.support.cc"
local lab = require "spec.support.lab"

local CLANG = cc.run "command -v clang" ~= ""
local TARGETS = CLANG and { "x86_64", "aarch64", "armv7", "i386", "powerpc64" } or { "host's" }
local FLAGS = "-fsyntax-only -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow "
    .. "-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Werror -Icore "
    -- What libdw.h uses of the libelf.h that comes with it.
    .. "'-D__nonnull_attribute__(...)=' -D__noreturn_attribute__= -D__deprecated_attribute__="

--- Headers that are the same everywhere: Lua's, and libdw's.
local function borrowed()
	local folder = lab.folder()
	assert(os.execute(("mkdir %s/elfutils && for d in /usr/include/lua5.4 /usr/include "
	    .. "/usr/local/include/lua54 /usr/local/include; do for f in lua.h luaconf.h lualib.h lauxlib.h "
	    .. "dwarf.h elfutils/libdw.h; do test ! -f $d/$f || test -f %s/$f || cp $d/$f %s/$f; done; done"):format(
	    folder, folder, folder)))
	-- Debian's luaconf.h includes a file of a folder that has others of glibc's.
	assert(io.open(folder .. "/lua5.4-deb-multiarch.h", "w")):close()
	return folder
end

local function compiler(target, include)
	local own = CLANG and "$(clang -print-resource-dir)/include" or "$(cc -print-file-name=include)"
	return ("LD_PRELOAD= %s -nostdinc -isystem %s -isystem spec/core/freebsd -isystem %s %s"):format(
	    CLANG and ("clang -target %s-unknown-freebsd14.0"):format(target)
	    or "cc -D__FreeBSD__=14 -U__linux__", own, include, FLAGS)
end

--- What it says of a text.
local function says(include, target, text)
	local path = include .. "/text.c"
	local f = assert(io.open(path, "w"))
	f:write(text)
	f:close()
	local _, err, status = cc.run(compiler(target, include) .. " " .. path)
	return status, err
end

describe("FreeBSD as host", function()
	local include, sources

	setup(function()
		include = borrowed()
		sources = cc.run "find core -name '*.c'":gsub("\n", " ")
		if cc.run(("ls %s/dwarf.h %s/elfutils/libdw.h | sed -n 2p"):format(include, include)) == "" then
			sources = sources:gsub("%S*core/dwarf%w*%.c", ""):gsub("%S*core/debugfile%.c", "")
		end
	end)

	for _, target in ipairs(TARGETS) do
		it("compiles all of core: " .. target, function()
			local _, err, status = cc.run(compiler(target, include) .. " " .. sources)
			assert.equal("", err)
			assert.equal(0, status)
		end)
	end

	it("is told from other hosts by what is missing there", function()
		for _, text in ipairs{
			"#include <string.h>\nvoid *f(void *p) { return (mempcpy(p, p, 1)); }",
			"#include <sys/mman.h>\nint f(void) { return (MAP_POPULATE); }",
			"#include <byteswap.h>",
			"#include <errno.h>\nint f(void) { return (ENODATA); }",
			"#include <unistd.h>\nint f(void) { return (lseek64(0, 0, 0) != 0); }",
			"#include <stdio.h>\nFILE *stdout;\nint stderr(void);",
		} do
			local status, err = says(include, TARGETS[1], text .. "\n")
			assert.not_equal(0, status)
			assert.matches("error", err)
		end
	end)

	it("may have included other headers of its own before kvm.h, and after it", function()
		local headers = "#include <sys/param.h>\n#include <sys/sysctl.h>\n#include <nlist.h>\n"
		assert.same({ 0, "" }, { says(include, TARGETS[1], headers .. "#include <kvm.h>\n" ..
		    "kvm_t *f(void);\nint g(struct nlist *n);\n") })
		assert.same({ 0, "" }, { says(include, TARGETS[1], "#include <kvm.h>\n" .. headers) })
	end)

	it("has the functions of kvm(3) as its own header declares them", function()
		for _, target in ipairs(TARGETS) do
			-- Elsewhere u_long is narrower than an address.
			if target ~= "i386" and target ~= "armv7" then
				local _, err, status = cc.run(compiler(target, include) .. " spec/core/c/freebsd.c")
				assert.equal("", err)
				assert.equal(0, status)
			end
		end
	end)
end)
