/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * main.c: the command as one file that needs nothing but the system: Lua,
 * LPeg and every module are in it.  It runs the driver, scripts/vmcore.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lualib.h>

#include "bind/embedded.h"

int	luaopen_lpeg(lua_State *L);

/* The arguments as lua(1) has them: arg[0] is the command's name. */
static void
set_arguments(lua_State *L, int argc, char **argv)
{
	int i;

	lua_createtable(L, argc, 1);
	for (i = 0; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i);
	}
	lua_setglobal(L, "arg");
}

/* Called with argc and argv. */
static int
run(lua_State *L)
{
	int argc = (int)lua_tointeger(L, 1);
	char **argv = lua_touserdata(L, 2);

	luaL_openlibs(L);
	luaL_requiref(L, "vmcore.embedded", luaopen_vmcore_embedded, 0);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_pushcfunction(L, luaopen_lpeg);
	lua_setfield(L, -2, "lpeg");
	set_arguments(L, argc, argv);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "vmcore.driver");
	lua_call(L, 1, 0);
	return (0);
}

int
main(int argc, char **argv)
{
	lua_State *L = luaL_newstate();
	const char *message;
	int status;

	if (L == NULL) {
		(void)fprintf(stderr, "vmcore: out of memory\n");
		return (EXIT_FAILURE);
	}
	lua_pushcfunction(L, run);
	lua_pushinteger(L, argc);
	lua_pushlightuserdata(L, argv);
	status = lua_pcall(L, 2, 0, 0);
	if (status != LUA_OK) {
		message = lua_tostring(L, -1);
		(void)fprintf(stderr, "vmcore: %s\n",
		    message != NULL ? message : "error object is no string");
	}
	lua_close(L);
	return (status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE);
}
