/*
 * An interpreter built as FreeBSD's flua(1) is: its own list of libraries,
 * its own folders.  With STATIC, nothing can be loaded at all: no folders,
 * no dlopen(3), and vmcore linked in.
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
#define	SEARCH	""
#define	CSEARCH	""
#else
#define	SEARCH	SHARE "/?.lua;" SHARE "/?/init.lua"
#define	CSEARCH	LIB "/?.so"
#endif

int	luaopen_lpeg(lua_State *);

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
#ifdef STATIC
	{ "vmcore.embedded", luaopen_vmcore_embedded },
#endif
	{ NULL, NULL }
};

static void
open_libraries(lua_State *L)
{
	const luaL_Reg *lib;

	for (lib = libraries; lib->func != NULL; lib++) {
		luaL_requiref(L, lib->name, lib->func,
		    strchr(lib->name, '.') == NULL);
		lua_pop(L, 1);
	}
	lua_getglobal(L, "package");
	lua_pushliteral(L, SEARCH);
	lua_setfield(L, -2, "path");
	lua_pushliteral(L, CSEARCH);
	lua_setfield(L, -2, "cpath");
#ifdef STATIC
	lua_getfield(L, -1, "preload");
	lua_pushcfunction(L, luaopen_lpeg);
	lua_setfield(L, -2, "lpeg");
#endif
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
