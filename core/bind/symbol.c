/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * symbol.c: symbols and sections of the kernel file, and kvm_nlist(3).
 */
#include "bind/bind.h"

/* elf(5): STT_* and STB_* of the GNU and FreeBSD ABIs. */
static const char *const symbol_types[] = { "notype", "object", "func",
    "section", "file", "common", "tls", NULL, NULL, NULL, "ifunc" };
static const char *const symbol_binds[] = { "local", "global", "weak", NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, "unique" };

/* Set a field to the word for value, or to the number when it has none. */
static void
set_word(lua_State *L, const char *field, const char *const *words, size_t n,
    unsigned int value)
{

	if (value < n && words[value] != NULL)
		lua_pushstring(L, words[value]);
	else
		lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

void
bind_pushsymbol(lua_State *L, const struct kvm_symbol *sym)
{

	lua_createtable(L, 0, 7);
	bind_setstring(L, "name", sym->ks_name);
	bind_setint(L, "value", sym->ks_value);
	bind_setint(L, "size", sym->ks_size);
	set_word(L, "type", symbol_types, sizeof(symbol_types) /
	    sizeof(symbol_types[0]), sym->ks_type);
	set_word(L, "bind", symbol_binds, sizeof(symbol_binds) /
	    sizeof(symbol_binds[0]), sym->ks_bind);
	bind_setint(L, "ntype", sym->ks_ntype);
	bind_setint(L, "index", sym->ks_index);
}

static int
kd_symbol(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *name = bind_checkname(L, 2);
	struct kvm_symbol sym;
	struct bind_call call;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_symbol(k->kd, name, &sym);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	bind_pushsymbol(L, &sym);
	return (1);
}

/* symbol_at(addr): symbol, offset of addr in it. */
static int
kd_symbol_at(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	struct kvm_symbol sym;
	struct bind_call call;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_symbol_at(k->kd, addr, &sym);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	bind_pushsymbol(L, &sym);
	lua_pushinteger(L, (lua_Integer)(addr - sym.ks_value));
	return (2);
}

/* Upvalue of next_namesake(). */
#define	UP_NAME		lua_upvalueindex(BIND_NUP + 3)

static int
next_symbol(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, BIND_UP_SUBJECT);
	size_t cursor = bind_cursor(L);
	struct kvm_symbol sym;
	int rc;

	do {
		rc = kvm_symbol_entry(k->kd, cursor++, &sym);
	} while (rc == 0 && sym.ks_name[0] == '\0');
	if (rc == -1)
		return (0);
	bind_setcursor(L, cursor);
	bind_pushsymbol(L, &sym);
	return (1);
}

static int
next_namesake(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, BIND_UP_SUBJECT);
	size_t cursor = bind_cursor(L);
	struct kvm_symbol sym;

	if (kvm_symbol_next(k->kd, lua_tostring(L, UP_NAME), &cursor, &sym) ==
	    -1)
		return (0);
	bind_setcursor(L, cursor);
	bind_pushsymbol(L, &sym);
	return (1);
}

/* symbols([name]): iterate over all symbols, or over those called name. */
static int
kd_symbols(lua_State *L)
{
	bool named = !lua_isnoneornil(L, 2);

	bind_checkkd(L, 1);
	if (named)
		(void)bind_checkname(L, 2);
	lua_settop(L, 2);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	lua_pushvalue(L, 2);
	bind_pushclosure(L, named ? next_namesake : next_symbol, 3);
	return (1);
}

/* section(name): name, addr, size, data (nil for one without contents). */
static int
kd_section(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *name = bind_checkname(L, 2);
	struct bind_call call;
	const void *data;
	kvaddr_t addr;
	size_t size;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_section(k->kd, name, &addr, &data, &size);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	lua_createtable(L, 0, 4);
	lua_pushvalue(L, 2);
	lua_setfield(L, -2, "name");
	bind_setint(L, "addr", addr);
	bind_setint(L, "size", size);
	if (data != NULL) {
		lua_pushlstring(L, data, size);
		lua_setfield(L, -2, "data");
	}
	return (1);
}

/*
 * Push a copy of the list of names at index 2: the resolver may change the
 * list while the core holds the strings.  Returns their number.
 */
static size_t
push_names(lua_State *L)
{
	lua_Integer i, n;

	luaL_checktype(L, 2, LUA_TTABLE);
	n = luaL_len(L, 2);
	luaL_argcheck(L, n >= 0 && n < INT_MAX, 2, "too many names");
	lua_newtable(L);
	for (i = 1; i <= n; i++) {
		if (lua_geti(L, 2, i) != LUA_TSTRING)
			luaL_error(L, "name #%I is no string",
			    (LUAI_UACINT)i);
		luaL_argcheck(L, bind_checkname(L, lua_gettop(L))[0] != '\0',
		    2, "a name is empty");
		lua_rawseti(L, -2, i);
	}
	return ((size_t)n);
}

static const char *
name_at(lua_State *L, int names, size_t i)
{
	const char *s;

	lua_rawgeti(L, names, (lua_Integer)i + 1);
	s = lua_tostring(L, -1);
	lua_pop(L, 1);
	return (s);
}

static void
set_found(lua_State *L, const char *name, uint64_t value, unsigned int type)
{

	lua_createtable(L, 0, 2);
	bind_setint(L, "value", value);
	bind_setint(L, "type", type);
	lua_setfield(L, -2, name);
}

/* nlist2{ "a", ... }: { a = { value=, type= }, ... }, names not found. */
static int
kd_nlist2(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct kvm_nlist *list;
	struct bind_call call;
	size_t i, n;
	int missing;

	lua_settop(L, 2);
	n = push_names(L);
	list = lua_newuserdatauv(L, (n + 1) * sizeof(*list), 0);
	for (i = 0; i <= n; i++)
		list[i] = (struct kvm_nlist){
		    .n_name = i < n ? name_at(L, 3, i) : NULL };
	bind_enter(k, &call, L, 1);
	missing = kvm_nlist2(k->kd, list);
	bind_leave(k, &call);
	if (missing == -1)
		return (bind_fail(L, k));
	lua_newtable(L);
	for (i = 0; i < n; i++)
		if (list[i].n_type != N_UNDF)
			set_found(L, list[i].n_name, list[i].n_value,
			    list[i].n_type);
	lua_pushinteger(L, missing);
	return (2);
}

/*
 * nlist{ "a", ... }: the same for native kernels; for others the error of
 * kvm_nlist(), which it gives before it looks at the list.
 */
static int
kd_nlist(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct nlist none = { .n_name = NULL };

	luaL_checktype(L, 2, LUA_TTABLE);
	if (kvm_nlist(k->kd, &none) == -1)
		return (bind_fail(L, k));
	return (kd_nlist2(L));
}

/* lookup(name): its address, through the resolver. */
static int
kd_lookup(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct kvm_nlist list[2] = { { .n_name = bind_checkname(L, 2) } };
	struct bind_call call;
	int missing;

	luaL_argcheck(L, list[0].n_name[0] != '\0', 2, "the name is empty");
	bind_enter(k, &call, L, 1);
	missing = kvm_nlist2(k->kd, list);
	bind_leave(k, &call);
	if (missing == -1)
		return (bind_fail(L, k));
	if (missing != 0)
		return (bind_failure(L, KVM_E_NOSYM, "no symbol '%s'",
		    list[0].n_name));
	lua_pushinteger(L, (lua_Integer)list[0].n_value);
	return (1);
}

const luaL_Reg bind_symbol_methods[] = {
	{ "symbol",	kd_symbol },
	{ "symbol_at",	kd_symbol_at },
	{ "symbols",	kd_symbols },
	{ "section",	kd_section },
	{ "nlist",	kd_nlist },
	{ "nlist2",	kd_nlist2 },
	{ "lookup",	kd_lookup },
	{ "module",	bind_module },
	{ NULL,		NULL },
};
