/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * search.c: looking for something in all dumped memory.
 */
#include <string.h>

#include "bind/bind.h"

/* A search in progress: where its two functions are on the stack. */
struct search {
	struct bind_kd	*kd;
	int		 fn, progress;
	bool		 stopped;	/* one of them returned false */
};

struct event {
	const struct kvm_hit	*hit;	/* NULL: progress */
	uint64_t		 done;
	bool			 more;
};

static uint64_t
opt_integer(lua_State *L, int table, const char *field)
{
	lua_Integer value = 0;

	if (lua_getfield(L, table, field) != LUA_TNIL) {
		if (!lua_isinteger(L, -1))
			luaL_error(L, "search: '%s' is no integer", field);
		value = lua_tointeger(L, -1);
	}
	lua_pop(L, 1);
	return ((uint64_t)value);
}

static size_t
opt_size(lua_State *L, int table, const char *field)
{
	uint64_t value = opt_integer(L, table, field);

	if (value > INT32_MAX)
		luaL_error(L, "search: '%s' is out of range", field);
	return ((size_t)value);
}

/* What to look for: word, bytes or strings. */
static void
what(lua_State *L, int table, struct kvm_search_args *a)
{

	if (lua_getfield(L, table, "bytes") != LUA_TNIL) {
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "search: 'bytes' is no string");
		a->ks_kind = KVM_SEARCH_BYTES;
		/* The table keeps it. */
		a->ks_bytes = lua_tolstring(L, -1, &a->ks_len);
	} else if (lua_getfield(L, table, "word") != LUA_TNIL) {
		a->ks_kind = KVM_SEARCH_WORD;
		a->ks_value = opt_integer(L, table, "word");
		a->ks_span = opt_integer(L, table, "span");
		a->ks_size = opt_size(L, table, "size");
	} else {
		a->ks_kind = KVM_SEARCH_STRINGS;
		a->ks_len = opt_size(L, table, "strings");
		if (a->ks_len == 0)
			luaL_error(L,
			    "search: needs one of bytes, word, strings");
	}
	lua_settop(L, 3);
}

static void
where(lua_State *L, int table, struct kvm_search_args *a)
{
	const char *memory;

	a->ks_align = opt_size(L, table, "align");
	a->ks_from = opt_integer(L, table, "from");
	a->ks_to = opt_integer(L, table, "to");
	a->ks_prot = (unsigned char)opt_size(L, table, "prot");
	a->ks_threads = (unsigned int)opt_size(L, table, "threads");
	if (lua_getfield(L, table, "memory") != LUA_TNIL) {
		memory = luaL_checkstring(L, -1);
		if (strcmp(memory, "kernel") == 0)
			a->ks_memory = KVM_SEARCH_KMAP;
		else if (strcmp(memory, "direct") == 0)
			a->ks_memory = KVM_SEARCH_DMAP;
		else
			luaL_error(L, "search: no kind of memory is called "
			    "'%s'", memory);
	}
	lua_pop(L, 1);
}

/* Lua: event, function. */
static int
tell(lua_State *L)
{
	struct event *e = lua_touserdata(L, 1);
	int n = 1;

	if (e->hit != NULL) {
		lua_pushinteger(L, (lua_Integer)e->hit->kh_addr);
		lua_pushinteger(L, e->hit->kh_prot);
		lua_pushinteger(L, (lua_Integer)e->hit->kh_paddr);
		if (e->hit->kh_dmap_vaddr != 0)
			lua_pushinteger(L, (lua_Integer)e->hit->kh_dmap_vaddr);
		else
			lua_pushnil(L);
		n = 4;
	} else
		lua_pushinteger(L, (lua_Integer)e->done);
	lua_call(L, n, 1);
	e->more = lua_type(L, -1) != LUA_TBOOLEAN || lua_toboolean(L, -1);
	return (0);
}

static int
call_back(struct search *s, struct event *e, const char *name, int fn)
{

	e->more = true;
	if (!bind_protect(s->kd, name, tell, e, fn))
		return (0);
	s->stopped = !e->more;
	return (e->more);
}

static int
found(const struct kvm_hit *hit, void *arg)
{
	struct search *s = arg;
	struct event e = { .hit = hit };

	return (call_back(s, &e, "search function", s->fn));
}

static int
progress(uint64_t done, void *arg)
{
	struct search *s = arg;
	struct event e = { .done = done };

	return (call_back(s, &e, "progress function", s->progress));
}

/*
 * search(what, fn): true when all was searched, false when fn or the progress
 * function returned false.
 */
static int
kd_search(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct kvm_search_args args;
	struct search s = { .kd = k, .fn = 3, .progress = 4 };
	struct bind_call call;
	int rc;

	luaL_checktype(L, 2, LUA_TTABLE);
	luaL_checktype(L, 3, LUA_TFUNCTION);
	memset(&args, 0, sizeof(args));
	lua_settop(L, 3);
	what(L, 2, &args);
	where(L, 2, &args);
	if (lua_getfield(L, 2, "progress") != LUA_TNIL) {
		luaL_checktype(L, 4, LUA_TFUNCTION);
		args.ks_progress = progress;
	}
	bind_enter(k, &call, L, 1);
	rc = kvm_search(k->kd, &args, found, &s);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	lua_pushboolean(L, rc);
	return (1);
}

const luaL_Reg bind_search_methods[] = {
	{ "search",	kd_search },
	{ NULL,		NULL },
};
