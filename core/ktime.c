/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ktime.c: when a process began, and what it used: kern/kern_resource.c,
 * calcru() and rufetch().
 */
#include "proc.h"

#define	MICRO		1000000

/* struct rusage_ext, sys/proc.h, and what its threads have not added yet. */
struct used {
	uint64_t	 runtime;		/* in cpu_ticks() */
	uint64_t	 uticks, sticks, iticks;	/* of statclock */
	uint64_t	 uu, su, tu;		/* microseconds, as last said */
};

/* The address of a struct inside the one at base. */
static kvaddr_t
inside(const struct kvmi_kproc *k, int field, kvaddr_t base)
{

	return (kvmi_wrap(k->kd, base + k->ps->f[field].off));
}

static uint64_t
microseconds(const struct kvmi_kproc *k, uint64_t ticks)
{
	uint64_t frequency = k->ps->tick_frequency;

	if (frequency == 0)
		return (0);
	return (ticks / frequency * MICRO +
	    ticks % frequency * MICRO / frequency);
}

/* a * b / c, for b <= c. */
static uint64_t
part(uint64_t a, uint64_t b, uint64_t c)
{

	/* Numbers of ticks need no more precision. */
	while (c > UINT32_MAX) {
		b >>= 1;
		c >>= 1;
	}
	return (a / c * b + a % c * b / c);
}

static void
get_used(const struct kvmi_kproc *k, kvaddr_t rux, struct used *u)
{

	u->runtime = kvmi_pget(k, F_RUX_RUNTIME, rux);
	u->uticks = kvmi_pget(k, F_RUX_UTICKS, rux);
	u->sticks = kvmi_pget(k, F_RUX_STICKS, rux);
	u->iticks = kvmi_pget(k, F_RUX_ITICKS, rux);
	u->uu = kvmi_pget(k, F_RUX_UU, rux);
	u->su = kvmi_pget(k, F_RUX_SU, rux);
	u->tu = kvmi_pget(k, F_RUX_TU, rux);
}

/* What a thread used since it was last added to its process's numbers. */
static void
add_thread(const struct kvmi_kproc *k, kvaddr_t td, struct used *u)
{

	u->runtime += kvmi_pget(k, F_TD_INCRUNTIME, td);
	u->uticks += kvmi_pget(k, F_TD_UTICKS, td);
	u->sticks += kvmi_pget(k, F_TD_STICKS, td);
	u->iticks += kvmi_pget(k, F_TD_ITICKS, td);
}

/*
 * The time that was used is known exactly; how it divides into user's and
 * system's, by statclock's ticks.  What was said before never goes back.
 */
static void
divide(const struct kvmi_kproc *k, const struct used *u, uint64_t *user,
    uint64_t *system)
{
	uint64_t all = u->uticks + u->sticks + u->iticks;
	uint64_t total = microseconds(k, u->runtime);

	*user = all == 0 ? 0 : part(total, u->uticks, all);
	*system = all == 0 ? total : part(total, u->sticks, all);
	if (total >= u->tu) {
		*user = *user > u->uu ? *user : u->uu;
		*system = *system > u->su ? *system : u->su;
	} else if (total + 3 > u->tu || 101 * total > 100 * u->tu) {
		*user = u->uu;
		*system = u->su;
	}
}

static void
put_micro(const struct kvmi_kproc *k, int outer, int inner, uint64_t micro)
{

	kvmi_pput_time(k, outer, inner, (int64_t)(micro / MICRO),
	    (int64_t)(micro % MICRO));
}

static void
put_used(const struct kvmi_kproc *k, int outer, const struct used *u)
{
	uint64_t user, system;

	divide(k, u, &user, &system);
	put_micro(k, outer, F_RU_UTIME, user);
	put_micro(k, outer, F_RU_STIME, system);
	if (outer == F_KI_RUSAGE_CH)
		put_micro(k, F_KI_CHILDTIME, -1, user + system);
}

/* The counters of n structs rusage. */
static void
put_rusage(const struct kvmi_kproc *k, const kvaddr_t *ru, int field, size_t n,
    kvaddr_t first)
{
	uint64_t sum, max, one;
	size_t i;
	int f;

	max = kvmi_pget(k, F_RU_MAXRSS, first);
	for (i = 0; i < n; i++) {
		one = kvmi_pget(k, F_RU_MAXRSS, inside(k, field, ru[i]));
		max = one > max ? one : max;
	}
	kvmi_pput_in(k, F_KI_RUSAGE, F_RU_MAXRSS, max);
	for (f = F_RU_IXRSS; f <= F_RU_NIVCSW; f++) {
		sum = kvmi_pget(k, f, first);
		for (i = 0; i < n; i++)
			sum += kvmi_pget(k, f, inside(k, field, ru[i]));
		kvmi_pput_in(k, F_KI_RUSAGE, f, sum);
	}
}

static void
put_start(const struct kvmi_kproc *k)
{
	kvaddr_t stats = kvmi_pget(k, F_P_STATS, k->p), start;
	int64_t sec = 0, usec = 0;

	if (stats == 0)
		return;
	start = inside(k, F_PS_START, stats);
	sec = (int64_t)(kvmi_pget(k, F_TV_SEC, start) +
	    (uint64_t)k->ps->boot_sec);
	usec = (int64_t)(kvmi_pget(k, F_TV_USEC, start) +
	    (uint64_t)k->ps->boot_usec);
	if (usec >= MICRO) {
		sec = (int64_t)((uint64_t)sec + 1);
		usec -= MICRO;
	}
	kvmi_pput_time(k, F_KI_START, -1, sec, usec);
}

void
kvmi_ktime_proc(const struct kvmi_kproc *k)
{
	int32_t since = (int32_t)((uint32_t)k->ps->ticks -
	    (uint32_t)kvmi_pget(k, F_P_SWTICK, k->p));
	struct used u;
	size_t i;

	if (k->ps->hz > 0)
		kvmi_pput(k, F_KI_SWTIME,
		    (uint64_t)(int64_t)(since / k->ps->hz));
	put_start(k);
	put_rusage(k, k->ps->tds, F_TD_RU, k->ps->ntds, inside(k, F_P_RU,
	    k->p));
	get_used(k, inside(k, F_P_RUX, k->p), &u);
	for (i = 0; i < k->ps->ntds; i++)
		add_thread(k, k->ps->tds[i], &u);
	kvmi_pput(k, F_KI_RUNTIME, microseconds(k, u.runtime));
	put_used(k, F_KI_RUSAGE, &u);
	get_used(k, inside(k, F_P_CRUX, k->p), &u);
	put_used(k, F_KI_RUSAGE_CH, &u);
}

void
kvmi_ktime_thread(const struct kvmi_kproc *k, kvaddr_t td)
{
	struct used u;

	put_rusage(k, NULL, 0, 0, inside(k, F_TD_RU, td));
	get_used(k, inside(k, F_TD_RUX, td), &u);
	add_thread(k, td, &u);
	kvmi_pput(k, F_KI_RUNTIME, microseconds(k, u.runtime));
	put_used(k, F_KI_RUSAGE, &u);
}
