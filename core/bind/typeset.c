/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * typeset.c: what a descriptor knows of types: by kind and name, of a symbol,
 * all of them, and those that a script defines.
 */
#include <string.h>

#include "bind/bind.h"

/* A bound on what one definition may hold. */
#define	MAX_DEFINED	65536

enum kvm_kind
bind_checkkind(lua_State *L, int arg, const char **name)
{
	static const char *const words[] = { "struct", "union", "enum",
	    "typedef", "integer", "float", "void", NULL };
	static const enum kvm_kind kinds[] = { KVM_K_STRUCT, KVM_K_UNION,
	    KVM_K_ENUM, KVM_K_TYPEDEF, KVM_K_INTEGER, KVM_K_FLOAT,
	    KVM_K_VOID };
	enum kvm_kind kind = kinds[luaL_checkoption(L, arg, NULL, words)];

	*name = kind == KVM_K_VOID ? "void" : bind_checkname(L, arg + 1);
	return (kind);
}

/* type(kind, name): kind is a word; name is not needed for "void". */
static int
kd_type(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *name;
	enum kvm_kind kind = bind_checkkind(L, 2, &name);

	return (bind_givetype(L, k, 1, kvm_type(k->kd, kind, name)));
}

/* type_of_symbol(name) */
static int
kd_type_of_symbol(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *name = bind_checkname(L, 2);
	struct kvm_symbol sym;
	struct bind_call call;
	kvm_type_t *t = NULL;

	bind_enter(k, &call, L, 1);
	if (kvm_symbol(k->kd, name, &sym) == 0)
		t = kvm_type_of_symbol(k->kd, &sym);
	bind_leave(k, &call);
	return (bind_givetype(L, k, 1, t));
}

/* type_source(): a word. */
static int
kd_type_source(lua_State *L)
{

	lua_pushstring(L, kvm_type_source(bind_checkkd(L, 1)->kd));
	return (1);
}

/* source_line(addr): file, line. */
static int
kd_source_line(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct kvm_line line;

	if (kvm_source_line(k->kd, (kvaddr_t)luaL_checkinteger(L, 2), &line) ==
	    -1)
		return (bind_fail(L, k));
	lua_pushstring(L, line.kl_file);
	lua_pushinteger(L, (lua_Integer)line.kl_line);
	return (2);
}

/* debug_file(): the path of the file that has the kernel's DWARF. */
static int
kd_debug_file(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *path = kvm_debug_file(k->kd);

	if (path == NULL)
		return (bind_fail(L, k));
	lua_pushstring(L, path);
	return (1);
}

/* debug_warning(): what is to be said of debug files that were found, or nil. */
static int
kd_debug_warning(lua_State *L)
{

	lua_pushstring(L, kvm_debug_warning(bind_checkkd(L, 1)->kd));
	return (1);
}

/* enumerator(name): its value, in whatever enum it is. */
static int
kd_enumerator(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	int64_t value;

	if (kvm_enumerator(k->kd, bind_checkname(L, 2), &value) == -1)
		return (bind_fail(L, k));
	lua_pushinteger(L, value);
	return (1);
}

static int
next_type(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, BIND_UP_SUBJECT);
	size_t i = bind_cursor(L);
	kvm_type_t *t = NULL;

	while (t == NULL && i < kvm_type_count(k->kd))
		t = kvm_type_entry(k->kd, i++);
	if (t == NULL)
		return (0);
	bind_setcursor(L, i);
	bind_pushtype(L, k, BIND_UP_SUBJECT, t);
	return (1);
}

/* types(): iterate over all of them. */
static int
kd_types(lua_State *L)
{

	bind_checkkd(L, 1);
	lua_settop(L, 1);
	lua_pushinteger(L, 0);
	bind_pushclosure(L, next_type, 2);
	return (1);
}

static uint64_t
opt_field(lua_State *L, const char *field, uint64_t otherwise)
{
	uint64_t value = otherwise;

	if (lua_getfield(L, -1, field) != LUA_TNIL) {
		if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0)
			luaL_error(L, "define: %s is no count", field);
		value = (uint64_t)lua_tointeger(L, -1);
	}
	lua_pop(L, 1);
	return (value);
}

/*
 * Fill in *m from the record on top.  The name stays good as long as the list
 * at index names holds it.
 */
static void
check_member(lua_State *L, struct bind_kd *k, int names, lua_Integer i,
    struct kvm_member *m)
{
	uint64_t offset, bits;

	if (!lua_istable(L, -1))
		luaL_error(L, "define: member #%I is no table",
		    (LUAI_UACINT)i);
	memset(m, 0, sizeof(*m));
	m->km_name = "";
	if (lua_getfield(L, -1, "name") != LUA_TNIL) {
		m->km_name = bind_checkname(L, lua_gettop(L));
		lua_rawseti(L, names, i);
	} else
		lua_pop(L, 1);
	lua_getfield(L, -1, "type");
	m->km_type = bind_checktypeof(L, lua_gettop(L), k);
	lua_pop(L, 1);
	offset = opt_field(L, "offset", 0);
	if (offset > UINT64_MAX / 8)
		luaL_error(L, "define: offset too large");
	m->km_bitoff = opt_field(L, "bitoff", offset * 8);
	bits = opt_field(L, "bits", 0);
	if (bits > 64)
		luaL_error(L, "define: a bit-field has at most 64 bits");
	m->km_bits = (unsigned int)bits;
}

/*
 * define(kind, name, size, { { name=, type=, offset= | bitoff=, bits= } }):
 * a struct or union that the source lacks.
 */
static int
kd_define(lua_State *L)
{
	static const char *const words[] = { "struct", "union", NULL };
	struct bind_kd *k = bind_checkkd(L, 1);
	int word = luaL_checkoption(L, 2, NULL, words);
	const char *name = bind_checkname(L, 3);
	lua_Integer i, n, size = luaL_checkinteger(L, 4);
	struct kvm_member *members;

	luaL_argcheck(L, size >= 0, 4, "a size can't be negative");
	luaL_checktype(L, 5, LUA_TTABLE);
	n = luaL_len(L, 5);
	luaL_argcheck(L, n >= 0 && n <= MAX_DEFINED, 5, "too many members");
	lua_settop(L, 5);
	lua_createtable(L, (int)n, 0);
	members = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof(*members), 0);
	for (i = 0; i < n; i++) {
		lua_geti(L, 5, i + 1);
		check_member(L, k, 6, i + 1, &members[i]);
		lua_pop(L, 1);
	}
	return (bind_givetype(L, k, 1, kvm_type_define(k->kd,
	    word == 0 ? KVM_K_STRUCT : KVM_K_UNION, name, (uint64_t)size,
	    members, (size_t)n)));
}

const luaL_Reg bind_kd_type_methods[] = {
	{ "type",	kd_type },
	{ "type_of_symbol", kd_type_of_symbol },
	{ "type_source", kd_type_source },
	{ "source_line", kd_source_line },
	{ "debug_file",	kd_debug_file },
	{ "debug_warning", kd_debug_warning },
	{ "enumerator",	kd_enumerator },
	{ "types",	kd_types },
	{ "define",	kd_define },
	{ NULL,		NULL },
};
