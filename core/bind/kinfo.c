/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * kinfo.c: processes as Lua tables: struct kinfo_proc, whatever the kernel's
 * layout of it is.
 */
#include <string.h>

#include "bind/bind.h"

/* Structs in structs: ki_rusage.ru_utime.tv_sec. */
#define	DEPTH_MAX	8

/* What is being converted. */
struct record {
	kvm_t		*kd;
	const uint8_t	*bytes;
	uint64_t	 size;
};

static void	push_value(lua_State *, const struct record *, kvm_type_t *,
		    uint64_t off, unsigned int depth);

static uint64_t
get_word(const struct record *r, uint64_t off, uint64_t size)
{
	bool be = kvm_byteorder(r->kd) != 0;
	uint64_t i, value = 0;

	for (i = 0; i < size; i++)
		value = value << 8 | r->bytes[off + (be ? i : size - 1 - i)];
	return (value);
}

static void
push_integer(lua_State *L, const struct record *r, kvm_type_t *t, uint64_t off,
    uint64_t size)
{
	uint64_t value = get_word(r, off, size);

	if ((kvm_type_encoding(t) & KVM_INT_SIGNED) != 0 && size < 8 &&
	    value >> (size * 8 - 1) != 0)
		value |= ~UINT64_C(0) << size * 8;
	lua_pushinteger(L, (lua_Integer)value);
}

/* Text up to its NUL; other arrays by elements, from 1. */
static void
push_array(lua_State *L, const struct record *r, kvm_type_t *t, uint64_t off,
    unsigned int depth)
{
	kvm_type_t *element = kvm_type_strip(kvm_type_target(t));
	uint64_t n = kvm_type_nelems(t), size = kvm_type_size(element), i;
	const char *text = (const char *)r->bytes + off;

	if (kvm_type_kind(element) == KVM_K_INTEGER && size == 1) {
		lua_pushlstring(L, text, strnlen(text, (size_t)n));
		return;
	}
	lua_createtable(L, n < INT_MAX ? (int)n : 0, 0);
	for (i = 0; i < n; i++) {
		push_value(L, r, element, off + i * size, depth + 1);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* By member, without the room that is kept for later. */
static void
push_struct(lua_State *L, const struct record *r, kvm_type_t *t, uint64_t off,
    unsigned int depth)
{
	struct kvm_member m;
	size_t i;

	lua_newtable(L);
	for (i = 0; i < kvm_type_nmembers(t); i++) {
		if (kvm_type_member(t, i, &m) == -1 || m.km_bits != 0 ||
		    m.km_name[0] == '\0' || strstr(m.km_name, "spare") != NULL)
			continue;
		push_value(L, r, m.km_type, off + m.km_bitoff / 8, depth + 1);
		lua_setfield(L, -2, m.km_name);
	}
}

static void
push_value(lua_State *L, const struct record *r, kvm_type_t *t, uint64_t off,
    unsigned int depth)
{
	kvm_type_t *inner = kvm_type_strip(t);
	uint64_t size = kvm_type_size(inner);

	luaL_checkstack(L, 4, NULL);
	if (depth > DEPTH_MAX || off > r->size || size > r->size - off) {
		lua_pushnil(L);
		return;
	}
	switch (kvm_type_kind(inner)) {
	case KVM_K_ARRAY:
		if (kvm_type_target(inner) == NULL)
			lua_pushnil(L);
		else
			push_array(L, r, inner, off, depth);
		break;
	case KVM_K_STRUCT:
	case KVM_K_UNION:
		push_struct(L, r, inner, off, depth);
		break;
	case KVM_K_INTEGER:
	case KVM_K_ENUM:
	case KVM_K_POINTER:
		push_integer(L, r, inner, off, size < 8 ? size : 8);
		break;
	default:
		lua_pushnil(L);
	}
}

/* ---- results of the core, which the next call overwrites */

struct copy {
	const void	*from;
	size_t		 size;
};

static int
make_copy(lua_State *L)
{
	const struct copy *c = lua_touserdata(L, 1);

	lua_pushlstring(L, c->from, c->size);
	return (1);
}

/*
 * Push size bytes as a string.  A finalizer may call the descriptor whose
 * bytes they are, so none may run before they are copied.
 */
static const char *
push_copy(lua_State *L, const void *from, size_t size)
{
	struct copy c = { from, size };
	int error, running = lua_gc(L, LUA_GCISRUNNING);

	(void)lua_gc(L, LUA_GCSTOP);
	lua_pushcfunction(L, make_copy);
	lua_pushlightuserdata(L, &c);
	error = lua_pcall(L, 1, 1, 0);
	if (running)
		(void)lua_gc(L, LUA_GCRESTART);
	if (error != LUA_OK)
		lua_error(L);
	return (lua_tostring(L, -1));
}

/* The rows that op and arg select, in the descriptor's memory; or NULL. */
static const struct kinfo_proc *
get_rows(lua_State *L, struct bind_kd *k, int op, int arg, int *n,
    kvm_type_t **type)
{
	struct bind_call call;
	struct kinfo_proc *rows;

	bind_enter(k, &call, L, 1);
	rows = kvm_getprocs(k->kd, op, arg, n);
	*type = rows == NULL ? NULL :
	    kvm_type(k->kd, KVM_K_STRUCT, "kinfo_proc");
	bind_leave(k, &call);
	return (*type == NULL ? NULL : rows);
}

static int
check_int(lua_State *L, int arg, int absent)
{

	return ((int)(uint32_t)luaL_optinteger(L, arg, absent));
}

/*
 * getprocs([op [, arg]]): an array of tables; and, when something could not be
 * read, message and code.
 */
static int
kd_getprocs(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct record r = { .kd = k->kd };
	const struct kinfo_proc *rows;
	enum kvm_errclass class;
	kvm_type_t *type;
	int i, n, op, arg;

	op = check_int(L, 2, KERN_PROC_PROC);
	arg = check_int(L, 3, 0);
	lua_settop(L, 3);
	rows = get_rows(L, k, op, arg, &n, &type);
	if (rows == NULL)
		return (bind_fail(L, k));
	class = kvm_errclass(k->kd);
	r.size = kvm_type_size(type);
	r.bytes = (const uint8_t *)push_copy(L, rows, (size_t)n *
	    (size_t)r.size);
	lua_pushstring(L, kvm_geterr(k->kd));
	lua_createtable(L, n, 0);
	for (i = 0; i < n; i++, r.bytes += r.size) {
		push_struct(L, &r, type, 0, 0);
		lua_rawseti(L, -2, i + 1);
	}
	if (class == KVM_E_NONE)
		return (1);
	lua_pushvalue(L, -2);
	lua_pushstring(L, kvm_errclass_name(class));
	return (3);
}

/* Strings up to NULL, which lie one behind the other, as an array. */
static int
push_strings(lua_State *L, char *const *strings)
{
	const char *text;
	size_t n, i;

	for (n = 0; strings[n] != NULL; n++)
		continue;
	text = push_copy(L, n == 0 ? "" : strings[0], n == 0 ? 0 :
	    (size_t)(strings[n - 1] - strings[0]) + strlen(strings[n - 1]));
	lua_newtable(L);
	for (i = 0; i < n; i++) {
		lua_pushstring(L, text);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
		text += strlen(text) + 1;
	}
	return (1);
}

static int
push_vector(lua_State *L,
    char **(*get)(kvm_t *, const struct kinfo_proc *, int))
{
	struct bind_kd *k = bind_checkkd(L, 1);
	int pid, nchr, n;
	const struct kinfo_proc *row;
	kvm_type_t *type;
	char **strings;

	luaL_checkinteger(L, 2);
	pid = check_int(L, 2, -1);
	nchr = check_int(L, 3, 0);
	row = get_rows(L, k, KERN_PROC_PID, pid, &n, &type);
	if (row == NULL)
		return (bind_fail(L, k));
	if (n == 0)
		return (bind_failure(L, KVM_E_INVAL, "there is no process %d",
		    pid));
	strings = get(k->kd, row, nchr);
	return (strings == NULL ? bind_fail(L, k) : push_strings(L, strings));
}

/* getargv(pid [, nchr]): the arguments of a process. */
static int
kd_getargv(lua_State *L)
{

	return (push_vector(L, kvm_getargv));
}

static int
kd_getenvv(lua_State *L)
{

	return (push_vector(L, kvm_getenvv));
}

void
bind_kinfo_constants(lua_State *L)
{

	bind_setint(L, "KERN_PROC_ALL", KERN_PROC_ALL);
	bind_setint(L, "KERN_PROC_PID", KERN_PROC_PID);
	bind_setint(L, "KERN_PROC_PGRP", KERN_PROC_PGRP);
	bind_setint(L, "KERN_PROC_SESSION", KERN_PROC_SESSION);
	bind_setint(L, "KERN_PROC_TTY", KERN_PROC_TTY);
	bind_setint(L, "KERN_PROC_UID", KERN_PROC_UID);
	bind_setint(L, "KERN_PROC_RUID", KERN_PROC_RUID);
	bind_setint(L, "KERN_PROC_PROC", KERN_PROC_PROC);
	bind_setint(L, "KERN_PROC_RGID", KERN_PROC_RGID);
	bind_setint(L, "KERN_PROC_GID", KERN_PROC_GID);
	bind_setint(L, "KERN_PROC_INC_THREAD", KERN_PROC_INC_THREAD);
	bind_setint(L, "SWIF_DEV_PREFIX", SWIF_DEV_PREFIX);
}

const luaL_Reg bind_kinfo_methods[] = {
	{ "getprocs",	kd_getprocs },
	{ "getargv",	kd_getargv },
	{ "getenvv",	kd_getenvv },
	{ NULL,		NULL },
};
