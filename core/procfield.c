/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * procfield.c: the members of procfields.h, in this kernel's types; and the
 * kernel's clocks.
 */
#include "proc.h"

static const struct {
	const char	*type;
	const char	*path;
} names[F_COUNT] = {
#define	FIELD(name, type, path)	[F_##name] = { type, path },
#include "procfields.h"
#undef FIELD
};

/* No kinfo_proc is nearly as large; nor is a thread. */
#define	SIZE_MAX_HERE	65536

/* The struct, or NULL for one that this kernel lacks.  0, or -1. */
static int
find_struct(kvm_t *kd, const char *name, kvm_type_t **tp)
{
	struct kvm_error before = kd->error;

	*tp = kvmi_field_struct(kd, name);
	if (*tp != NULL)
		return (0);
	if (kd->error.ke_class != KVM_E_NOTYPE)
		return (-1);
	kd->error = before;
	return (0);
}

static int
find_fields(kvm_t *kd, struct kvmi_procs *ps)
{
	const char *last = "";
	kvm_type_t *t = NULL;
	int i;

	for (i = 0; i < F_COUNT; i++) {
		if (strcmp(names[i].type, last) != 0 &&
		    find_struct(kd, names[i].type, &t) == -1)
			return (-1);
		last = names[i].type;
		if (t != NULL && kvmi_field_find(kd, t, names[i].path,
		    &ps->f[i]) == -1)
			return (-1);
	}
	return (0);
}

/* Whoever has types at all has these, or nothing can be said. */
static int
require_fields(kvm_t *kd, const struct kvmi_procs *ps)
{
	static const int required[] = { F_P_LIST, F_P_PID, F_P_STATE, F_P_FLAG,
	    F_P_THREADS, F_TD_PLIST, F_KI_STRUCTSIZE, F_KI_PID };
	size_t i;

	for (i = 0; i < nitems_of(required); i++)
		if (!ps->f[required[i]].is_scalar)
			return (kvmi_error(kd, KVM_E_NOTYPE, 0, "struct %s "
			    "has no member '%s'", names[required[i]].type,
			    names[required[i]].path));
	return (0);
}

static int
find_size(kvm_t *kd, const char *name, size_t *size)
{
	kvm_type_t *t = kvmi_field_struct(kd, name);

	if (t == NULL)
		return (-1);
	if (kvm_type_size(t) > SIZE_MAX_HERE)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "damaged types: struct %s of %ju bytes", name,
		    (uintmax_t)kvm_type_size(t)));
	*size = (size_t)kvm_type_size(t);
	return (0);
}

/* What is stored must lie within the row. */
static int
check_rows(kvm_t *kd, const struct kvmi_procs *ps)
{
	int i;

	for (i = F_KI_STRUCTSIZE; i < F_COUNT; i++)
		if (kvmi_beyond(ps->f[i].off, ps->f[i].size, ps->row_size))
			return (kvmi_error(kd, KVM_E_FORMAT, 0, "damaged "
			    "types: %s is outside of struct kinfo_proc",
			    names[i].path));
	return (0);
}

int
kvmi_procs_fields(kvm_t *kd, struct kvmi_procs *ps)
{

	if (find_size(kd, "kinfo_proc", &ps->row_size) == -1 ||
	    find_size(kd, "proc", &ps->thread_size) == -1 ||
	    find_size(kd, "thread", &ps->thread_size) == -1 ||
	    find_fields(kd, ps) == -1 || require_fields(kd, ps) == -1)
		return (-1);
	return (check_rows(kd, ps));
}

uint64_t
kvmi_get(kvm_t *kd, const struct kvmi_procs *ps, int field, kvaddr_t base)
{
	uint64_t value = 0;

	if (base != 0)
		(void)kvmi_field_read(kd, &ps->f[field], base, &value);
	return (value);
}

/* ---- clocks */

/* A variable that may be missing: then *value stays.  0, or -1. */
static int
variable(kvm_t *kd, const char *name, size_t size, uint64_t *value)
{
	kvaddr_t addr;
	int found = kvmi_optional(kd, name, &addr);

	if (found == 0)
		(void)kvmi_word(kd, addr, size, value);
	return (found == -1 ? -1 : 0);
}

/* As sys/time.h has it: the fraction's upper half, in microseconds. */
static void
boot_bintime(kvm_t *kd, struct kvmi_procs *ps, kvaddr_t bt)
{
	uint64_t frac = kvmi_get(kd, ps, F_BT_FRAC, bt);

	ps->boot_sec = (int64_t)kvmi_get(kd, ps, F_BT_SEC, bt);
	ps->boot_usec = (int64_t)((frac >> 32) * 1000000 >> 32);
}

/*
 * The time of boot is kept in struct timehands (12), or in variables: a
 * bintime, and before that a timeval.
 */
static int
find_boottime(kvm_t *kd, struct kvmi_procs *ps)
{
	uint64_t th = 0;
	kvaddr_t addr;
	int found;

	if (variable(kd, "timehands", kd->ptrsize, &th) == -1)
		return (-1);
	/* Systems without a better clock count by the time counter. */
	if (ps->tick_frequency == 0)
		ps->tick_frequency = kvmi_get(kd, ps, F_TC_FREQUENCY,
		    kvmi_get(kd, ps, F_TH_COUNTER, th));
	if (th != 0 && ps->f[F_TH_BOOTTIME].size != 0) {
		boot_bintime(kd, ps, th + ps->f[F_TH_BOOTTIME].off);
		return (0);
	}
	found = kvmi_optional(kd, "boottimebin", &addr);
	if (found == 0)
		boot_bintime(kd, ps, addr);
	if (found != 1)
		return (found);
	found = kvmi_optional(kd, "boottime", &addr);
	if (found == 0) {
		ps->boot_sec = (int64_t)kvmi_get(kd, ps, F_TV_SEC, addr);
		ps->boot_usec = (int64_t)kvmi_get(kd, ps, F_TV_USEC, addr);
	}
	return (found == -1 ? -1 : 0);
}

int
kvmi_procs_clocks(kvm_t *kd, struct kvmi_procs *ps)
{
	uint64_t ticks = 0, hz = 0, frequency = 0, init = 0;
	int found;

	if (variable(kd, "ticks", 4, &ticks) == -1 ||
	    variable(kd, "hz", 4, &hz) == -1 ||
	    variable(kd, "cpu_tick_frequency", 8, &frequency) == -1 ||
	    variable(kd, "initproc", kd->ptrsize, &init) == -1)
		return (-1);
	ps->ticks = (int32_t)(uint32_t)ticks;
	ps->hz = (int32_t)(uint32_t)hz;
	ps->tick_frequency = frequency;
	ps->initproc = init;
	found = kvmi_optional(kd, "prison0", &ps->prison0);
	if (found == 1)
		ps->prison0 = 0;
	return (found == -1 ? -1 : find_boottime(kd, ps));
}
