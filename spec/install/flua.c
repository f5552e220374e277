/*
 * An interpreter built as FreeBSD's flua(1) is: its own list of libraries,
 * its own folders.  With STATIC it is built as the one that bootstraps the
 * base system: no folders, no dlopen(3), and what is linked in is listed in a
 * linker set (sys/linker_set.h; libexec/flua/bootstrap.h).
 *
 *	flua 'text of Lua'	runs it
 *	flua file arguments	runs a file, as "#!" does
 *	flua options command	(STATIC) is the command vmcore
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#ifdef STATIC
#include "bind/embedded.h"

#define	FLUA_MODULE_NAMED(mod, name)					\
	static const luaL_Reg module_ ## mod = { name, luaopen_ ## mod }; \
	static const luaL_Reg *const set_ ## mod			\
	    __attribute__((__section__("set_flua_modules"), __used__)) = \
	    &module_ ## mod

extern const luaL_Reg	*const __start_set_flua_modules,
			*const __stop_set_flua_modules;

#define	SEARCH	""
#define	CSEARCH	""
#else
#define	SEARCH	SHARE "/?.lua;" SHARE "/?/init.lua"
#define	CSEARCH	LIB "/?.so"
#endif

#ifdef STATIC
int	luaopen_lpeg(lua_State *);

FLUA_MODULE_NAMED(vmcore_embedded, "vmcore.embedded");
FLUA_MODULE_NAMED(lpeg, "lpeg");
#endif

static const luaL_Reg libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_LOADLIBNAME, luaopen_package },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_IOLIBNAME, luaopen_io },
	{ LUA_OSLIBNAME, luaopen_os },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_DBLIBNAME, luaopen_debug },
	{ NULL, NULL }
};

static void
open_libraries(lua_State *L)
{
	const luaL_Reg *lib;

	for (lib = libraries; lib->func != NULL; lib++) {
		luaL_requiref(L, lib->name, lib->func, 1);
		lua_pop(L, 1);
	}
#ifdef STATIC
	for (const luaL_Reg *const *module = &__start_set_flua_modules;
	    module < &__stop_set_flua_modules; module++) {
		luaL_requiref(L, (*module)->name, (*module)->func, 1);
		lua_pop(L, 1);
	}
#endif
	lua_getglobal(L, "package");
	lua_pushliteral(L, SEARCH);
	lua_setfield(L, -2, "path");
	lua_pushliteral(L, CSEARCH);
	lua_setfield(L, -2, "cpath");
	lua_settop(L, 0);
}

/* What arg[1] is. */
static int
load(lua_State *L, const char *what)
{

#ifdef STATIC
	if (what[0] == '-')
		return (luaL_loadstring(L, "require 'vmcore.driver'"));
#endif
	if (access(what, R_OK) == 0)
		return (luaL_loadfile(L, what));
	return (luaL_loadstring(L, what));
}

int
main(int argc, char **argv)
{
	lua_State *L = luaL_newstate();
	int i, first = argv[1][0] != '-';

	if (L == NULL || argc < 2)
		return (1);
	open_libraries(L);
	lua_newtable(L);
	for (i = first; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i - first);
	}
	lua_setglobal(L, "arg");
	if (load(L, argv[1]) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK) {
		(void)fprintf(stderr, "flua: %s\n", lua_tostring(L, -1));
		return (1);
	}
	lua_close(L);
	return (0);
}
