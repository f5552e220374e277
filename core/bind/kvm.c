/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kvm.c: the Lua module "kvm": the open family, the constants, and what the
 * files of the binding share.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "bind/bind.h"

void
bind_setfuncs(lua_State *L, const luaL_Reg *funcs, int mt)
{
	int i;

	luaL_checkstack(L, BIND_NUP, NULL);
	for (i = 0; i < BIND_NUP; i++)
		lua_pushvalue(L, mt + i);
	luaL_setfuncs(L, funcs, BIND_NUP);
}

void
bind_pushclosure(lua_State *L, lua_CFunction fn, int nextra)
{
	int i;

	for (i = 1; i <= BIND_NUP; i++) {
		lua_pushvalue(L, lua_upvalueindex(i));
		lua_insert(L, -(nextra + 1));
	}
	lua_pushcclosure(L, fn, BIND_NUP + nextra);
}

int
bind_fail(lua_State *L, struct bind_kd *k)
{

	luaL_pushfail(L);
	lua_pushstring(L, kvm_geterr(k->kd));
	lua_pushstring(L, kvm_errclass_name(kvm_errclass(k->kd)));
	return (3);
}

int
bind_failure(lua_State *L, enum kvm_errclass why, const char *fmt, ...)
{
	va_list ap;

	luaL_pushfail(L);
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	lua_pushstring(L, kvm_errclass_name(why));
	return (3);
}

const char *
bind_checkname(lua_State *L, int arg)
{
	size_t len;
	const char *s = luaL_checklstring(L, arg, &len);

	luaL_argcheck(L, strlen(s) == len, arg, "string contains zeros");
	return (s);
}

void
bind_setint(lua_State *L, const char *field, uint64_t value)
{

	lua_pushinteger(L, (lua_Integer)value);
	lua_setfield(L, -2, field);
}

void
bind_setbool(lua_State *L, const char *field, bool value)
{

	lua_pushboolean(L, value);
	lua_setfield(L, -2, field);
}

void
bind_setstring(lua_State *L, const char *field, const char *value)
{

	lua_pushstring(L, value);
	lua_setfield(L, -2, field);
}

static const char *
opt_name(lua_State *L, int arg)
{

	return (lua_isnoneornil(L, arg) ? NULL : bind_checkname(L, arg));
}

/*
 * Open into a new descriptor, which is left on the stack above what args
 * points into.  resolver: index of a Lua function or 0; errstr: index of the
 * string behind which errors are printed, or 0.
 */
static int
open_descriptor(lua_State *L, struct kvm_open_args *args, int resolver,
    int errstr)
{
	struct kvm_error err;
	struct bind_call call;
	struct bind_kd *k;

	memset(&err, 0, sizeof(err));
	k = bind_newkd(L);
	if (resolver != 0) {
		lua_pushvalue(L, resolver);
		lua_setiuservalue(L, -2, BIND_KD_RESOLVER);
		args->ka_resolver = bind_resolver;
		args->ka_arg = k;
	}
	if (errstr != 0) {
		lua_pushvalue(L, errstr);
		lua_setiuservalue(L, -2, BIND_KD_ERRSTR);
		args->ka_errstr = lua_tostring(L, errstr);
	}
	args->ka_progress_arg = &k->progress;
	k->opening = true;
	bind_enter(k, &call, L, lua_gettop(L));
	k->kd = kvm_openx(args, &err);
	k->opening = false;
	bind_leave(k, &call);
	if (k->kd == NULL)
		return (bind_failure(L, err.ke_class, "%s", err.ke_message));
	return (1);
}

/* open(execfile, corefile, swapfile, flags, errstr): kvm_open(3). */
static int
kvm_lua_open(lua_State *L)
{
	struct kvm_open_args args = { 0 };

	lua_settop(L, 5);
	args.ka_execfile = opt_name(L, 1);
	args.ka_corefile = opt_name(L, 2);
	(void)opt_name(L, 3);
	args.ka_flags = (int)luaL_optinteger(L, 4, O_RDONLY);
	args.ka_options = KVM_OPEN_RESOLVER;
	return (open_descriptor(L, &args, 0, opt_name(L, 5) != NULL ? 5 : 0));
}

/* openfiles(execfile, corefile, swapfile, flags): kvm_openfiles(3). */
static int
kvm_lua_openfiles(lua_State *L)
{

	lua_settop(L, 4);
	return (kvm_lua_open(L));
}

static bool
is_elf_resolver(lua_State *L, int idx)
{
	union {
		int	(*fn)(const char *, kvaddr_t *);
		void	*p;
	} u;

	u.fn = kvm_elf_resolver;
	return (lua_islightuserdata(L, idx) && lua_touserdata(L, idx) == u.p);
}

/*
 * The resolver at index idx: its index when it is a Lua function, else 0.
 * None at all leaves *options as they are; the ELF resolver will serve any
 * architecture.
 */
static int
check_resolver(lua_State *L, int idx, unsigned int *options)
{

	if (lua_isnoneornil(L, idx))
		return (0);
	*options &= ~KVM_OPEN_RESOLVER;
	if (is_elf_resolver(L, idx))
		return (0);
	luaL_checktype(L, idx, LUA_TFUNCTION);
	return (idx);
}

/* open2(execfile, corefile, flags, resolver): kvm_open2(3). */
static int
kvm_lua_open2(lua_State *L)
{
	struct kvm_open_args args = { 0 };
	int resolver;

	lua_settop(L, 4);
	args.ka_execfile = opt_name(L, 1);
	args.ka_corefile = opt_name(L, 2);
	args.ka_flags = (int)luaL_optinteger(L, 3, O_RDONLY);
	args.ka_options = KVM_OPEN_RESOLVER;
	resolver = check_resolver(L, 4, &args.ka_options);
	return (open_descriptor(L, &args, resolver, 0));
}

/* Raise for a key that openx() does not know: a misspelt one does nothing. */
static void
check_keys(lua_State *L)
{
	static const char *const known[] = { "kernel", "core", "flags",
	    "resolver", "errstr", "no_kernel", "any_version", "keyfile",
	    "cachedir", "progress", "debug", NULL };
	int i;

	for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
		for (i = 0; known[i] != NULL; i++) {
			lua_pushstring(L, known[i]);
			if (lua_rawequal(L, -1, -3))
				break;
			lua_pop(L, 1);
		}
		if (known[i] == NULL)
			luaL_error(L, "openx: unknown option '%s'",
			    luaL_tolstring(L, -2, NULL));
		lua_pop(L, 1);
	}
}

static int
push_option(lua_State *L, const char *name)
{

	lua_getfield(L, 1, name);
	return (lua_gettop(L));
}

/*
 * openx{kernel=, core=, flags=, resolver=, errstr=, no_kernel=, any_version=,
 * keyfile=, cachedir=, progress=, debug=}
 */
static int
kvm_lua_openx(lua_State *L)
{
	struct kvm_open_args args = { 0 };
	int errstr, resolver;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	check_keys(L);
	args.ka_execfile = opt_name(L, push_option(L, "kernel"));
	args.ka_corefile = opt_name(L, push_option(L, "core"));
	args.ka_flags = (int)luaL_optinteger(L, push_option(L, "flags"),
	    O_RDONLY);
	resolver = check_resolver(L, push_option(L, "resolver"),
	    &args.ka_options);
	errstr = push_option(L, "errstr");
	if (opt_name(L, errstr) == NULL)
		errstr = 0;
	args.ka_keyfile = opt_name(L, push_option(L, "keyfile"));
	args.ka_cachedir = opt_name(L, push_option(L, "cachedir"));
	args.ka_debugfile = opt_name(L, push_option(L, "debug"));
	if (lua_toboolean(L, push_option(L, "progress")))
		args.ka_progress = bind_progress;
	if (lua_toboolean(L, push_option(L, "no_kernel")))
		args.ka_options |= KVM_OPEN_NOKERNEL;
	if (lua_toboolean(L, push_option(L, "any_version")))
		args.ka_options |= KVM_OPEN_ANYVERSION;
	return (open_descriptor(L, &args, resolver, errstr));
}

/* type_of(x): "descriptor", "type", "object", "module", "fault", or nil. */
static int
kvm_lua_type_of(lua_State *L)
{

	luaL_checkany(L, 1);
	if (bind_is(L, 1, BIND_MT_OBJECT))
		lua_pushliteral(L, "object");
	else if (bind_is(L, 1, BIND_MT_TYPE))
		lua_pushliteral(L, "type");
	else if (bind_is(L, 1, BIND_MT_MODULE))
		lua_pushliteral(L, "module");
	else if (bind_is(L, 1, BIND_MT_KD))
		lua_pushliteral(L, "descriptor");
	else if (bind_isfault(L, 1))
		lua_pushliteral(L, "fault");
	else
		lua_pushnil(L);
	return (1);
}

/* built_with(): names and versions of libraries. */
static int
kvm_lua_built_with(lua_State *L)
{
	char text[512];

	(void)kvm_built_with(text, sizeof(text));
	lua_pushstring(L, text);
	return (1);
}

static const luaL_Reg module_functions[] = {
	{ "built_with",	kvm_lua_built_with },
	{ "open",	kvm_lua_open },
	{ "openfiles",	kvm_lua_openfiles },
	{ "open2",	kvm_lua_open2 },
	{ "openx",	kvm_lua_openx },
	{ "type_of",	kvm_lua_type_of },
	{ NULL,		NULL },
};

static void
set_constants(lua_State *L)
{
	union {
		int	(*fn)(const char *, kvaddr_t *);
		void	*p;
	} u;

	bind_setint(L, "O_RDONLY", O_RDONLY);
	bind_setint(L, "O_WRONLY", O_WRONLY);
	bind_setint(L, "O_RDWR", O_RDWR);
	bind_setint(L, "PROT_READ", KVM_PROT_READ);
	bind_setint(L, "PROT_WRITE", KVM_PROT_WRITE);
	bind_setint(L, "PROT_EXECUTE", KVM_PROT_EXECUTE);
	bind_setint(L, "INT_SIGNED", KVM_INT_SIGNED);
	bind_setint(L, "INT_CHAR", KVM_INT_CHAR);
	bind_setint(L, "INT_BOOL", KVM_INT_BOOL);
	bind_kinfo_constants(L);
	u.fn = kvm_elf_resolver;
	lua_pushlightuserdata(L, u.p);
	lua_setfield(L, -2, "elf_resolver");
	lua_pushliteral(L, KVM_VERSION);
	lua_setfield(L, -2, "version");
}

int
luaopen_kvm(lua_State *L)
{
	int module, mt;

	luaL_checkversion(L);
	luaL_newmetatable(L, "kvm.descriptor");
	mt = lua_gettop(L);
	luaL_newmetatable(L, "kvm.type");
	luaL_newmetatable(L, "kvm.object");
	luaL_newmetatable(L, "kvm.module");
	lua_newtable(L);
	module = lua_gettop(L);
	bind_setfuncs(L, module_functions, mt);
	bind_setfuncs(L, bind_memory_methods, mt);
	bind_setfuncs(L, bind_search_methods, mt);
	bind_setfuncs(L, bind_symbol_methods, mt);
	bind_setfuncs(L, bind_kd_methods, mt);
	bind_setfuncs(L, bind_system_methods, mt);
	bind_setfuncs(L, bind_kinfo_methods, mt);
	bind_setfuncs(L, bind_kd_type_methods, mt);
	bind_setfuncs(L, bind_object_functions, mt);
	bind_setfuncs(L, bind_ctype_functions, mt);
	set_constants(L);
	bind_kd_register(L, mt, module);
	bind_type_register(L, mt);
	bind_object_register(L, mt);
	bind_module_register(L, mt);
	bind_fault_register(L);
	lua_settop(L, module);
	return (1);
}
