/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * object.c: the typed object.  After a dot the kernel owns the names, so an
 * object has metamethods and no methods.
 */
#include "bind/bind.h"

/* Bounds on what pairs() collects from damaged type information. */
#define	MAX_DEPTH	16
#define	MAX_MEMBERS	65536

struct bind_object *
bind_checkobject(lua_State *L, int arg)
{
	struct bind_object *o;

	if (!bind_is(L, arg, BIND_MT_OBJECT))
		luaL_typeerror(L, arg, "kvm.object");
	o = lua_touserdata(L, arg);
	if (o->type->owner->kd == NULL)
		bind_notopen(L, o->type->owner);
	return (o);
}

void
bind_pushobject(lua_State *L, int type, kvaddr_t addr)
{
	struct bind_type *t = lua_touserdata(L, type);
	struct bind_object *o;

	if (t->kind == KVM_K_POINTER) {
		if (t->load.size == 4)
			addr = (uint32_t)addr;
		if (addr == 0) {
			lua_pushnil(L);
			return;
		}
	}
	lua_pushvalue(L, type);
	o = lua_newuserdatauv(L, sizeof(*o), 1);
	o->type = t;
	o->addr = addr;
	lua_insert(L, -2);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, lua_upvalueindex(BIND_MT_OBJECT));
	lua_setmetatable(L, -2);
}

/* ---- reading */

/* Raise the fault of reading o.key or o[key]; key is an index. */
static int
raise_fault(lua_State *L, struct bind_object *o, enum kvm_errclass why,
    kvaddr_t addr, int key)
{

	bind_pushfault(L, o->type->owner, why, addr);
	bind_pushroot(L, o->type, o->addr);
	luaL_tolstring(L, key, NULL);
	lua_pushfstring(L, lua_type(L, key) == LUA_TSTRING ? "%s->%s" :
	    "%s[%s]", lua_tostring(L, -2), lua_tostring(L, -1));
	lua_replace(L, -3);
	lua_pop(L, 1);
	return (bind_raise(L));
}

/* Push the member whose name is at index key of the object at index obj. */
static int
push_member_value(lua_State *L, struct bind_object *o, int obj, int key)
{
	struct bind_member *m;
	enum kvm_errclass why;
	kvaddr_t addr;

	lua_getiuservalue(L, obj, 1);
	m = bind_pushmember(L, o->type, lua_gettop(L), key);
	addr = o->addr + m->offset;
	if (m->load.op >= BIND_OP_POINTER)
		lua_getiuservalue(L, -1, 1);
	why = bind_fetch(L, o->type->owner, obj, &m->load, addr,
	    lua_gettop(L));
	if (why != KVM_E_NONE)
		return (raise_fault(L, o, why, addr, key));
	return (1);
}

/* Address of element i of an array or behind a pointer. */
static kvaddr_t
element_address(lua_State *L, struct bind_object *o, lua_Integer i)
{
	struct bind_type *t = o->type;
	uint64_t nelems;

	bind_type_refresh(t);
	if (t->kind == KVM_K_ARRAY) {
		nelems = kvm_type_nelems(t->base);
		if (i < 0 || (nelems != 0 && (uint64_t)i >= nelems))
			luaL_error(L, "index %I is outside of %s",
			    (LUAI_UACINT)i, bind_pushspelling(L, t->type, ""));
	}
	if (t->target == NULL)
		luaL_error(L, "%s can't be indexed",
		    bind_pushspelling(L, t->type, ""));
	if (t->step == 0 && i != 0)
		luaL_error(L, "%s: the size of an element is not known",
		    bind_pushspelling(L, t->type, ""));
	return (o->addr + (uint64_t)i * t->step);
}

/* Push the element whose number is at index key. */
static int
push_element(lua_State *L, struct bind_object *o, int obj, int key)
{
	lua_Integer i = lua_tointeger(L, key);
	kvaddr_t addr = element_address(L, o, i);
	struct bind_type *target;
	enum kvm_errclass why;

	lua_getiuservalue(L, obj, 1);
	target = bind_pushtarget(L, lua_gettop(L));
	bind_type_refresh(target);
	if (target->kind == KVM_K_VOID || target->kind == KVM_K_FORWARD)
		return (luaL_error(L, "%s: not known what it points to",
		    bind_pushspelling(L, o->type->type, "")));
	why = bind_fetch(L, o->type->owner, obj, &target->load, addr,
	    lua_gettop(L));
	if (why != KVM_E_NONE)
		return (raise_fault(L, o, why, addr, key));
	return (1);
}

static int
object_index(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, 1);
	int isint;

	if (lua_type(L, 2) == LUA_TSTRING)
		return (push_member_value(L, o, 1, 2));
	(void)lua_tointegerx(L, 2, &isint);
	if (!isint)
		return (luaL_error(L, "an object is indexed by a member's "
		    "name or an integer, not by a %s", luaL_typename(L, 2)));
	return (push_element(L, o, 1, 2));
}

static int
object_newindex(lua_State *L)
{

	bind_checkobject(L, 1);
	return (luaL_error(L, "cannot assign to '%s': "
	    "a dead kernel is read-only", luaL_tolstring(L, 2, NULL)));
}

/* ---- operators */

static int
object_len(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, 1);

	if (o->type->kind != KVM_K_ARRAY)
		return (luaL_error(L, "%s is no array: it has no length",
		    bind_pushspelling(L, o->type->type, "")));
	lua_pushinteger(L, (lua_Integer)kvm_type_nelems(o->type->base));
	return (1);
}

static int
object_eq(lua_State *L)
{
	struct bind_object *a, *b;

	if (!bind_is(L, 1, BIND_MT_OBJECT) || !bind_is(L, 2, BIND_MT_OBJECT)) {
		lua_pushboolean(L, 0);
		return (1);
	}
	a = bind_checkobject(L, 1);
	b = bind_checkobject(L, 2);
	lua_pushboolean(L, a->addr == b->addr &&
	    a->type->owner == b->type->owner &&
	    bind_sametype(a->type->type, b->type->type));
	return (1);
}

/* Push the pointer n elements on; an array decays to its first element. */
static int
push_moved(lua_State *L, struct bind_object *o, int obj, lua_Integer n)
{
	struct bind_type *t = o->type;
	kvm_type_t *pointer;

	bind_type_refresh(t);
	if (t->target == NULL)
		return (luaL_error(L, "no pointer arithmetic on %s",
		    bind_pushspelling(L, t->type, "")));
	if (t->step == 0 && n != 0)
		return (luaL_error(L, "%s: the size of an element is not "
		    "known", bind_pushspelling(L, t->type, "")));
	lua_getiuservalue(L, obj, 1);
	if (t->kind == KVM_K_ARRAY) {
		pointer = kvm_type_pointer(t->target);
		if (pointer == NULL)
			return (luaL_error(L, "%s",
			    kvm_geterr(t->owner->kd)));
		bind_pushtypeof(L, t->owner, lua_gettop(L), pointer);
	}
	bind_pushobject(L, lua_gettop(L), o->addr + (uint64_t)n * t->step);
	return (1);
}

static int
object_add(lua_State *L)
{
	int obj = bind_is(L, 1, BIND_MT_OBJECT) ? 1 : 2;

	return (push_moved(L, bind_checkobject(L, obj), obj,
	    luaL_checkinteger(L, 3 - obj)));
}

static int
object_sub(lua_State *L)
{
	struct bind_object *a = bind_checkobject(L, 1), *b;

	if (!bind_is(L, 2, BIND_MT_OBJECT))
		return (push_moved(L, a, 1,
		    (lua_Integer)(0 - (uint64_t)luaL_checkinteger(L, 2))));
	b = bind_checkobject(L, 2);
	if (a->type->owner != b->type->owner || a->type->target == NULL ||
	    b->type->target == NULL ||
	    !bind_sametype(a->type->target, b->type->target))
		return (luaL_error(L,
		    "only pointers of one type have a difference"));
	if (a->type->step == 0)
		return (luaL_error(L, "%s: the size of an element is not "
		    "known", bind_pushspelling(L, a->type->type, "")));
	lua_pushinteger(L, (lua_Integer)((int64_t)(a->addr - b->addr) /
	    (int64_t)a->type->step));
	return (1);
}

static int
object_tostring(lua_State *L)
{
	char hex[BIND_HEX_SIZE];
	struct bind_object *o;

	if (!bind_is(L, 1, BIND_MT_OBJECT))
		luaL_typeerror(L, 1, "kvm.object");
	o = lua_touserdata(L, 1);
	if (o->type->owner->kd == NULL) {
		lua_pushliteral(L, "kvm.object (closed)");
		return (1);
	}
	bind_pushspelling(L, o->type->type, "");
	lua_pushfstring(L, "(%s)%s", lua_tostring(L, -1),
	    bind_hex(hex, o->addr));
	return (1);
}

/* ---- pairs */

/* Upvalues after the metatables: object, names or nil, numbers so far. */
#define	UP_OBJECT	lua_upvalueindex(BIND_NUP + 1)
#define	UP_NAMES	lua_upvalueindex(BIND_NUP + 2)
#define	UP_NEXT		lua_upvalueindex(BIND_NUP + 3)

/*
 * Append the names of t's members, those of anonymous members included, to
 * the table at index names.  left bounds the members looked at.
 */
static void
collect_names(lua_State *L, struct bind_kd *k, int names, kvm_type_t *t,
    int depth, int *left)
{
	size_t i, n = kvm_type_nmembers(t);
	enum kvm_kind kind;
	struct kvm_member m;
	kvm_type_t *inner;

	for (i = 0; i < n; i++) {
		if ((*left)-- <= 0)
			luaL_error(L, "too many members");
		if (kvm_type_member(t, i, &m) == -1) {
			bind_checkmemory(L, k, t);
			continue;
		}
		if (m.km_name[0] != '\0') {
			lua_pushstring(L, m.km_name);
			lua_rawseti(L, names,
			    (lua_Integer)lua_rawlen(L, names) + 1);
			continue;
		}
		inner = kvm_type_strip(m.km_type);
		kind = kvm_type_kind(inner);
		if ((kind == KVM_K_STRUCT || kind == KVM_K_UNION) &&
		    m.km_bits == 0 && depth < MAX_DEPTH)
			collect_names(L, k, names, inner, depth + 1,
			    left);
	}
}

static int
next_member(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, UP_OBJECT);
	lua_Integer i = lua_tointeger(L, UP_NEXT) + 1;

	lua_settop(L, 0);
	if (lua_rawgeti(L, UP_NAMES, i) != LUA_TSTRING)
		return (0);
	lua_pushinteger(L, i);
	lua_replace(L, UP_NEXT);
	push_member_value(L, o, UP_OBJECT, 1);
	lua_pushvalue(L, 1);
	lua_insert(L, -2);
	return (2);
}

static int
next_element(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, UP_OBJECT);
	lua_Integer i = lua_tointeger(L, UP_NEXT);

	if ((uint64_t)i >= kvm_type_nelems(o->type->base))
		return (0);
	lua_settop(L, 0);
	lua_pushinteger(L, i + 1);
	lua_replace(L, UP_NEXT);
	lua_pushinteger(L, i);
	push_element(L, o, UP_OBJECT, 1);
	lua_pushvalue(L, 1);
	lua_insert(L, -2);
	return (2);
}

/* pairs(): name, value of a struct's members; index, value of an array. */
static int
object_pairs(lua_State *L)
{
	struct bind_object *o = bind_checkobject(L, 1);
	bool array = o->type->kind == KVM_K_ARRAY;
	int left = MAX_MEMBERS;

	bind_type_refresh(o->type);
	if (!array && o->type->base_kind != KVM_K_STRUCT &&
	    o->type->base_kind != KVM_K_UNION)
		return (luaL_error(L, "%s has no members",
		    bind_pushspelling(L, o->type->type, "")));
	lua_settop(L, 1);
	lua_newtable(L);
	if (!array)
		collect_names(L, o->type->owner, 2, o->type->base, 0, &left);
	lua_pushinteger(L, 0);
	bind_pushclosure(L, array ? next_element : next_member, 3);
	return (1);
}

/* ---- making objects */

/* object(type, addr): what reading a member of that type at addr gives. */
static int
new_object(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	enum kvm_errclass why;
	char hex[BIND_HEX_SIZE];

	bind_type_refresh(t);
	why = bind_fetch(L, t->owner, 1, &t->load, addr, 1);
	if (why == KVM_E_NONE)
		return (1);
	bind_pushfault(L, t->owner, why, addr);
	bind_pushspelling(L, t->type, "*");
	lua_pushfstring(L, "*(%s)%s", lua_tostring(L, -1),
	    bind_hex(hex, addr));
	lua_remove(L, -2);
	return (bind_raise(L));
}

/* pointer(type, value): a value of the pointer type; nil when it is 0. */
static int
new_pointer(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);

	luaL_argcheck(L, t->kind == KVM_K_POINTER, 1, "no pointer type");
	bind_pushobject(L, 1, addr);
	return (1);
}

const luaL_Reg bind_object_functions[] = {
	{ "object",	new_object },
	{ "pointer",	new_pointer },
	{ "getter",	bind_getter },
	{ "reader",	bind_reader },
	{ NULL,		NULL },
};

void
bind_object_register(lua_State *L, int mt)
{
	static const luaL_Reg metamethods[] = {
		{ "__index",	object_index },
		{ "__newindex",	object_newindex },
		{ "__len",	object_len },
		{ "__eq",	object_eq },
		{ "__add",	object_add },
		{ "__sub",	object_sub },
		{ "__tostring",	object_tostring },
		{ "__pairs",	object_pairs },
		{ NULL,		NULL },
	};

	lua_pushvalue(L, mt + BIND_MT_OBJECT - 1);
	bind_setfuncs(L, metamethods, mt);
	lua_pushliteral(L, "kvm.object");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
