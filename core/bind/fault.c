/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * fault.c: the fault object, raised when an expression reads what can't be
 * read: a table with code, address, path and message.
 */
#include "bind/bind.h"

bool
bind_isfault(lua_State *L, int idx)
{
	bool same;

	if (lua_type(L, idx) != LUA_TTABLE || !lua_getmetatable(L, idx))
		return (false);
	luaL_getmetatable(L, BIND_FAULT);
	same = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return (same);
}

void
bind_pushfault(lua_State *L, struct bind_kd *k, enum kvm_errclass why,
    kvaddr_t addr)
{

	lua_createtable(L, 0, 4);
	if (why == KVM_E_NOTSUP) {
		lua_pushliteral(L, "no Lua value for a value of this type");
	} else {
		lua_pushstring(L, kvm_geterr(k->kd));
		if (kvm_erraddr(k->kd) != 0)
			addr = kvm_erraddr(k->kd);
	}
	lua_setfield(L, -2, "message");
	bind_setstring(L, "code", kvm_errclass_name(why));
	bind_setint(L, "address", addr);
}

int
bind_raise(lua_State *L)
{

	lua_setfield(L, -2, "path");
	luaL_setmetatable(L, BIND_FAULT);
	return (lua_error(L));
}

int
bind_raisetype(lua_State *L, struct bind_kd *k, kvm_type_t *t,
    const char *name)
{

	bind_pushfault(L, k, kvm_errclass(k->kd), 0);
	bind_pushspelling(L, t, "");
	if (name != NULL) {
		lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), name);
		lua_remove(L, -2);
	}
	return (bind_raise(L));
}

void
bind_pushroot(lua_State *L, struct bind_type *t, kvaddr_t addr)
{
	char hex[BIND_HEX_SIZE];

	bind_pushspelling(L, t->type, t->kind == KVM_K_STRUCT ||
	    t->kind == KVM_K_UNION ? "*" : "");
	lua_pushfstring(L, "(%s)%s", lua_tostring(L, -1),
	    bind_hex(hex, addr));
	lua_remove(L, -2);
}

/* __tostring: "path: message" */
static int
fault_tostring(lua_State *L)
{

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "path");
	lua_getfield(L, 1, "message");
	lua_pushfstring(L, "%s: %s", luaL_tolstring(L, 2, NULL),
	    luaL_tolstring(L, 3, NULL));
	return (1);
}

void
bind_fault_register(lua_State *L)
{

	luaL_newmetatable(L, BIND_FAULT);
	lua_pushcfunction(L, fault_tostring);
	lua_setfield(L, -2, "__tostring");
	lua_pop(L, 1);
}
