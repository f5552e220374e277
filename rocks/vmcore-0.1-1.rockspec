rockspec_format = "3.0"
package = "vmcore"
version = "0.1-1"
source = {
	-- Whoever publishes it names the repository here.
	url = "git+file://.",
	tag = "v0.1",
}
description = {
	summary = "Scriptable analysis of FreeBSD kernel crash dumps, on any host",
	detailed = [[
The kvm(3) descriptors and every architecture's address translation in C,
typed kernel objects, walkers and analysis scripts in Lua 5.4.]],
	license = "BSD-2-Clause",
}
supported_platforms = { "unix" }
dependencies = {
	"lua >= 5.4, < 5.5",
	"lpeg >= 1.0",
	"argparse >= 0.7",
	"dkjson >= 2.5",
}
-- Encrypted dumps and DWARF are read where OpenSSL's and elfutils' headers are;
-- CRYPTO=no and DW=no in the environment say to do without.
external_dependencies = {
	LIBELF = { header = "libelf.h", library = "elf" },
	ZLIB = { header = "zlib.h", library = "z" },
	ZSTD = { header = "zstd.h", library = "zstd" },
}
build = {
	type = "make",
	build_target = "rock",
	install_target = "install-rock",
	build_variables = {
		B = "build/rock",
		CC = "$(CC)",
		CFLAGS = "$(CFLAGS)",
		LUA_CFLAGS = "-I$(LUA_INCDIR) -I$(LIBELF_INCDIR) -I$(ZLIB_INCDIR) -I$(ZSTD_INCDIR)",
		LIBS = "-L$(LIBELF_LIBDIR) -lelf -L$(ZLIB_LIBDIR) -lz -L$(ZSTD_LIBDIR) -lzstd -pthread",
	},
	install_variables = {
		B = "build/rock",
		BINDIR = "$(BINDIR)",
		LUADIR = "$(LUADIR)",
		LUALIBDIR = "$(LIBDIR)",
		MANDIR = "$(PREFIX)/man",
		LUA = "$(LUA)",
	},
}
-- It finds its modules by itself.
deploy = { wrap_bin_scripts = false }
