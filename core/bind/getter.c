/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * getter.c: kvm.getter(type, "a.b.c"), a closure that reads one member, and
 * kvm.reader(type, paths), one that reads many, for code that reads them of
 * many objects.
 */
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"

#define	MAX_HOPS	8
#define	MAX_PATHS	128

/*
 * From the struct's address: for each hop add the offset and follow the
 * pointer that lies there; then load the value.
 */
struct plan {
	unsigned int	 nhops;
	unsigned int	 shared;	/* hops that the one before it has too */
	int		 number;	/* among UP_NAMES and UP_PATHS */
	uint64_t	 hops[MAX_HOPS];	/* offsets in bytes */
	uint64_t	 offset;	/* bytes, of the value */
	struct bind_load load;
};

struct plans {
	int		 n;
	struct plan	 plan[];
};

/* Upvalues after the metatables. */
#define	UP_TYPE		lua_upvalueindex(BIND_NUP + 1)
#define	UP_PLAN		lua_upvalueindex(BIND_NUP + 2)
#define	UP_VALUE	lua_upvalueindex(BIND_NUP + 3)	/* type of the value */
#define	UP_PATH		lua_upvalueindex(BIND_NUP + 4)
#define	UP_NAMES	lua_upvalueindex(BIND_NUP + 3)	/* of a reader */
#define	UP_PATHS	lua_upvalueindex(BIND_NUP + 4)

/* path is the index of the member's. */
static int
raise_fault(lua_State *L, struct bind_type *t, enum kvm_errclass why,
    kvaddr_t start, kvaddr_t addr, int path)
{

	bind_pushfault(L, t->owner, why, addr);
	bind_pushroot(L, t, start);
	lua_pushfstring(L, "%s->%s", lua_tostring(L, -1),
	    lua_tostring(L, path));
	lua_remove(L, -2);
	return (bind_raise(L));
}

static int
raise_null(lua_State *L, struct bind_type *t, kvaddr_t start)
{

	lua_createtable(L, 0, 4);
	lua_pushliteral(L, "null pointer on the way");
	lua_setfield(L, -2, "message");
	bind_setstring(L, "code", kvm_errclass_name(KVM_E_UNMAPPED));
	bind_setint(L, "address", 0);
	bind_pushroot(L, t, start);
	lua_pushfstring(L, "%s->%s", lua_tostring(L, -1),
	    lua_tostring(L, UP_PATH));
	lua_remove(L, -2);
	return (bind_raise(L));
}

/* The struct's address from the argument: an object of it, or an integer. */
static kvaddr_t
start_address(lua_State *L, struct bind_type *t)
{
	struct bind_object *o;

	if (lua_isinteger(L, 1))
		return ((kvaddr_t)lua_tointeger(L, 1));
	o = bind_checkobject(L, 1);
	if (o->type->base != t->base || o->type->owner != t->owner ||
	    o->type->kind == KVM_K_ARRAY) {
		bind_pushspelling(L, t->base, "");
		luaL_error(L, "getter: not a %s", lua_tostring(L, -1));
	}
	return (o->addr);
}

/*
 * Follow the pointers of a plan.  at[i] is where the first i hops led from
 * at[0], *done how many of them are known, by the plans before; the last
 * stays 0 when it met a NULL.
 */
static enum kvm_errclass
follow(lua_State *L, struct bind_kd *k, const struct plan *p, kvaddr_t at[],
    unsigned int *done)
{
	unsigned int i = p->shared < *done ? p->shared : *done;
	struct bind_call call;
	int rc;

	for (; i < p->nhops && (i == 0 || at[i] != 0); i++) {
		bind_enter(k, &call, L, UP_TYPE);
		rc = kvm_read_ptr(k->kd, at[i] + p->hops[i], &at[i + 1]);
		bind_leave(k, &call);
		if (rc == -1) {
			at[i] += p->hops[i];
			*done = i;
			return (kvm_errclass(k->kd));
		}
	}
	*done = i;
	return (KVM_E_NONE);
}

static inline bool
met_null(const struct plan *p, const kvaddr_t at[], unsigned int done)
{

	return (p->nhops > 0 && (done < p->nhops || at[done] == 0));
}

static int
get(lua_State *L)
{
	struct bind_type *t = lua_touserdata(L, UP_TYPE);
	const struct plan *p = lua_touserdata(L, UP_PLAN);
	kvaddr_t addr, at[MAX_HOPS + 1];
	unsigned int done = 0;
	enum kvm_errclass why;

	if (t->owner->kd == NULL)
		return (bind_notopen(L, t->owner));
	at[0] = start_address(L, t);
	why = follow(L, t->owner, p, at, &done);
	addr = at[done];
	if (why == KVM_E_NONE && met_null(p, at, done))
		return (raise_null(L, t, at[0]));
	if (why == KVM_E_NONE) {
		addr += p->offset;
		why = bind_fetch(L, t->owner, UP_TYPE, &p->load, addr,
		    UP_VALUE);
	}
	if (why != KVM_E_NONE)
		return (raise_fault(L, t, why, at[0], addr, UP_PATH));
	return (1);
}

/* Push the value at addr; pointers as integers, NULL as nil. */
static enum kvm_errclass
fetch_value(lua_State *L, struct bind_kd *k, const struct plan *p,
    kvaddr_t addr)
{
	struct bind_call call;
	kvaddr_t value;
	int rc;

	if (p->load.op != BIND_OP_POINTER)
		return (bind_fetch(L, k, UP_TYPE, &p->load, addr, 0));
	bind_enter(k, &call, L, UP_TYPE);
	rc = kvm_read_uint(k->kd, addr, p->load.size, &value);
	bind_leave(k, &call);
	if (rc == -1)
		return (kvm_errclass(k->kd));
	if (value == 0)
		lua_pushnil(L);
	else
		lua_pushinteger(L, (lua_Integer)value);
	return (KVM_E_NONE);
}

static int
read_all(lua_State *L)
{
	struct bind_type *t = lua_touserdata(L, UP_TYPE);
	const struct plans *ps = lua_touserdata(L, UP_PLAN);
	kvaddr_t addr, start, at[MAX_HOPS + 1];
	const struct plan *p;
	unsigned int done = 0;
	enum kvm_errclass why;

	if (t->owner->kd == NULL)
		return (bind_notopen(L, t->owner));
	at[0] = start = start_address(L, t);
	lua_createtable(L, 0, ps->n + 2);
	for (p = ps->plan; p < ps->plan + ps->n; p++) {
		why = follow(L, t->owner, p, at, &done);
		addr = at[done];
		if (why == KVM_E_NONE && met_null(p, at, done))
			continue;
		lua_rawgeti(L, UP_NAMES, p->number);
		if (why == KVM_E_NONE) {
			addr += p->offset;
			why = fetch_value(L, t->owner, p, addr);
		}
		if (why != KVM_E_NONE) {
			lua_rawgeti(L, UP_PATHS, p->number);
			return (raise_fault(L, t, why, start, addr,
			    lua_gettop(L)));
		}
		lua_rawset(L, -3);
	}
	return (1);
}

/*
 * Up to the next pointer that the path goes through.  Returns the rest of the
 * path, NULL when the value has been reached.
 */
static const char *
plan_stretch(lua_State *L, struct bind_kd *k, struct plan *p,
    kvm_type_t **base, const char *path)
{
	struct bind_path where = { .type = *base };
	uint64_t bitoff = 0;
	kvm_type_t *t;
	size_t len;

	for (;;) {
		len = strcspn(path, ".");
		lua_pushlstring(L, path, len);
		if (!bind_follow(L, where.type, lua_tostring(L, -1), &where))
			bind_nomember(L, k, where.type, lua_tostring(L, -1));
		lua_pop(L, 1);
		bitoff += where.bitoff;
		if (path[len] == '\0')
			break;
		path += len + 1;
		t = kvm_type_strip(where.type);
		if (kvm_type_kind(t) != KVM_K_POINTER)
			continue;
		if (p->nhops == MAX_HOPS)
			luaL_error(L, "getter: too many pointers in a path");
		p->hops[p->nhops++] = bitoff / 8;
		*base = kvm_type_target(t);
		if (*base == NULL)
			bind_raisetype(L, k, t, NULL);
		return (path);
	}
	p->offset = bitoff / 8;
	if (!bind_load_init(&p->load, where.type, bitoff % 8, where.bits))
		bind_checkmemory(L, k, where.type);
	*base = where.type;
	return (NULL);
}

/* Returns the type of what the path leads to. */
static kvm_type_t *
plan_path(lua_State *L, struct bind_type *t, struct plan *p, const char *path)
{
	kvm_type_t *base = t->base;

	memset(p, 0, sizeof(*p));
	while (path != NULL)
		path = plan_stretch(L, t->owner, p, &base, path);
	return (base);
}

/* getter(type, path): path may go through pointers: "p_pptr.p_pid". */
int
bind_getter(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	const char *path = bind_checkname(L, 2);
	kvm_type_t *value;
	struct plan *p;

	lua_settop(L, 2);
	bind_type_refresh(t);
	p = lua_newuserdatauv(L, sizeof(*p), 0);
	value = plan_path(L, t, p, path);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 3);
	bind_pushtypeof(L, t->owner, 1, value);
	lua_pushvalue(L, 2);
	bind_pushclosure(L, get, 4);
	return (1);
}

/* What goes the same way stands together. */
static int
compare_plans(const void *a, const void *b)
{
	const struct plan *x = a, *y = b;
	unsigned int i;

	for (i = 0; i < x->nhops && i < y->nhops; i++)
		if (x->hops[i] != y->hops[i])
			return (x->hops[i] < y->hops[i] ? -1 : 1);
	if (x->nhops != y->nhops)
		return (x->nhops < y->nhops ? -1 : 1);
	return (x->number - y->number);
}

static void
share_hops(struct plans *ps)
{
	struct plan *p;

	qsort(ps->plan, (size_t)ps->n, sizeof(*p), compare_plans);
	for (p = ps->plan + 1; p < ps->plan + ps->n; p++)
		while (p->shared < p->nhops && p->shared < p[-1].nhops &&
		    p->hops[p->shared] == p[-1].hops[p->shared])
			p->shared++;
}

/* Sort the pairs of the table at index 2 into lists at 3 and 4. */
static int
list_paths(lua_State *L)
{
	lua_Integer n = 0;

	lua_newtable(L);
	lua_newtable(L);
	for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
		luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING &&
		    lua_type(L, -1) == LUA_TSTRING, 2,
		    "a table of paths by name wanted");
		luaL_argcheck(L, n < MAX_PATHS, 2, "too many paths");
		n++;
		lua_pushvalue(L, -2);
		lua_rawseti(L, 3, n);
		lua_pushvalue(L, -1);
		lua_rawseti(L, 4, n);
	}
	return ((int)n);
}

/* reader(type, { name = path, ... }): scalars, strings and pointers. */
int
bind_reader(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	struct plans *ps;
	int i, n;

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	bind_type_refresh(t);
	n = list_paths(L);
	ps = lua_newuserdatauv(L, sizeof(*ps) + (size_t)n * sizeof(ps->plan[0]),
	    0);
	ps->n = n;
	for (i = 0; i < n; i++) {
		lua_rawgeti(L, 4, i + 1);
		(void)plan_path(L, t, &ps->plan[i], bind_checkname(L, -1));
		ps->plan[i].number = i + 1;
		if (ps->plan[i].load.op >= BIND_OP_PLACE)
			return (luaL_error(L, "reader: '%s' is no scalar",
			    lua_tostring(L, -1)));
		lua_pop(L, 1);
	}
	share_hops(ps);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 5);
	lua_pushvalue(L, 3);
	lua_pushvalue(L, 4);
	bind_pushclosure(L, read_all, 4);
	return (1);
}
