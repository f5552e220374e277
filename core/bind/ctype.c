/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ctype.c: functions on types and objects, named as LuaJIT's FFI names them:
 * typeof sizeof offsetof cast addressof string istype; and container_of.
 */
#include "bind/bind.h"

#define	MAX_LEVELS	64	/* of pointers to pointers: damaged types */

/* The type of the object, or the type, at index arg; pushed. */
static struct bind_type *
push_type_of(lua_State *L, int arg)
{

	if (bind_is(L, arg, BIND_MT_OBJECT)) {
		bind_checkobject(L, arg);
		lua_getiuservalue(L, arg, 1);
	} else {
		if (!bind_is(L, arg, BIND_MT_TYPE))
			luaL_typeerror(L, arg, "kvm.object or kvm.type");
		bind_checktype(L, arg);
		lua_pushvalue(L, arg);
	}
	return (lua_touserdata(L, -1));
}

/* typeof(object): its type; a type is its own. */
static int
ctype_typeof(lua_State *L)
{

	push_type_of(L, 1);
	return (1);
}

static bool
is_incomplete(enum kvm_kind kind)
{

	return (kind == KVM_K_VOID || kind == KVM_K_FUNCTION ||
	    kind == KVM_K_FORWARD);
}

/* sizeof(object or type): bytes; nil where C has no size. */
static int
ctype_sizeof(lua_State *L)
{
	struct bind_type *t = push_type_of(L, 1);

	bind_type_refresh(t);
	if (is_incomplete(t->kind))
		luaL_pushfail(L);
	else
		lua_pushinteger(L, (lua_Integer)kvm_type_size(t->type));
	return (1);
}

/* Follow the path at index arg from the struct t is or points to. */
static void
check_path(lua_State *L, struct bind_type *t, int arg,
    struct bind_path *where)
{

	bind_type_refresh(t);
	if (!bind_follow(L, t->base, bind_checkname(L, arg), where))
		bind_nomember(L, t->owner, where->type, lua_tostring(L, -1));
}

/* The same for a member that has an address. */
static uint64_t
check_offset(lua_State *L, struct bind_type *t, int arg,
    struct bind_path *where)
{

	check_path(L, t, arg, where);
	if (where->bits != 0)
		luaL_error(L, "'%s' is a bit-field: it has no address",
		    lua_tostring(L, arg));
	return (where->bitoff / 8);
}

/*
 * offsetof(type, "a.b"): bytes; of a bit-field also the bit in that byte and
 * the width.
 */
static int
ctype_offsetof(lua_State *L)
{
	struct bind_type *t = push_type_of(L, 1);
	struct bind_path where;

	check_path(L, t, 2, &where);
	lua_pushinteger(L, (lua_Integer)(where.bitoff / 8));
	if (where.bits == 0)
		return (1);
	lua_pushinteger(L, (lua_Integer)(where.bitoff % 8));
	lua_pushinteger(L, where.bits);
	return (3);
}

/* has_member(object or type, "a.b") */
static int
ctype_has_member(lua_State *L)
{
	struct bind_type *t = push_type_of(L, 1);
	struct bind_path where;
	bool has;

	bind_type_refresh(t);
	has = bind_follow(L, t->base, bind_checkname(L, 2), &where);
	if (!has)
		bind_checkmemory(L, t->owner, where.type);
	lua_pushboolean(L, has);
	return (1);
}

bool
bind_sametype(kvm_type_t *a, kvm_type_t *b)
{
	enum kvm_kind kind;
	int level;

	for (level = 0; level < MAX_LEVELS; level++) {
		if (a == NULL || b == NULL)
			return (false);
		a = kvm_type_strip(a);
		b = kvm_type_strip(b);
		if (a == b)
			return (true);
		kind = kvm_type_kind(a);
		if (kind != kvm_type_kind(b) || (kind != KVM_K_POINTER &&
		    (kind != KVM_K_ARRAY ||
		    kvm_type_nelems(a) != kvm_type_nelems(b))))
			return (false);
		a = kvm_type_target(a);
		b = kvm_type_target(b);
	}
	return (false);
}

/*
 * istype(type, x): x is an object of that type, qualifiers aside, or a
 * pointer to that struct or union.
 */
static int
ctype_istype(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	struct bind_object *o;
	bool same = false;

	luaL_checkany(L, 2);
	if (bind_is(L, 2, BIND_MT_OBJECT)) {
		o = bind_checkobject(L, 2);
		same = o->type->owner == t->owner &&
		    (bind_sametype(o->type->type, t->type) ||
		    (o->type->base == t->base && t->kind != KVM_K_POINTER &&
		    !is_incomplete(t->kind)));
	}
	lua_pushboolean(L, same);
	return (1);
}

/* ---- addresses */

/* Push a pointer to the type, which belongs to the descriptor of obj. */
static int
push_pointer_to(lua_State *L, struct bind_kd *k, int type, kvm_type_t *target,
    kvaddr_t addr)
{
	kvm_type_t *pointer = kvm_type_pointer(target);

	if (pointer == NULL)
		return (luaL_error(L, "%s", kvm_geterr(k->kd)));
	bind_pushtypeof(L, k, type, pointer);
	bind_pushobject(L, lua_gettop(L), addr);
	return (1);
}

/*
 * addressof(object [, "a.b"]): a pointer to it, or to its member.  A pointer
 * to a struct stands for the struct, as it does before a dot.
 */
static int
ctype_addressof(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, 1);
	struct bind_path where = { .type = o->type->type };
	uint64_t offset = 0;

	lua_settop(L, 2);
	if (!lua_isnil(L, 2))
		offset = check_offset(L, o->type, 2, &where);
	else if (o->type->kind == KVM_K_POINTER) {
		lua_settop(L, 1);
		return (1);
	}
	lua_getiuservalue(L, 1, 1);
	return (push_pointer_to(L, o->type->owner, lua_gettop(L), where.type,
	    o->addr + offset));
}

static int
ctype_toaddress(lua_State *L)
{

	lua_pushinteger(L, (lua_Integer)bind_checkobject(L, 1)->addr);
	return (1);
}

/*
 * container_of(pointer or place or address, type, "a.b"): a pointer to the
 * struct that it is that member of.
 */
static int
ctype_container_of(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 2);
	struct bind_path where;
	struct bind_object *o;
	uint64_t offset;
	kvaddr_t addr;

	if (lua_isinteger(L, 1))
		addr = (kvaddr_t)lua_tointeger(L, 1);
	else {
		o = bind_checkobject(L, 1);
		luaL_argcheck(L, o->type->owner == t->owner, 2,
		    "a type of another descriptor");
		addr = o->addr;
	}
	offset = check_offset(L, t, 3, &where);
	return (push_pointer_to(L, t->owner, 2, t->kind == KVM_K_POINTER ?
	    t->target : t->type, addr - offset));
}

/* isnull(x): nil, 0, or a pointer that is null. */
static int
ctype_isnull(lua_State *L)
{

	luaL_checkany(L, 1);
	if (bind_is(L, 1, BIND_MT_OBJECT))
		lua_pushboolean(L, bind_checkobject(L, 1)->addr == 0);
	else
		lua_pushboolean(L, lua_isnil(L, 1) ||
		    (lua_isinteger(L, 1) && lua_tointeger(L, 1) == 0));
	return (1);
}

/* ---- cast */

/* C's conversion of a floating value: towards zero, if it fits 64 bits. */
static uint64_t
from_float(lua_State *L, lua_Number x)
{

	if (x >= -0x1p63 && x < 0x1p63)
		return ((uint64_t)(int64_t)x);
	if (x >= 0x1p63 && x < 0x1p64)
		return ((uint64_t)x);
	luaL_error(L, "cast: number has no integer representation");
	return (0);
}

/* The bits of the scalar at index 2: an integer, or an address. */
static uint64_t
check_scalar(lua_State *L, const struct bind_type *t)
{
	struct bind_object *o;

	switch (lua_type(L, 2)) {
	case LUA_TNUMBER:
		if (lua_isinteger(L, 2))
			return ((uint64_t)lua_tointeger(L, 2));
		return (from_float(L, lua_tonumber(L, 2)));
	case LUA_TBOOLEAN:
		return ((uint64_t)lua_toboolean(L, 2));
	case LUA_TNIL:
		return (0);
	default:
		break;
	}
	o = bind_checkobject(L, 2);
	luaL_argcheck(L, o->type->owner == t->owner, 2,
	    "an object of another descriptor");
	if (t->kind != KVM_K_POINTER && (o->type->kind == KVM_K_STRUCT ||
	    o->type->kind == KVM_K_UNION))
		luaL_error(L, "cast: %s is no scalar",
		    bind_pushspelling(L, o->type->type, ""));
	return (o->addr);
}

static int
cast_float(lua_State *L, const struct bind_type *t)
{
	lua_Number x = luaL_checknumber(L, 2);

	lua_pushnumber(L, t->load.op == BIND_OP_FLOAT ? (float)x : x);
	return (1);
}

/* To a struct, union, array or function: the same place, seen otherwise. */
static int
cast_place(lua_State *L, struct bind_type *t)
{
	struct bind_object *o = bind_checkobject(L, 2);
	enum kvm_errclass why;

	if (o->type->kind == KVM_K_POINTER)
		return (luaL_error(L, "cast: a pointer is no %s",
		    bind_pushspelling(L, t->type, "")));
	luaL_argcheck(L, o->type->owner == t->owner, 2,
	    "an object of another descriptor");
	why = bind_fetch(L, t->owner, 1, &t->load, o->addr, 1);
	if (why == KVM_E_NONE)
		return (1);
	bind_pushfault(L, t->owner, why, o->addr);
	bind_pushroot(L, t, o->addr);
	return (bind_raise(L));
}

/* cast(type, x): C's conversion of x, and places seen as another type. */
static int
ctype_cast(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	luaL_checkany(L, 2);
	lua_settop(L, 2);
	bind_type_refresh(t);
	switch (t->load.op) {
	case BIND_OP_FLOAT:
	case BIND_OP_DOUBLE:
		return (cast_float(L, t));
	case BIND_OP_STRING:
	case BIND_OP_PLACE:
		return (cast_place(L, t));
	case BIND_OP_OPAQUE:
		return (luaL_error(L, "cast: no Lua value has the type %s",
		    bind_pushspelling(L, t->type, "")));
	default:
		break;
	}
	/* A float to bool is a comparison and not a truncation. */
	if (t->load.is_bool && lua_type(L, 2) == LUA_TNUMBER)
		lua_pushboolean(L, lua_tonumber(L, 2) != 0);
	else
		bind_pushscalar(L, &t->load, check_scalar(L, t), 1);
	return (1);
}

/* ---- contents */

/* Raise the fault of reading what the object at index 1 is or points to. */
static int
raise_fault(lua_State *L, struct bind_object *o)
{
	struct bind_kd *k = o->type->owner;

	bind_pushfault(L, k, kvm_errclass(k->kd), o->addr);
	bind_pushroot(L, o->type, o->addr);
	return (bind_raise(L));
}

/* Do bytes lie behind the object: char *, void *, unsigned char[8]? */
static bool
has_text(const struct bind_type *t)
{
	enum kvm_kind kind;

	if (t->target == NULL || t->step != 1)
		return (false);
	kind = kvm_type_kind(kvm_type_strip(t->target));
	return (kind == KVM_K_INTEGER ||
	    (kind == KVM_K_VOID && t->kind == KVM_K_POINTER));
}

/*
 * string(object [, max]): the text in an array of characters, or behind a
 * pointer to one, up to its NUL.  Strings are let through.
 */
static int
ctype_string(lua_State *L)
{
	lua_Integer max = luaL_optinteger(L, 2, BIND_STRING_DEFAULT);
	struct bind_object *o;
	uint64_t nelems;

	luaL_argcheck(L, max >= 0, 2, "a count of bytes can't be negative");
	if (lua_type(L, 1) == LUA_TSTRING) {
		lua_settop(L, 1);
		return (1);
	}
	o = bind_checkobject(L, 1);
	if (!has_text(o->type))
		return (luaL_error(L, "%s does not lead to text",
		    bind_pushspelling(L, o->type->type, "")));
	if (o->type->kind == KVM_K_ARRAY) {
		nelems = kvm_type_nelems(o->type->base);
		if (nelems != 0 && (lua_isnoneornil(L, 2) ||
		    nelems < (uint64_t)max))
			max = (lua_Integer)(nelems < BIND_STRING_MAX ? nelems :
			    BIND_STRING_MAX);
	}
	if (!bind_pushcstring(L, o->type->owner, 1, o->addr, (uint64_t)max))
		return (raise_fault(L, o));
	return (1);
}

/*
 * bytes(object [, n]): n raw bytes of a place, or of what a pointer points
 * to; without n as many as that type has.
 */
static int
ctype_bytes(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, 1);
	struct bind_type *t = o->type;
	lua_Integer n;

	bind_type_refresh(t);
	if (lua_isnoneornil(L, 2)) {
		n = (lua_Integer)kvm_type_size(t->kind == KVM_K_POINTER ?
		    t->base : t->type);
		if (n == 0)
			luaL_error(L, "%s: how many bytes is not known",
			    bind_pushspelling(L, t->type, ""));
	} else
		n = luaL_checkinteger(L, 2);
	luaL_argcheck(L, n >= 0 && (uint64_t)n <= BIND_READ_MAX, 2,
	    "more than 1 GiB at once");
	if (!bind_pushbytes(L, t->owner, 1, o->addr, (uint64_t)n))
		return (raise_fault(L, o));
	return (1);
}

const luaL_Reg bind_ctype_functions[] = {
	{ "typeof",	ctype_typeof },
	{ "sizeof",	ctype_sizeof },
	{ "offsetof",	ctype_offsetof },
	{ "has_member",	ctype_has_member },
	{ "istype",	ctype_istype },
	{ "addressof",	ctype_addressof },
	{ "toaddress",	ctype_toaddress },
	{ "container_of", ctype_container_of },
	{ "isnull",	ctype_isnull },
	{ "cast",	ctype_cast },
	{ "string",	ctype_string },
	{ "bytes",	ctype_bytes },
	{ NULL,		NULL },
};
