/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * resolver.c: the bridge from the core back into Lua.
 *
 * The core calls a C function with the descriptor's userdata as its argument;
 * that runs the Lua function under lua_pcall, on the lua_State of the call in
 * progress: the coroutine that opened the descriptor may be long dead.  An
 * error stays in the descriptor until the core has unwound by its own return
 * codes; bind_leave() then raises the same object.  Everything here that may
 * raise, allocation included, happens inside the lua_pcall.
 */
#include <string.h>

#include "bind/bind.h"

/* Stack slots that a callback needs besides what runs under lua_pcall. */
#define	CALLBACK_SLOTS	8

struct query {
	struct bind_kd	*kd;
	const char	*name;
	kvaddr_t	 addr;
	bool		 found;
};

struct visit {
	const struct kvm_page	*page;
	bool			 more;
};

/*
 * Push the descriptor's userdata: user value 1 of an object is its type, of
 * a type its descriptor.
 */
static void
push_descriptor(lua_State *L, const struct bind_kd *k, int anchor)
{

	lua_pushvalue(L, anchor);
	while (lua_touserdata(L, -1) != (const void *)k) {
		lua_getiuservalue(L, -1, 1);
		lua_replace(L, -2);
	}
}

/*
 * Did Lua refuse a yield?  (Its messages are lua_yieldk()'s; they say nothing
 * of resolvers.)
 */
static bool
is_yield(lua_State *L)
{
	const char *s;

	if (lua_type(L, -1) != LUA_TSTRING)
		return (false);
	s = lua_tostring(L, -1);
	return (strcmp(s, "attempt to yield across a C-call boundary") == 0 ||
	    strcmp(s, "attempt to yield from outside a coroutine") == 0);
}

bool
bind_protect(struct bind_kd *k, const char *callback, lua_CFunction fn, void *arg,
    int extra)
{
	struct bind_call *c = k->call;
	lua_State *L;
	int status;

	if (c == NULL || c->state != BIND_CALL_FINE)
		return (false);
	L = c->L;
	if (!lua_checkstack(L, CALLBACK_SLOTS)) {
		c->state = BIND_CALL_NOSTACK;
		return (false);
	}
	c->callback = callback;
	push_descriptor(L, k, c->anchor);
	lua_pushcfunction(L, fn);
	lua_pushlightuserdata(L, arg);
	lua_pushvalue(L, extra != 0 ? extra : -3);
	status = lua_pcall(L, 2, 0, 0);
	if (status != LUA_OK) {
		c->state = is_yield(L) ? BIND_CALL_YIELDED : BIND_CALL_RAISED;
		lua_setiuservalue(L, -2, BIND_KD_ERROR);
	} else
		c->callback = NULL;
	lua_pop(L, 1);
	return (status == LUA_OK);
}

void
bind_rethrow(struct bind_kd *k, struct bind_call *c)
{
	lua_State *L = c->L;

	luaL_checkstack(L, CALLBACK_SLOTS, "no room for an error");
	push_descriptor(L, k, c->anchor);
	lua_getiuservalue(L, -1, BIND_KD_ERROR);
	lua_pushnil(L);
	lua_setiuservalue(L, -3, BIND_KD_ERROR);
	switch (c->state) {
	case BIND_CALL_YIELDED:
		luaL_error(L, "%s may not yield", c->callback);
		break;
	case BIND_CALL_NOSTACK:
		luaL_error(L, "stack overflow in a kvm callback");
		break;
	default:
		lua_error(L);
		break;
	}
}

/* Raise, naming the resolver, for a result that is no address. */
static int
bad_result(lua_State *L, const char *name)
{
	lua_Debug ar;

	lua_getiuservalue(L, 2, BIND_KD_RESOLVER);
	lua_getinfo(L, ">S", &ar);
	return (luaL_error(L, "resolver %s:%d returned a %s for symbol '%s': "
	    "want an integer or nil", ar.short_src, ar.linedefined,
	    lua_type(L, -1) == LUA_TNUMBER ? "float" : luaL_typename(L, -1),
	    name));
}

/* Lua: query, descriptor. */
static int
ask_resolver(lua_State *L)
{
	struct query *q = lua_touserdata(L, 1);

	lua_getiuservalue(L, 2, BIND_KD_RESOLVER);
	lua_pushstring(L, q->name);
	lua_pushvalue(L, 2);
	lua_call(L, 2, 1);
	q->found = !lua_isnil(L, -1);
	if (!q->found)
		return (0);
	if (!lua_isinteger(L, -1))
		return (bad_result(L, q->name));
	q->addr = (kvaddr_t)lua_tointeger(L, -1);
	return (0);
}

int
bind_resolver(kvm_t *kd, const char *name, kvaddr_t *addr, void *arg)
{
	struct query q;

	(void)kd;
	q.kd = arg;
	q.name = name;
	q.addr = 0;
	q.found = false;
	if (!bind_protect(q.kd, "resolver", ask_resolver, &q, 0))
		return (-1);
	if (!q.found)
		return (1);
	*addr = q.addr;
	return (0);
}

/* Lua: visit, the page function. */
static int
visit_page(lua_State *L)
{
	struct visit *v = lua_touserdata(L, 1);

	bind_pushpage(L, v->page);
	lua_call(L, 1, 1);
	v->more = lua_type(L, -1) != LUA_TBOOLEAN || lua_toboolean(L, -1);
	return (0);
}

int
bind_walk_page(struct kvm_page *page, void *arg)
{
	struct bind_walk *w = arg;
	struct visit v;

	v.page = page;
	v.more = true;
	if (!bind_protect(w->kd, "page function", visit_page, &v,
	    w->fn))
		return (0);
	w->stopped = !v.more;
	return (v.more);
}
