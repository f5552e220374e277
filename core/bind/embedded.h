/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * embedded.h: the whole of vmcore inside a program that loads nothing: a
 * static interpreter, or the command as one file.
 *
 * Such a program links libvmcore-lua.a and makes one call, once for each
 * lua_State, after its libraries are open:
 *
 *	luaL_requiref(L, "vmcore.embedded", luaopen_vmcore_embedded, 0);
 *
 * FreeBSD's flua(1), where it is built to bootstrap the base system, does that
 * for all that its linker set "flua_modules" lists; one line beside its
 * linit_flua.c, with its "bootstrap.h" and this header, is an entry:
 *
 *	FLUA_MODULE_NAMED(vmcore_embedded, "vmcore.embedded");
 *
 * From then on require() finds "kvm", "vmcore" and all below them, and the
 * commands as "vmcore.command.NAME".  Nothing is loaded or compiled before
 * it is required.
 *
 * LPeg and argparse are the program's to bring: as entries of their own, or
 * in Lua with `make embed EMBED_ALSO="argparse=file dkjson=file"'.  Encrypted
 * dumps and DWARF are left out, and that is said when they are met, unless
 * `make embed WITH="crypto dw"' has them linked: the program then links
 * libcrypto, and elfutils' libdw with what that needs.
 */
#ifndef _EMBEDDED_H_
#define	_EMBEDDED_H_

#include <stddef.h>

#include <lua.h>

/* A module in Lua.  embed.lua writes the list of them, in order of names. */
struct bind_source {
	const char	*name;	/* as require() is given it */
	const char	*chunk;	/* "@" and a path: what messages call it */
	const char	*text;
	size_t		 size;	/* of text, in bytes */
};

extern const struct bind_source bind_sources[];
extern const size_t bind_nsources;

/*
 * Add a searcher for what is embedded to package.searchers, behind the one
 * for package.preload, and return a table: names(), an array of the names of
 * the modules in Lua; load(name), the compiled chunk of one of them, or nil.
 * Raises when the package library is not open.
 */
int	luaopen_vmcore_embedded(lua_State *L);

#endif
