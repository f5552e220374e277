/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * system.c: processors, network stacks, load, swap: the parts of kvm(3) that
 * know what a FreeBSD kernel looks like.  Processes are in kinfo.c.
 */
#include "bind/bind.h"

/* A function of kd alone that returns a number, or -1. */
static int
push_number(lua_State *L, int (*fn)(kvm_t *))
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	int n;

	bind_enter(k, &call, L, 1);
	n = fn(k->kd);
	bind_leave(k, &call);
	if (n == -1)
		return (bind_fail(L, k));
	lua_pushinteger(L, n);
	return (1);
}

static int
kd_getmaxcpu(lua_State *L)
{

	return (push_number(L, kvm_getmaxcpu));
}

static int
kd_getncpus(lua_State *L)
{

	return (push_number(L, kvm_getncpus));
}

/* A processor's number; what no int holds is none. */
static int
check_cpu(lua_State *L, int arg)
{
	lua_Integer cpu = luaL_checkinteger(L, arg);

	return (cpu < 0 || cpu > INT_MAX ? -1 : (int)cpu);
}

/* getpcpu(cpu): a pointer to its struct pcpu; false when there is none. */
static int
kd_getpcpu(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	int cpu = check_cpu(L, 2), rc;
	struct bind_call call;
	kvm_type_t *t = NULL;
	kvaddr_t addr = 0;

	bind_enter(k, &call, L, 1);
	rc = kvm_pcpu_address(k->kd, cpu, &addr);
	if (rc == 0)
		t = kvm_type(k->kd, KVM_K_STRUCT, "pcpu");
	if (t != NULL)
		t = kvm_type_pointer(t);
	bind_leave(k, &call);
	if (t == NULL)
		return (bind_fail(L, k));
	if (addr == 0) {
		lua_pushboolean(L, 0);
		return (1);
	}
	bind_pushtype(L, k, 1, t);
	bind_pushobject(L, lua_gettop(L), addr);
	return (1);
}

/* pcpu_address(cpu): the same as an integer, types or not. */
static int
kd_pcpu_address(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	int cpu = check_cpu(L, 2), rc;
	struct bind_call call;
	kvaddr_t addr = 0;

	bind_enter(k, &call, L, 1);
	rc = kvm_pcpu_address(k->kd, cpu, &addr);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	if (addr == 0)
		lua_pushboolean(L, 0);
	else
		lua_pushinteger(L, (lua_Integer)addr);
	return (1);
}

/* True, or how it failed. */
static int
push_done(lua_State *L, struct bind_kd *k, int rc)
{

	if (rc == -1)
		return (bind_fail(L, k));
	lua_pushboolean(L, 1);
	return (1);
}

static int
kd_dpcpu_setcpu(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	unsigned int cpu = (unsigned int)check_cpu(L, 2);
	struct bind_call call;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_dpcpu_setcpu(k->kd, cpu);
	bind_leave(k, &call);
	return (push_done(L, k, rc));
}

/* read_zpcpu(base, n, cpu): n bytes of that processor's part. */
static int
kd_read_zpcpu(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t base = (kvaddr_t)luaL_checkinteger(L, 2);
	lua_Integer n = luaL_checkinteger(L, 3);
	int cpu = check_cpu(L, 4);
	struct bind_call call;
	luaL_Buffer b;
	ssize_t rc;
	char *p;

	luaL_argcheck(L, n >= 0 && n <= 1 << 20, 3,
	    "a processor's part is at most a page");
	p = luaL_buffinitsize(L, &b, (size_t)n);
	bind_enter(k, &call, L, 1);
	rc = kvm_read_zpcpu(k->kd, base, p, (size_t)n, cpu);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	luaL_pushresultsize(&b, (size_t)n);
	return (1);
}

static int
kd_counter_u64_fetch(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t base = (kvaddr_t)luaL_checkinteger(L, 2);
	struct bind_call call;
	uint64_t value;

	bind_enter(k, &call, L, 1);
	value = kvm_counter_u64_fetch(k->kd, base);
	bind_leave(k, &call);
	if (kvm_errclass(k->kd) != KVM_E_NONE)
		return (bind_fail(L, k));
	lua_pushinteger(L, (lua_Integer)value);
	return (1);
}

/* getloadavg(): of the last 1, 5, 15 minutes. */
static int
kd_getloadavg(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	double load[3];
	int i, n;

	bind_enter(k, &call, L, 1);
	n = kvm_getloadavg(k->kd, load, 3);
	bind_leave(k, &call);
	if (n == -1)
		return (bind_fail(L, k));
	for (i = 0; i < n; i++)
		lua_pushnumber(L, load[i]);
	return (n);
}

/* getcptime(): a table of ticks by state. */
static int
kd_getcptime(lua_State *L)
{
	static const char *const states[] = { "user", "nice", "sys", "intr",
	    "idle" };
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	long ticks[5];
	int i, rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_getcptime(k->kd, ticks);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	lua_createtable(L, 0, 5);
	for (i = 0; i < 5; i++) {
		lua_pushinteger(L, ticks[i]);
		lua_setfield(L, -2, states[i]);
	}
	return (1);
}

static void
push_swap(lua_State *L, const struct kvm_swap *swap)
{

	lua_createtable(L, 0, 4);
	bind_setstring(L, "devname", swap->ksw_devname);
	lua_pushinteger(L, swap->ksw_used);
	lua_setfield(L, -2, "used");
	lua_pushinteger(L, swap->ksw_total);
	lua_setfield(L, -2, "total");
	lua_pushinteger(L, swap->ksw_flags);
	lua_setfield(L, -2, "flags");
}

#define	SWAPS_MAX	64

/* getswapinfo([flags]): an array of devices, and their total. */
static int
kd_getswapinfo(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	int flags = (int)luaL_optinteger(L, 2, 0), i, n;
	struct kvm_swap swaps[SWAPS_MAX];
	struct bind_call call;

	bind_enter(k, &call, L, 1);
	n = kvm_getswapinfo(k->kd, swaps, SWAPS_MAX, flags);
	bind_leave(k, &call);
	if (n == -1)
		return (bind_fail(L, k));
	lua_createtable(L, n, 0);
	for (i = 0; i < n; i++) {
		push_swap(L, &swaps[i]);
		lua_rawseti(L, -2, i + 1);
	}
	push_swap(L, &swaps[n]);
	return (2);
}

/* ---- network stacks */

/* vnet(): the address of the selected one. */
static int
kd_vnet(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	kvaddr_t vnet;

	bind_enter(k, &call, L, 1);
	vnet = kvm_vnet(k->kd);
	bind_leave(k, &call);
	if (vnet == 0)
		return (bind_fail(L, k));
	lua_pushinteger(L, (lua_Integer)vnet);
	return (1);
}

static int
kd_vnet_select(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t vnet = (kvaddr_t)luaL_optinteger(L, 2, 0);
	struct bind_call call;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_vnet_select(k->kd, vnet);
	bind_leave(k, &call);
	return (push_done(L, k, rc));
}

/* vnet_list(): an array of addresses. */
static int
kd_vnet_list(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	kvaddr_t *list;
	int i, n, have;

	lua_settop(L, 1);
	bind_enter(k, &call, L, 1);
	n = kvm_vnet_list(k->kd, NULL, 0);
	bind_leave(k, &call);
	if (n == -1)
		return (bind_fail(L, k));
	list = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof(*list), 0);
	bind_enter(k, &call, L, 1);
	have = kvm_vnet_list(k->kd, list, n);
	bind_leave(k, &call);
	if (have == -1)
		return (bind_fail(L, k));
	lua_createtable(L, n, 0);
	for (i = 0; i < n && i < have; i++) {
		lua_pushinteger(L, (lua_Integer)list[i]);
		lua_rawseti(L, -2, i + 1);
	}
	return (1);
}

const luaL_Reg bind_system_methods[] = {
	{ "getmaxcpu",	kd_getmaxcpu },
	{ "getncpus",	kd_getncpus },
	{ "getpcpu",	kd_getpcpu },
	{ "pcpu_address", kd_pcpu_address },
	{ "dpcpu_setcpu", kd_dpcpu_setcpu },
	{ "read_zpcpu",	kd_read_zpcpu },
	{ "counter_u64_fetch", kd_counter_u64_fetch },
	{ "getloadavg",	kd_getloadavg },
	{ "getcptime",	kd_getcptime },
	{ "getswapinfo", kd_getswapinfo },
	{ "vnet",	kd_vnet },
	{ "vnet_select", kd_vnet_select },
	{ "vnet_list",	kd_vnet_list },
	{ NULL,		NULL },
};
