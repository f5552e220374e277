/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * module.c: the userdata of the file of a kernel module.
 */
#include "bind/bind.h"

/* What elf(5) calls SHF_ALLOC: the section takes up memory. */
#define	SECTION_ALLOC	0x2

struct bind_modfile {
	kvm_module_t	*module;
	struct bind_kd	*owner;
};

/* A module whose descriptor is open; anything else raises. */
static struct bind_modfile *
check_module(lua_State *L, int arg)
{
	struct bind_modfile *m;

	if (!bind_is(L, arg, BIND_MT_MODULE))
		luaL_typeerror(L, arg, "kvm.module");
	m = lua_touserdata(L, arg);
	if (m->owner->kd == NULL)
		(void)bind_notopen(L, m->owner);
	return (m);
}

int
bind_module(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	const char *path = bind_checkname(L, 2);
	struct bind_modfile *m;

	m = lua_newuserdatauv(L, sizeof(*m), 1);
	m->owner = k;
	if ((m->module = kvm_module_open(k->kd, path)) == NULL)
		return (bind_fail(L, k));
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, lua_upvalueindex(BIND_MT_MODULE));
	lua_setmetatable(L, -2);
	return (1);
}

static int
module_path(lua_State *L)
{

	lua_pushstring(L, kvm_module_path(check_module(L, 1)->module));
	return (1);
}

static int
module_relocatable(lua_State *L)
{

	lua_pushboolean(L, kvm_module_relocatable(check_module(L, 1)->module));
	return (1);
}

static void
push_section(lua_State *L, size_t index, const struct kvm_module_section *s)
{

	lua_createtable(L, 0, 7);
	bind_setstring(L, "name", s->kms_name);
	bind_setint(L, "index", index);
	bind_setint(L, "type", s->kms_type);
	bind_setint(L, "addr", s->kms_addr);
	bind_setint(L, "size", s->kms_size);
	bind_setbool(L, "alloc", (s->kms_flags & SECTION_ALLOC) != 0);
	bind_setbool(L, "placed", s->kms_placed);
}

/* sections(): the list of all, each with its index. */
static int
module_sections(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	struct kvm_module_section s;
	size_t i, n = kvm_module_section_count(m->module);

	lua_newtable(L);
	for (i = 1; i < n; i++) {
		if (kvm_module_section(m->module, i, &s) == -1)
			return (bind_fail(L, m->owner));
		push_section(L, i, &s);
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	return (1);
}

/* place(index, address) */
static int
module_place(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	lua_Integer index = luaL_checkinteger(L, 2);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 3);

	luaL_argcheck(L, index > 0, 2, "no number of a section");
	if (kvm_module_place(m->module, (size_t)index, addr) == -1)
		return (bind_fail(L, m->owner));
	lua_pushboolean(L, true);
	return (1);
}

static int
module_symbol(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	struct kvm_symbol sym;

	if (kvm_module_symbol(m->module, bind_checkname(L, 2), &sym) == -1)
		return (bind_fail(L, m->owner));
	bind_pushsymbol(L, &sym);
	return (1);
}

/* symbol_at(addr): symbol, offset of addr in it. */
static int
module_symbol_at(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	struct kvm_symbol sym;

	if (kvm_module_symbol_at(m->module, addr, &sym) == -1)
		return (bind_fail(L, m->owner));
	bind_pushsymbol(L, &sym);
	lua_pushinteger(L, (lua_Integer)(addr - sym.ks_value));
	return (2);
}

static int
next_symbol(lua_State *L)
{
	struct bind_modfile *m = check_module(L, BIND_UP_SUBJECT);
	size_t cursor = bind_cursor(L);
	struct kvm_symbol sym;
	int rc;

	do {
		rc = kvm_module_symbol_entry(m->module, cursor++, &sym);
	} while (rc == 0 && sym.ks_name[0] == '\0');
	if (rc == -1)
		return (0);
	bind_setcursor(L, cursor);
	bind_pushsymbol(L, &sym);
	return (1);
}

/* symbols(): iterate over all symbols. */
static int
module_symbols(lua_State *L)
{

	(void)check_module(L, 1);
	lua_settop(L, 1);
	lua_pushinteger(L, 0);
	bind_pushclosure(L, next_symbol, 2);
	return (1);
}

static int
give_type(lua_State *L, struct bind_modfile *m, kvm_type_t *t)
{

	lua_getiuservalue(L, 1, 1);
	return (bind_givetype(L, m->owner, lua_gettop(L), t));
}

/* type(kind, name) */
static int
module_type(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	const char *name;
	enum kvm_kind kind = bind_checkkind(L, 2, &name);

	return (give_type(L, m, kvm_module_type(m->module, kind, name)));
}

/* type_of_symbol(name) */
static int
module_type_of_symbol(lua_State *L)
{
	struct bind_modfile *m = check_module(L, 1);
	const char *name = bind_checkname(L, 2);
	struct kvm_symbol sym;
	kvm_type_t *t = NULL;

	if (kvm_module_symbol(m->module, name, &sym) == 0)
		t = kvm_module_type_of_symbol(m->module, &sym);
	return (give_type(L, m, t));
}

static int
module_tostring(lua_State *L)
{
	const struct bind_modfile *m = lua_touserdata(L, 1);

	lua_pushfstring(L, "kvm.module: %s", m->owner->kd == NULL ? "closed" :
	    kvm_module_path(m->module));
	return (1);
}

static const luaL_Reg methods[] = {
	{ "path",	module_path },
	{ "relocatable", module_relocatable },
	{ "sections",	module_sections },
	{ "place",	module_place },
	{ "symbol",	module_symbol },
	{ "symbol_at",	module_symbol_at },
	{ "symbols",	module_symbols },
	{ "type",	module_type },
	{ "type_of_symbol", module_type_of_symbol },
	{ NULL,		NULL },
};

static const luaL_Reg metamethods[] = {
	{ "__tostring",	module_tostring },
	{ NULL,		NULL },
};

void
bind_module_register(lua_State *L, int mt)
{

	lua_pushvalue(L, mt + BIND_MT_MODULE - 1);
	bind_setfuncs(L, metamethods, mt);
	lua_newtable(L);
	bind_setfuncs(L, methods, mt);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "kvm.module");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
