/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * type.c: the type userdata.  There is one for each type of a descriptor as
 * long as anything uses it, so types compare with ==.
 *
 * Fields: kind name size target nelems bits encoding variadic descriptor.
 * After a "." or ":" come only these and the methods: a type has no names of
 * the kernel's.
 */
#include <string.h>

#include "bind/bind.h"

#define	SPELLING	256	/* most spellings are shorter */

static const char *const kind_names[] = {
	[KVM_K_VOID] = "void",
	[KVM_K_INTEGER] = "integer",
	[KVM_K_FLOAT] = "float",
	[KVM_K_POINTER] = "pointer",
	[KVM_K_ARRAY] = "array",
	[KVM_K_FUNCTION] = "function",
	[KVM_K_STRUCT] = "struct",
	[KVM_K_UNION] = "union",
	[KVM_K_ENUM] = "enum",
	[KVM_K_FORWARD] = "forward",
	[KVM_K_TYPEDEF] = "typedef",
	[KVM_K_VOLATILE] = "volatile",
	[KVM_K_CONST] = "const",
	[KVM_K_RESTRICT] = "restrict",
};

const char *
bind_kindname(enum kvm_kind kind)
{

	if ((size_t)kind >= sizeof(kind_names) / sizeof(kind_names[0]))
		return ("unknown");
	return (kind_names[kind]);
}

/* ---- the userdata */

/* Bytes from one element to the next; void counts as 1, as in GNU C. */
static uint64_t
step_of(kvm_type_t *target)
{

	if (target == NULL)
		return (0);
	if (kvm_type_kind(kvm_type_strip(target)) == KVM_K_VOID)
		return (1);
	return (kvm_type_size(target));
}

/* False as bind_load_init() says. */
static bool
init_type(struct bind_type *t)
{
	kvm_type_t *strip = kvm_type_strip(t->type);
	struct bind_load target;
	bool fine;

	t->kind = kvm_type_kind(strip);
	t->target = NULL;
	t->base = strip;
	if (t->kind == KVM_K_POINTER || t->kind == KVM_K_ARRAY)
		t->target = kvm_type_target(strip);
	if (t->kind == KVM_K_POINTER && t->target != NULL)
		t->base = kvm_type_strip(t->target);
	t->base_kind = kvm_type_kind(t->base);
	fine = bind_load_init(&t->load, t->type, 0, 0);
	if (t->target != NULL && !bind_load_init(&target, t->target, 0, 0))
		fine = false;
	t->step = step_of(t->target);
	return (fine);
}

/* What was a forward declaration may have been defined meanwhile. */
void
bind_type_refresh(struct bind_type *t)
{

	if (t->base_kind == KVM_K_FORWARD)
		(void)init_type(t);
}

struct bind_type *
bind_pushtype(lua_State *L, struct bind_kd *k, int kd, kvm_type_t *type)
{
	struct bind_type *t;

	lua_getiuservalue(L, kd, BIND_KD_TYPES);
	if (lua_rawgetp(L, -1, type) == LUA_TUSERDATA) {
		lua_remove(L, -2);
		return (lua_touserdata(L, -1));
	}
	lua_pop(L, 1);
	lua_pushvalue(L, kd);
	t = lua_newuserdatauv(L, sizeof(*t), BIND_TYPE_NUV);
	t->type = type;
	t->owner = k;
	lua_insert(L, -2);
	lua_setiuservalue(L, -2, BIND_TYPE_KD);
	if (!init_type(t))
		bind_checkmemory(L, k, type);
	lua_pushvalue(L, lua_upvalueindex(BIND_MT_TYPE));
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, -3, type);
	lua_remove(L, -2);
	return (t);
}

int
bind_givetype(lua_State *L, struct bind_kd *k, int kd, kvm_type_t *t)
{

	if (t == NULL)
		return (bind_fail(L, k));
	bind_pushtype(L, k, kd, t);
	return (1);
}

struct bind_type *
bind_pushtypeof(lua_State *L, struct bind_kd *k, int type, kvm_type_t *other)
{
	struct bind_type *t;

	lua_getiuservalue(L, type, BIND_TYPE_KD);
	t = bind_pushtype(L, k, lua_gettop(L), other);
	lua_remove(L, -2);
	return (t);
}

struct bind_type *
bind_pushtarget(lua_State *L, int type)
{
	struct bind_type *t = lua_touserdata(L, type), *target;

	if (lua_getiuservalue(L, type, BIND_TYPE_TARGET) == LUA_TUSERDATA)
		return (lua_touserdata(L, -1));
	lua_pop(L, 1);
	lua_pushvalue(L, type);
	target = bind_pushtypeof(L, t->owner, lua_gettop(L), t->target);
	lua_pushvalue(L, -1);
	lua_setiuservalue(L, -3, BIND_TYPE_TARGET);
	lua_remove(L, -2);
	return (target);
}

struct bind_type *
bind_checktype(lua_State *L, int arg)
{
	struct bind_type *t;

	if (!bind_is(L, arg, BIND_MT_TYPE))
		luaL_typeerror(L, arg, "kvm.type");
	t = lua_touserdata(L, arg);
	if (t->owner->kd == NULL)
		bind_notopen(L, t->owner);
	return (t);
}

const char *
bind_pushspelling(lua_State *L, kvm_type_t *t, const char *name)
{
	char buf[SPELLING];
	luaL_Buffer b;
	size_t len;

	len = kvm_type_spell(t, name, buf, sizeof(buf));
	if (len < sizeof(buf))
		return (lua_pushlstring(L, buf, len));
	kvm_type_spell(t, name, luaL_buffinitsize(L, &b, len + 1), len + 1);
	luaL_pushresultsize(&b, len);
	return (lua_tostring(L, -1));
}

/* ---- fields */

/*
 * Push the type, or nil when there is none.  (What has no target by its kind
 * leaves no error; a damaged one does, and is just as absent.)
 */
static int
push_or_nil(lua_State *L, struct bind_type *t, kvm_type_t *other)
{

	if (other == NULL)
		luaL_pushfail(L);
	else
		bind_pushtypeof(L, t->owner, 1, other);
	return (1);
}

static int
get_kind(lua_State *L, struct bind_type *t)
{

	lua_pushstring(L, bind_kindname(kvm_type_kind(t->type)));
	return (1);
}

static int
get_name(lua_State *L, struct bind_type *t)
{

	lua_pushstring(L, kvm_type_name(t->type));
	return (1);
}

static int
get_size(lua_State *L, struct bind_type *t)
{

	lua_pushinteger(L, (lua_Integer)kvm_type_size(t->type));
	return (1);
}

static int
get_target(lua_State *L, struct bind_type *t)
{

	return (push_or_nil(L, t, kvm_type_target(t->type)));
}

static int
get_nelems(lua_State *L, struct bind_type *t)
{

	if (kvm_type_kind(t->type) != KVM_K_ARRAY)
		lua_pushnil(L);
	else
		lua_pushinteger(L, (lua_Integer)kvm_type_nelems(t->type));
	return (1);
}

static bool
is_number(struct bind_type *t)
{
	enum kvm_kind kind = kvm_type_kind(t->type);

	return (kind == KVM_K_INTEGER || kind == KVM_K_FLOAT);
}

static int
get_bits(lua_State *L, struct bind_type *t)
{

	if (is_number(t))
		lua_pushinteger(L, kvm_type_bits(t->type));
	else
		lua_pushnil(L);
	return (1);
}

static int
get_encoding(lua_State *L, struct bind_type *t)
{

	if (is_number(t))
		lua_pushinteger(L, kvm_type_encoding(t->type));
	else
		lua_pushnil(L);
	return (1);
}

static int
get_variadic(lua_State *L, struct bind_type *t)
{

	lua_pushboolean(L, kvm_type_variadic(t->type));
	return (1);
}

static int
get_descriptor(lua_State *L, struct bind_type *t)
{

	(void)t;
	lua_getiuservalue(L, 1, BIND_TYPE_KD);
	return (1);
}

static const struct field {
	const char	*name;
	int		(*get)(lua_State *, struct bind_type *);
} fields[] = {
	{ "kind",	get_kind },
	{ "name",	get_name },
	{ "size",	get_size },
	{ "target",	get_target },
	{ "nelems",	get_nelems },
	{ "bits",	get_bits },
	{ "encoding",	get_encoding },
	{ "variadic",	get_variadic },
	{ "descriptor",	get_descriptor },
};

/* __index: upvalue BIND_NUP + 1 has methods by name, fields by number. */
static int
type_index(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	switch (lua_rawget(L, lua_upvalueindex(BIND_NUP + 1))) {
	case LUA_TNUMBER:
		return (fields[lua_tointeger(L, -1)].get(L, t));
	case LUA_TFUNCTION:
		return (1);
	default:
		return (luaL_error(L, "a kvm.type has no field '%s'",
		    luaL_tolstring(L, 2, NULL)));
	}
}

/* ---- methods */

static int
derived(lua_State *L, struct bind_type *t, kvm_type_t *other)
{

	if (other == NULL)
		return (bind_fail(L, t->owner));
	bind_pushtypeof(L, t->owner, 1, other);
	return (1);
}

static int
type_strip(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	return (derived(L, t, kvm_type_strip(t->type)));
}

static int
type_pointer(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	return (derived(L, t, kvm_type_pointer(t->type)));
}

static int
type_array(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	lua_Integer n = luaL_optinteger(L, 2, 0);

	luaL_argcheck(L, n >= 0, 2, "a count can't be negative");
	return (derived(L, t, kvm_type_array(t->type, (uint64_t)n)));
}

static int
type_const(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	return (derived(L, t, kvm_type_qualified(t->type, KVM_K_CONST)));
}

static int
type_volatile(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	return (derived(L, t, kvm_type_qualified(t->type, KVM_K_VOLATILE)));
}

kvm_type_t *
bind_checktypeof(lua_State *L, int arg, const struct bind_kd *k)
{
	struct bind_type *t = bind_checktype(L, arg);

	if (t->owner != k)
		luaL_error(L, "a type of another descriptor");
	return (t->type);
}

/* function_type(params, variadic): the function that returns this type. */
static int
type_function_type(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	lua_Integer i, n = 0;
	kvm_type_t **params;

	if (!lua_isnoneornil(L, 2)) {
		luaL_checktype(L, 2, LUA_TTABLE);
		n = luaL_len(L, 2);
		luaL_argcheck(L, n >= 0 && n <= 1024, 2,
		    "too many parameters");
	}
	params = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof(*params), 0);
	for (i = 0; i < n; i++) {
		lua_geti(L, 2, i + 1);
		params[i] = bind_checktypeof(L, lua_gettop(L), t->owner);
		lua_pop(L, 1);
	}
	return (derived(L, t, kvm_type_function(t->type, params, (size_t)n,
	    lua_toboolean(L, 3))));
}

/* { name=, type=, offset= (bytes), bitoff=, bits= (of a bit-field) } */
static void
push_member_record(lua_State *L, struct bind_type *t,
    const struct kvm_member *m)
{

	lua_createtable(L, 0, 5);
	bind_setstring(L, "name", m->km_name);
	bind_pushtypeof(L, t->owner, 1, m->km_type);
	lua_setfield(L, -2, "type");
	bind_setint(L, "offset", m->km_bitoff / 8);
	bind_setint(L, "bitoff", m->km_bitoff);
	if (m->km_bits != 0)
		bind_setint(L, "bits", m->km_bits);
}

/* What is declared but not defined is one without members. */
static kvm_type_t *
check_struct(lua_State *L, struct bind_type *t)
{
	kvm_type_t *strip = kvm_type_strip(t->type);
	enum kvm_kind kind = kvm_type_kind(strip);

	if (kind != KVM_K_STRUCT && kind != KVM_K_UNION &&
	    kind != KVM_K_FORWARD)
		luaL_error(L, "%s is no struct or union",
		    bind_pushspelling(L, t->type, ""));
	return (strip);
}

/* members(): as declared; anonymous ones have the name "". */
static int
type_members(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	kvm_type_t *strip = check_struct(L, t);
	size_t i, n = kvm_type_nmembers(strip);
	struct kvm_member m;

	lua_newtable(L);
	for (i = 0; i < n; i++) {
		if (kvm_type_member(strip, i, &m) == -1)
			return (bind_fail(L, t->owner));
		push_member_record(L, t, &m);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return (1);
}

/* member(name): inside anonymous ones too; nil when there is none. */
static int
type_member(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	const char *name = bind_checkname(L, 2);
	struct kvm_member m;

	if (kvm_type_find_member(check_struct(L, t), name, &m) == -1)
		return (bind_fail(L, t->owner));
	push_member_record(L, t, &m);
	return (1);
}

/* enumerators(): { { name=, value= }, ... } */
static int
type_enumerators(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	kvm_type_t *strip = kvm_type_strip(t->type);
	struct kvm_enumerator e;
	size_t i, n;

	luaL_argcheck(L, kvm_type_kind(strip) == KVM_K_ENUM, 1, "no enum");
	n = kvm_type_nmembers(strip);
	lua_newtable(L);
	for (i = 0; i < n; i++) {
		if (kvm_type_enumerator(strip, i, &e) == -1)
			return (bind_fail(L, t->owner));
		lua_createtable(L, 0, 2);
		bind_setstring(L, "name", e.ken_name);
		bind_setint(L, "value", (uint64_t)e.ken_value);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return (1);
}

/* params(): types of a function's parameters, then whether it is variadic. */
static int
type_params(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	kvm_type_t *strip = kvm_type_strip(t->type), *param;
	size_t i, n;

	luaL_argcheck(L, kvm_type_kind(strip) == KVM_K_FUNCTION, 1,
	    "no function");
	n = kvm_type_nmembers(strip);
	lua_newtable(L);
	for (i = 0; i < n; i++) {
		param = kvm_type_param(strip, i);
		if (param == NULL)
			return (bind_fail(L, t->owner));
		bind_pushtypeof(L, t->owner, 1, param);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushboolean(L, kvm_type_variadic(strip));
	return (2);
}

static int
type_enum_name(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);
	lua_Integer value = luaL_checkinteger(L, 2);
	const char *name;

	name = kvm_type_enum_name(kvm_type_strip(t->type), value);
	if (name == NULL)
		luaL_pushfail(L);
	else
		lua_pushstring(L, name);
	return (1);
}

/* spell([declarator]): the C spelling, "char name[20]". */
static int
type_spell(lua_State *L)
{
	struct bind_type *t = bind_checktype(L, 1);

	bind_pushspelling(L, t->type,
	    lua_isnoneornil(L, 2) ? "" : bind_checkname(L, 2));
	return (1);
}

static int
type_tostring(lua_State *L)
{
	struct bind_type *t;

	if (!bind_is(L, 1, BIND_MT_TYPE))
		luaL_typeerror(L, 1, "kvm.type");
	t = lua_touserdata(L, 1);
	if (t->owner->kd == NULL)
		lua_pushliteral(L, "kvm.type (closed)");
	else
		bind_pushspelling(L, t->type, "");
	return (1);
}

static const luaL_Reg methods[] = {
	{ "strip",	type_strip },
	{ "pointer",	type_pointer },
	{ "array",	type_array },
	{ "const",	type_const },
	{ "volatile",	type_volatile },
	{ "function_type", type_function_type },
	{ "members",	type_members },
	{ "member",	type_member },
	{ "enumerators", type_enumerators },
	{ "params",	type_params },
	{ "enum_name",	type_enum_name },
	{ "spell",	type_spell },
	{ NULL,		NULL },
};

void
bind_type_register(lua_State *L, int mt)
{
	static const luaL_Reg tostring[] = {
		{ "__tostring",	type_tostring },
		{ NULL,		NULL },
	};
	size_t i;

	lua_pushvalue(L, mt + BIND_MT_TYPE - 1);
	bind_setfuncs(L, tostring, mt);
	for (i = 0; i < BIND_NUP; i++)
		lua_pushvalue(L, mt + (int)i);
	lua_newtable(L);
	bind_setfuncs(L, methods, mt);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		bind_setint(L, fields[i].name, i);
	lua_pushcclosure(L, type_index, BIND_NUP + 1);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "kvm.type");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
