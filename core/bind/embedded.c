/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * embedded.c: modules that are part of the program; see embedded.h.
 */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "bind/embedded.h"
#include "bind/terminal.h"

int	luaopen_kvm(lua_State *L);

static const luaL_Reg c_modules[] = {
	{ "kvm", luaopen_kvm },
	{ "kvm.terminal", luaopen_kvm_terminal },
	{ NULL, NULL }
};

static int
compare(const void *name, const void *source)
{

	return (strcmp(name, ((const struct bind_source *)source)->name));
}

/* Push the chunk of a module in Lua, if it is one. */
static const struct bind_source *
push_chunk(lua_State *L, const char *name)
{
	const struct bind_source *source;

	source = bsearch(name, bind_sources, bind_nsources,
	    sizeof(bind_sources[0]), compare);
	if (source != NULL && luaL_loadbufferx(L, source->text, source->size,
	    source->chunk, "t") != LUA_OK)
		lua_error(L);
	return (source);
}

/* What package.searchers calls. */
static int
search(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct bind_source *source;
	const luaL_Reg *c;

	for (c = c_modules; c->name != NULL; c++)
		if (strcmp(name, c->name) == 0) {
			lua_pushcfunction(L, c->func);
			lua_pushliteral(L, ":embedded:");
			return (2);
		}
	source = push_chunk(L, name);
	if (source == NULL) {
		lua_pushfstring(L, "no module '%s' in the program", name);
		return (1);
	}
	lua_pushstring(L, source->chunk);
	return (2);
}

static int
load_source(lua_State *L)
{

	if (push_chunk(L, luaL_checkstring(L, 1)) == NULL)
		luaL_pushfail(L);
	return (1);
}

static int
names(lua_State *L)
{
	size_t i;

	lua_createtable(L, (int)bind_nsources, 0);
	for (i = 0; i < bind_nsources; i++) {
		lua_pushstring(L, bind_sources[i].name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return (1);
}

/* Behind the first searcher, so that package.preload still comes first. */
static void
add_searcher(lua_State *L)
{
	lua_Integer i;

	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	if (lua_getfield(L, -1, "package") != LUA_TTABLE ||
	    lua_getfield(L, -1, "searchers") != LUA_TTABLE)
		luaL_error(L, "vmcore.embedded: no package.searchers here");
	for (i = luaL_len(L, -1); i >= 2; i--) {
		lua_geti(L, -1, i);
		lua_seti(L, -2, i + 1);
	}
	lua_pushcfunction(L, search);
	lua_seti(L, -2, 2);
	lua_pop(L, 3);
}

static const luaL_Reg functions[] = {
	{ "load", load_source },
	{ "names", names },
	{ NULL, NULL }
};

int
luaopen_vmcore_embedded(lua_State *L)
{

	luaL_checkversion(L);
	add_searcher(L);
	luaL_newlib(L, functions);
	return (1);
}
