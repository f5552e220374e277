/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * getter.c: kvm.getter(type, "a.b.c"), a closure that reads one member, for
 * code that reads it of many objects.
 */
#include <string.h>

#include "bind/bind.h"

#define	MAX_HOPS	8

/*
 * From the struct's address: for each hop add the offset and follow the
 * pointer that lies there; then load the value.
 */
struct plan {
	kvm_type_t	*base;		/* the struct it starts from */
	unsigned int	 nhops;
	uint64_t	 hops[MAX_HOPS];	/* offsets in bytes */
	uint64_t	 offset;	/* bytes, of the value */
	struct bind_load load;
};

/* Upvalues after the metatables. */
#define	UP_TYPE		lua_upvalueindex(BIND_NUP + 1)
#define	UP_PLAN		lua_upvalueindex(BIND_NUP + 2)
#define	UP_VALUE	lua_upvalueindex(BIND_NUP + 3)	/* type of the value */
#define	UP_PATH		lua_upvalueindex(BIND_NUP + 4)

static int
raise_fault(lua_State *L, struct bind_type *t, enum kvm_errclass why,
    kvaddr_t start, kvaddr_t addr)
{

	bind_pushfault(L, t->owner, why, addr);
	bind_pushroot(L, t, start);
	lua_pushfstring(L, "%s->%s", lua_tostring(L, -1),
	    lua_tostring(L, UP_PATH));
	lua_remove(L, -2);
	return (bind_raise(L));
}

static int
raise_null(lua_State *L, struct bind_type *t, kvaddr_t start)
{

	lua_createtable(L, 0, 4);
	lua_pushliteral(L, "null pointer on the way");
	lua_setfield(L, -2, "message");
	lua_pushstring(L, kvm_errclass_name(KVM_E_UNMAPPED));
	lua_setfield(L, -2, "code");
	bind_setint(L, "address", 0);
	bind_pushroot(L, t, start);
	lua_pushfstring(L, "%s->%s", lua_tostring(L, -1),
	    lua_tostring(L, UP_PATH));
	lua_remove(L, -2);
	return (bind_raise(L));
}

/* The struct's address from the argument: an object of it, or an integer. */
static kvaddr_t
start_address(lua_State *L, struct bind_type *t, const struct plan *p)
{
	struct bind_object *o;

	if (lua_isinteger(L, 1))
		return ((kvaddr_t)lua_tointeger(L, 1));
	o = bind_checkobject(L, 1);
	if (o->type->base != p->base || o->type->owner != t->owner ||
	    o->type->kind == KVM_K_ARRAY) {
		bind_pushspelling(L, p->base, "");
		luaL_error(L, "getter: not a %s", lua_tostring(L, -1));
	}
	return (o->addr);
}

static int
get(lua_State *L)
{
	struct bind_type *t = lua_touserdata(L, UP_TYPE);
	const struct plan *p = lua_touserdata(L, UP_PLAN);
	enum kvm_errclass why;
	struct bind_call call;
	kvaddr_t start, addr;
	unsigned int i;
	int rc;

	if (t->owner->kd == NULL)
		return (bind_notopen(L, t->owner));
	addr = start = start_address(L, t, p);
	for (i = 0; i < p->nhops; i++) {
		addr += p->hops[i];
		bind_enter(t->owner, &call, L, UP_TYPE);
		rc = kvm_read_ptr(t->owner->kd, addr, &addr);
		bind_leave(t->owner, &call);
		if (rc == -1)
			return (raise_fault(L, t, kvm_errclass(t->owner->kd),
			    start, addr));
		if (addr == 0)
			return (raise_null(L, t, start));
	}
	addr += p->offset;
	why = bind_fetch(L, t->owner, UP_TYPE, &p->load, addr, UP_VALUE);
	if (why != KVM_E_NONE)
		return (raise_fault(L, t, why, start, addr));
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

/* getter(type, path): path may go through pointers: "p_pptr.p_pid". */
int
bind_getter(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	const char *path = bind_checkname(L, 2);
	kvm_type_t *base;
	struct plan *p;

	lua_settop(L, 2);
	bind_type_refresh(t);
	p = lua_newuserdatauv(L, sizeof(*p), 0);
	memset(p, 0, sizeof(*p));
	base = p->base = t->base;
	while (path != NULL)
		path = plan_stretch(L, t->owner, p, &base, path);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 3);
	bind_pushtypeof(L, t->owner, 1, base);
	lua_pushvalue(L, 2);
	bind_pushclosure(L, get, 4);
	return (1);
}
